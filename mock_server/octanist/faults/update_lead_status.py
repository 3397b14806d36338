"""Octanist, wrong in what status and changedTo do."""

from __future__ import annotations

from collections.abc import Callable

from mock_server import errors
from mock_server.api import Api
from mock_server.faults import Faults, requiring
from mock_server.octanist.faults.bends import (
    Bend,
    Body,
    after_update,
    before_update,
    dropping_where,
    for_update,
    has_status,
    lead_of,
    named,
    refusing_where,
    storing,
    without,
)
from mock_server.store import Lead, Organization

FAULTS = Faults("octanist")


def _ignoring(status: str) -> Bend:
    return for_update(before_update(without("status", "changedTo")), lambda body: body.get("status") == status)


FAULTS.add(
    "status_qualified_is_ignored", "update_lead/status_can_be_set_to_qualified", _ignoring("qualified"), "strict"
)
FAULTS.add(
    "status_won_is_stored_as_win",
    "update_lead/status_can_be_set_to_won",
    storing("status", lambda status: "win" if status == "won" else status),
    "shape",
)
FAULTS.add("status_lost_is_ignored", "update_lead/status_can_be_set_to_lost", _ignoring("lost"), "strict")


def _moving_on_only(organization: Organization, body: Body) -> Body:
    lead = organization.leads.get(body.get("id", ""))
    if lead and lead["status"] == "won" and body.get("status") == "lost":
        raise errors.Invalid("status: a won lead cannot be lost")
    return body


FAULTS.add(
    "won_leads_cannot_be_lost", "update_lead/status_can_be_set_to_lost", before_update(_moving_on_only), "stateful"
)
FAULTS.add(
    "changed_to_is_ignored",
    "update_lead/changed_to_alone_sets_the_status",
    before_update(without("changedTo")),
    "strict",
)
FAULTS.add(
    "changed_to_lost_is_ignored",
    "update_lead/changed_to_alone_sets_the_status",
    for_update(before_update(without("changedTo")), lambda body: body.get("changedTo") == "lost"),
    "rare",
)
FAULTS.add(
    "changed_to_prevails",
    "update_lead/status_takes_precedence_over_changed_to",
    for_update(before_update(without("status")), lambda body: named(body, "status", "changedTo")),
    "field",
)


def _later_member_prevails(organization: Organization, body: Body) -> Body:
    given = [name for name in body if name in ("status", "changedTo")]
    return without(*given[:-1])(organization, body)


FAULTS.add(
    "later_status_prevails",
    "update_lead/status_takes_precedence_over_changed_to",
    before_update(_later_member_prevails),
    "rare",
)


def _permitting(field: str, *statuses: str) -> Bend:
    return lambda api: requiring(api, "LeadUpdate", lambda schema: schema["properties"][field]["enum"].extend(statuses))


_NO_OTHER = "update_lead/no_other_status_can_be_set"
FAULTS.add("leads_can_be_reopened", _NO_OTHER, _permitting("status", "open"), "lax")
FAULTS.add("changed_to_takes_other_statuses", _NO_OTHER, _permitting("changedTo", "closed", "win"), "lax")


@FAULTS.breaks(_NO_OTHER, "lax")
def unknown_statuses_mean_lost(api: Api) -> Api:
    relaxed = requiring(api, "LeadUpdate", lambda schema: schema["properties"]["status"].pop("enum"))

    def change(organization: Organization, body: Body) -> Body:
        known = body.get("status", "won") in ("qualified", "won", "lost")
        return body if known else {**body, "status": "lost"}

    return before_update(change)(relaxed)


FAULTS.add(
    "status_is_required",
    "update_lead/status_is_optional",
    lambda api: requiring(
        api,
        "LeadUpdate",
        lambda schema: schema.update(allOf=[{"anyOf": [{"required": ["status"]}, {"required": ["changedTo"]}]}]),
    ),
    "strict",
)


@FAULTS.breaks("update_lead/status_is_optional", "field")
def update_without_status_reopens(api: Api) -> Api:
    def reopen(organization: Organization, body: Body, lead: Lead) -> None:
        if "status" not in body and "changedTo" not in body:
            organization.leads.change(lead, {"status": "open"})

    return after_update(reopen)(api)


# -- rarer ones --------------------------------------------------------------------------------------------


def _from(status: str) -> Callable[[Organization, Body], bool]:
    """Whether a body changes a lead that has another status."""
    return lambda organization, body: (
        (lead_of(organization, body) or {}).get("status")
        not in (
            None,
            "open",
            body.get("status"),
        )
        and body.get("status") == status
    )


_QUALIFIED = "update_lead/status_can_be_set_to_qualified"
_WON = "update_lead/status_can_be_set_to_won"
_LOST = "update_lead/status_can_be_set_to_lost"
_ALIAS = "update_lead/changed_to_alone_sets_the_status"
_PRECEDENCE = "update_lead/status_takes_precedence_over_changed_to"
_OPTIONAL = "update_lead/status_is_optional"

