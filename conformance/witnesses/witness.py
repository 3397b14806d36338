"""Which calls of a check show its failure: those that concern the same things as the last one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.exchange import Exchange

_NAMES = frozenset({"id", "leadId", "conversation_id", "email", "phone"})
"""The members by which calls name the same lead or conversation."""


def witness(trace: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The last call, and of those before it the ones that lead to it through the things they name.

    Where the last call names nothing, as a list does, everything may matter, and everything is kept.
    """
    if not trace:
        return ()
    named = set(_sent(trace[-1]))
    if not named:
        return tuple(trace)
    kept = [trace[-1]]
    for exchange in reversed(trace[:-1]):
        names = {*_sent(exchange), *_answered(exchange)}
        if names & named:
            kept.append(exchange)
            named |= names
    return tuple(reversed(kept))


def _sent(exchange: Exchange) -> Iterator[str]:
    """What a request names, in its path and its body."""
    segments = exchange.request.path.partition("?")[0].split("/")
    if len(segments) > 2 and segments[-2] == "leads":
        yield segments[-1].lower()
    yield from _names_in(_json(exchange.request.body))


def _answered(exchange: Exchange) -> Iterator[str]:
    """What the answer to a write names; a list would name everything."""
    if exchange.request.method != "GET":
        yield from _names_in(_json(exchange.response.body))


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name in _NAMES and isinstance(each, str):
                yield each.lower()
            elif name == "data":
                yield from _names_in(each)


def _json(body: bytes | None) -> Any:
    try:
        return json.loads(body or b"null")
    except (ValueError, RecursionError):
        return None
