"""What a Vorel lead was before the suite used it, and how it becomes that again."""

from __future__ import annotations

from typing import Any

from conformance.vorel import DOCUMENTED, NULLABLE, Lead, Vorel, same

LASTING = "updated_at"
"""What no update puts back."""

CALLS = 13
"""Requests at most that it takes to put one lead back and to see that it is."""

_NOTHING: dict[str, Any] = {"attributes": {}}
"""An update that merges nothing into a lead, and so shows it as it is."""


def fixtures(vorel: Vorel) -> dict[str, Lead]:
    """The target file's leads by id, as they are; without those that do not exist."""
    seen = {id: state(vorel, id) for id in vorel.config.lead_ids}
    return {id: lead for id, lead in seen.items() if lead is not None}


def state(vorel: Vorel, id: str) -> Lead | None:
    """A lead as it is read, or else as an update of nothing shows it; None where there is no such lead."""
    for operation_id, body in (("get_lead", ...), ("update_lead", _NOTHING)):
        if vorel.config.capabilities.get(operation_id) is not False:
            exchange = vorel.call(operation_id, path={"id": id}, body=body)
            if exchange.status == 200:
                return vorel.lead_in(exchange)
    return None


def undo(was: Lead, now: Lead) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The updates, as path and body, after which a lead is again what it was: null unsets fields and attributes.

    An attribute that is an object is unset first: a target may merge into it instead of replacing it.
    """
    names = [name for name in (*NULLABLE, "status") if not same(name, was.get(name), now.get(name))]
    changes = {name: was.get(name) for name in names if name in NULLABLE or was.get(name) is not None}
    before, after = was.get("attributes") or {}, now.get("attributes") or {}
    attributes = {key: value for key, value in before.items() if not same(key, value, after.get(key))}
    attributes |= dict.fromkeys(after.keys() - before.keys())
    if attributes:
        changes["attributes"] = attributes
    merging = [key for key, value in attributes.items() if isinstance(value, dict) and isinstance(after.get(key), dict)]
    unset: dict[str, Any] = {"attributes": dict.fromkeys(merging)} if merging else {}
    return [({"id": was["id"]}, body) for body in (unset, changes) if body]


def differences(was: Lead, now: Lead) -> list[str]:
    """The documented fields that are not what they were, except updated_at."""
    return [name for name in DOCUMENTED if name != LASTING and not same(name, was.get(name), now.get(name))]
