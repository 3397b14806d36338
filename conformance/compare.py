"""When two values mean the same to a client."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

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
    """Whether two date-times are less than a second apart: nobody documents a precision or an offset."""
    first, second = instant(one), instant(two)
    if first is None or second is None:
        return bool(one == two)
    return abs((first - second).total_seconds()) < 1
