"""The documented behaviours that a client's calls can meet, as each API declares them.

Whether a call has met the requirement ``vorel/update_lead/null_clears_a_nullable_field`` is told by the function
`null_clears_a_nullable_field` in `mock_server.vorel.behaviours.update_lead`; whether its answer hung on the open
point VO-12, by `vo_12` in `mock_server.vorel.behaviours.open_points`. Both see nothing but the facts of the call.
What no call can show is in its module's `UNMEETABLE`, by name, with the reason; a documented error of the operation
that no call can be answered with is there by its status. What only a call of another operation shows, such as that a
new lead can be read, is in `SHOWN_BY`, by name, with that operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl

import openapi
from mock_server.call import Behaviour, Call
from mock_server.errors import NotFound
from openapi import EVERY_OPERATION


def behaviours_of(api: str) -> Mapping[str, Mapping[str, Behaviour]]:
    """By operation and id of a requirement, how a call of that operation shows that it has met it.

    Raises AttributeError for a requirement of which nothing is said, neither how it shows nor why it cannot.
    """
    found: dict[str, dict[str, Behaviour]] = {}
    for each in openapi.read(api).requirements.values():
        module = import_module(f"mock_server.{api}.behaviours.{each.operation_id}")
        if each.slug not in module.UNMEETABLE:
            operation_id = getattr(module, "SHOWN_BY", {}).get(each.slug, each.operation_id)
            found.setdefault(operation_id, {})[each.id] = getattr(module, each.slug)
    return found


def open_points_of(api: str) -> Mapping[str, Behaviour]:
    """By id of an open point, how a call shows that its answer hung on it. Raises AttributeError as above."""
    names = {id: id.lower().replace("-", "_") for id in openapi.read(api).open_points}
    if not names:
        return {}
    module = import_module(f"mock_server.{api}.behaviours.open_points")
    return {id: getattr(module, name) for id, name in names.items() if name not in module.UNMEETABLE}


def unmeetable(api: str) -> Mapping[str, str]:
    """By id, what no call can show, with the reason: requirements, documented errors, and open points."""
    contract = openapi.read(api)
    modules = {
        id: import_module(f"mock_server.{api}.behaviours.{id}") for id in (EVERY_OPERATION, *contract.operations)
    }
    points = import_module(f"mock_server.{api}.behaviours.open_points").UNMEETABLE
    return {
        **{f"{api}/{id}/{name}": why for id, module in modules.items() for name, why in module.UNMEETABLE.items()},
        **{f"{api}/{name.upper().replace('_', '-')}": why for name, why in points.items()},
    }


# Which calls a behaviour is asked about: all, unless it says otherwise. Every call is asked about, so this is quick.

_SUCCESSES: set[Behaviour] = set()
_REFUSALS: set[Behaviour] = set()
_OPERATIONS: dict[Behaviour, frozenset[str]] = {}

# Which behaviours say why a call was answered as it was: all, unless it says otherwise.

_CONSEQUENCES: set[Behaviour] = set()


def on_success(behaviour: Behaviour) -> Behaviour:
    """A behaviour that only a success can meet."""
    _SUCCESSES.add(behaviour)
    return behaviour


def on_refusal(behaviour: Behaviour) -> Behaviour:
    """A behaviour that only a call without success can meet."""
    _REFUSALS.add(behaviour)
    return behaviour


def of(*operation_ids: str) -> Callable[[Behaviour], Behaviour]:
    """A behaviour that only calls of these operations can meet; the empty id stands for calls of none."""

    def declare(behaviour: Behaviour) -> Behaviour:
        _OPERATIONS[behaviour] = frozenset(operation_ids)
        return behaviour

    return declare


def consequence(behaviour: Behaviour) -> Behaviour:
    """A behaviour that follows from any success, or any refusal: such as the form of the answer, or what stays as it
    was. It decides about no answer.
    """
    _CONSEQUENCES.add(behaviour)
    return behaviour


def decides(behaviour: Behaviour) -> bool:
    """Whether a call that meets the behaviour was answered as it was because of it."""
    return behaviour not in _CONSEQUENCES


def concerns(behaviour: Behaviour, operation_id: str, succeeded: bool) -> bool:
    """Whether calls of an operation, with or without success, can meet a behaviour at all."""
    return behaviour not in (_REFUSALS if succeeded else _SUCCESSES) and operation_id in _OPERATIONS.get(
        behaviour, (operation_id,)
    )


# What most behaviours are made of.


@consequence
@on_success
def succeeded(call: Call) -> bool:
    """The call was a success."""
    return call.succeeded


def answered(*statuses: int) -> Behaviour:
    """The call was answered with one of the statuses."""
    return lambda call: call.status in statuses


@consequence
@on_refusal
def refused(call: Call) -> bool:
    """The call was refused because it breaks a rule for requests."""
    return call.status in (400, 422)


def succeeding_with(*names: str) -> Behaviour:
    """The call was a success, and its body had all of these members."""
    return on_success(lambda call: call.succeeded and all(name in call.sent for name in names))


def succeeding_where(holds: Callable[[Mapping[str, object]], bool]) -> Behaviour:
    """The call was a success, and this holds of the members of its body."""
    return on_success(lambda call: call.succeeded and holds(call.sent))


def refused_where(holds: Callable[[Mapping[str, object]], bool]) -> Behaviour:
    """The call was refused because it breaks a rule, and this holds of the members of its body."""
    return on_refusal(lambda call: refused(call) and holds(call.sent))


def refused_at(place: str) -> Behaviour:
    """The call was refused because of this place of the request: a field, a parameter, or ``body`` as a whole."""
    return on_refusal(lambda call: call.place == place)


def asked(call: Call) -> Mapping[str, str]:
    """The parameters of the query as they were sent, without defaults."""
    return dict(parse_qsl(call.target.partition("?")[2], keep_blank_values=True))


def shown(call: Call) -> Sequence[Any]:
    """What the answer has as data: all of a page, or the one thing that it is about."""
    data = call.content.get("data") if isinstance(call.content, dict) else None
    return data if isinstance(data, list) else (data,) if isinstance(data, dict) else ()


def listed(call: Call) -> Sequence[Any]:
    """The leads on the page in the answer; none where it is no page."""
    page = call.content.get("data") if isinstance(call.content, dict) else None
    return page if isinstance(page, list) else ()


@consequence
@on_success
def reading_a_created_lead(call: Call) -> bool:
    """A lead was read as it was made, by one who has created leads: whether this one was is not kept anywhere."""
    organization, id = call.organization, call.path.get("id", "")
    if organization is None or not organization.leads.changed.isdisjoint((id, id.lower())):
        return False
    return f"{call.api}/create_lead/replies_match_the_contract" in organization.coverage.met


@consequence
@on_success
def among_others(call: Call) -> bool:
    """The call was a success, and the organization has more than one lead."""
    return call.organization is not None and len(call.organization.leads) > 1


@on_refusal
def found_nothing(call: Call) -> bool:
    """What the call names does not exist here; whether another organization has it makes no difference."""
    return isinstance(call.error, NotFound)


@consequence
@on_refusal
def found_anothers(call: Call) -> bool:
    """The call found nothing, and the id in its path names a lead of another organization.

    It decides nothing: the answer is the one that an id gets which nobody has.
    """
    organization, id = call.organization, call.path.get("id", "").lower()
    return isinstance(call.error, NotFound) and organization is not None and organization.leads.elsewhere(id)


@consequence
@on_success
def not_the_only_one_with_leads(call: Call) -> bool:
    """The call was a success, and another organization has leads."""
    return call.succeeded and call.organization is not None and call.organization.leads.not_alone
