"""Putting leads into an organization directly, past its API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openapi
from mock_server.api import Api
from mock_server.clock import parse_instant
from mock_server.errors import Invalid
from mock_server.schema import Validator
from mock_server.store import Lead, Organization, World


def store_leads(api: Api, organization: Organization, leads: list[dict[str, Any]]) -> list[Lead]:
    """Store leads, also with values for fields that the API itself cannot set; all of them or none.

    What is left out is as in a new lead. Raises Invalid where a lead is not as the API would show it, or an id
    is taken.
    """
    assert api.blank is not None, f"{api.name} documents leads"
    validator = Validator(openapi.read(api.name).schema("Lead"))
    complete: list[Lead] = [{**api.blank(organization), **lead} for lead in leads]
    taken: set[str] = set()
    dates = _fields(api, "date-time")
    for at, lead in enumerate(complete):
        lead.update({field: lead[field].lower() for field in _fields(api, "uuid") if isinstance(lead.get(field), str)})
        if complaint := validator.complaint(lead):
            raise Invalid(f"leads.{at}.{complaint}")
        for field in dates:
            _check_date(lead.get(field), f"leads.{at}.{field}")
        if lead["id"] in taken or organization.leads.get(lead["id"]):
            raise Invalid(f"leads.{at}: the id {lead['id']} is taken")
        taken.add(lead["id"])
    return [organization.leads.add(lead) for lead in complete]


def _fields(api: Api, format: str) -> list[str]:
    lead = openapi.read(api.name).schema("Lead")
    parts = [lead, *lead.get("allOf", [])]
    return [
        name for part in parts for name, schema in part.get("properties", {}).items() if schema.get("format") == format
    ]


def _check_date(value: Any, where: str) -> None:
    """What is stored as a date-time must be one that the sandbox can compare."""
    try:
        if value is not None:
            parse_instant(value)
    except ValueError as error:
        raise Invalid(f"{where}: {error}") from None


def load_state(path: Path, apis: dict[str, Api], world: World) -> None:
    """Store the leads of a state file: JSON, ``{api: {credential: [lead, ...]}}``.

    Raises Invalid, with the place, where the file cannot be used.
    """
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise Invalid(f"{path} is not JSON: {error}") from None
    if not isinstance(state, dict) or not all(isinstance(each, dict) for each in state.values()):
        raise Invalid(f"{path}: expected an object of APIs, each an object of credentials with their leads")
    for name, organizations in state.items():
        if name not in apis:
            raise Invalid(f"{path}: {name} is none of {', '.join(apis)}")
        for credential, leads in organizations.items():
            tenant = apis[name].tenant_of(credential)
            if tenant is None:
                raise Invalid(f"{path}: {name}: {credential!r} is no well-formed credential")
            if not isinstance(leads, list) or not all(isinstance(lead, dict) for lead in leads):
                raise Invalid(f"{path}: {name}: {credential!r}: expected a list of leads")
            try:
                store_leads(apis[name], world.organization(name, tenant), leads)
            except Invalid as error:
                raise Invalid(f"{path}: {name}: {credential!r}: {error.message}") from None
