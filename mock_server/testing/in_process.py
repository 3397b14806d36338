"""A sandbox in this process, on an event loop in a thread of its own.

Every call is answered on that one loop, whichever way it comes: from a test without a loop, from one with a loop of
its own, from several threads, or through a port.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import httpx
import uvicorn
from starlette.types import ASGIApp, Message, Scope

from mock_server import APIS
from mock_server.app import Sandbox
from mock_server.on_demand.spoiling import ConnectionDropped
from mock_server.serve import listening_socket, sandbox, server_of

T = TypeVar("T")


class InProcess:
    """The sandbox of `seed`, ready for httpx clients through `transport` and `async_transport`."""

    def __init__(self, seed: int) -> None:
        self._app = sandbox(APIS, seed=seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lead-sandbox", daemon=True)
        self._thread.start()
        self._server: uvicorn.Server | None = None
        self._serving: Future[None] | None = None
        self.transport: httpx.BaseTransport = _Transport(self)
        self.async_transport: httpx.AsyncBaseTransport = _AsyncTransport(self)

    @property
    def app(self) -> Sandbox:
        return self._app

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Have something done on the sandbox's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def serve(self) -> str:
        """Take a free port of the loopback; the root URL there."""
        bound = listening_socket("127.0.0.1", 0)
        self._server = server_of(
            self._app, lambda: self._app.world.publish(None), log_config=None, log_level="critical"
        )
        self._serving = self.submit(self._server.serve(sockets=[bound]))
        return f"http://127.0.0.1:{bound.getsockname()[1]}"

    def close(self) -> None:
        """Stop serving, and end the thread."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            self._serving.result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Transport(httpx.BaseTransport):
    """Hands requests to the sandbox and waits for its answers."""

    def __init__(self, sandbox: InProcess) -> None:
        self._sandbox = sandbox

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._sandbox.submit(answer(self._sandbox.app, request)).result()


class _AsyncTransport(httpx.AsyncBaseTransport):
    """Hands requests to the sandbox; the caller's loop goes on meanwhile."""

    def __init__(self, sandbox: InProcess) -> None:
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return await asyncio.wrap_future(self._sandbox.submit(answer(self._sandbox.app, request)))


async def answer(app: ASGIApp, request: httpx.Request) -> httpx.Response:
    """The answer; a dropped connection and a slow answer end as they do on a wire, in httpx's own errors.

    Where the client gives up, the application is not cancelled but told that it has gone, as by a server.
    """
    patience, gone = request.extensions.get("timeout", {}).get("read"), asyncio.Event()
    answering = asyncio.ensure_future(_run(app, request, gone))
    try:
        await asyncio.wait([answering], timeout=patience)
        in_time = answering.done()
    finally:
        gone.set()
        await asyncio.wait([answering])
    if not in_time:
        raise httpx.ReadTimeout(f"No answer within {patience:g} s.", request=request)
    try:
        start, *rest = answering.result()
    except ConnectionDropped:
        raise httpx.RemoteProtocolError("The server closed the connection.", request=request) from None
    body = b"".join(message.get("body", b"") for message in rest)
    if request.method == "HEAD" or start["status"] in (204, 304):
        body = b""  # a server sends none where HTTP has none
    return httpx.Response(start["status"], headers=start["headers"], content=body, request=request)


async def _run(app: ASGIApp, request: httpx.Request, gone: asyncio.Event) -> list[Message]:
    """What the application sends, as ASGI has it, to a client that stays until it has its answer, or has `gone`.

    httpx's own transport takes a millisecond for this.
    """
    coming: list[Message] = [{"type": "http.request", "body": request.content}]
    sent: list[Message] = []

    async def receive() -> Message:
        if coming:
            return coming.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(_scope(request), receive, send)
    return sent


def _scope(request: httpx.Request) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 0),
        "server": (request.url.host, request.url.port),
    }
