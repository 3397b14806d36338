"""What an Octanist lead was before the suite used it, and how it becomes that again."""

from __future__ import annotations

from typing import Any

from conformance.octanist import DOCUMENTED, STATUSES, Lead, Octanist, data_of, same

LASTING = "updatedAt"
"""What no update puts back."""

CALLS = 16
"""Requests at most that it takes to put one lead back and to see that it is, where the target can be asked for it."""

_SETTABLE = ("value", "note", "lossReason")


def fixtures(octanist: Octanist) -> dict[str, Lead]:
    """The leads by id that the checks may change, as they are.

    These are the target file's, and those that have the same e-mail or phone: an update may find them by it.
    """
    seen = {id: state(octanist, id) for id in octanist.config.lead_ids}
    leads = {id: lead for id, lead in seen.items() if lead is not None}
    shared = {"email": octanist.config.shared_email, "phone": octanist.config.shared_phone}
    sought = {(name, lead.get(name)) for lead in (*leads.values(), shared) for name in ("email", "phone")}
    if octanist.config.capabilities.get("list_leads") is not False:
        for name, value in sorted((name, value) for name, value in sought if value):
            found = octanist.walk({"search": value}) if _lists(octanist) else []
            leads |= {str(lead["id"]): lead for lead in found if same(name, lead.get(name), value)}
    return leads


def state(octanist: Octanist, id: str) -> Lead | None:
    """A lead as it is read or listed; None where nothing shows it: an update does not."""
    if octanist.config.capabilities.get("get_lead") is not False:
        exchange = octanist.call("get_lead", path={"id": id})
        if exchange.status == 200:
            return data_of(exchange)
    if octanist.config.capabilities.get("list_leads") is not False and _lists(octanist):
        return octanist.listed(id)
    return None


def undo(was: Lead, now: Lead) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The updates, as path and body, after which a lead is again what it was, as far as updates can.

    A loss reason takes the status lost, which is then set first; a value can be changed, but not unset.
    """
    changes = {name: was.get(name) for name in _SETTABLE if not same(name, was.get(name), now.get(name))}
    if changes.get("value", ...) is None:
        del changes["value"]
    changes = {name: "" if value is None else value for name, value in changes.items()}
    value = {"value": was["value"]} if was.get("value") is not None else {}
    bodies = []
    if "lossReason" in changes:
        bodies.append({"status": "lost", "lossReason": changes.pop("lossReason"), **value})
    reached = "lost" if bodies else now.get("status")
    if was.get("status") in STATUSES and was.get("status") != reached:
        changes = {"status": was["status"], **value, **changes}
    if changes:
        bodies.append(changes)
    return [({}, {"id": was["id"], **body}) for body in bodies]


def differences(was: Lead, now: Lead) -> list[str]:
    """The documented fields that are not what they were, except updatedAt."""
    return [name for name in DOCUMENTED if name != LASTING and not same(name, was.get(name), now.get(name))]


def _lists(octanist: Octanist) -> bool:
    return octanist.call("list_leads", query={"limit": "1"}).status == 200
