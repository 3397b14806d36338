"""Control of snapshots: saved, listed, compared, put back, downloaded and uploaded."""

from __future__ import annotations

from itertools import count
from typing import Any

from mock_server.api import Reply
from mock_server.control.wire import Operator
from mock_server.errors import Invalid, NotFound
from mock_server.state import snapshots
from mock_server.state.snapshots import State

MOST = 100
"""So many snapshots are kept; one more is refused."""


def get_snapshots(operator: Operator) -> Reply:
    """Every snapshot, oldest first, without its leads."""
    return Reply({"snapshots": [_described(id, each) for id, each in operator.world.snapshots.items()]})


def save_snapshot(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Keep the state of one organization, or of all, or a state that was downloaded before."""
    operator = operator.concerning(query)
    kept = operator.world.snapshots
    free = (name for name in (f"snapshot-{number}" for number in count(1)) if name not in kept)
    id = body.get("id") or next(free)
    if id in kept:
        raise Invalid(f"id: there is a snapshot {id} already")
    if len(kept) >= MOST:
        raise Invalid(f"there are {MOST} snapshots already; remove one with DELETE /_sandbox/snapshots/<id>")
    if "state" in body:
        snapshots.check(body["state"], operator.apis)
    state = body["state"] if "state" in body else snapshots.taken(operator.organizations())
    kept[id] = {"whole": operator.everything and "state" not in body, "state": state}
    return Reply(_described(id, kept[id]))


def get_snapshot(operator: Operator, snapshot: str, query: dict[str, Any]) -> Reply:
    """The state that a snapshot holds, with the credentials that open its organizations."""
    return Reply(_concerned(operator.concerning(query), snapshot)["state"])


def restore_snapshot(operator: Operator, snapshot: str, query: dict[str, Any]) -> Reply:
    """Put back what a snapshot holds; all of one of everything forgets what was opened since."""
    found = _concerned(operator.concerning(query), snapshot)
    operator.world.take_up(found["state"], alone=found["whole"])
    return Reply(_described(snapshot, found))


def remove_snapshot(operator: Operator, snapshot: str) -> Reply:
    """Forget a snapshot."""
    found = _found(operator, snapshot)
    del operator.world.snapshots[snapshot]
    return Reply(_described(snapshot, found))


def compare_snapshot(operator: Operator, snapshot: str, query: dict[str, Any]) -> Reply:
    """What changed since a snapshot, until another one or until now, by lead and field."""
    operator = operator.concerning(query)
    one = _concerned(operator, snapshot)
    two = _concerned(operator, query["with"])["state"] if "with" in query else _present(operator, one)
    return Reply({"differences": snapshots.differences(one["state"], two)})


def _present(operator: Operator, kept: dict[str, Any]) -> State:
    """The present state of the organizations in a snapshot; for one of everything, also of those opened since."""
    held = {(each["api"], each["key"]) for each in kept["state"]["organizations"]}
    opened = operator.world.opened()
    return snapshots.taken(each for each in opened if kept["whole"] or (each.api, each.tenant) in held)


def _concerned(operator: Operator, id: str) -> dict[str, Any]:
    """What a snapshot holds of the organizations that an operator means. Raises NotFound where that is nothing."""
    found = _found(operator, id)
    if operator.everything:
        return found
    meant = {(each.api, each.tenant) for each in operator.organizations()}
    held = [each for each in found["state"]["organizations"] if (each["api"], each["key"]) in meant]
    if not held:
        raise NotFound(f"snapshot: {id} holds none of the organizations that were named")
    return {"whole": False, "state": {**found["state"], "organizations": held}}


def _found(operator: Operator, id: str) -> dict[str, Any]:
    if id not in operator.world.snapshots:
        raise NotFound(f"snapshot: there is none called {id[:50]!r}; GET /_sandbox/snapshots lists them")
    return operator.world.snapshots[id]


def _described(id: str, kept: dict[str, Any]) -> dict[str, Any]:
    organizations = kept["state"]["organizations"]
    return {
        "id": id,
        "whole": kept["whole"],
        "organizations": len(organizations),
        "leads": sum(len(each["leads"]) for each in organizations),
    }
