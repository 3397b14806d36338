"""What happens to an organization just before a call is handled, so that the call meets a situation.

Each is asked with the call, whose body has been checked by its contract, and says how to undo what happened; None
where nothing has. What its operation still finds wrong with the call, as where a field is no number, comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from mock_server.scenarios.story import READS

if TYPE_CHECKING:
    from mock_server.call import Call
    from mock_server.store import Lead, Organization

Undo = Callable[[], None]


def a_twin_appears(call: Call) -> Undo | None:
    """An update names a lead by e-mail: from now on another one has that e-mail too.

    Nothing happens where the organization allows bulk updates, which refuse nothing.
    """
    organization = call.organization
    assert organization is not None
    if organization.settings["bulk_updates"] or str(_sent(call).get("id") or "").strip():
        return None
    found = organization.leads.find("email", _sent(call).get("email") or "")
    if not found:
        return None
    undo = _undoing(organization)
    if len(found) == 1:
        organization.leads.add({**deepcopy(found[0]), "id": organization.new_token("lead_")})
    return undo


def the_lead_vanishes(call: Call) -> Undo | None:
    """An update names a lead that the client has read before: it is no longer there."""
    organization = call.organization
    assert organization is not None
    lead = _named(call, organization)
    if lead is None or not _was_read(organization, lead):
        return None
    undo = _undoing(organization)
    organization.leads.remove(lead)
    return undo


def _undoing(organization: Organization) -> Undo:
    """What lets the organization have the leads again that it has now, in their order, and no others."""
    leads, were, ids = organization.leads, list(organization.leads), organization.drawn["ids"]

    def undo() -> None:
        leads.written = []  # this is no change of the call's
        for each in list(leads):
            leads.remove(each)
        for each in were:
            leads.add(each)
        organization.drawn["ids"] = ids

    return undo


def _named(call: Call, organization: Organization) -> Lead | None:
    """The one lead that an update names: in its path, or in its body by the identifier that counts there."""
    if "id" in call.path:
        return organization.leads.get(call.path["id"].lower())
    if _sent(call).get("id"):
        return organization.leads.get(_sent(call)["id"])
    name = "email" if _sent(call).get("email") else "phone"
    found = organization.leads.find(name, _sent(call).get(name) or "")
    return found[0] if len(found) == 1 else None


def _sent(call: Call) -> Mapping[str, Any]:
    """The members of the body; the call is not yet answered, so nothing but the body itself is known."""
    return call.body if isinstance(call.body, dict) else {}


def _was_read(organization: Organization, lead: Lead) -> bool:
    """Whether the journal has a successful read that showed the lead."""
    id = lead["id"].encode()
    return any(
        each.operation_id in READS and each.status == 200 and id in each.response_body for each in organization.journal
    )
