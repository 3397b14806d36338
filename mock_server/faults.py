"""Ways to serve an API wrongly on purpose, so that each check of the suite can be shown to fail.

A fault is a function from `Api` to `Api` that names the requirement it breaks. Its own module collects it:
`FAULTS = Faults("aura")`, `@FAULTS.breaks("update_lead/null_notes_are_skipped", "lax")`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.errors import CallRefused
from mock_server.store import Organization, World

KINDS = {
    "lax": "lets pass what must be refused, or keeps what must go",
    "strict": "refuses or drops what must be accepted",
    "rare": "wrong for few values only",
    "stateful": "wrong after certain earlier calls only",
    "field": "does it to another field",
    "tenant": "mixes up organizations",
    "shape": "answers in another form",
    "status": "answers with another status",
}
"""In which ways an implementation departs from a requirement, each with what it does."""


@dataclass(frozen=True)
class Fault:
    """`name` is unique among the faults of its API; `breaks` is the full id of a requirement; `kind` is one of KINDS.

    `also` are the full ids of the other requirements whose sentences it contradicts as well: those that a fair suite
    names beside the first one. What can only no longer be tried is not among them.

    Raises ValueError for another kind.
    """

    name: str
    api: str
    breaks: str
    kind: str
    bend: Callable[[Api], Api]
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.api}/{self.name}: {self.kind!r} is no kind of fault, but {', '.join(KINDS)} are")

    def __call__(self, api: Api) -> Api:
        """The API with this fault; it no longer corrects itself by checking its own replies."""
        return replace(self.bend(api), checks_replies=False)


class Faults:
    """The faults of one API, in the order of their definition."""

    def __init__(self, api: str) -> None:
        self._api = api
        self._faults: list[Fault] = []

    def breaks(
        self, requirement: str, kind: str, *, also: Iterable[str] = ()
    ) -> Callable[[Callable[[Api], Api]], Fault]:
        """Declare the decorated function, `Api` to `Api`, as a fault of this kind that breaks `requirement`.

        Ids are given without the API; `also` are other requirements that it rightly breaks.
        """

        def declare(bend: Callable[[Api], Api]) -> Fault:
            return self.add(bend.__name__, requirement, bend, kind, also=also)

        return declare

    def add(
        self, name: str, requirement: str, bend: Callable[[Api], Api], kind: str, *, also: Iterable[str] = ()
    ) -> Fault:
        """The same for a fault made by a function, where many differ in a value only."""
        others = tuple(f"{self._api}/{each}" for each in also)
        fault = Fault(name, self._api, f"{self._api}/{requirement}", kind, bend, others)
        self._faults.append(fault)
        return fault

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)


# What most faults are made of.


def receiving(api: Api, operation_id: str, edit: Callable[[Any], Any]) -> Api:
    """The API with an operation that takes another body than was sent: what `edit` makes of a copy."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Any, **arguments: Any) -> Reply:
            return handler(organization, **{**arguments, "body": edit(deepcopy(arguments["body"]))})

        return handle

    return api.wrapping(operation_id, wrap)


def answering(api: Api, operation_id: str, edit: Callable[[Any], Any]) -> Api:
    """The API with an operation that answers other data than it stored: what `edit` makes of a copy."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Any, **arguments: Any) -> Reply:
            reply = handler(organization, **arguments)
            return replace(reply, data=edit(deepcopy(reply.data)))

        return handle

    return api.wrapping(operation_id, wrap)


def rendering(api: Api, edit: Callable[[Answer], Answer]) -> Api:
    """The API with another envelope around its successes: what `edit` makes of each answer."""
    return replace(api, render=lambda organization, reply: edit(_copied(api.render(organization, reply))))


def rendering_errors(api: Api, edit: Callable[[Answer, CallRefused], Answer]) -> Api:
    """The API with another envelope around its errors: what `edit` makes of each answer and its error."""
    return replace(
        api, render_error=lambda organization, error: edit(_copied(api.render_error(organization, error)), error)
    )


def requiring(api: Api, schema: str, edit: Callable[[Any], None]) -> Api:
    """The API with another rule for requests: `edit` changes the component schema in place."""
    return api.promising(lambda contract: edit(contract["components"]["schemas"][schema]))


def knowing_everybody(api: Api) -> tuple[Api, dict[str, Organization]]:
    """The API, and the organizations that have called it so far by tenant: for faults that mix them up."""
    opened: dict[str, Organization] = {}

    def identify(world: World, headers: Headers) -> Caller:
        caller = api.identify(world, headers)
        opened[caller.organization.tenant] = caller.organization
        return caller

    return replace(api, identify=identify), opened


def _copied(answer: Answer) -> Answer:
    return replace(answer, content=deepcopy(answer.content))
