"""The sandbox as one ASGI application. This module and `operation` are the only ones that know Connexion.

Connexion reads each contract, resolves its references, parameters and handlers, and hands the operations to
its middlewares. `DocumentedOperations` is such a middleware, the first of the stack: it compiles every
operation once and answers every call itself, so that each answer has the manners of its API.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

import msgspec

with warnings.catch_warnings():
    # Connexion 3.3 imports what Starlette and jsonschema are about to drop; no user of the sandbox can do about it.
    warnings.simplefilter("ignore")
    import connexion  # noqa: F401

from connexion import AsyncApp
from connexion.http_facts import METHODS
from connexion.middleware.abstract import SpecMiddleware
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from connexion.spec import Specification
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.admission import announce, count
from mock_server.api import Answer, Api
from mock_server.call import Call
from mock_server.errors import CallRefused, Forbidden, MethodNotAllowed, RateLimited, UnknownPath
from mock_server.guard import unknown_name
from mock_server.on_demand.armed import IGNORED, Spec
from mock_server.on_demand.spoiling import Sent, carried, send_spoilt, spoilt
from mock_server.operation import CompiledOperation
from mock_server.pages import Pages
from mock_server.recording import Recorder
from mock_server.store import World

_encode = msgspec.json.Encoder().encode

_SAFE = "/:@!$&'()*+,;=~"
"""Beside letters, digits and ``_.-``, what stands for itself in a path (RFC 3986)."""

logging.getLogger("connexion").setLevel(logging.ERROR)


class DocumentedOperations(SpecMiddleware):
    """Finds the operation of a call and lets it answer."""

    def __init__(self, app: ASGIApp, *, api: Api, world: World, hosts: frozenset[str] | None) -> None:
        self._next = app
        self._hosts = hosts
        self._api = api
        self._world = world
        self._recorder = Recorder(api, world) if api.journaled else None
        self._plain: dict[str, dict[str, CompiledOperation]] = {}
        self._templates: list[_Template] = []

    def add_api(
        self,
        specification: Specification,
        *,
        base_path: str | None = None,
        resolver: Resolver | None = None,
        **options: Any,
    ) -> None:
        base = (specification.base_path if base_path is None else base_path).rstrip("/")
        for path, item in specification["paths"].items():
            operations = {
                method.upper(): self._compile(specification, path, method, resolver)
                for method in item
                if method in METHODS
            }
            if "{" in path:
                self._templates.append(_Template(base + path, operations))
            else:
                self._plain[base + path] = operations

    def _compile(
        self, specification: Specification, path: str, method: str, resolver: Resolver | None
    ) -> CompiledOperation:
        resolved = specification.operation_cls.from_spec(specification, path=path, method=method, resolver=resolver)
        return CompiledOperation(self._api, self._world, resolved)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._next(scope, receive, send)
            return
        started = time.perf_counter()
        query = scope["query_string"]
        call = Call(self._api.name, scope["method"], _target(scope), dict(scope["headers"]))
        operations, call.path = self._find(scope["path"])
        operation = None if operations is None else operations.get(call.method)
        answer: Answer | None
        if self._hosts is not None and (why := unknown_name(call.headers, self._hosts)):
            answer = self._refused(call, Forbidden(why))
        elif operation is not None:
            answer = await operation(call, query, receive)
        elif operations is None:
            answer = self._refused(call, UnknownPath("Nothing is documented at this path."))
        else:
            message = f"This path does not answer to {call.method[:20]}."
            answer = self._refused(call, MethodNotAllowed(message, operations))
        if answer is None:
            call.settle(suffered=False)
            return
        if answer.stream is not None:
            await answer.stream(receive, send)
        else:
            await self._deliver(call, answer, started, receive, send)

    def _refused(self, call: Call, error: CallRefused) -> Answer:
        """Refuse a call that no operation takes; whose it is decides about the ids and times in the answer."""
        call.error = error
        try:
            caller = self._api.identify(self._world, call.headers)
            call.organization = caller.organization
            if self._api.journaled:
                count(self._api, caller, call)
        except RateLimited as limited:
            error = limited
            call.refuse(error)
        except CallRefused:
            call.organization = None
        organization = call.organization
        if organization is None:
            organization = self._world.stranger(self._api.name)
            announce(self._api, organization, call)
        return self._api.render_error(organization, error)

    async def _deliver(self, call: Call, answer: Answer, started: float, receive: Receive, send: Send) -> None:
        """Record the call and send its answer as JSON."""
        if call.fault is not None:
            answer = self._spoilt(call, call.fault, answer)
        if call.fault is None and b"x-sandbox-fault" in call.headers:
            call.told = (*call.told, ("X-Sandbox-Fault", IGNORED))
        body = b"" if answer.content is None else _encode(answer.content)
        headers = [(b"content-type", answer.media_type.encode()), (b"content-length", b"%d" % len(body))]
        headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in (*answer.headers, *call.told)]
        sent = Sent(answer.status, headers, body)
        if self._recorder is not None:
            owner = self._recorder.owner(call)
            id = self._world.new_exchange_id(owner.id)
            headers.append((b"x-sandbox-exchange", id.encode()))
            if call.fault is not None:
                sent = carried(sent, call.fault)
            self._recorder.record(call, owner, id, answer, started, sent)
        if call.fault is not None:
            call.left = await send_spoilt(call.fault, sent, self._world, receive, send)
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _spoilt(self, call: Call, fault: Spec, answer: Answer) -> Answer:
        """The answer with the fault in it; as it was where there is nothing to spoil."""
        changed = spoilt(answer, fault)
        call.settle(suffered=changed is not None)
        if changed is None:
            return answer
        call.told = (*call.told, ("X-Sandbox-Fault", fault.text))
        return changed

    def _find(self, path: str) -> tuple[dict[str, CompiledOperation] | None, Mapping[str, str]]:
        operations = self._plain.get(path)
        if operations is not None:
            return operations, {}
        segments = path.split("/")
        for template in self._templates:
            values = template.match(segments)
            if values is not None:
                return template.operations, values
        return None, {}


def _target(scope: Scope) -> str:
    """Path and query as they were sent; the path is encoded again where the server keeps nothing but what it means."""
    sent = scope.get("raw_path")
    path = quote(scope["path"], safe=_SAFE) if sent is None else sent.decode("latin-1")
    query = scope["query_string"]
    return f"{path}?{query.decode('latin-1')}" if query else path


class _Template:
    """A path with parameters, each of which fills one segment."""

    def __init__(self, path: str, operations: dict[str, CompiledOperation]) -> None:
        segments = path.split("/")
        self.operations = operations
        self._length = len(segments)
        self._fixed = [(at, each) for at, each in enumerate(segments) if not each.startswith("{")]
        self._names = [(at, each[1:-1]) for at, each in enumerate(segments) if each.startswith("{")]

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        if len(segments) != self._length or any(segments[at] != each for at, each in self._fixed):
            return None
        values = {name: segments[at] for at, name in self._names}
        return values if all(values.values()) else None


def connexion_app(api: Api, world: World, hosts: frozenset[str] | None = None) -> AsyncApp:
    """The Connexion application that serves one API; where there are `hosts`, to those that call it by its names."""
    app = AsyncApp(
        __name__,
        middlewares=[partial(DocumentedOperations, api=api, world=world, hosts=hosts)],
        swagger_ui_options=SwaggerUIOptions(swagger_ui=False),
    )
    app.add_api(
        dict(api.contract),
        base_path=api.base_path,
        resolver=Resolver(api.handlers.__getitem__),
    )
    return app


class Sandbox:
    """All APIs on one port, each at its documented path; `control` owns every path that no API and no page owns.

    Where there are `hosts`, the documented APIs, too, are for those only who call the sandbox by one of its names.
    """

    def __init__(
        self, apis: Sequence[Api], control: Api, world: World, pages: Pages, hosts: frozenset[str] | None = None
    ) -> None:
        self.world = world
        self._pages = pages
        self._control = connexion_app(control, world)
        self._mounts = sorted(
            ((api.prefix, api.prefix + "/", connexion_app(api, world, hosts)) for api in apis),
            key=lambda mount: len(mount[0]),
            reverse=True,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        path = scope["path"]
        for prefix, below, app in self._mounts:
            if path.startswith(below) or path == prefix:
                await app(scope, receive, send)
                return
        await (self._pages if self._pages.has(path) else self._control)(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the server's start and stop. Starting builds every middleware stack, before the first call."""
        await receive()
        for app in [self._control, *(app for _, _, app in self._mounts)]:
            await _start_and_stop(app, scope)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _start_and_stop(app: ASGIApp, scope: Scope) -> None:
    """Let an application that holds no resources go through its lifespan, which is when Connexion builds it."""
    messages = iter(({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}))

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        if message["type"].endswith(".failed"):
            raise RuntimeError(message.get("message", "the application did not start"))

    await app(dict(scope), receive, send)
