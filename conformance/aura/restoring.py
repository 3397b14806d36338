"""What an Aura lead was before the suite used it, and how it becomes that again."""

from __future__ import annotations

from typing import Any

from conformance.aura import DOCUMENTED, UPDATABLE, Aura, Lead, same

LASTING = "updated_at"
"""What no update puts back."""

CALLS = 12
"""Requests at most that it takes to put one lead back and to see that it is."""


def fixtures(aura: Aura) -> dict[str, Lead]:
    """The target file's leads by id, as they are; without those that do not exist."""
    seen = {id: state(aura, id) for id in aura.config.lead_ids}
    return {id: lead for id, lead in seen.items() if lead is not None}


def state(aura: Aura, id: str) -> Lead | None:
    """A lead as it is read, or else as an update of nothing shows it; None where there is no such lead."""
    for operation_id, body in (("get_lead", ...), ("update_lead", {})):
        if aura.config.capabilities.get(operation_id) is not False:
            exchange = aura.call(operation_id, path={"id": id}, body=body)
            if exchange.status == 200:
                return aura.lead_in(exchange)
    return None


def undo(was: Lead, now: Lead) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The updates, as path and body, after which a lead is again what it was. A field cannot be unset, save notes."""
    changes = {name: was.get(name) for name in UPDATABLE if not same(name, was.get(name), now.get(name))}
    if "notes" in changes and changes["notes"] is None:
        changes["notes"] = []
    changes = {name: value for name, value in changes.items() if value is not None}
    return [({"id": was["id"]}, changes)] if changes else []


def differences(was: Lead, now: Lead) -> list[str]:
    """The documented fields that are not what they were, except updated_at."""
    return [name for name in DOCUMENTED if name != LASTING and not same(name, was.get(name), now.get(name))]
