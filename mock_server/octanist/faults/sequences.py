"""Faults that only a sequence of calls or a rare value shows."""

from __future__ import annotations

import re
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.octanist.faults.bends import Body, after_update, around, before_update
from mock_server.store import Lead, Organization

FAULTS = Faults("octanist")

_SEQUENCE = "every_operation/a_sequence_of_calls_is_answered_as_documented"


@FAULTS.breaks(_SEQUENCE, "stateful")
def every_third_update_of_a_lead_forgets_the_note(api: Api) -> Api:
    counts: dict[str, int] = {}

    def forget(organization: Organization, body: Body, lead: Lead) -> None:
        counts[lead["id"]] = counts.get(lead["id"], 0) + 1
        if counts[lead["id"]] % 3 == 0 and "note" not in body:
            lead["note"] = None

    return after_update(forget)(api)


@FAULTS.breaks(_SEQUENCE, "stateful")
def an_update_brings_in_what_was_refused_before(api: Api) -> Api:
    """What an update refused for its many matches had in store for the value goes to the next lead."""
    begun: dict[str, Any] = {}

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        body = dict(arguments["body"])
        try:
            reply = handler(organization, body={**body, **begun} if "value" not in body else body)
        except errors.Conflict:
            begun.update({"value": body["value"]} if isinstance(body.get("value"), int) else {})
            raise
        begun.clear()
        return reply

    return around("update_lead", run)(api)


@FAULTS.breaks(_SEQUENCE, "stateful")
def remembers_whom_an_email_has_meant(api: Api) -> Api:
    """An e-mail goes on meaning the lead that it meant at first, also when others have it by now."""
    meant: dict[tuple[str, str], str] = {}

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        body = dict(arguments["body"])
        if "id" not in body and body.get("email"):
            place = (organization.tenant, body["email"])
            reply = handler(organization, body={**body, "id": meant[place]} if place in meant else body)
            meant[place] = reply.data["leadId"]
            return reply
        return handler(organization, body=body)

    return around("update_lead", run)(api)


@FAULTS.breaks(_SEQUENCE, "rare")
def values_wrap_at_2_32(api: Api) -> Api:
    def wrap(organization: Organization, body: Body) -> Body:
        value = body.get("value")
        return {**body, "value": value % 2**32} if isinstance(value, int) and value > 0 else body

    return before_update(wrap)(api)


@FAULTS.breaks(_SEQUENCE, "rare")
def notes_that_spell_numbers_become_numbers(api: Api) -> Api:
    def become(organization: Organization, body: Body) -> Body:
        note = body.get("note") or ""
        return {**body, "note": str(float(note))} if re.fullmatch(r"[0-9]+(e[0-9])?", note) else body

    return before_update(become)(api)
