"""Control of snapshots: saved, listed, compared, put back, downloaded and uploaded."""

from __future__ import annotations

from typing import Any

from mock_server import snapshots
from mock_server.api import Reply
from mock_server.control.wire import Operator
from mock_server.errors import Invalid, NotFound
from mock_server.snapshots import State

MOST = 100
"""So many snapshots are kept; one more is refused."""


def get_snapshots(operator: Operator) -> Reply:
    """Every snapshot, oldest first, without its leads."""
    return Reply({"snapshots": [_described(id, each) for id, each in operator.world.snapshots.items()]})


def save_snapshot(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Keep the state of one organization, or of all, or a state that was downloaded before."""
    operator = operator.concerning(query)
    kept = operator.world.snapshots
    id = body.get("id", f"snapshot-{len(kept) + 1}")
    if id in kept:
        raise Invalid(f"id: there is a snapshot {id} already")
    if len(kept) >= MOST:
        raise Invalid(f"there are {MOST} snapshots already; remove one with DELETE /_sandbox/snapshots/<id>")
    if "state" in body:
        snapshots.check(body["state"], operator.apis)
    state = body["state"] if "state" in body else snapshots.taken(operator.organizations())
    kept[id] = {"whole": operator.everything and "state" not in body, "state": state}
    return Reply(_described(id, kept[id]))


def get_snapshot(operator: Operator, snapshot: str) -> Reply:
    """The state that a snapshot holds, with the credentials that open its organizations."""
    return Reply(_found(operator, snapshot)["state"])


def restore_snapshot(operator: Operator, snapshot: str) -> Reply:
    """Put back what a snapshot holds; one of everything forgets what was opened since."""
    found = _found(operator, snapshot)
    operator.world.take_up(found["state"], alone=found["whole"])
    return Reply(_described(snapshot, found))


def remove_snapshot(operator: Operator, snapshot: str) -> Reply:
    """Forget a snapshot."""
    found = _found(operator, snapshot)
    del operator.world.snapshots[snapshot]
    return Reply(_described(snapshot, found))


def compare_snapshot(operator: Operator, snapshot: str, query: dict[str, Any]) -> Reply:
    """What changed since a snapshot, until another one or until now, by lead and field."""
    one = _found(operator, snapshot)["state"]
    two = _found(operator, query["with"])["state"] if "with" in query else _present(operator, one)
    return Reply({"differences": snapshots.differences(one, two)})


def _present(operator: Operator, state: State) -> State:
    """The present state of the organizations in a state."""
    concerned = {(each["api"], each["key"]) for each in state["organizations"]}
    return snapshots.taken(each for each in operator.world.opened() if (each.api, each.tenant) in concerned)


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
