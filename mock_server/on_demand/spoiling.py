"""What a fault on demand does to an answer, and to the connection that carries it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, NamedTuple

from starlette.types import Receive, Send

from mock_server import errors
from mock_server.api import Answer
from mock_server.connection import gone
from mock_server.on_demand.armed import EMPTY, Spec
from mock_server.on_demand.asked_errors import message
from mock_server.store import World

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
_WITHOUT_LENGTH = (204, 304)
"""Those of which not even the length is told."""


class ConnectionDropped(Exception):
    """The connection was closed on purpose; where there is none, as in process, this is how the client learns it."""


def refusal(spec: Spec, api: str, operation_id: str) -> errors.CallRefused:
    """The error with which a call is refused; one without a kind of its own is a failure of the server.

    A 429 of an API that documents none, as Octanist, is of the latter, and has no Retry-After.
    """
    if spec.close:
        return errors.Broken("The connection was closed on purpose before the call was looked at.")
    status = spec.error or spec.status
    return _KINDS.get(status, errors.Broken)(message(api, operation_id, status))


def spoilt(answer: Answer, spec: Spec) -> Answer | None:
    """The answer as the fault makes it: another status, content type or fields.

    None where there is nothing to spoil: the fault is for successes, or for fields that this answer does not have.
    """
    content = answer.content
    if spec.needs_success:
        if not 200 <= answer.status < 300:
            return None
        content = _edited(content, spec)
        if content is None:
            return None
    status = spec.error or spec.status or answer.status
    content = None if status in EMPTY else content
    return replace(answer, status=status, content=content, media_type=spec.content_type or answer.media_type)


def _edited(content: Any, spec: Spec) -> Any:
    """A copy in which every thing that the answer is about has lost, got or changed a field; None where none can."""
    content = deepcopy(content)
    things = _things(content)
    spoils = {field for field in (spec.missing, spec.wrong_type, spec.unknown_enum) if field}
    if not all(any(field in thing for thing in things) for field in spoils) or (spec.extra and not things):
        return None
    for thing in things:
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


class Sent(NamedTuple):
    """What is sent of an answer: of status 0 nothing. `cut` says why that is not all of it; empty where it is."""

    status: int
    headers: list[Header]
    body: bytes
    cut: str = ""


def carried(whole: Sent, spec: Spec) -> Sent:
    """What is sent of an answer with a fault in it."""
    half = whole.body[: len(whole.body) // 2]
    if spec.close in ("before", "after"):
        return Sent(0, [], b"", "the connection was closed before any of the answer was sent")
    if spec.close == "middle":
        return whole._replace(body=half, cut="the connection was closed in the middle of the answer")
    if spec.truncated:
        headers = [(name, b"%d" % len(half) if name == b"content-length" else value) for name, value in whole.headers]
        return whole._replace(headers=headers, body=half, cut="the JSON of the answer ends halfway")
    if whole.status in _WITHOUT_LENGTH:
        return whole._replace(headers=[each for each in whole.headers if not each[0].startswith(b"content-")])
    return whole


async def send_spoilt(spec: Spec, sent: Sent, world: World, receive: Receive, send: Send) -> bool:
    """Send what a fault leaves of an answer; whether the client hung up while it was held back, and got none.

    An answer that is held back when the sandbox ends is never sent. Raises ConnectionDropped where there is no
    connection to close.
    """
    if spec.delay:
        left, ended = await _held_back(world, receive, spec.delay)
        if left:
            return True
        if ended:
            await _drop(receive, send)
            return False
    if not sent.status:
        await _drop(receive, send)
        return False
    dropped = spec.close == "middle"
    await send({"type": "http.response.start", "status": sent.status, "headers": sent.headers})
    await send({"type": "http.response.body", "body": sent.body, "more_body": dropped})
    if dropped:
        await _drop(receive, send)
    return False


async def _held_back(world: World, receive: Receive, seconds: float) -> tuple[bool, bool]:
    """Wait; whether the client goes, and whether the sandbox ends, before the time is over."""
    left = asyncio.ensure_future(gone(receive))
    ended = asyncio.get_running_loop().create_future()
    leave = world.listen(lambda exchange: ended.set_result(None) if exchange is None and not ended.done() else None)
    try:
        await asyncio.wait((left, ended), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return left.done(), ended.done()
    finally:
        leave()
        left.cancel()


async def _drop(receive: Receive, send: Send) -> None:
    """Close the connection and wait until the server has seen it. uvicorn keeps it beside its `send`."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionDropped("the connection was closed on purpose")
    transport.close()
    await gone(receive)
