"""Octanist, wrong in what note and lossReason do."""

from __future__ import annotations

from collections.abc import Callable

from mock_server import errors
from mock_server.api import Api
from mock_server.faults import Faults
from mock_server.octanist.faults.bends import Bend, Body, after_update, before_update, for_update, storing, without
from mock_server.store import Lead, Organization

FAULTS = Faults("octanist")

FAULTS.add("note_is_dropped", "update_lead/note_is_stored", before_update(without("note")), "strict")
FAULTS.add("note_is_cut_at_twenty", "update_lead/note_is_stored", storing("note", lambda note: note[:20]), "rare")


@FAULTS.breaks("update_lead/note_is_stored", "stateful")
def only_the_first_note_is_stored(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        lead = organization.leads.get(body.get("id", ""))
        return without("note")(organization, body) if lead and lead["note"] else body

    return before_update(change)(api)


_REASON = "update_lead/loss_reason_is_stored_with_the_status_lost"
FAULTS.add("loss_reason_is_dropped", _REASON, before_update(without("lossReason")), "strict")
FAULTS.add(
    "loss_reason_needs_status_not_its_alias",
    _REASON,
    for_update(before_update(without("lossReason")), lambda body: "status" not in body),
    "field",
)


@FAULTS.breaks(_REASON, "stateful")
def loss_reason_depends_on_the_old_status(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        lead = organization.leads.get(body.get("id", ""))
        return without("lossReason")(organization, body) if lead and lead["status"] != "lost" else body

    return before_update(change)(api)


def _keeping_the_reason(applies: Callable[[Body], bool]) -> Bend:
    def change(organization: Organization, body: Body, lead: Lead) -> None:
        if "lossReason" in body and applies(body):
            organization.leads.change(lead, {"lossReason": body["lossReason"]})

    return after_update(change)


_NO_REASON = "update_lead/loss_reason_has_no_effect_unless_lost"
FAULTS.add("loss_reason_is_always_stored", _NO_REASON, _keeping_the_reason(lambda body: True), "lax")
FAULTS.add(
    "loss_reason_is_stored_with_won", _NO_REASON, _keeping_the_reason(lambda body: body.get("status") == "won"), "lax"
)
FAULTS.add(
    "loss_reason_is_stored_without_a_status",
    _NO_REASON,
    _keeping_the_reason(lambda body: "status" not in body and "changedTo" not in body),
    "rare",
)
FAULTS.add(
    "loss_reason_follows_changed_to",
    _NO_REASON,
    _keeping_the_reason(lambda body: body.get("changedTo") == "lost"),
    "field",
)


@FAULTS.breaks(_NO_REASON, "strict")
def loss_reason_unless_lost_is_refused(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        if "lossReason" in body and body.get("status", body.get("changedTo")) in ("qualified", "won"):
            raise errors.Invalid("lossReason: only lost leads have one")
        return body

    return before_update(change)(api)
