"""What the control API's operations do, by `operationId`."""

from __future__ import annotations

from typing import Any

import openapi
from mock_server.api import Reply
from mock_server.armed import PARTS, Armed, Arsenal, parsed
from mock_server.clock import Clock, format_instant, parse_instant
from mock_server.control.wire import Operator
from mock_server.errors import Invalid, NotFound
from mock_server.events import Stream
from mock_server.explain import explanation
from mock_server.har import as_json, har, masked
from mock_server.journal import Exchange
from mock_server.seeding import store_leads
from mock_server.store import Organization
from mock_server.version import tool_version

HAR = "application/har+json"


def health(operator: Operator) -> Reply:
    """Always ok, for everybody."""
    return Reply({"status": "ok"})


def info(operator: Operator) -> Reply:
    """What this sandbox is, with the key ring and every setting's open points."""
    contracts = {name: openapi.read(name) for name in operator.apis}
    return Reply(
        {
            "version": tool_version(),
            "apis": {
                name: {"base_path": each.base_path, "version": each.version, "sha256": each.sha256}
                for name, each in contracts.items()
            },
            "key_ring": {name: dict(api.key_ring) for name, api in operator.apis.items()},
            "settings": {name: _switches(each) for name, each in contracts.items()},
        }
    )


def reset(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Forget one key's organizations, or everything."""
    operator = operator.concerning(query)
    frozen_at = _instant(body["clock"]) if "clock" in body else None
    if operator.everything:
        operator.world.reset(body.get("seed"), frozen_at)
    for organization in [] if operator.everything else operator.organizations():
        operator.world.reset_organization(organization.api, organization.tenant, body.get("seed"), frozen_at)
    now = format_instant(frozen_at) if frozen_at is not None else operator.world.clock.now()
    return Reply({"seed": body.get("seed", operator.world.seed), "now": now})


def get_settings(operator: Operator, query: dict[str, Any]) -> Reply:
    """The settings of one key's organizations, or those that new organizations start with."""
    operator = operator.concerning(query)
    if operator.everything:
        return Reply(operator.world.settings)
    return Reply({each.api: each.settings for each in operator.organizations()})


def change_settings(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Change settings of one key's organizations, or of all present and future ones."""
    operator = operator.concerning(query)
    check_settings(body)
    organizations = operator.organizations()
    for api, values in body.items():
        if operator.everything:
            operator.world.settings[api].update(values)
        for organization in organizations:
            if organization.api == api:
                organization.settings.update(values)
    return get_settings(operator, {})


def check_settings(settings: dict[str, Any]) -> None:
    """Raises Invalid unless every name and value in `{api: {name: value}}` is one that the contracts list."""
    for api, values in settings.items():
        if api not in openapi.APIS or not isinstance(values, dict):
            raise Invalid(f"settings: expected an object for one of {', '.join(openapi.APIS)}, not {api}")
        switches = _switches(openapi.read(api))
        for name, value in values.items():
            if name not in switches:
                raise Invalid(f"settings: {api} has no setting {name}; it has {', '.join(switches)}")
            if not any(value == each and type(value) is type(each) for each in switches[name]["values"]):
                choices = " or ".join(map(str, switches[name]["values"]))
                raise Invalid(f"settings: {api}.{name} is {choices}, not {value!r}"[:300])


def get_leads(operator: Operator, api: str, query: dict[str, Any]) -> Reply:
    """The stored leads of one key's organization, or of all."""
    operator = operator.concerning(query)
    return Reply(
        {"organizations": [{"key": each.tenant, "leads": list(each.leads)} for each in operator.organizations(api)]}
    )


def put_leads(operator: Operator, api: str, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Store leads directly, each validated as the API would show it; all or none."""
    operator = operator.concerning(query)
    if operator.everything:
        raise Invalid("key: say whose leads these are, with X-Sandbox-Key or ?key=")
    (organization,) = operator.organizations(api)
    return Reply({"leads": store_leads(operator.apis[api], organization, body["leads"])})


def get_clock(operator: Operator, query: dict[str, Any]) -> Reply:
    """The time of one key's organization, or the time that new organizations start with."""
    operator = operator.concerning(query)
    clock = _clocks(operator)[0]
    return Reply({"now": clock.now(), "frozen": clock.frozen})


def set_clock(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Set the time; it stands still unless `frozen` is false."""
    operator = operator.concerning(query)
    instant = _instant(body["now"]) if "now" in body else None
    for clock in _clocks(operator):
        if body.get("frozen", True):
            clock.freeze(instant)
        else:
            clock.run_from(instant)
    return get_clock(operator, {})


def advance_clock(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Move the time forward."""
    operator = operator.concerning(query)
    try:
        for clock in _clocks(operator):
            clock.advance(int(body["seconds"] * 1000))
    except ValueError as error:
        raise Invalid(f"seconds: {error}") from None
    return get_clock(operator, {})


def get_organizations(operator: Operator) -> Reply:
    """Every organization that was opened, by id, without its credential."""
    return Reply(
        {"organizations": [_described(each) for each in operator.world.everybody() if each.api in operator.apis]}
    )


def get_journal(operator: Operator, query: dict[str, Any]) -> Reply:
    """The latest exchanges, oldest first, as JSON or as a HAR."""
    operator = operator.concerning(query)
    journals = [each.journal for each in _recorded(operator)]
    exchanges = sorted(
        (each for journal in journals for each in journal if _wanted(each, query)), key=lambda each: each.at
    )
    exchanges = exchanges[-query["limit"] :]
    shown = query["credentials"] == "shown"
    if HAR in operator.accept:
        return Reply(har(exchanges, query["root"], shown=shown), media_type=HAR)
    dropped = sum(journal.dropped for journal in journals)
    return Reply({"exchanges": [as_json(each, shown=shown) for each in exchanges], "dropped": dropped})


def clear_journal(operator: Operator, query: dict[str, Any]) -> Reply:
    """Forget exchanges; what they have covered stays known."""
    operator = operator.concerning(query)
    count = 0
    for organization in _recorded(operator):
        count += len(organization.journal)
        organization.journal.clear()
    return Reply({"forgotten": count})


def get_events(operator: Operator, query: dict[str, Any]) -> Reply:
    """A stream of the exchanges as they happen."""
    operator = operator.concerning(query)
    chosen = None if operator.everything else {each.id for each in _recorded(operator)}
    return Reply(Stream(operator.world, lambda each: chosen is None or each.id.rpartition("-")[0] in chosen))


def explain_exchange(operator: Operator, exchange: str) -> Reply:
    """Why an exchange was answered as it was, in sentences."""
    organization = operator.organization(exchange.rpartition("-")[0])
    found = next((each for each in organization.journal if each.id == exchange), None)
    if found is None:
        raise NotFound(f"exchange: the journal has no {exchange[:50]!r} (any more)")
    return Reply(explanation(found))


def get_faults(operator: Operator, query: dict[str, Any]) -> Reply:
    """The faults that wait for calls, and what a fault can be made of."""
    operator = operator.concerning(query)
    waiting = [_shown(owner, each) for owner, arsenal in _arsenals(operator) for each in arsenal]
    return Reply({"faults": waiting, "possible": PARTS})


def arm_fault(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Let the next calls of an operation suffer a fault: of one organization, or of all, present and future."""
    operator = operator.concerning(query)
    api, operation_id = body["api"], body.get("operation", "")
    if operation_id and operation_id not in openapi.read(api).operations:
        known = ", ".join(openapi.read(api).operations)
        raise Invalid(f"operation: {api} has no operation {operation_id[:50]!r}; it has {known}")
    spec = parsed(body["fault"], api, operation_id)
    chosen = [(owner, each) for owner, each in _arsenals(operator) if not owner or owner.startswith(f"{api}-")]
    if not chosen:
        raise Invalid(f"api: the organization is none of {api}")
    owner, arsenal = chosen[0]
    armed = Armed(operator.world.new_fault_id(), api, operation_id, spec, body.get("times"))
    arsenal.arm(armed)
    return Reply({"fault": _shown(owner, armed)})


def disarm_faults(operator: Operator, query: dict[str, Any]) -> Reply:
    """Remove one waiting fault, or all that the operator means."""
    operator = operator.concerning(query)
    removed = sum(arsenal.disarm(query.get("id")) for _, arsenal in _arsenals(operator))
    if not removed and "id" in query:
        raise NotFound(f"fault: none waits under the id {query['id'][:50]!r}")
    return Reply({"removed": removed})


def _arsenals(operator: Operator) -> list[tuple[str, Arsenal]]:
    """The waiting faults that an operator means, with the id of their organization; the common ones have none."""
    chosen = operator.world.everybody() if operator.everything else operator.organizations()
    own = [(each.id, each.armed) for each in chosen]
    return [("", operator.world.armed), *own] if operator.everything else own


def _shown(owner: str, armed: Armed) -> dict[str, Any]:
    return {
        "id": armed.id,
        "api": armed.api,
        "operation": armed.operation_id,
        "fault": armed.spec.text,
        "left": armed.left,
        "organization": owner,
    }


def _recorded(operator: Operator) -> list[Organization]:
    """The organizations whose exchanges an operator means; of all, those of nobody in particular too."""
    everybody = [each for each in operator.world.everybody() if each.api in operator.apis]
    return everybody if operator.everything else operator.organizations()


def _wanted(exchange: Exchange, query: dict[str, Any]) -> bool:
    """Whether the filters let an exchange through."""
    return (
        query.get("api", exchange.api) == exchange.api
        and query.get("operation", exchange.operation_id) == exchange.operation_id
        and query.get("status", exchange.status) == exchange.status
        and ("requirement" not in query or any(each.startswith(query["requirement"]) for each in exchange.requirements))
        and query.get("method", exchange.method) == exchange.method
    )


def _described(organization: Organization) -> dict[str, Any]:
    return {
        "id": organization.id,
        "api": organization.api,
        "key": masked(organization.tenant),
        "leads": len(organization.leads),
        "exchanges": len(organization.journal),
        "dropped": organization.journal.dropped,
        "now": organization.clock.now(),
        "frozen": organization.clock.frozen,
        "settings": dict(organization.settings),
    }


def _clocks(operator: Operator) -> list[Clock]:
    clocks = [each.clock for each in operator.organizations()]
    return clocks if not operator.everything else [operator.world.clock, *clocks]


def _instant(text: str) -> int:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise Invalid(f"clock: {error}") from None


def _switches(contract: openapi.Contract) -> dict[str, Any]:
    switches: dict[str, Any] = {}
    for point in contract.open_points.values():
        if point.setting:
            switch = switches.setdefault(point.setting, {"values": list(point.values), "open_points": []})
            switch["open_points"].append(point.id)
    return switches
