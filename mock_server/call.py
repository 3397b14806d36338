"""One call on its way through the sandbox: what was sent, what was found out on the way, what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_server.errors import CallRefused, Invalid
from mock_server.on_demand.armed import Armed, Arsenal, Spec
from mock_server.store import Lead, Organization

NOTHING: Any = type("Nothing", (), {"__repr__": lambda self: "nothing", "__bool__": lambda self: False})()
"""Stands for a body that was not sent, or could not be read as JSON."""


@dataclass(slots=True)
class Call:
    """A call, filled in as it goes through the checks of its operation.

    `body` is the JSON value as it was sent and `raw` its bytes; `query` holds the parameters as their types.
    `changes` are the leads that were written, each as it was (None: it is new) and as it is. `error` is why the
    call was refused. `fault` is what spoils the answer on purpose, if anything does, and `taken` the armed one that it
    was taken from, with those that it waits among. `told` are headers that its answer gets whatever it is. `left` says
    that the client hung up while its answer was held back.

    What follows is known once it is answered: whether it `succeeded`; the members of the body, none where it is no
    object, as `sent`; and the `place` that broke a rule, where the call was refused for that: a field, a parameter, or
    ``body``.
    """

    api: str
    method: str
    target: str
    headers: Mapping[bytes, bytes]
    operation_id: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    raw: bytes = b""
    body: Any = NOTHING
    organization: Organization | None = None
    scopes: frozenset[str] = frozenset()
    changes: list[tuple[Lead | None, Lead]] = field(default_factory=list)
    error: CallRefused | None = None
    status: int = 0
    content: Any = None
    fault: Spec | None = None
    taken: tuple[Arsenal, Armed] | None = None
    told: tuple[tuple[str, str], ...] = ()
    left: bool = False
    succeeded: bool = False
    sent: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""

    def refuse(self, error: CallRefused) -> None:
        """Note why the call was refused.

        Not by way of which frames: they hold the call, which would keep its body until the collector comes.
        """
        error.__traceback__ = error.__context__ = None
        self.error = error

    def close(self, status: int, content: Any) -> None:
        """Note the answer, and what follows from everything that is known now."""
        self.status, self.content = status, content
        self.succeeded = 200 <= status < 300
        if isinstance(self.body, dict):
            self.sent = self.body
        if isinstance(self.error, Invalid):
            self.place = self.error.message.partition(":")[0]

    def settle(self, *, suffered: bool) -> None:
        """Say whether the answer has its fault in it: one that it has not is no longer the call's, and waits on."""
        if self.taken is not None:
            arsenal, armed = self.taken
            arsenal.settle(armed, suffered=suffered)
        if not suffered:
            self.fault = None


Behaviour = Callable[[Call], bool]
"""Whether a call has met a documented behaviour: true or false, from the facts of the call alone."""
