"""What was exchanged with an organization."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    """The latest exchanges of one organization. What no longer fits is dropped, oldest first, and counted; one that is
    larger than the limit alone, and no other for it.
    """

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
        size = exchange.size
        if size > self._limits.bytes:
            self.dropped += 1
            return
        self._exchanges.append(exchange)
        self._bytes += size
        while len(self._exchanges) > self._limits.exchanges or self._bytes > self._limits.bytes:
            self._bytes -= self._exchanges.popleft().size
            self.dropped += 1

    def clear(self) -> None:
        """Forget every exchange, and that any was dropped."""
        self._exchanges.clear()
        self._bytes = self.dropped = 0
