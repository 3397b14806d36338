"""What was exchanged with an organization, and which documented behaviours its calls have met."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call and its answer. `at` is the organization's time, `seconds` what the answer took.

    `requirements` are the ids of the documented requirements that the call met, and `readings` the open points
    with the reading that it met. `changes` holds by id of a lead, and field, the value before and after.
    `refusal` says why the call was refused; `fault` names a fault that was put into the answer on purpose, and `cut`
    says what it left out of it. The response is what was sent: its status is 0 where nothing was, while `decided` is
    the status that the call was answered with.
    `place` counts the exchanges of all organizations, whose clocks may differ.
    """

    id: str
    at: int
    seconds: float
    api: str
    tenant: str
    operation_id: str
    method: str
    target: str
    request_headers: tuple[tuple[bytes, bytes], ...]
    request_body: bytes
    status: int
    decided: int
    response_headers: tuple[tuple[bytes, bytes], ...]
    response_body: bytes
    requirements: tuple[str, ...]
    readings: Mapping[str, str]
    changes: Mapping[str, Mapping[str, tuple[Any, Any]]]
    refusal: str = ""
    fault: str = ""
    decided_by: str = ""
    cut: str = ""
    place: int = 0

    @property
    def size(self) -> int:
        """Bytes of both bodies and of their headers."""
        headers = (*self.request_headers, *self.response_headers)
        return (
            len(self.target)
            + len(self.request_body)
            + len(self.response_body)
            + sum(len(name) + len(value) for name, value in headers)
        )


@dataclass(frozen=True)
class Limits:
    """How much one organization's journal keeps: so many exchanges, and so many bytes of them."""

    exchanges: int = 1000
    bytes: int = 8 * 1024 * 1024


class Journal:
    """The latest exchanges of one organization. What no longer fits is dropped, oldest first, and counted."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._exchanges: deque[Exchange] = deque()
        self._bytes = 0
        self.dropped = 0

    def __iter__(self) -> Iterator[Exchange]:
        """Oldest first."""
        return iter(self._exchanges)

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(self, exchange: Exchange) -> None:
        self._exchanges.append(exchange)
        self._bytes += exchange.size
        while len(self._exchanges) > self._limits.exchanges or self._bytes > self._limits.bytes:
            self._bytes -= self._exchanges.popleft().size
            self.dropped += 1

    def clear(self) -> None:
        """Forget every exchange, and that any was dropped."""
        self._exchanges.clear()
        self._bytes = self.dropped = 0


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
