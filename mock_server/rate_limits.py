"""The documented rate limits: fixed windows of a minute on the organization's clock, off unless the setting says so.

Aura: 100 a minute for a key, 1000 for its organization, with three headers on every answer, also on the 401 of a call
that counts against nobody's limit (adj A1, AU-44). Vorel: 200 for a key, 5000 for its tenant, with the same headers
(adj V8, VO-33). Octanist has none (adj O5), and says nothing of a 429.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mock_server.errors import RateLimited

WINDOW = 60_000
"""Milliseconds."""

LimitHeaders = tuple[tuple[str, str], ...]
"""Names and values of the headers that tell of a limit."""


@dataclass(frozen=True)
class RateLimit:
    """How many calls a window takes from one key, and from all keys of an organization together."""

    per_key: int
    per_organization: int


@dataclass
class Usage:
    """What one organization has used of its limits in the present window."""

    window: int = -1
    calls: dict[str, int] = field(default_factory=dict)

    def charge(self, limit: RateLimit, key: str, instant: int) -> LimitHeaders:
        """Count a call of `key` at this instant; the headers that tell what is left under the tightest limit.

        Raises RateLimited, with the same headers, for a call that no longer fits; it is not counted.
        """
        window = instant // WINDOW
        if window != self.window:
            self.window, self.calls = window, {}
        used = {"": self.calls.get("", 0), f"key {key}": self.calls.get(f"key {key}", 0)}
        limits = {"": limit.per_organization, f"key {key}": limit.per_key}
        tightest = min(used, key=lambda name: limits[name] - used[name])
        left = limits[tightest] - used[tightest]
        told = _told(limits[tightest], max(0, left - 1), (window + 1) * WINDOW // 1000)
        if left <= 0:
            raise exceeded(limits[tightest], instant)
        self.calls.update({name: count + 1 for name, count in used.items()})
        return told


def untouched(limit: RateLimit, instant: int) -> LimitHeaders:
    """The headers for a call without a good key, which uses nothing up: what a key has that has not been used."""
    return _told(limit.per_key, limit.per_key, (instant // WINDOW + 1) * WINDOW // 1000)


def exceeded(limit: int, instant: int) -> RateLimited:
    """The refusal of a call, at this instant, that is one more than `limit` in its window."""
    end = (instant // WINDOW + 1) * WINDOW
    wait = ("Retry-After", str(-(-(end - instant) // 1000)))
    return RateLimited("Too many requests; try again later.", (wait, *_told(limit, 0, end // 1000)))


def _told(limit: int, remaining: int, reset: int) -> LimitHeaders:
    """The three headers; reset is a Unix timestamp in seconds."""
    return (
        ("X-RateLimit-Limit", str(limit)),
        ("X-RateLimit-Remaining", str(remaining)),
        ("X-RateLimit-Reset", str(reset)),
    )
