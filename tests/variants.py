"""What conformant variants of an API are made of: functions from `Api` to `Api` that a suite must not mind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import receiving, rendering, rendering_errors
from mock_server.store import Lead, Organization

Variant = Callable[[Api], Api]


@dataclass(frozen=True)
class Conformant:
    """An implementation that keeps every promise: `bend` makes it from an API.

    `reads` says, by the id of an open point, which reading it takes where the API as given takes another.
    """

    bend: Callable[[Api], Api]
    reads: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, api: Api) -> Api:
        return self.bend(api)


def setting(**values: Any) -> Variant:
    return lambda api: replace(api, settings={**api.settings, **values})


def showing(edit: Callable[[Lead], Lead]) -> Variant:
    """Every lead in every answer is shown as `edit` makes it. Leads are told by their updated_at."""

    def shown(node: Any) -> Any:
        if isinstance(node, list):
            return [shown(each) for each in node]
        if not isinstance(node, dict):
            return node
        return edit(node) if "updated_at" in node else {key: shown(value) for key, value in node.items()}

    return lambda api: rendering(api, lambda answer: replace(answer, content=shown(answer.content)))


def erring(edit: Callable[[Answer, errors.CallRefused], Answer]) -> Variant:
    return lambda api: rendering_errors(api, edit)


def refusing(operation_id: str, refuse: Callable[[Any], bool]) -> Variant:
    """An operation that refuses some bodies with a 4xx."""

    def bend(api: Api) -> Api:
        def edit(body: Any) -> Any:
            if refuse(body):
                raise errors.Invalid("This cannot be sent.")
            return body

        return receiving(api, operation_id, edit)

    return bend


def wrapped(operation_id: str, wrap: Callable[[Handler], Handler]) -> Variant:
    return lambda api: api.wrapping(operation_id, wrap)


def status_of(kind: type[errors.CallRefused], status: int) -> Variant:
    return erring(lambda answer, error: replace(answer, status=status) if isinstance(error, kind) else answer)


def without_unset(lead: Lead) -> Lead:
    return {name: value for name, value in lead.items() if value not in (None, [], {})}


def moves_updated_at_always(handler: Handler) -> Handler:
    def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        reply = handler(organization, id=id, body=body)
        reply.data["updated_at"] = organization.clock.now()
        return reply

    return handle


def in_seconds(value: Any) -> Any:
    return value[:19] + "Z" if isinstance(value, str) and value.endswith("Z") and len(value) == 24 else value


def with_offset(value: Any) -> Any:
    return value[:-1] + "+00:00" if isinstance(value, str) and value.endswith("Z") and len(value) >= 20 else value


def times(change: Callable[[Any], Any]) -> Variant:
    """Every date-time of a lead is written in another way."""
    return showing(
        lambda lead: {name: change(value) if name.endswith("_at") else value for name, value in lead.items()}
    )


def has_unknown_keys(known: set[str]) -> Callable[[Any], bool]:
    return lambda body: bool(body.keys() - known)
