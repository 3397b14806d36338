"""PATCH /v1/leads/{id} (seed 000)."""

from __future__ import annotations

from mock_server.aura.behaviours import facts
from mock_server.aura.behaviours.facts import after, before, changed, lead_of, sent_notes
from mock_server.aura.operations import UPDATABLE
from mock_server.behaviours import (
    among_others,
    consequence,
    found_anothers,
    found_nothing,
    on_refusal,
    on_success,
    refused_at,
    succeeded,
)
from mock_server.call import Behaviour, Call

UNMEETABLE: dict[str, str] = {}

SHOWN_BY = {"an_update_can_be_read_back": "get_lead"}

replies_match_the_contract = succeeded
answers_with_the_lead_and_success_true = succeeded
the_id_selects_the_lead = succeeded

# -- what can be updated -------------------------------------------------------------------------------------


def _changing(field: str) -> Behaviour:
    """A value other than the lead's was accepted."""

    def changing(call: Call) -> bool:
        sent = call.sent.get(field)
        return sent is not None and bool(before(call).get(field) != sent)

    return on_success(changing)


full_name_is_updated = _changing("full_name")
email_is_updated = _changing("email")
phone_is_updated = _changing("phone")
company_is_updated = _changing("company")
status_is_updated = _changing("status")
timezone_is_updated = _changing("timezone")


@on_success
def several_fields_are_updated_together(call: Call) -> bool:
    return sum(1 for _ in changed(call)) > 1


@consequence
@on_success
def omitted_fields_stay_as_they_are(call: Call) -> bool:
    was, sent = before(call), call.sent
    return any(name not in sent and was.get(name) not in (None, []) for name in UPDATABLE)


@on_success
def an_update_can_be_read_back(call: Call) -> bool:
    """A read shows it."""
    return call.organization is not None and call.path.get("id", "").lower() in call.organization.leads.changed


@on_success
def an_empty_update_is_accepted(call: Call) -> bool:
    return bool(call.body == {})


# -- notes ---------------------------------------------------------------------------------------------------


@on_success
def notes_are_updated(call: Call) -> bool:
    return any(note.keys() >= {"content", "created_at", "user_id"} for note in sent_notes(call))


@on_success
def notes_replace_the_stored_notes(call: Call) -> bool:
    replaced: bool = before(call).get("notes") != after(call).get("notes")
    return replaced and _had_notes(call) and bool(sent_notes(call))


def _had_notes(call: Call) -> bool:
    return bool(before(call).get("notes"))


@on_success
def an_empty_list_removes_the_notes(call: Call) -> bool:
    return call.sent.get("notes") == [] and _had_notes(call)


@on_success
def null_notes_are_skipped(call: Call) -> bool:
    return _null_notes(call) and _had_notes(call)


@on_success
def null_notes_leave_other_changes_in_force(call: Call) -> bool:
    return _null_notes(call) and any(changed(call))


def _null_notes(call: Call) -> bool:
    return "notes" in call.sent and call.sent["notes"] is None


def null_never_clears_email_or_status(call: Call) -> bool:
    """It was refused for that, or it was a success."""
    nulls = [name for name in ("email", "status") if name in call.sent and call.sent[name] is None]
    return any(call.place == name or call.succeeded for name in nulls) and lead_of(call) is not None


@consequence
@on_success
def omitted_notes_stay(call: Call) -> bool:
    return "notes" not in call.sent and _had_notes(call)


@on_success
def a_note_without_user_id_is_accepted(call: Call) -> bool:
    return any(note.keys() == {"content", "created_at"} for note in sent_notes(call))


# -- what cannot be updated ----------------------------------------------------------------------------------


def _ignoring(*fields: str) -> Behaviour:
    """A value other than the lead's was sent for one of these fields, and the call was a success."""

    def ignoring(call: Call) -> bool:
        was, sent = before(call), call.sent
        return any(name in sent and sent[name] != was.get(name) for name in fields)

    return on_success(ignoring)


metadata_is_not_updatable = _ignoring("metadata")
source_is_not_updatable = _ignoring("source")
id_is_not_updatable = _ignoring("id")
timestamps_are_not_updatable = _ignoring("created_at", "updated_at")
payment_fields_are_not_updatable = _ignoring("payment_status", "payment_count", "total_paid_cents", "last_payment_at")
disqualification_data_is_not_updatable = _ignoring("disqualification_data")

# -- refusals ------------------------------------------------------------------------------------------------


@on_refusal
def invalid_email_is_refused(call: Call) -> bool:
    return call.place == "email" and isinstance(call.sent.get("email"), str)


phone_without_a_plus_sign_is_refused = facts.phone_without_a_plus_sign_is_refused
phone_with_spaces_or_hyphens_is_refused = facts.phone_with_spaces_or_hyphens_is_refused
phone_with_a_leading_zero_is_refused = facts.phone_with_a_leading_zero_is_refused
phone_with_other_characters_is_refused = facts.phone_with_other_characters_is_refused
phone_of_one_digit_is_refused = facts.phone_of_one_digit_is_refused
phone_of_two_digits_is_accepted = facts.phone_of_two_digits_is_accepted
phone_of_fifteen_digits_is_accepted = facts.phone_of_fifteen_digits_is_accepted
phone_of_sixteen_digits_is_refused = facts.phone_of_sixteen_digits_is_refused

a_body_that_is_not_json_is_refused = facts.a_body_that_is_not_json_is_refused


@consequence
@on_refusal
def a_refused_update_changes_nothing(call: Call) -> bool:
    """What shows it is another field of an existing lead, sent beside the one that was refused."""
    refused, lead = call.place.partition(".")[0], lead_of(call)
    if refused not in UPDATABLE or lead is None:
        return False
    sent = call.sent
    return any(name in sent and name != refused and sent[name] != lead.get(name) for name in UPDATABLE)


# -- which lead, and what else -------------------------------------------------------------------------------

the_other_leads_stay_as_they_are = among_others
created_at_stays = succeeded
updated_at_never_goes_back = succeeded

unknown_lead_is_not_found = found_nothing
malformed_id_is_refused = refused_at("id")
a_lead_of_another_organization_is_not_updated = found_anothers
