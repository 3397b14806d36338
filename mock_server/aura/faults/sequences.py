"""Faults that only a sequence of calls or a rare value shows."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from mock_server.api import Api, Handler, Reply
from mock_server.aura.faults.bends import Bend
from mock_server.faults import Faults
from mock_server.store import Lead, Organization

FAULTS = Faults("aura")

_SEQUENCE = "every_operation/a_sequence_of_calls_is_answered_as_documented"


def _after_updating(edit: Callable[[Organization, Lead, Lead, dict[str, Any]], None]) -> Bend:
    """An update that then changes the stored lead; `edit` gets it as it was, as it is, and the body."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
                before = deepcopy(organization.leads.get(id.lower()) or {})
                reply = handler(organization, id=id, body=body)
                edit(organization, before, reply.data, body)
                return reply

            return handle

        return api.wrapping("update_lead", wrap)

    return bend


@FAULTS.breaks(_SEQUENCE, "stateful")
def every_third_update_of_a_lead_forgets_the_company(api: Api) -> Api:
    counts: dict[str, int] = {}

    def forget(organization: Organization, before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        counts[lead["id"]] = counts.get(lead["id"], 0) + 1
        if counts[lead["id"]] % 3 == 0 and "company" not in body:
            lead["company"] = None

    return _after_updating(forget)(api)


@FAULTS.breaks(_SEQUENCE, "stateful")
def an_update_that_changes_nothing_turns_the_notes_round(api: Api) -> Api:
    def turn(organization: Organization, before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        if body.get("notes") and before == lead:
            lead["notes"] = lead["notes"][::-1]

    return _after_updating(turn)(api)


@FAULTS.breaks(_SEQUENCE, "field")
def a_third_lead_with_an_address_is_confused_with_the_first(api: Api) -> Api:
    def confuse(organization: Organization, before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        alike = [each for each in organization.leads if each["email"] == lead["email"]]
        if len(alike) > 2:
            alike[0]["phone"] = lead["phone"]

    return _after_updating(confuse)(api)


@FAULTS.breaks(_SEQUENCE, "lax")
def an_update_brings_in_what_was_refused_before(api: Api) -> Api:
    """What a refused update had in store for the status ends up in the next lead that is updated."""
    begun: dict[str, Any] = {}

    def prepare(organization: Organization, body: Any) -> Any:
        if isinstance(body, dict) and isinstance(body.get("status"), str):
            begun.setdefault(organization.tenant, body["status"])
        return api.prepare(organization, body)

    def finish(organization: Organization, before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        status = begun.pop(organization.tenant, None)
        if status and "status" not in body:
            lead["status"] = status

    return _after_updating(finish)(replace(api, prepare=prepare))
