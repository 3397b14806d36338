"""Control of what organizations hold: leads, settings, and forgetting it all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mock_server.api import Reply
from mock_server.aura.wire import ANONYMOUS
from mock_server.control.time import instant_of
from mock_server.control.wire import Operator
from mock_server.errors import Invalid
from mock_server.masking import masked
from mock_server.settings import check_settings
from mock_server.state.seeding import store_leads
from mock_server.store import Organization


def reset(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Forget one key's organizations, or everything."""
    operator = operator.concerning(query)
    frozen_at = instant_of(body["clock"]) if "clock" in body else None
    world, clock = operator.world, operator.world.clock
    if operator.everything:
        world.reset(body.get("seed"), frozen_at)
        clock = world.clock
    # Of calls without a good key only the records can go: there is no seed and no clock to be given to them.
    for organization in [] if operator.everything else operator.organizations(opening=bool(body)):
        clock = world.reset_organization(organization.api, organization.tenant, body.get("seed"), frozen_at)
    return Reply({"seed": body.get("seed", world.seed), "now": clock.now()})


def get_organizations(operator: Operator, query: dict[str, Any]) -> Reply:
    """The organizations that were opened, with their credentials only where those are asked for."""
    operator = operator.concerning(query)
    everybody = [each for each in operator.world.everybody() if each.api in operator.apis]
    chosen = everybody if operator.everything else [each for each in operator.organizations() if each in everybody]
    return Reply({"organizations": [_described(operator, each, query["credentials"]) for each in chosen]})


def _described(operator: Operator, organization: Organization, credentials: str) -> dict[str, Any]:
    ring = {key: name for name, key in operator.apis[organization.api].key_ring.items()}
    return {
        "id": organization.id,
        "api": organization.api,
        "key": _credential(organization, credentials),
        "name": {**ring, ANONYMOUS: ANONYMOUS}.get(organization.tenant, ""),
        "leads": len(organization.leads),
        "exchanges": len(organization.journal),
        "dropped": organization.journal.dropped,
        "now": organization.clock.now(),
        "frozen": organization.clock.frozen,
        "settings": dict(organization.settings),
    }


def _credential(organization: Organization, credentials: str) -> str:
    """What opens an organization, `shown` or `masked`; nothing where nothing does."""
    tenant = organization.tenant
    return tenant if credentials == "shown" or not tenant else masked(tenant)


def get_settings(operator: Operator, query: dict[str, Any]) -> Reply:
    """The settings of one key's organizations, or those that new organizations start with."""
    operator = operator.concerning(query)
    if operator.everything:
        return Reply({api: operator.world.settings[api] for api in operator.apis})
    return Reply({each.api: each.settings for each in operator.organizations()})


def change_settings(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Change settings of one key's organizations, or of all present and future ones."""
    operator = operator.concerning(query)
    check_settings(body)
    if not operator.everything:
        _check_belonging(body, {each.api for each in operator.organizations()})
    organizations = operator.organizations(opening=True)
    for api, values in body.items():
        if operator.everything:
            operator.world.settings[api].update(values)
        for organization in organizations:
            if organization.api == api:
                organization.settings.update(values)
    return get_settings(operator, {})


def _check_belonging(settings: Mapping[str, Any], apis: Collection[str]) -> None:
    """Raises Invalid for settings of another API than those that an organization is of."""
    for api in settings:
        if api not in apis:
            raise Invalid(f"settings: the organization that was named is none of {api}")


def get_leads(operator: Operator, api: str, query: dict[str, Any]) -> Reply:
    """The stored leads of one key's organization, or of all."""
    organizations = operator.concerning(query).organizations(api)
    return Reply(
        {
            "organizations": [
                {"id": each.id, "key": _credential(each, query["credentials"]), "leads": list(each.leads)}
                for each in organizations
            ]
        }
    )


def put_leads(operator: Operator, api: str, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Store leads directly, each validated as the API would show it; all or none."""
    operator = operator.concerning(query)
    if operator.everything:
        raise Invalid("key: say whose leads these are, with X-Sandbox-Key or ?key=")
    (organization,) = operator.organizations(api, opening=True)
    return Reply({"leads": store_leads(operator.apis[api], organization, body["leads"])})
