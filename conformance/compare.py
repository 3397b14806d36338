"""When two values mean the same to a client."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

_EXACT = 2**53
"""Up to it, a double holds each whole number."""

_LARGEST = 10**308
"""Below it, a whole number has a double that is near."""

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def instant(value: Any) -> datetime | None:
    """The instant that an RFC 3339 date-time names; None for anything else."""
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        return None
    text = re.sub(r"(\.\d{1,6})\d*", r"\1", value.upper())
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


def same_instant(one: Any, two: Any) -> bool:
    """Whether two date-times are equal to the precision of the coarser one: nobody documents a precision or offset."""
    first, second = instant(one), instant(two)
    if first is None or second is None:
        return bool(one == two)
    return abs((first - second).total_seconds()) < 10.0 ** -min(precision(one), precision(two))


def precision(date_time: str) -> int:
    """How many digits a date-time has behind its seconds; at most six count."""
    _, _, fraction = date_time.partition(".")
    return min(6, next((at for at, each in enumerate(fraction) if not each.isdigit()), len(fraction)))


def same_json(one: Any, two: Any) -> bool:
    """Whether two JSON values are equal; true is not 1, but 1.0 is.

    Whole numbers beyond 2^53 are equal where the doubles nearest to them are: RFC 8259 (6) warns of no more.
    """
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(same_json(value, two[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(same_json, one, two))
    if isinstance(one, int) and isinstance(two, int) and min(abs(one), abs(two)) > _EXACT:
        return one == two or (max(abs(one), abs(two)) < _LARGEST and float(one) == float(two))
    return bool(one == two)


def is_whole(value: Any) -> bool:
    """Whether this is an integer; 50.0 and 5e1 are, as they are in OpenAPI 3.1."""
    return (isinstance(value, float) and value.is_integer()) or (isinstance(value, int) and not isinstance(value, bool))


def canonical(value: Any) -> str:
    """One text for all JSON values that are the same to a client."""
    return json.dumps(whole_numbers(value), sort_keys=True)


def whole_numbers(value: Any) -> Any:
    """A JSON value in which whole numbers are integers, however they were written."""
    if isinstance(value, dict):
        return {key: whole_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [whole_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and is_whole(value) else value


def is_uuid(value: Any) -> bool:
    """Whether this is a UUID in its usual form, of any version."""
    parts = value.split("-") if isinstance(value, str) else []
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and set("".join(parts).lower()) <= set("0123456789abcdef")
