"""Octanist, wrong where several leads have one e-mail or phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.octanist.faults.bends import (
    Bend,
    Body,
    around,
    counting,
    for_update,
    refusing,
    said_before,
    with_setting,
    without,
)
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


# -- rarer ones --------------------------------------------------------------------------------------------


def _where_matching(number: int, bend: Bend) -> Bend:
    """The fault `bend` of updates that so many leads match."""

    def bend_some(api: Api) -> Api:
        good, bad = api.handlers["update_lead"], bend(api).handlers["update_lead"]

        def handle(organization: Organization, body: Body) -> Reply:
            return (bad if len(matching(organization, body)) == number else good)(organization, body=body)

        return api.wrapping("update_lead", lambda _: handle)

    return bend_some


def _in_bulk(choose: Callable[[list[Lead]], list[Lead]]) -> Bend:
    return with_setting(updating_some(choose), bulk_updates=True)


def _undecided(leads: list[Lead]) -> list[Lead]:
    return [lead for lead in leads if lead["status"] not in ("won", "lost")] or leads[:1]


_NEWER = updating_some(lambda leads: leads[-1:])
FAULTS.add("newer_of_two_matches_is_updated", _EITHER, _where_matching(2, _NEWER), "rare")
FAULTS.add("newest_of_three_matches_is_updated", _NO_BULK, _where_matching(3, _NEWER), "rare")
FAULTS.add("bulk_leaves_decided_leads_alone", _BULK, _in_bulk(_undecided), "stateful")
FAULTS.add(
    "bulk_by_phone_updates_the_first",
    _BULK,
    with_setting(
        for_update(updating_some(lambda leads: leads[:1]), lambda body: "email" not in body), bulk_updates=True
    ),
    "field",
)
FAULTS.add("bulk_counts_up_to_three", _COUNTED, with_setting(counting(lambda n: min(n, 3)), bulk_updates=True), "rare")


@FAULTS.breaks(_BULK, "rare")
def bulk_notes_the_first_only(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        others = {lead["id"]: lead["note"] for lead in matching(organization, arguments["body"])[1:]}
        reply = handler(organization, **arguments)
        for id, note in others.items():
            lead = organization.leads.get(id)
            assert lead is not None
            organization.leads.change(lead, {"note": note})
        return reply

    return with_setting(around("update_lead", run), bulk_updates=True)(api)


@FAULTS.breaks(_COUNTED, "lax")
def bulk_counts_every_lead(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        several = reply.data["leadsUpdated"] > 1
        return Reply({**reply.data, "leadsUpdated": len(organization.leads)}) if several else reply

    return with_setting(around("update_lead", run), bulk_updates=True)(api)


def _naming(leads: Callable[[list[str]], Any]) -> Bend:
    """A bulk update that names what `leads` makes of the ids of the leads that it changed."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        ids = [lead["id"] for lead in matching(organization, arguments["body"])]
        reply = handler(organization, **arguments)
        return Reply({**reply.data, "leadId": leads(ids)}) if len(ids) > 1 else reply

    return with_setting(around("update_lead", run), bulk_updates=True)


FAULTS.add("bulk_names_a_lead_that_nobody_has", _COUNTED, _naming(lambda ids: [*ids[1:], "lead_wrong"]), "field")
FAULTS.add("bulk_names_its_leads_in_one_text", _COUNTED, _naming(", ".join), "shape")


@FAULTS.breaks(_NO_BULK, "stateful")
def conflict_is_answered_once(api: Api) -> Api:
    known = said_before("email", "phone")
    updating = updating_some(lambda leads: leads[:1])(api).handlers["update_lead"]

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        body = arguments["body"]
        again = len(matching(organization, body)) > 1 and known(organization, body)
        return (updating if again else handler)(organization, body=body)

    return around("update_lead", run)(api)
