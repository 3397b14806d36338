"""PATCH /leads/{id} (seed 004)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.behaviours import (
    answered,
    consequence,
    found_anothers,
    found_nothing,
    on_refusal,
    on_success,
    refused_at,
    succeeded,
)
from mock_server.call import Behaviour, Call
from mock_server.errors import Invalid, MalformedBody
from mock_server.vorel.behaviours.facts import (
    NOT_UPDATABLE,
    NULLABLE,
    STATUSES,
    TEXTS,
    accepted_at_length,
    attributes_before,
    before,
    has_updatable,
    judged,
    lead_of,
    refused_at_length,
    score_in,
    sent_attributes,
)
from mock_server.vorel.operations import UPDATABLE

UNMEETABLE: dict[str, str] = {}

# -- the reply -----------------------------------------------------------------------------------------------

replies_match_the_contract = succeeded
the_reply_is_the_bare_lead = succeeded
the_reply_names_the_lead_of_the_path = succeeded
the_reply_has_the_documented_types = succeeded
a_successful_update_is_answered_200 = consequence(answered(200))

# -- what can be updated -------------------------------------------------------------------------------------


def _changing(field: str) -> Behaviour:
    """A value other than the lead's was accepted."""

    def changing(call: Call) -> bool:
        value = call.sent.get(field)
        return value is not None and before(call).get(field) != value

    return on_success(changing)


name_can_be_updated = _changing("name")
email_can_be_updated = _changing("email")
phone_can_be_updated = _changing("phone")
intent_can_be_updated = _changing("intent")
timeline_can_be_updated = _changing("timeline")
qualification_score_can_be_updated = _changing("qualification_score")
status_can_be_set_to_each_of_the_five_values = _changing("status")
source_can_be_updated = _changing("source")


def _an_attribute(holds: Callable[[Mapping[str, Any], str, Any], bool]) -> Behaviour:
    """An update was accepted in which this holds of one of the attributes: those stored before, its key, its value."""

    def attribute(call: Call) -> bool:
        sent = sent_attributes(call)
        if not sent:
            return False
        stored = attributes_before(call)
        return any(holds(stored, key, value) for key, value in sent.items())

    return on_success(attribute)


a_new_attribute_key_is_added = _an_attribute(lambda stored, key, value: key not in stored and value is not None)

# -- what an update needs, and what it leaves alone ------------------------------------------------------------


@on_refusal
def an_empty_update_is_refused(call: Call) -> bool:
    return call.body == {} and call.place == "body"


@on_refusal
def an_update_of_only_conversation_id_is_refused(call: Call) -> bool:
    return call.sent.keys() == {"conversation_id"} and call.place == "body"


@on_refusal
def an_update_of_only_notes_is_refused(call: Call) -> bool:
    return call.sent.keys() == {"notes"} and call.place == "body"


@on_refusal
def an_update_of_only_unknown_fields_is_refused(call: Call) -> bool:
    return (
        call.place == "body"
        and bool(call.sent)
        and not has_updatable(call)
        and not any(name in call.sent for name in NOT_UPDATABLE)
    )


@consequence
@on_success
def omitted_fields_are_left_untouched(call: Call) -> bool:
    """A lead always has a status."""
    sent, was = call.sent, before(call)
    return "status" not in sent or any(name not in sent and was.get(name) not in (None, {}) for name in UPDATABLE)


def conversation_id_never_changes(call: Call) -> bool:
    if "conversation_id" not in call.sent or not judged(call):
        return False
    return bool(call.sent["conversation_id"] != before(call).get("conversation_id"))


def sent_notes_never_appear_in_the_lead(call: Call) -> bool:
    return "notes" in call.sent and has_updatable(call) and judged(call)


created_at_never_changes = succeeded
updated_at_never_moves_backwards = succeeded


@consequence
@on_success
def updating_one_lead_leaves_the_others(call: Call) -> bool:
    return call.organization is not None and len(call.organization.leads) > 1


@consequence
@on_refusal
def a_refused_update_changes_nothing(call: Call) -> bool:
    return isinstance(call.error, Invalid) and has_updatable(call) and lead_of(call) is not None


# -- null ----------------------------------------------------------------------------------------------------


@on_success
def null_clears_a_nullable_field(call: Call) -> bool:
    sent = call.sent
    if None not in sent.values():
        return False
    was = before(call)
    return any(name in sent and sent[name] is None and was.get(name) is not None for name in NULLABLE)


def null_for_status_never_clears_the_status(call: Call) -> bool:
    return "status" in call.sent and call.sent["status"] is None and judged(call)


def null_for_attributes_never_removes_the_object(call: Call) -> bool:
    return "attributes" in call.sent and call.sent["attributes"] is None and judged(call)


