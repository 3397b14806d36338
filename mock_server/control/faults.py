"""Arming faults on demand, and taking them back."""

from __future__ import annotations

from typing import Any

import openapi
from mock_server.api import Reply
from mock_server.control.wire import Operator
from mock_server.errors import Invalid, NotFound
from mock_server.on_demand.armed import PARTS, Armed, Arsenal, parsed


def get_faults(operator: Operator, query: dict[str, Any]) -> Reply:
    """The faults that wait for calls, and what a fault can be made of."""
    operator = operator.concerning(query)
    waiting = [_shown(owner, each) for owner, arsenal in _arsenals(operator) for each in arsenal.waiting()]
    return Reply({"faults": waiting, "possible": PARTS})


def arm_fault(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Let the next calls of an operation suffer a fault: of one organization, or of all, present and future."""
    operator = operator.concerning(query)
    api, operation_id = body["api"], body.get("operation", "")
    if operation_id and operation_id not in openapi.read(api).operations:
        known = ", ".join(openapi.read(api).operations)
        raise Invalid(f"operation: {api} has no operation {operation_id[:50]!r}; it has {known}")
    spec = parsed(body["fault"], api, operation_id)
    chosen = [
        (owner, each) for owner, each in _arsenals(operator, opening=True) if not owner or owner.startswith(f"{api}-")
    ]
    if not chosen:
        raise Invalid(f"api: the organization that was named is none of {api}")
    owner, arsenal = chosen[0]
    armed = Armed(operator.world.new_fault_id(), api, operation_id, spec, body.get("times"))
    arsenal.arm(armed)
    return Reply({"fault": _shown(owner, armed)})


def disarm_faults(operator: Operator, query: dict[str, Any]) -> Reply:
    """Remove one waiting fault, or all that the operator means. Those of scenarios stay: the verdicts need them."""
    operator = operator.concerning(query)
    arsenals = [arsenal for _, arsenal in _arsenals(operator)]
    for each in (each for arsenal in arsenals for each in arsenal if each.scenario and each.id == query.get("id")):
        raise Invalid(
            f"id: {each.id} is part of the scenario {each.scenario}; DELETE /_sandbox/scenarios takes it back"
        )
    removed = sum(arsenal.disarm(query.get("id")) for arsenal in arsenals)
    if not removed and "id" in query:
        raise NotFound(f"id: no fault of the id {query['id'][:50]!r} waits; GET /_sandbox/faults lists those that do")
    return Reply({"removed": removed})


def _arsenals(operator: Operator, *, opening: bool = False) -> list[tuple[str, Arsenal]]:
    """The waiting faults that an operator means, with the id of their organization; the common ones have none."""
    chosen = operator.world.everybody() if operator.everything else operator.organizations(opening=opening)
    own = [(each.id, each.armed) for each in chosen]
    return [("", operator.world.armed), *own] if operator.everything else own


def _shown(owner: str, armed: Armed) -> dict[str, Any]:
    return {
        "id": armed.id,
        "api": armed.api,
        "operation": armed.operation_id,
        "fault": armed.spec.text,
        "left": armed.left,
        "organization": owner,
        "scenario": armed.scenario,
    }
