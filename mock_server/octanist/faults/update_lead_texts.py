"""Octanist, wrong in what note and lossReason do."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import normalize

from mock_server import errors
from mock_server.api import Api
from mock_server.faults import Faults
from mock_server.octanist.faults.bends import (
    Bend,
    Body,
    after_update,
    before_update,
    dropping_where,
    for_update,
    lead_of,
    storing,
    without,
)
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


# -- rarer ones --------------------------------------------------------------------------------------------

_NOTE = "update_lead/note_is_stored"


def _plane_0(text: str) -> str:
    return "".join(each for each in text if ord(each) < 0x10000)


FAULTS.add("note_loses_astral_characters", _NOTE, storing("note", _plane_0), "rare")
FAULTS.add("note_is_composed", _NOTE, storing("note", lambda note: normalize("NFC", note)), "rare")
FAULTS.add("note_is_cut_at_255", _NOTE, storing("note", lambda note: note[:255]), "rare")
FAULTS.add(
    "note_that_says_null_is_dropped", _NOTE, dropping_where("note", lambda _, body: body.get("note") == "null"), "rare"
)
FAULTS.add("note_is_ignored_beside_a_status", _NOTE, dropping_where("note", lambda _, body: "status" in body), "strict")
FAULTS.add(
    "loss_reason_ends_at_a_quote",
    _REASON,
    storing("lossReason", lambda reason: reason and reason.partition("'")[0]),
    "rare",
)
FAULTS.add(
    "loss_reason_of_100_characters_is_dropped",
    _REASON,
    dropping_where("lossReason", lambda _, body: len(body.get("lossReason", "")) >= 100),
    "rare",
)
FAULTS.add(
    "second_loss_reason_is_ignored",
    _REASON,
    dropping_where(
        "lossReason", lambda organization, body: bool((lead_of(organization, body) or {}).get("lossReason"))
    ),
    "stateful",
)


@FAULTS.breaks(_NO_REASON, "stateful")
def loss_reason_of_a_once_lost_lead_is_stored(api: Api) -> Api:
    def change(organization: Organization, body: Body, lead: Lead) -> None:
        if "lossReason" in body and lead["lossReason"]:
            organization.leads.change(lead, {"lossReason": body["lossReason"]})

    return after_update(change)(api)


@FAULTS.breaks(_NO_REASON, "rare")
def loss_reason_waits_until_the_lead_is_lost(api: Api) -> Api:
    waiting: dict[str, str] = {}

    def change(organization: Organization, body: Body, lead: Lead) -> None:
        if lead["status"] != "lost" and "lossReason" in body:
            waiting[lead["id"]] = body["lossReason"]
        elif lead["status"] == "lost" and "lossReason" not in body and lead["id"] in waiting:
            organization.leads.change(lead, {"lossReason": waiting.pop(lead["id"])})

    return after_update(change)(api)
