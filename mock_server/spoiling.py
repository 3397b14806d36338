"""What a fault on demand does to an answer, and to the connection that carries it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from starlette.types import Receive, Send

from mock_server import errors
from mock_server.api import Answer
from mock_server.armed import Spec

Header = tuple[bytes, bytes]

_KINDS: Mapping[int, Callable[[str], errors.CallRefused]] = {
    400: errors.Invalid,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    415: errors.WrongMediaType,
    422: errors.Invalid,
}
_MESSAGE = "This error was asked for."


class ConnectionDropped(Exception):
    """The connection was closed on purpose; where there is none, as in process, this is how the client learns it."""


def refusal(spec: Spec) -> errors.CallRefused:
    """The error with which a call is refused; one without a kind of its own is a failure of the server."""
    return _KINDS.get(spec.error or spec.status, errors.Broken)(_MESSAGE)


def spoilt(answer: Answer, spec: Spec) -> Answer:
    """The answer as the fault makes it: another status, content type or fields."""
    status = spec.error or spec.status or answer.status
    content = answer.content
    if 200 <= answer.status < 300:
        content = _edited(content, spec)
    return replace(answer, status=status, content=content, media_type=spec.content_type or answer.media_type)


def _edited(content: Any, spec: Spec) -> Any:
    """A copy in which every thing that the answer is about has lost, got or changed a field."""
    content = deepcopy(content)
    for thing in _things(content):
        thing.pop(spec.missing, None)
        if spec.wrong_type in thing:
            thing[spec.wrong_type] = [7] if not isinstance(thing[spec.wrong_type], list) else 7
        if spec.unknown_enum in thing:
            thing[spec.unknown_enum] = "a_value_of_next_year"
        if spec.extra:
            thing[spec.extra] = "a field of next year"
    return content


def _things(content: Any) -> list[dict[str, Any]]:
    about = content.get("data", content) if isinstance(content, dict) else content
    return [each for each in (about if isinstance(about, list) else [about]) if isinstance(each, dict)]


async def send_spoilt(
    spec: Spec, status: int, headers: list[Header], body: bytes, receive: Receive, send: Send
) -> bool:
    """Send an answer as the fault wants it; whether the client hung up while it was held back, and got none.

    Raises ConnectionDropped where there is no connection to close.
    """
    if spec.delay and await _hangs_up(receive, spec.delay):
        return True
    if spec.close in ("before", "after"):
        await _drop(receive, send)
        return False
    if spec.truncated:
        body = body[: len(body) // 2]
        headers = [(name, b"%d" % len(body) if name == b"content-length" else value) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if spec.close == "middle":
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await _drop(receive, send)
        return False
    await send({"type": "http.response.body", "body": body})
    return False


async def _hangs_up(receive: Receive, seconds: float) -> bool:
    """Wait; whether the client goes before the time is over."""
    try:
        await asyncio.wait_for(_gone(receive), seconds)
    except TimeoutError:
        return False
    return True


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _drop(receive: Receive, send: Send) -> None:
    """Close the connection and wait until the server has seen it. uvicorn keeps it beside its `send`."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionDropped("the connection was closed on purpose")
    transport.close()
    await _gone(receive)
