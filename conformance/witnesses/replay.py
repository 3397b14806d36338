"""Sending a chain of calls again, with what is made anew each time put in its place."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from conformance.exchange import Exchange, Request
from conformance.target import Target
from conformance.witnesses.chain import Answered, Chain, MadeUp, Piece

Send = Callable[[str, Request], Exchange]
"""Sends a request to an operation. Its credentials are named, not filled in. Raises TargetFault without an answer."""

_MOMENT = 0.0021
"""Seconds between two calls, so that clocks in milliseconds have moved on."""


def sender(target: Target) -> Send:
    """Sends to a target, with its keys. Raises CannotTry where the target lacks one."""

    def send(operation_id: str, request: Request) -> Exchange:
        prefix = request.base.removesuffix("URL")
        headers = {}
        for name, value in request.headers.items():
            for key in re.findall(rf"\${prefix}([A-Z_]+)", value):
                target.credential(key.lower())
            headers[name] = re.sub(rf"\${prefix}([A-Z_]+)", lambda match: "{" + match[1].lower() + "}", value)
        target.pause(_MOMENT)
        return target.send(operation_id, request.method, request.path, headers, request.body)

    return send


def a_run() -> str:
    """Ten digits that tell this time from all others."""
    return str(random.SystemRandom().randrange(2 * 10**9, 10**10))


def sent_again(chain: Chain, send: Send, run: str) -> list[Exchange]:
    """The exchanges of the chain, sent again in its order, with the ids of the new answers."""
    answers: list[Exchange] = []

    def text_of(piece: Piece) -> str:
        match piece:
            case Answered():
                new = found_at(answers[piece.call].json, piece.place)
                return piece.of(new if isinstance(new, str) else piece.text)
            case MadeUp():
                return piece.renewed(run)
            case _:
                return piece

    def written(text: str) -> str:
        return "".join(map(text_of, chain.pieces(text)))

    for call in chain.calls:
        request = call.request
        body = request.body
        if body is not None:
            body = written(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        again = Request(request.method, request.base, written(request.path), request.headers, body)
        answers.append(send(call.operation_id, again))
    return answers


def renewal(chain: Chain, run: str) -> Callable[[str], str]:
    """Puts the made-up texts of that run into a text in the place of the recorded ones."""

    def renewed(text: str) -> str:
        return "".join(
            each.renewed(run) if isinstance(each, MadeUp) else _recorded(each) for each in chain.pieces(text)
        )

    return renewed


def _recorded(piece: str | Answered) -> str:
    return piece.of(piece.text) if isinstance(piece, Answered) else piece


def found_at(value: Any, place: Sequence[str | int]) -> Any:
    """What a JSON document says at a place; None where there is no such place."""
    for step in place:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value
