"""What a run may send: how much, how fast, and whether anything that changes the target."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from conformance.config import ConfigError
from conformance.outcomes import HeldBack
from conformance.wording import many

_PERIODS = {"s": 1.0, "m": 60.0, "h": 3600.0}

CREATES = ("create_lead", "create_conversation")
"""Operations after which there is something that no documented operation removes."""

_READS = ("check_key",)
"""Operations that change nothing although their method is not GET."""


@dataclass(frozen=True)
class Limits:
    """What a user allows: at most so many requests and requests that create, and so many seconds between two.

    None is no limit.
    """

    requests: int | None = None
    creates: int | None = None
    seconds_between: float = 0.0
    read_only: bool = False


class Budget:
    """Counts what is sent, and holds back what the limits do not allow.

    Every attempt passes it, also a repeated one, so that the number of requests is kept exactly.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or Limits()
        self.requests = 0
        self.creates = 0
        self._reserved = 0
        self._share = self.limits.requests
        self._sleep = sleep
        self._clock = clock
        self._next = 0.0

    @property
    def read_only(self) -> bool:
        return self.limits.read_only

    @property
    def left(self) -> int | None:
        """How many requests may still be sent for checks; None where nothing limits them."""
        return None if self._share is None else max(0, self._share - self._reserved - self.requests)

    def share(self, targets: int) -> None:
        """Allow the next target its part of what is left for so many targets."""
        if self.limits.requests is not None:
            self._share = self.requests + (self.limits.requests - self.requests) // targets

    def reserve(self, requests: int) -> None:
        """Keep so many requests for what comes after the checks."""
        self._reserved = requests

    def release(self) -> None:
        """Allow everything that is left: the checks are over."""
        self._reserved, self._share = 0, self.limits.requests

    def spent(self) -> str:
        """Why no check can be begun any more; empty while one can."""
        return f"the budget of {many(self.limits.requests or 0, 'request')} is used up" if self.left == 0 else ""

    def pass_request(self, request: httpx.Request | None = None) -> None:
        """Count a request and wait for its turn. Raises HeldBack where it may not be sent.

        It can be an event hook of an `httpx` client.
        """
        if reason := self.spent():
            raise HeldBack(reason)
        self.requests += 1
        if self.limits.seconds_between:
            now = self._clock()
            if self._next > now:
                self._sleep(self._next - now)
            self._next = max(now, self._next) + self.limits.seconds_between

    def permit(self, operation_id: str, method: str) -> None:
        """Raises HeldBack for a call that the limits do not allow, however many requests are left."""
        if self.limits.read_only and not reads(operation_id, method):
            raise HeldBack(f"--read-only: {operation_id or method} may change the target")
        if operation_id in CREATES and method == "POST":
            if self.creates == self.limits.creates:
                raise HeldBack(f"the plan's limit of requests that create ({self.limits.creates}) is used up")
            self.creates += 1


def reads(operation_id: str, method: str) -> bool:
    """Whether a call changes nothing, as its operation is documented."""
    return method in ("GET", "HEAD") or operation_id in _READS


def seconds_between(rate: str) -> float:
    """The seconds between two requests at a rate such as 100/m, 5/s or 1000/h. Raises ConfigError for other texts."""
    count, _, period = rate.partition("/")
    if not (count.isascii() and count.isdigit() and int(count) > 0 and period in _PERIODS):
        raise ConfigError(f"--rate-limit {rate}: expected a number of requests and a period, such as 100/m, 5/s or 9/h")
    return _PERIODS[period] / int(count)
