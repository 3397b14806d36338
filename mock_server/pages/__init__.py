"""The pages for people: the console at `/`, the rendered contracts at `/docs/<api>`, and the files they are made of.

The pages hold nothing but themselves: what they show, they ask of `/_sandbox`, as whoever looks at them may.
"""

from __future__ import annotations

import json
from importlib.resources import files

from starlette.types import Receive, Scope, Send

import openapi
from mock_server.guard import unknown_name

_FILES = files(__name__).joinpath("static")

_TYPES = {
    "html": b"text/html; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "svg": b"image/svg+xml",
}

_PATHS = {
    "/": "console.html",
    "/docs": "docs.html",
    **{f"/docs/{api}": "docs.html" for api in openapi.APIS},
    **{f"/_sandbox/static/{each.name}": each.name for each in _FILES.iterdir()},
}
"""What is found where."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""No inline script or style, nothing from elsewhere, in nobody's frame, and no text that becomes markup."""

_HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]


class Pages:
    """An ASGI application of files. `hosts` are further names by which the sandbox is known."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self._hosts = hosts

    def has(self, path: str) -> bool:
        """Whether there is a page at this path."""
        return path in _PATHS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if why := unknown_name(dict(scope["headers"]), self._hosts):
            await _refuse(send, 403, why)
        elif method not in ("GET", "HEAD"):
            await _refuse(send, 405, f"A page does not answer to {method[:20]}.", (b"allow", b"GET, HEAD"))
        else:
            name = _PATHS[scope["path"]]
            body = _FILES.joinpath(name).read_bytes()
            await _send(send, 200, _TYPES[name.rpartition(".")[2]], body, with_body=method == "GET")


async def _refuse(send: Send, status: int, why: str, *headers: tuple[bytes, bytes]) -> None:
    await _send(send, status, b"application/json", json.dumps({"error": why}).encode(), *headers)


async def _send(
    send: Send, status: int, kind: bytes, body: bytes, *headers: tuple[bytes, bytes], with_body: bool = True
) -> None:
    every = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *_HEADERS, *headers]
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": body if with_body else b""})
