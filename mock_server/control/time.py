"""Control of the time that organizations live in."""

from __future__ import annotations

from typing import Any

from mock_server.api import Reply
from mock_server.clock import Clock, parse_instant
from mock_server.control.wire import Operator
from mock_server.errors import Invalid


def get_clock(operator: Operator, query: dict[str, Any]) -> Reply:
    """The time of one key's organization, or the time that new organizations start with."""
    operator = operator.concerning(query)
    clock = _clocks(operator, opening=False)[0]
    return Reply({"now": clock.now(), "frozen": clock.frozen})


def set_clock(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Set the time; it stands still unless `frozen` is false. Raises Invalid where neither is said."""
    operator = operator.concerning(query)
    if not body:
        raise Invalid(
            "clock: say where it stands, or that it runs: "
            '{"now": "2026-01-17T08:00:00Z"} stops it there, {"frozen": true} stops it now, '
            '{"frozen": false} lets it run, with "now" from there on'
        )
    instant = instant_of(body["now"]) if "now" in body else None
    for clock in _clocks(operator, opening=True):
        if body.get("frozen", True):
            clock.freeze(instant)
        else:
            clock.run_from(instant)
    return get_clock(operator, {})


def advance_clock(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Move the time forward, on all clocks that are meant or, where one cannot go so far, on none."""
    operator = operator.concerning(query)
    milliseconds = round(body["seconds"] * 1000)
    if not all(clock.reaches(milliseconds) for clock in _clocks(operator, opening=False)):
        raise Invalid("seconds: the clock cannot go beyond the year 9892")
    for clock in _clocks(operator, opening=True):
        clock.advance(milliseconds)
    return get_clock(operator, {})


def _clocks(operator: Operator, *, opening: bool) -> list[Clock]:
    clocks = [each.clock for each in operator.organizations(opening=opening)]
    return clocks if not operator.everything else [operator.world.clock, *clocks]


def instant_of(text: str) -> int:
    """Milliseconds since 1970. Raises Invalid for what is no date-time."""
    try:
        return parse_instant(text)
    except ValueError as error:
        raise Invalid(f"clock: {error}") from None