FAULTS.add("decided_leads_cannot_be_qualified", _QUALIFIED, refusing_where(_from("qualified")), "stateful")
FAULTS.add("decided_leads_stay_won", _WON, dropping_where("status", _from("won")), "stateful")
FAULTS.add(
    "status_qualified_is_ignored_by_phone",
    _QUALIFIED,
    for_update(_ignoring("qualified"), lambda body: "phone" in body and "email" not in body),
    "rare",
)
FAULTS.add(
    "status_won_is_ignored_beside_a_note", _WON, for_update(_ignoring("won"), lambda body: "note" in body), "rare"
)
FAULTS.add(
    "status_lost_needs_a_reason",
    _LOST,
    refusing_where(lambda _, body: body.get("status") == "lost" and "lossReason" not in body),
    "strict",
)
FAULTS.add(
    "status_lost_is_ignored_beside_a_reason",
    _LOST,
    for_update(_ignoring("lost"), lambda body: "lossReason" in body),
    "rare",
)
FAULTS.add(
    "changed_to_is_ignored_once_a_status_was_set",
    _ALIAS,
    dropping_where(
        "changedTo",
        lambda organization, body: "status" not in body and has_status("qualified", "won", "lost")(organization, body),
    ),
    "stateful",
)
FAULTS.add(
    "changed_to_is_ignored_beside_a_note",
    _ALIAS,
    dropping_where("changedTo", lambda _, body: "status" not in body and "note" in body),
    "rare",
)
FAULTS.add(
    "changed_to_lost_prevails",
    _PRECEDENCE,
    dropping_where("status", lambda _, body: body.get("changedTo") == "lost" and "status" in body),
    "rare",
)
FAULTS.add(
    "two_statuses_are_refused",
    _PRECEDENCE,
    refusing_where(lambda _, body: named(body, "status", "changedTo") and body["status"] != body["changedTo"]),
    "strict",
)
FAULTS.add(
    "two_statuses_cancel_each_other_on_decided_leads",
    _PRECEDENCE,
    for_update(
        before_update(
            lambda organization, body: (
                without("status", "changedTo")(organization, body) if has_status("won")(organization, body) else body
            )
        ),
        lambda body: named(body, "status", "changedTo"),
    ),
    "stateful",
)


def _taking(meant: Callable[[str], str | None], *, stored_as_sent: bool = False) -> Bend:
    """An update that takes some other texts for a status, and refuses the rest."""

    def change(organization: Organization, body: Body) -> Body:
        status = body.get("status", "won")
        if status in ("qualified", "won", "lost"):
            return body
        known = meant(status) if isinstance(status, str) else None
        if known is None:
            raise errors.Invalid("status: one of qualified, won and lost is expected")
        return {**body, "status": status if stored_as_sent else known}

    return lambda api: before_update(change)(
        requiring(api, "LeadUpdate", lambda schema: schema["properties"]["status"].pop("enum"))
    )


def _begun(status: str) -> str | None:
    return next((each for each in ("qualified", "won", "lost") if status.startswith(each)), None)


FAULTS.add(
    "statuses_in_capitals_are_stored_so",
    _NO_OTHER,
    _taking(lambda status: _begun(status.lower()), stored_as_sent=True),
    "rare",
)
FAULTS.add("statuses_are_known_by_their_beginning", _NO_OTHER, _taking(_begun), "rare")
FAULTS.add(
    "a_status_of_other_letters_is_stored",
    _NO_OTHER,
    _taking(lambda status: None if status.isascii() else status, stored_as_sent=True),
    "rare",
)


@FAULTS.breaks(_NO_OTHER, "stateful")
def lost_leads_can_be_reopened(api: Api) -> Api:
    relaxed = _permitting("status", "open")(api)
    return refusing_where(
        lambda organization, body: body.get("status") == "open" and not has_status("lost")(organization, body)
    )(relaxed)


@FAULTS.breaks(_OPTIONAL, "field")
def value_alone_makes_a_lead_won(api: Api) -> Api:
    def win(organization: Organization, body: Body, lead: Lead) -> None:
        if body.keys() - {"id", "email", "phone"} == {"value"}:
            organization.leads.change(lead, {"status": "won"})

    return after_update(win)(api)


FAULTS.add(
    "note_of_a_lost_lead_needs_a_status",
    _OPTIONAL,
    refusing_where(
        lambda organization, body: "note" in body and "status" not in body and has_status("lost")(organization, body)
    ),
    "stateful",
)
FAULTS.add(
    "note_and_value_need_a_status",
    _OPTIONAL,
    refusing_where(lambda _, body: named(body, "note", "value") and not body.keys() & {"status", "changedTo"}),
    "rare",
)
