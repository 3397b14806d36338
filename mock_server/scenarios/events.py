"""What happens to an organization just before a call is handled, so that the call meets a situation.

Each is asked with the call, whose body has been checked, and says whether the call meets it now.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from mock_server.scenarios.story import READS

if TYPE_CHECKING:
    from mock_server.call import Call
    from mock_server.store import Lead, Organization


def a_twin_appears(call: Call) -> bool:
    """An update names a lead by e-mail: from now on another one has that e-mail too.

    Nothing happens where the organization allows bulk updates, which refuse nothing.
    """
    organization = call.organization
    assert organization is not None
    if organization.settings["bulk_updates"] or str(_sent(call).get("id") or "").strip():
        return False
    found = organization.leads.find("email", _sent(call).get("email") or "")
    if len(found) == 1:
        organization.leads.add({**deepcopy(found[0]), "id": organization.new_token("lead_")})
    return bool(found)


def the_lead_vanishes(call: Call) -> bool:
    """An update names a lead that the client has read before: it is no longer there."""
    organization = call.organization
    assert organization is not None
    lead = _named(call, organization)
    if lead is None or not _was_read(organization, lead):
        return False
    organization.leads.remove(lead)
    return True


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
