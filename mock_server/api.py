"""What one documented API supplies to be served: its contract, its handlers and its manners."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from starlette.types import Receive, Send

import openapi
from mock_server.behaviours import behaviours_of, open_points_of
from mock_server.body import LIMIT
from mock_server.call import Behaviour
from mock_server.errors import CallRefused
from mock_server.rate_limits import RateLimit
from mock_server.store import Lead, Normalizer, Organization, World

Headers = Mapping[bytes, bytes]
"""The headers of a request by lower-case name, as ASGI gives them."""


@dataclass(frozen=True)
class Reply:
    """What a handler found or made, before the API's envelope is put around it."""

    data: Any
    created: bool = False
    pagination: Mapping[str, Any] | None = None
    media_type: str = "application/json"


@dataclass(frozen=True)
class Answer:
    """What goes over the wire. `content` is JSON data, None for an empty body; a `stream` sends itself instead."""

    status: int
    content: Any
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"
    stream: Callable[[Receive, Send], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Caller:
    """Who makes a call: the organization that the credential, `key`, opens, and what the credential may do there.

    The control API's callers are operators; for them `organization` is what they operate.
    """

    organization: Any
    scopes: frozenset[str] = frozenset()
    key: str = ""


Handler = Callable[..., Reply]
"""`handler(organization, **path parameters[, query=...][, body=...])`, named as its operation."""


def _as_sent(organization: Any, body: Any) -> Any:
    return body


@dataclass(frozen=True)
class Api:
    """One API, ready to be served. A fault is a function from `Api` to `Api`."""

    name: str
    contract: Mapping[str, Any]
    handlers: Mapping[str, Handler]
    identify: Callable[[World, Headers], Caller]
    tenant_of: Callable[[str], str | None]
    """The tenant that a credential belongs to; None where it is malformed."""
    render: Callable[[Any, Reply], Answer]
    render_error: Callable[[Any, CallRefused], Answer]
    prepare: Callable[[Any, Any], Any] = _as_sent
    """What the API does to a body before it looks at it."""
    blank: Callable[[Organization], Lead] | None = None
    """A new lead of which nothing is known, with an id and timestamps; it is not stored."""
    indexed: Mapping[str, Normalizer] = field(default_factory=dict)
    unique: tuple[str, ...] = ("id",)
    """The fields of a lead that no other lead of its organization has the same in."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    key_ring: Mapping[str, str] = field(default_factory=dict)
    rate_limit: RateLimit | None = None
    behaviours: Mapping[str, Mapping[str, Behaviour]] = field(default_factory=dict)
    """By operation and id, how a call shows that it has met a documented requirement."""
    open_points: Mapping[str, Behaviour] = field(default_factory=dict)
    """By id, how a call shows that its answer hung on an open point."""
    journaled: bool = True
    """Whether its calls are recorded."""
    refuses_unknown_parameters: bool = False
    """Whether a parameter of the query that the contract does not have is refused; no vendor says that it is."""
    largest_body: int = LIMIT
    """So many bytes of a body are read; a call with a larger one is refused."""
    checks_replies: bool = True
    """Whether each answer is held against the contract before it is sent."""

    @classmethod
    def documented(
        cls,
        name: str,
        *,
        operations: ModuleType,
        wire: ModuleType,
        identify: Callable[[World, Headers], Caller] | None = None,
    ) -> Api:
        """The API as its contract, `operations` and `wire` modules describe it.

        `wire` says who a caller is, unless `identify` does.
        Raises AttributeError where the contract has an operation that `operations` lacks, or a requirement or open
        point of which the behaviours say nothing.
        """
        contract = openapi.read(name)
        return cls(
            name=name,
            contract=contract.document,
            handlers={id: getattr(operations, id) for id in contract.operations},
            identify=identify or wire.identify,
            tenant_of=wire.tenant_of,
            render=wire.render,
            render_error=wire.render_error,
            prepare=getattr(operations, "prepare", _as_sent),
            blank=getattr(operations, "blank", None),
            indexed=getattr(operations, "INDEXED", {}),
            unique=getattr(operations, "UNIQUE", ("id",)),
            settings={point.setting: point.values[0] for point in contract.open_points.values() if point.setting},
            key_ring=getattr(wire, "KEY_RING", {}),
            rate_limit=getattr(wire, "RATE_LIMIT", None),
            behaviours=behaviours_of(name),
            open_points=open_points_of(name),
        )

    @property
    def base_path(self) -> str:
        return openapi.Contract(self.name, self.contract, "").base_path

    @property
    def prefix(self) -> str:
        """The path below which everything is this API's: its base, or what all its paths begin with."""
        return self.base_path or "/" + next(iter(self.contract["paths"])).split("/")[1]

    def wrapping(self, operation_id: str, wrap: Callable[[Handler], Handler]) -> Api:
        """This API with one handler replaced by what `wrap` makes of it."""
        return replace(self, handlers={**self.handlers, operation_id: wrap(self.handlers[operation_id])})

    def promising(self, edit: Callable[[Any], None]) -> Api:
        """This API with a contract of its own, a copy that `edit` changes in place."""
        contract = deepcopy(dict(self.contract))
        edit(contract)
        return replace(self, contract=contract)