# -- limits, each at its edge and one beyond -------------------------------------------------------------------

name_of_200_characters_is_accepted = accepted_at_length("name", 200)
name_of_201_characters_is_refused = refused_at_length("name", 201)
phone_of_32_characters_is_accepted = accepted_at_length("phone", 32)
phone_of_33_characters_is_refused = refused_at_length("phone", 33)
intent_of_40_characters_is_accepted = accepted_at_length("intent", 40)
intent_of_41_characters_is_refused = refused_at_length("intent", 41)
timeline_of_40_characters_is_accepted = accepted_at_length("timeline", 40)
timeline_of_41_characters_is_refused = refused_at_length("timeline", 41)
source_of_40_characters_is_accepted = accepted_at_length("source", 40)
source_of_41_characters_is_refused = refused_at_length("source", 41)


@on_success
def qualification_score_of_0_is_accepted(call: Call) -> bool:
    return score_in(call) == 0


@on_success
def qualification_score_of_100_is_accepted(call: Call) -> bool:
    return score_in(call) == 100


@on_refusal
def qualification_score_of_minus_1_is_refused(call: Call) -> bool:
    return call.place == "qualification_score" and score_in(call) == -1


@on_refusal
def qualification_score_of_101_is_refused(call: Call) -> bool:
    return call.place == "qualification_score" and score_in(call) == 101


@on_refusal
def a_fractional_qualification_score_is_refused(call: Call) -> bool:
    score = call.sent.get("qualification_score")
    return isinstance(score, float) and not score.is_integer() and call.place == "qualification_score"


@on_refusal
def a_qualification_score_that_is_no_number_is_refused(call: Call) -> bool:
    score = call.sent.get("qualification_score")
    return isinstance(score, bool | list | dict) and call.place == "qualification_score"


def qualification_score_is_never_stored_as_text(call: Call) -> bool:
    score = call.sent.get("qualification_score")
    return isinstance(score, str) and score.isdecimal() and judged(call)


# -- types and formats -----------------------------------------------------------------------------------------


@on_refusal
def an_undocumented_status_is_refused(call: Call) -> bool:
    status = call.sent.get("status")
    return isinstance(status, str) and status not in STATUSES and call.place == "status"


@on_refusal
def an_invalid_email_is_refused(call: Call) -> bool:
    return isinstance(call.sent.get("email"), str) and call.place == "email"


@on_refusal
def a_number_in_a_text_field_is_refused(call: Call) -> bool:
    return call.place in TEXTS and type(call.sent.get(call.place)) in (int, float)


@on_refusal
def a_body_that_is_not_a_json_object_is_refused(call: Call) -> bool:
    return isinstance(call.error, MalformedBody) or (call.place == "body" and not isinstance(call.body, dict))


# -- attributes ------------------------------------------------------------------------------------------------


@consequence
@on_success
def unmentioned_attribute_keys_stay(call: Call) -> bool:
    sent = sent_attributes(call)
    return bool(sent) and not sent.keys() >= attributes_before(call).keys()


a_sent_attribute_key_is_replaced = _an_attribute(
    lambda stored, key, value: key in stored and value is not None and stored[key] != value
)


def _loses_a_member(was: Any, value: Any) -> bool:
    """Both are objects, and a member was not sent again: a deep merge would have kept it."""
    return isinstance(was, dict) and isinstance(value, dict) and any(name not in value for name in was)


a_nested_attribute_object_is_replaced_whole = _an_attribute(
    lambda stored, key, value: _loses_a_member(stored.get(key), value)
)
a_null_attribute_value_deletes_that_key = _an_attribute(lambda stored, key, value: value is None and key in stored)
a_null_for_an_absent_attribute_key_creates_no_key = _an_attribute(
    lambda stored, key, value: value is None and key not in stored
)


def empty_attributes_change_no_attribute(call: Call) -> bool:
    return call.sent.get("attributes") == {} and bool(attributes_before(call)) and judged(call)


def attributes_that_are_no_object_are_never_stored(call: Call) -> bool:
    sent = call.sent.get("attributes")
    return sent is not None and not isinstance(sent, dict) and judged(call)


# -- which lead, and whose -------------------------------------------------------------------------------------

a_malformed_lead_id_is_refused = refused_at("id")
an_unknown_lead_is_never_updated = found_nothing
an_unknown_lead_is_refused_with_404 = found_nothing
another_tenants_lead_stays_unchanged = found_anothers


@on_refusal
def another_write_scope_does_not_open_an_update(call: Call) -> bool:
    return call.status == 403 and [each for each in call.scopes if each.endswith(":write")] == ["appointments:write"]


@consequence
@on_refusal
def an_update_refused_for_its_scope_changes_nothing(call: Call) -> bool:
    return call.status == 403 and lead_of(call) is not None
