"""What is kept of the documented behaviours that calls have met; what there are to meet is in `coverage`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_LONGEST = 200
"""So much of a target is told where a call is named in short."""


@dataclass(slots=True)
class Met:
    """How often a behaviour was met, and the call that met it first: its exchange, and what it was in short."""

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

    def add(self, ids: Iterable[str], exchange: str, method: str, target: str, status: int) -> None:
        """Count a call that has met these behaviours; one with a fault in its answer has met none."""
        self.calls += 1
        for id in ids:
            met = self.met.get(id)
            if met is None:
                met = self.met[id] = Met(exchange, f"{method} {target[:_LONGEST]} {status}")
            met.times += 1

    def clear(self) -> None:
        """Start anew."""
        self.met.clear()
        self.calls = 0
