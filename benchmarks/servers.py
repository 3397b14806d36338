"""The servers that are compared: ``python -m benchmarks.servers sandbox|connexion|bare`` serves one on a free port.

All three get the same requests on Aura. `connexion` is what Connexion gives without this project: the same
contract, handlers, credentials and state, its own validation of requests and responses. `bare` answers a
constant and is the limit of the HTTP server.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

import msgspec
from connexion import AsyncApp
from connexion.context import scope
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.resolver import Resolver
from connexion.security import AbstractSecurityHandler
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import APIS
from mock_server.api import Api, Handler
from mock_server.errors import CallRefused
from mock_server.serve import listening_socket, run, sandbox
from mock_server.store import World


def sandbox_server() -> ASGIApp:
    """What this project serves."""
    return sandbox(APIS)


def connexion_server() -> ASGIApp:
    """Aura as plain Connexion serves it."""
    api = APIS["aura"]
    return plain_connexion(api, World(settings={api.name: api.settings}, indexed={api.name: api.indexed}))


def plain_connexion(api: Api, world: World) -> AsyncApp:
    """Connexion as its documentation says to use it, in front of an API's handlers."""

    def adapted(handler: Handler) -> Callable[..., Any]:
        taken = set(inspect.signature(handler).parameters)

        async def handle(body: Any = None, **parameters: Any) -> Any:
            organization = api.identify(world, dict(scope["headers"])).organization
            arguments = {name: value for name, value in {**parameters, "body": body}.items() if name in taken}
            try:
                answer = api.render(organization, handler(organization, **arguments))
            except CallRefused as error:
                answer = api.render_error(organization, error)
            return answer.content, answer.status, {"content-type": "application/json"}

        return handle

    async def refused(request: ConnexionRequest, error: Exception) -> ConnexionResponse:
        assert isinstance(error, CallRefused)
        answer = api.render_error(world.stranger(api.name), error)
        return ConnexionResponse(answer.status, "application/json", body=msgspec.json.encode(answer.content))

    app = AsyncApp(__name__)
    app.add_error_handler(CallRefused, refused)
    handlers = {id: adapted(handler) for id, handler in api.handlers.items()}
    app.add_api(
        dict(api.contract),
        base_path=api.base_path,
        resolver=Resolver(handlers.__getitem__),
        security_map=security_map(api, world),
        validate_responses=True,
    )
    return app


def security_map(api: Api, world: World) -> dict[str, type[AbstractSecurityHandler]]:
    """Connexion's security handlers for an API: its own way to identify a caller, for every kind of scheme."""

    class Identified(AbstractSecurityHandler):
        def get_fn(self, security_scheme: dict[str, Any], required_scopes: list[str]) -> Any:
            def verify(request: ConnexionRequest) -> dict[str, Any]:
                caller = api.identify(world, dict(request.scope["headers"]))
                return {"sub": caller.organization, "scopes": caller.scopes}

            return verify

    return {"bearer": Identified, "apiKey": Identified}


async def bare_server(scope: Scope, receive: Receive, send: Send) -> None:
    """A constant answer of the size of a lead."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = b'{"data":"' + b"x" * 480 + b'"}'
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": body})


SERVERS: dict[str, Callable[[], ASGIApp]] = {
    "sandbox": sandbox_server,
    "connexion": connexion_server,
    "bare": lambda: bare_server,
}

if __name__ == "__main__":
    app = SERVERS[sys.argv[1]]()
    bound = listening_socket("127.0.0.1", 0)
    root = f"http://127.0.0.1:{bound.getsockname()[1]}"
    run(app, bound, log_level="critical", ready=lambda: print(f"listening {root}", flush=True))
