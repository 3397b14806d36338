"""Faults that only a sequence of calls or a rare value shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization
from mock_server.vorel.faults.parts import after_updating, instead, merging, without
from mock_server.vorel.operations import merged

FAULTS = Faults("vorel")

_SEQUENCE = "every_operation/a_sequence_of_calls_is_answered_as_documented"


@FAULTS.breaks(_SEQUENCE, "stateful")
def every_third_update_of_a_lead_forgets_the_intent(api: Api) -> Api:
    counts: dict[str, int] = {}

    def edit(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        counts[lead["id"]] = counts.get(lead["id"], 0) + 1
        if counts[lead["id"]] % 3 == 0 and "intent" not in body:
            lead["intent"] = None

    return after_updating(edit)(api)


@FAULTS.breaks(_SEQUENCE, "stateful")
def an_update_brings_in_what_was_refused_before(api: Api) -> Api:
    """What a refused request had in store for the timeline ends up in the next lead that is updated."""
    begun: dict[str, Any] = {}

    def prepare(organization: Organization, body: Any) -> Any:
        if isinstance(body, dict) and "conversation_id" not in body and body.get("timeline"):
            begun.setdefault(organization.tenant, body["timeline"])
        return api.prepare(organization, body)

    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        reply = handler(organization, id=id, body=body)
        timeline = begun.pop(organization.tenant, None)
        if timeline and "timeline" not in body:
            reply.data["timeline"] = timeline
        return reply

    return instead("update_lead", handle)(replace(api, prepare=prepare))


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _exact(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return str(value) if isinstance(value, int) and abs(value) > 2**53 else value


FAULTS.add(
    "numbers_beyond_2_53_become_texts",
    _SEQUENCE,
    merging(lambda stored, sent: {**merged(stored, sent), **_exact({k: v for k, v in sent.items() if v is not None})}),
    "rare",
)
FAULTS.add(
    "a_key_named_constructor_is_lost",
    _SEQUENCE,
    merging(lambda stored, sent: without(merged(stored, sent), "constructor")),
    "rare",
)


@FAULTS.breaks(_SEQUENCE, "field")
def attributes_named_like_fields_become_fields(api: Api) -> Api:
    def edit(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        named = {name: value for name, value in (body.get("attributes") or {}).items() if name in ("email", "status")}
        lead.update({name: value for name, value in named.items() if value is not None and name not in body})

    return after_updating(edit)(api)
