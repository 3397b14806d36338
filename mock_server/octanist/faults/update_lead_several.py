"""Octanist, wrong where several leads have one e-mail or phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.octanist.faults.bends import Bend, Body, around, counting, refusing, with_setting, without
from mock_server.octanist.operations import IDENTIFIERS
from mock_server.store import Lead, Organization

FAULTS = Faults("octanist")


def matching(organization: Organization, body: Body) -> list[Lead]:
    """The leads that share the identifier of the body; none where it has an id."""
    name = next((name for name in IDENTIFIERS if name in body), "id")
    return [] if name == "id" else organization.leads.find(name, body[name])


def updating_some(choose: Callable[[list[Lead]], list[Lead]], *, then_refuse: bool = False) -> Bend:
    """Of several matches, an update that changes those that `choose` picks, and counts all of them."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        leads = matching(organization, arguments["body"])
        if len(leads) < 2:
            return handler(organization, **arguments)
        fields = without(*IDENTIFIERS)(organization, arguments["body"])
        replies = [handler(organization, body={**fields, "id": lead["id"]}) for lead in choose(leads)]
        if then_refuse:
            raise errors.Conflict("Multiple leads match; provide a more specific identifier.")
        return Reply({**replies[0].data, "leadsUpdated": len(leads)})

    return around("update_lead", run)


_EITHER = "update_lead/several_matches_are_refused_or_all_updated"
_BULK = "update_lead/several_matches_with_bulk_are_all_updated"
_COUNTED = "update_lead/several_matches_with_bulk_are_counted"
_NO_BULK = "update_lead/several_matches_without_bulk_answer_409_conflict"

FAULTS.add("only_the_first_match_is_updated", _EITHER, updating_some(lambda leads: leads[:1]), "strict")
FAULTS.add("only_the_newest_match_is_updated", _EITHER, updating_some(lambda leads: leads[-1:]), "strict")
FAULTS.add("conflict_after_the_first_update", _EITHER, updating_some(lambda leads: leads[:1], then_refuse=True), "lax")
FAULTS.add("conflict_is_a_validation_error", _EITHER, refusing(errors.Conflict, code="VALIDATION_ERROR"), "shape")
FAULTS.add("bulk_stops_after_two", _BULK, updating_some(lambda leads: leads[:2]), "strict")
FAULTS.add("conflict_is_400", _NO_BULK, refusing(errors.Conflict, status=400), "status")
FAULTS.add("conflict_is_not_found", _NO_BULK, refusing(errors.Conflict, status=404, code="NOT_FOUND"), "status")
FAULTS.add("conflict_although_all_were_updated", _NO_BULK, updating_some(lambda leads: leads, then_refuse=True), "lax")


@FAULTS.breaks(_BULK, "lax")
def bulk_updates_everybody(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        body = arguments["body"]
        if len(matching(organization, body)) < 2:
            return handler(organization, body=body)
        fields = without(*IDENTIFIERS)(organization, body)
        replies = [handler(organization, body={**fields, "id": lead["id"]}) for lead in list(organization.leads)]
        return Reply({**replies[0].data, "leadsUpdated": len(replies)})

    return around("update_lead", run)(api)


FAULTS.add("bulk_counts_one", _COUNTED, with_setting(counting(lambda _: 1), bulk_updates=True), "strict")


@FAULTS.breaks(_COUNTED, "stateful")
def bulk_counts_changed_leads_only(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        before = [dict(lead) for lead in organization.leads]
        reply = handler(organization, **arguments)
        changed = sum(was != is_now for was, is_now in zip(before, organization.leads, strict=True))
        return Reply({**reply.data, "leadsUpdated": changed})

    return with_setting(around("update_lead", run), bulk_updates=True)(api)
