"""The exchanges as they happen, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.types import Receive, Send

from mock_server.har import as_json
from mock_server.journal import Exchange
from mock_server.store import World

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that nobody between takes the connection for dead."""

MOST_WAITING = 1000
"""So many exchanges may wait for a slow reader; what comes then is left out, and the number of it is told."""

_encode = msgspec.json.Encoder().encode


class Stream:
    """One reader's stream."""

    def __init__(self, world: World, wanted: Callable[[Exchange], bool]) -> None:
        self._world = world
        self._wanted = wanted
        self._waiting: asyncio.Queue[Exchange | None] = asyncio.Queue(MOST_WAITING)
        self._missed = 0

    async def send_to(self, receive: Receive, send: Send) -> None:
        """Send exchanges until the reader goes or the sandbox stops."""
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b": the sandbox's exchanges\n\n", "more_body": True})
        leave = self._world.listen(self._take)
        gone = asyncio.ensure_future(_gone(receive))
        try:
            while not gone.done() and (event := await self._next(gone)) is not None:
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            leave()
            gone.cancel()

    def _take(self, exchange: Exchange | None) -> None:
        if exchange is not None and not self._wanted(exchange):
            return
        try:
            self._waiting.put_nowait(exchange)
        except asyncio.QueueFull:
            self._missed += 1

    async def _next(self, gone: asyncio.Future[None]) -> bytes | None:
        """The next event; a comment after a long silence, or when the reader has gone; None at the end."""
        coming = asyncio.ensure_future(self._waiting.get())
        either: set[asyncio.Future[Any]] = {coming, gone}
        await asyncio.wait(either, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
        if not coming.done():
            coming.cancel()
            return b": still here\n\n"
        exchange = coming.result()
        if exchange is None:
            return None
        event = b"event: exchange\ndata: " + _encode(as_json(exchange)) + b"\n\n"
        if self._missed:
            event += b'event: missed\ndata: {"exchanges": %d}\n\n' % self._missed
            self._missed = 0
        return event


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
