"""What a list request asks for: which leads, in which order, with which fields (adj O8)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import openapi
from mock_server.clock import parse_instant
from mock_server.errors import Invalid, InvalidDate, InvalidFilter
from mock_server.store import Lead, Leads

Test = Callable[[Lead], bool]

_DOCUMENT = openapi.read("octanist").document
_FIELDS = frozenset(_DOCUMENT["components"]["schemas"]["LeadFields"]["properties"])
_PARAMETERS = {each["name"]: each["schema"] for each in _DOCUMENT["paths"]["/leads"]["get"]["parameters"]}
_NO_FILTERS = frozenset({"limit", "page", "sort", "search", "fields"})
_SEARCHED = ("name", "email", "phone")
_DATES = frozenset({"createdAt", "updatedAt", "qualifiedAt", "expiresAt"})
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}
_FLAGS = {"true": True, "false": False}
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_instant = lru_cache(maxsize=65536)(parse_instant)


def selection(query: Mapping[str, Any]) -> Test:
    """Whether a lead is kept by every filter and the search.

    Raises InvalidFilter or InvalidDate for a filter that does not exist or cannot be read (OC-36).
    """
    tests = [_filter(name, value) for name, value in query.items() if name not in _NO_FILTERS]
    if query.get("search"):
        tests.append(_search(query["search"].lower()))
    return lambda lead: all(test(lead) for test in tests)


def projection(query: Mapping[str, Any]) -> Callable[[Lead], Lead]:
    """What is shown of a lead: the fields named, or all of it. Raises Invalid for a field that no lead has."""
    names = [name.strip() for name in query.get("fields", "").split(",") if name.strip()]
    if unknown := [name for name in names if name not in _FIELDS]:
        raise Invalid(f"fields: leads have no field {unknown[0][:60]}")
    return (lambda lead: {name: lead[name] for name in names}) if names else (lambda lead: lead)


def ordered(leads: Leads, sort: str) -> list[Lead]:
    """The leads in the order that `field:direction` names.

    Leads that lack the field come last. Of equal ones the older comes first, or the newer with `desc`.
    """
    field, _, direction = sort.partition(":")
    if field not in _FIELDS or direction not in ("asc", "desc"):
        raise Invalid("sort: a field and a direction are expected, such as createdAt:desc")
    descending = direction == "desc"
    oldest_or_newest_first: Iterable[Lead] = reversed(leads) if descending else leads
    having: list[Lead] = []
    lacking: list[Lead] = []
    for lead in oldest_or_newest_first:
        (lacking if lead[field] is None else having).append(lead)
    return sorted(having, key=_sort_key(field), reverse=descending) + lacking


def _sort_key(field: str) -> Callable[[Lead], Any]:
    if field in _DATES:
        return lambda lead: _instant(lead[field])
    if field == "value":
        return lambda lead: lead[field]
    return lambda lead: str(lead[field])


def _search(text: str) -> Test:
    return lambda lead: any(text in (lead[field] or "").lower() for field in _SEARCHED)


def _filter(name: str, text: str) -> Test:
    """The test of one filter, `field` or `field[operator]`."""
    if name not in _PARAMETERS:
        raise InvalidFilter(f"{name[:60]}: there is no such filter")
    field, _, rest = name.partition("[")
    sign = rest.removesuffix("]")
    if sign == "exists":
        wanted = _flag(name, text)
        return lambda lead: (lead[field] is not None) == wanted
    if field in _DATES:
        return _comparison(field, _OPERATORS[sign], _moment(name, text), _instant)
    if field == "value":
        return _comparison(field, _OPERATORS[sign], _amount(name, text), lambda value: value)
    if text not in _PARAMETERS[name].get("enum", (text,)):
        raise InvalidFilter(f"{name}: one of {', '.join(_PARAMETERS[name]['enum'])} is expected")
    return _comparison(field, operator.eq, text, lambda value: value)


def _comparison(field: str, holds: Callable[[Any, Any], bool], bound: Any, read: Callable[[Any], Any]) -> Test:
    """A lead that lacks the field compares with nothing."""
    return lambda lead: lead[field] is not None and holds(read(lead[field]), bound)


def _flag(name: str, text: str) -> bool:
    if text not in _FLAGS:
        raise InvalidFilter(f"{name}: true or false is expected")
    return _FLAGS[text]


def _amount(name: str, text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise InvalidFilter(f"{name}: a number is expected")
    return float(text)


def _moment(name: str, text: str) -> int:
    """The instant that a date-time, or the start of a day in UTC, names."""
    try:
        return parse_instant(f"{text}T00:00:00Z" if _DAY.fullmatch(text) else text)
    except ValueError:
        raise InvalidDate(f"{name}: a date such as 2026-01-15 or 2026-01-15T10:30:00.000Z is expected") from None
