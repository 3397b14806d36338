"""POST /v1/leads (seed 001)."""

from __future__ import annotations

from mock_server.aura.behaviours import facts
from mock_server.aura.behaviours.facts import SHOWN_AS, newest, sent_metadata
from mock_server.behaviours import (
    among_others,
    on_refusal,
    on_success,
    reading_a_created_lead,
    succeeded,
    succeeding_with,
)
from mock_server.call import Call

UNMEETABLE: dict[str, str] = {}

SHOWN_BY = {"a_created_lead_can_be_read": "get_lead"}

replies_match_the_contract = succeeded
answers_with_the_lead_and_success_true = succeeded

# -- the e-mail address --------------------------------------------------------------------------------------


@on_success
def email_alone_is_enough(call: Call) -> bool:
    return call.sent.keys() == {"email"}


email_is_stored = succeeded


@on_refusal
def missing_email_is_refused(call: Call) -> bool:
    return call.place == "body" and isinstance(call.body, dict) and "email" not in call.body


@on_refusal
def null_email_is_refused(call: Call) -> bool:
    return call.place == "email" and call.sent.get("email") is None


@on_refusal
def empty_email_is_refused(call: Call) -> bool:
    return call.place == "email" and call.sent.get("email") == ""


@on_refusal
def invalid_email_is_refused(call: Call) -> bool:
    email = call.sent.get("email")
    return call.place == "email" and isinstance(email, str) and email != ""


a_body_that_is_not_json_is_refused = facts.a_body_that_is_not_json_is_refused

# -- the other fields ----------------------------------------------------------------------------------------

full_name_is_stored = succeeding_with("full_name")
company_is_stored = succeeding_with("company")
phone_is_stored = succeeding_with("phone")
timezone_is_stored = succeeding_with("timezone")


@on_success
def new_leads_have_status_new(call: Call) -> bool:
    return "status" not in call.sent


phone_without_a_plus_sign_is_refused = facts.phone_without_a_plus_sign_is_refused
phone_with_spaces_or_hyphens_is_refused = facts.phone_with_spaces_or_hyphens_is_refused
phone_with_a_leading_zero_is_refused = facts.phone_with_a_leading_zero_is_refused
phone_with_other_characters_is_refused = facts.phone_with_other_characters_is_refused
phone_of_one_digit_is_refused = facts.phone_of_one_digit_is_refused
phone_of_two_digits_is_accepted = facts.phone_of_two_digits_is_accepted
phone_of_fifteen_digits_is_accepted = facts.phone_of_fifteen_digits_is_accepted
phone_of_sixteen_digits_is_refused = facts.phone_of_sixteen_digits_is_refused

# -- metadata ------------------------------------------------------------------------------------------------


@on_success
def documented_metadata_keys_are_kept(call: Call) -> bool:
    return not SHOWN_AS.keys().isdisjoint(sent_metadata(call))


@on_success
def unknown_metadata_keys_are_accepted(call: Call) -> bool:
    return not sent_metadata(call).keys() <= SHOWN_AS.keys()


@on_success
def null_metadata_is_skipped(call: Call) -> bool:
    return "metadata" in call.sent and call.sent["metadata"] is None


# -- the new lead and the others -----------------------------------------------------------------------------


@on_success
def every_lead_has_an_id_of_its_own(call: Call) -> bool:
    """What shows it is that the lead before had another e-mail address."""
    return len({lead.get("email") for lead in newest(call, 2)}) == 2


timestamps_are_set = succeeded
a_created_lead_can_be_read = reading_a_created_lead
the_other_leads_stay_as_they_are = among_others
