"""Putting the sandbox together, and onto a port."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from mock_server.api import Api
from mock_server.app import Sandbox
from mock_server.control import control_api
from mock_server.journal import Limits
from mock_server.pages import Pages
from mock_server.store import World


def sandbox(
    apis: Mapping[str, Api],
    *,
    seed: int = 0,
    frozen_at: int | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    admin_token: str | None = None,
    hosts: frozenset[str] = frozenset(),
    guarded: bool = False,
    limits: Limits | None = None,
) -> Sandbox:
    """The ASGI application that serves `apis`.

    `settings` are values by API and name, already checked; `hosts` further names by which the sandbox is reached, and
    where it is `guarded`, no call by another name is answered, also of the documented APIs; `limits` is how much each
    organization's journal keeps.
    """
    chosen = settings or {}
    hosts = frozenset(name.lower() for name in hosts)
    apis = {name: replace(api, settings={**api.settings, **chosen.get(name, {})}) for name, api in apis.items()}
    world = World(
        seed=seed,
        frozen_at=frozen_at,
        settings={**{name: api.settings for name, api in apis.items()}, "sandbox": {}},
        indexed={**{name: api.indexed for name, api in apis.items()}, "sandbox": {}},
        limits=limits,
    )
    control = control_api(apis, admin_token=admin_token, hosts=hosts)
    return Sandbox(list(apis.values()), control, world, Pages(hosts), hosts if guarded else None)


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 takes a free one. Raises OSError where that cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    bound.listen(2048)
    return bound


_GRACE = 0.5
"""Seconds that connections have to end by themselves, once the sandbox ends."""


class _Server(uvicorn.Server):
    """Says so before it waits for its connections to end, and does not wait for long."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        cut = asyncio.get_running_loop().call_later(_GRACE, self._cut)
        await super().shutdown(sockets)
        cut.cancel()

    def _cut(self) -> None:
        """Close what is left: half a request is in it, or an answer that nobody reads."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def server_of(app: ASGIApp, ending: Callable[[], None], **logging_options: Any) -> uvicorn.Server:
    """The server of an application; `ending` is called before it waits for its connections to end.

    `logging_options` are uvicorn's.
    """
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        **logging_options,
    )
    return _Server(config, ending)


def run(
    app: ASGIApp,
    bound: socket.socket,
    *,
    log_level: str = "warning",
    ready: Callable[[], None] = lambda: None,
    ending: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, which end it within a second; `ending` is called first, to end streams.

    `ready` is called once a signal ends it, and calls are taken. SIGHUP is ignored where it was, as below nohup.
    """
    logging.basicConfig(level=log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    # A store of many leads is many objects that live long: collect seldom, and never what is there from the start.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1000)
    server = server_of(app, ending, log_level=log_level)
    # uvicorn takes two of them while it serves, and raises them again once it has stopped: here they find it stopping.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, server.handle_exit)
    ready()
    server.run(sockets=[bound])
