"""POST /leads (adjacent)."""

from __future__ import annotations

from mock_server.behaviours import answered, consequence, on_refusal, on_success, succeeded
from mock_server.call import Call
from mock_server.errors import NotFound
from mock_server.vorel.behaviours.facts import (
    LONGEST,
    has_updatable,
    lead_of,
    length_is,
    score_in,
)

UNMEETABLE: dict[str, str] = {}

SHOWN_BY = {"a_new_lead_can_be_read": "get_lead"}

replies_match_the_contract = succeeded
the_reply_is_the_new_lead = succeeded


@on_success
def a_new_lead_can_be_read(call: Call) -> bool:
    """A read shows it. A lead whose conversation exists was created; others were put in past the API."""
    organization = call.organization
    if organization is None or (lead := lead_of(call)) is None:
        return False
    return lead.get("conversation_id") in organization.conversations


@on_success
def sent_fields_are_stored(call: Call) -> bool:
    return has_updatable(call)


@on_refusal
def conversation_id_is_required(call: Call) -> bool:
    return isinstance(call.body, dict) and "conversation_id" not in call.body and call.place == "body"


@on_refusal
def an_unknown_conversation_is_refused(call: Call) -> bool:
    return isinstance(call.error, NotFound)


a_second_lead_for_a_conversation_is_answered_409 = answered(409)
a_second_create_leaves_the_first_lead_unchanged = consequence(answered(409))


@on_success
def values_within_the_limits_are_accepted(call: Call) -> bool:
    sent = call.sent
    at_its_edge = any(length_is(sent, name, longest) for name, longest in LONGEST.items())
    return at_its_edge or score_in(call) in (0, 100) or "status" in sent


@on_refusal
def values_beyond_the_limits_are_refused(call: Call) -> bool:
    sent, place = call.sent, call.place
    if place == "qualification_score":
        return score_in(call) in (-1, 101)
    if place == "status":
        return isinstance(sent["status"], str)
    return place in LONGEST and length_is(sent, place, LONGEST[place] + 1)
