"""The two clients: what differs between them is how a call is sent, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

import httpx
import msgspec

from mock_server.admin_token import admin_token as token_of
from mock_server.client.answers import Exchange
from mock_server.client.asked import HIDDEN, Asked, SandboxError, given, refusal, silence
from mock_server.client.operations import Operations
from mock_server.masking import masked

T = TypeVar("T")

__tracebackhide__ = HIDDEN


def _headers(key: str | None, admin_token: str | None) -> dict[str, str]:
    found = token_of(admin_token)
    token = None if found is None else f"Bearer {found}"
    if not f"{key}{token}".isascii():
        raise SandboxError("a key and an admin token are ASCII")
    return {name: value for name, value in (("X-Sandbox-Key", key), ("Authorization", token)) if value is not None}


_EVENTS: Asked[None] = Asked("GET", "events", None, accept="text/event-stream")
_PATIENCE = httpx.Timeout(10, read=30)
"""Seconds; a stream says at least every 15 that it is still there."""


def _event(line: str, name: str) -> tuple[str, Exchange | None]:
    """What a line of a stream adds: the name of the event that it belongs to, and the exchange that it holds."""
    if line.startswith("event: "):
        return line.removeprefix("event: "), None
    if name == "exchange" and line.startswith("data: "):
        return "", msgspec.json.decode(line.removeprefix("data: "), type=Exchange)
    return name, None


class SandboxClient(Operations):
    """Steers a sandbox.

    `base_url` is the sandbox's root, such as ``http://127.0.0.1:4020``. With a `key`, every call concerns the
    organizations that this credential opens; without one, all of them. `admin_token` is what a sandbox off the
    loopback asks for; where it is left out, the variable LEAD_ADMIN_TOKEN of the environment has it. `transport` is
    httpx's, for a sandbox without a socket. Every method raises SandboxError.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        admin_token: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url, headers=_headers(key, admin_token), transport=transport, trust_env=False
        )
        self._whose = "everybody" if key is None else masked(key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self._http.base_url} for {self._whose}>"

    def send(self, asked: Asked[T]) -> T:
        """Send a control call; what it was answered."""
        try:
            return asked.read(self._http.request(**asked.options()))
        except httpx.HTTPError as error:
            raise silence(error) from None

    def get_events(self, *, organization: str | None = None) -> Iterator[Exchange]:
        """The exchanges as they happen, until the sandbox stops. It needs a sandbox behind a port."""
        options = {**_EVENTS.options(), "params": given(organization=organization), "timeout": _PATIENCE}
        name = ""
        try:
            with self._http.stream(**options) as response:
                if not response.is_success:
                    response.read()
                    raise refusal(response)
                for line in response.iter_lines():
                    name, exchange = _event(line, name)
                    if exchange is not None:
                        yield exchange
        except httpx.HTTPError as error:
            raise silence(error) from None

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> SandboxClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncSandboxClient(Operations):
    """Steers a sandbox as `SandboxClient` does; each method is awaited."""

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        admin_token: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url, headers=_headers(key, admin_token), transport=transport, trust_env=False
        )
        self._whose = "everybody" if key is None else masked(key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self._http.base_url} for {self._whose}>"

    async def send(self, asked: Asked[T]) -> T:
        """Send a control call; what it was answered."""
        try:
            return asked.read(await self._http.request(**asked.options()))
        except httpx.HTTPError as error:
            raise silence(error) from None

    async def get_events(self, *, organization: str | None = None) -> AsyncIterator[Exchange]:
        """The exchanges as they happen, until the sandbox stops. It needs a sandbox behind a port."""
        options = {**_EVENTS.options(), "params": given(organization=organization), "timeout": _PATIENCE}
        name = ""
        try:
            async with self._http.stream(**options) as response:
                if not response.is_success:
                    await response.aread()
                    raise refusal(response)
                async for line in response.aiter_lines():
                    name, exchange = _event(line, name)
                    if exchange is not None:
                        yield exchange
        except httpx.HTTPError as error:
            raise silence(error) from None

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> AsyncSandboxClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
