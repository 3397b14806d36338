"""What the control API's operations do, by `operationId`."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import openapi
from mock_server.api import Reply
from mock_server.clock import Clock, format_instant, parse_instant
from mock_server.control.wire import Operator
from mock_server.errors import Invalid
from mock_server.seeding import store_leads


def health(operator: Operator) -> Reply:
    """Always ok, for everybody."""
    return Reply({"status": "ok"})


def info(operator: Operator) -> Reply:
    """What this sandbox is, with the key ring and every setting's open points."""
    contracts = {name: openapi.read(name) for name in operator.apis}
    return Reply(
        {
            "version": _version(),
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
    if operator.key is None:
        operator.world.reset(body.get("seed"), frozen_at)
    for organization in [] if operator.key is None else operator.organizations():
        operator.world.reset_organization(organization.api, organization.tenant, body.get("seed"), frozen_at)
    now = format_instant(frozen_at) if frozen_at is not None else operator.world.clock.now()
    return Reply({"seed": body.get("seed", operator.world.seed), "now": now})


def get_settings(operator: Operator, query: dict[str, Any]) -> Reply:
    """The settings of one key's organizations, or those that new organizations start with."""
    operator = operator.concerning(query)
    if operator.key is None:
        return Reply(operator.world.settings)
    return Reply({each.api: each.settings for each in operator.organizations()})


def change_settings(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Change settings of one key's organizations, or of all present and future ones."""
    operator = operator.concerning(query)
    check_settings(body)
    organizations = operator.organizations()
    for api, values in body.items():
        if operator.key is None:
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
    if operator.key is None:
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


def _clocks(operator: Operator) -> list[Clock]:
    clocks = [each.clock for each in operator.organizations()]
    return clocks if operator.key is not None else [operator.world.clock, *clocks]


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


def _version() -> str:
    try:
        return version("leadproof")
    except PackageNotFoundError:
        return "unknown"
