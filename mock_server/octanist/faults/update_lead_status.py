"""Octanist, wrong in what status and changedTo do."""

from __future__ import annotations

from mock_server import errors
from mock_server.api import Api
from mock_server.faults import Faults, requiring
from mock_server.octanist.faults.bends import (
    Bend,
    Body,
    after_update,
    before_update,
    for_update,
    named,
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
