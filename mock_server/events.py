"""The exchanges as they happen, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.types import Receive, Send

from mock_server.connection import gone
from mock_server.har import as_json
from mock_server.journal import Exchange, Limits
from mock_server.store import World

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that nobody between takes the connection for dead."""

MOST_WAITING = Limits()
"""So much may wait for a slow reader, but always one exchange; what comes then is left out, and its number is told."""

_encode = msgspec.json.Encoder().encode


class Stream:
    """One reader's stream."""

    def __init__(self, world: World, wanted: Callable[[Exchange], bool]) -> None:
        self._world = world
        self._wanted = wanted
        self._waiting: asyncio.Queue[Exchange | None] = asyncio.Queue()
        self._bytes = 0
        self._missed = 0

    async def send_to(self, receive: Receive, send: Send) -> None:
        """Send exchanges until the reader goes or the sandbox stops."""
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b": the sandbox's exchanges\n\n", "more_body": True})
        leave = self._world.listen(self._take)
        left = asyncio.ensure_future(gone(receive))
        try:
            while not left.done() and (event := await self._next(left)) is not None:
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            leave()
            left.cancel()

    def _take(self, exchange: Exchange | None) -> None:
        if exchange is None:
            self._waiting.put_nowait(None)
        elif self._wanted(exchange):
            if self._has_room(exchange.size):
                self._bytes += exchange.size
                self._waiting.put_nowait(exchange)
            else:
                self._missed += 1

    def _has_room(self, size: int) -> bool:
        waiting = self._waiting.qsize()
        return not waiting or (waiting < MOST_WAITING.exchanges and self._bytes + size <= MOST_WAITING.bytes)

    async def _next(self, left: asyncio.Future[None]) -> bytes | None:
        """The next event; a comment after a long silence, or when the reader has gone; None at the end."""
        coming = asyncio.ensure_future(self._waiting.get())
        either: set[asyncio.Future[Any]] = {coming, left}
        await asyncio.wait(either, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
        if not coming.done():
            coming.cancel()
            return b": still here\n\n"
        exchange = coming.result()
        if exchange is None:
            return None
        self._bytes -= exchange.size
        event = b"event: exchange\ndata: " + _encode(as_json(exchange)) + b"\n\n"
        if self._missed:
            event += b'event: missed\ndata: {"exchanges": %d}\n\n' % self._missed
            self._missed = 0
        return event
