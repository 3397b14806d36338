"""Putting leads into an organization directly, past its API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import openapi
from mock_server.api import Api
from mock_server.clock import parse_instant
from mock_server.errors import Invalid
from mock_server.schema import Validator
from mock_server.store import Lead, Organization


def store_leads(api: Api, organization: Organization, leads: list[dict[str, Any]]) -> list[Lead]:
    """Store leads, also with values for fields that the API itself cannot set; all of them or none.

    What is left out is as in a new lead. Raises Invalid where a lead is not as the API would show it, or an id
    is taken.
    """
    assert api.blank is not None, f"{api.name} documents leads"
    drawn = organization.drawn.copy()
    complete: list[Lead] = [{**api.blank(organization), **lead} for lead in leads]
    for lead in complete:
        lead.update({field: lead[field].lower() for field in _fields(api, "uuid") if isinstance(lead.get(field), str)})
    try:
        check_leads(api, complete, organization.leads)
    except Invalid:
        organization.drawn = drawn
        raise
    return [organization.leads.add(lead) for lead in complete]


def check_leads(api: Api, leads: list[Lead], stored: Iterable[Lead]) -> None:
    """Raises Invalid, with the place, unless all leads are as the API would show them, none the twin of another."""
    validator = Validator(openapi.read(api.name).schema("Lead"))
    dates, uuids = _fields(api, "date-time"), _fields(api, "uuid")
    seen = {(name, lead[name]) for lead in stored for name in api.unique}
    for at, lead in enumerate(leads):
        if complaint := validator.complaint(lead):
            raise Invalid(f"leads.{at}.{complaint}")
        for field in dates:
            _check_date(lead.get(field), f"leads.{at}.{field}")
        for field in uuids:
            check_small(lead.get(field) or "", f"leads.{at}.{field}")
        for name in api.unique:
            if (name, lead[name]) in seen:
                raise Invalid(f"leads.{at}.{name}: {lead[name]} is taken")
            seen.add((name, lead[name]))


def check_small(uuid: str, where: str) -> None:
    """Raises Invalid for a UUID with capital letters, by which nothing would be found."""
    if uuid != uuid.lower():
        raise Invalid(f"{where}: write {uuid[:50]} in small letters, as the sandbox does")


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
