"""POST /leads (adjacent)."""

from __future__ import annotations

from mock_server.behaviours import answered, refused, succeeded
from mock_server.call import Call
from mock_server.errors import NotFound
from mock_server.vorel.behaviours.facts import (
    LONGEST,
    STATUSES,
    has_updatable,
    lead_of,
    length_is,
    refused_for,
    refused_whole,
    score_in,
)

UNMEETABLE: dict[str, str] = {}

SHOWN_BY = {"a_new_lead_can_be_read": "get_lead"}

replies_match_the_contract = succeeded
the_reply_is_the_new_lead = succeeded


def a_new_lead_can_be_read(call: Call) -> bool:
    """A read shows it. A lead whose conversation exists was created; others were put in past the API."""
    organization = call.organization
    if not call.succeeded or organization is None or (lead := lead_of(call)) is None:
        return False
    return lead["conversation_id"] in organization.conversations


def sent_fields_are_stored(call: Call) -> bool:
    return call.succeeded and has_updatable(call)


def conversation_id_is_required(call: Call) -> bool:
    return isinstance(call.body, dict) and "conversation_id" not in call.body and refused_whole(call)


def an_unknown_conversation_is_refused(call: Call) -> bool:
    return isinstance(call.error, NotFound)


a_second_lead_for_a_conversation_is_answered_409 = answered(409)
a_second_create_leaves_the_first_lead_unchanged = answered(409)


def values_within_the_limits_are_accepted(call: Call) -> bool:
    if not call.succeeded:
        return False
    sent = call.sent
    at_its_edge = any(length_is(sent, name, longest) for name, longest in LONGEST.items())
    return at_its_edge or score_in(call) in (0, 100) or "status" in sent


def values_beyond_the_limits_are_refused(call: Call) -> bool:
    if not refused(call):
        return False
    sent, status = call.sent, call.sent.get("status")
    return (
        any(length_is(sent, name, longest + 1) and refused_for[name](call) for name, longest in LONGEST.items())
        or (score_in(call) in (-1, 101) and refused_for["qualification_score"](call))
        or (isinstance(status, str) and status not in STATUSES and refused_for["status"](call))
    )
