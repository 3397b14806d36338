"""The time that an organization lives in."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 250_000_000_000_000  # in the year 9892: no clock shows a later time, and every time it shows is taken back


def parse_instant(text: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 date-time from then on. Raises ValueError for any other text."""
    try:
        if not _RFC3339.fullmatch(text):
            raise ValueError
        moment = datetime.fromisoformat(text.upper().replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:50]!r} is not a date-time such as 2026-01-17T08:00:00Z") from None
    instant = (moment - _EPOCH) // timedelta(milliseconds=1)
    if not 0 <= instant <= _LATEST:
        raise ValueError(f"{text[:50]!r} is not between the years 1970 and 9892")
    return instant


def format_instant(milliseconds: int) -> str:
    """An RFC 3339 date-time in UTC with milliseconds, such as ``2026-01-17T08:00:00.000Z``."""
    seconds, rest = divmod(milliseconds, 1000)
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:03d}Z"


class Clock:
    """Real time, shifted or standing still. All instants are milliseconds since 1970."""

    def __init__(self, frozen_at: int | None = None) -> None:
        self._frozen_at = frozen_at
        self._shift = 0
        self._shown: tuple[int, str] = (-1, "")

    def copy(self) -> Clock:
        """A clock of its own that shows the same time."""
        twin = Clock(self._frozen_at)
        twin._shift = self._shift
        return twin

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Clock:
        """A clock as `state` describes it."""
        clock = cls(state["frozen_at"])
        clock._shift = state["shift"]
        return clock

    def state(self) -> dict[str, Any]:
        """In milliseconds, where it stands still, if it does, and how far it is ahead of real time if not."""
        return {"frozen_at": self._frozen_at, "shift": self._shift}

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def instant(self) -> int:
        if self._frozen_at is not None:
            return self._frozen_at
        return min(time.time_ns() // 1_000_000 + self._shift, _LATEST)

    def now(self) -> str:
        """The present as text; kept for a millisecond, because formatting it costs more than a lookup."""
        instant = self.instant()
        if self._shown[0] != instant:
            self._shown = (instant, format_instant(instant))
        return self._shown[1]

    def freeze(self, at: int | None = None) -> None:
        """Stand still, at the instant given or at the present one."""
        self._frozen_at = self.instant() if at is None else at

    def run_from(self, at: int | None = None) -> None:
        """Run on, from the instant given or from the present one."""
        start = self.instant() if at is None else at
        self._frozen_at = None
        self._shift = start - time.time_ns() // 1_000_000

    def reaches(self, milliseconds: int) -> bool:
        """Whether it can be advanced so far: it shows nothing beyond the year 9892."""
        return self.instant() + milliseconds <= _LATEST

    def advance(self, milliseconds: int) -> None:
        """Move forward, by what it reaches."""
        if self._frozen_at is None:
            self._shift += milliseconds
        else:
            self._frozen_at += milliseconds
