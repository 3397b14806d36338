"""A sandbox without a socket: an `httpx` client whose requests go straight into the ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from threading import Lock
from typing import Any

import httpx

from mock_server import APIS
from mock_server.api import Api
from mock_server.serve import sandbox
from mock_server.store import Organization, World
from mock_server.testing.in_process import answer

_LOOP = asyncio.new_event_loop()
_ONE_AT_A_TIME = Lock()


class InProcess(httpx.BaseTransport):
    """Hands each request to an ASGI application, on one event loop for all, which serves one after the other."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with _ONE_AT_A_TIME:
            return _LOOP.run_until_complete(answer(self._app, request))


def client_of(apis: Mapping[str, Api] = APIS, **options: Any) -> httpx.Client:
    """A client of a new sandbox; `options` are those of `mock_server.serve.sandbox`."""
    return httpx.Client(transport=InProcess(sandbox(apis, **options)), base_url="http://sandbox")


def organization_of(api: Api, tenant: str = "tenant", **settings: Any) -> Organization:
    """A new organization of one API, for calls to its handlers. Its clock stands still."""
    world = World(
        frozen_at=1_768_636_800_000,
        settings={api.name: {**api.settings, **settings}},
        indexed={api.name: api.indexed},
    )
    return world.organization(api.name, tenant)
