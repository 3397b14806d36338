"""What is kept of the documented behaviours that calls have met; what there are to meet is in `coverage`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mock_server.har import concealed_target
from mock_server.journal import Exchange

_LONGEST = 200
"""So much of a target is told where a call is named in short."""


@dataclass(slots=True)
class Met:
    """How often a behaviour was met, and the call that met it first: its exchange, and what it was in short.

    The caller's credential is masked in it.
    """

    example: str
    call: str
    times: int = 0


@dataclass
class Coverage:
    """The documented behaviours that the calls of one credential have met, by id, and how many calls there were.

    It outlives the organization: a test suite that resets the sandbox before each test keeps what it has covered.
    """

    met: dict[str, Met] = field(default_factory=dict)
    calls: int = 0

    def add(self, ids: Sequence[str], exchange: Exchange) -> None:
        """Count a call that has met these behaviours; one with a fault in its answer has met none."""
        self.calls += 1
        if new := [id for id in ids if id not in self.met]:
            call = f"{exchange.method} {concealed_target(exchange)[:_LONGEST]} {exchange.decided}"
            self.met |= {id: Met(exchange.id, call) for id in new}
        for id in ids:
            self.met[id].times += 1

    def clear(self) -> None:
        """Start anew."""
        self.met.clear()
        self.calls = 0
