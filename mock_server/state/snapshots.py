"""The state of organizations as JSON: taken, checked, compared.

A state is ``{"version": 1, "organizations": [...]}``; each organization has its API, key, seed, clock, settings, how
many ids it has given away, its leads, and its conversations. What was recorded (journal, coverage) is no state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import openapi
from mock_server.api import Api
from mock_server.clock import Clock
from mock_server.errors import Invalid
from mock_server.schema import Validator
from mock_server.settings import check_settings
from mock_server.state.seeding import check_leads, check_small
from mock_server.store import Lead, Organization

VERSION = 1

State = dict[str, Any]

_SCHEMA = Validator(openapi.read("sandbox").schema("State"))


def taken(organizations: Iterable[Organization]) -> State:
    """The state of these organizations, independent of what happens to them later."""
    return {"version": VERSION, "organizations": [each.state() for each in organizations if each.tenant]}


def check(state: Any, apis: Mapping[str, Api]) -> None:
    """Raises Invalid, with the place, unless a state can be put back."""
    if complaint := _SCHEMA.complaint(state):
        raise Invalid(complaint)
    names: set[tuple[str, str]] = set()
    for at, each in enumerate(state["organizations"]):
        try:
            _check_organization(each, apis, names)
        except Invalid as error:
            raise Invalid(f"organizations.{at}.{error.message}") from None


def _check_organization(each: State, apis: Mapping[str, Api], names: set[tuple[str, str]]) -> None:
    if each["api"] not in apis:
        raise Invalid(f"api: {each['api'][:20]} is none of {', '.join(apis)}")
    api = apis[each["api"]]
    if api.tenant_of(each["key"]) != each["key"]:
        raise Invalid(f"key: this opens no organization of {api.name}")
    if (api.name, each["key"]) in names:
        raise Invalid(f"key: the organization is there twice in {api.name}")
    names.add((api.name, each["key"]))
    if Clock.of(each["clock"]).instant() < 0:
        raise Invalid("clock.shift: the clock would show a time before 1970")
    check_settings({api.name: each["settings"]})
    check_leads(api, each["leads"], ())
    for at, conversation in enumerate(each["conversations"]):
        check_small(conversation["id"], f"conversations.{at}.id")


def differences(one: State, two: State) -> list[dict[str, Any]]:
    """What changed from one state to another, by lead and field; an organization's leads are told by their id.

    `change` is added, removed or changed; `fields` has the value before and after of each field that differs.
    """
    before, after = _leads(one), _leads(two)
    return [
        {"api": api, "lead": id, "change": change, "fields": fields}
        for api, key, id in dict.fromkeys([*before, *after])
        for change, fields in [_difference(before.get((api, key, id)), after.get((api, key, id)))]
        if change
    ]


def _leads(state: State) -> dict[tuple[str, str, str], Lead]:
    return {(each["api"], each["key"], lead["id"]): lead for each in state["organizations"] for lead in each["leads"]}


def _difference(before: Lead | None, after: Lead | None) -> tuple[str, dict[str, list[Any]]]:
    old, new = before or {}, after or {}
    fields = {name: [old.get(name), new.get(name)] for name in {**old, **new} if old.get(name) != new.get(name)}
    if before is None or after is None:
        return ("added" if before is None else "removed"), fields
    return ("changed" if fields else ""), fields
