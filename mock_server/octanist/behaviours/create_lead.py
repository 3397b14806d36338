"""POST /leads (adjacent)."""

from __future__ import annotations

from mock_server.behaviours import answered, on_refusal, on_success, reading_a_created_lead, succeeded
from mock_server.call import Call
from mock_server.octanist.behaviours.facts import ATTRIBUTION, CONSENT, CONTACT

UNMEETABLE: dict[str, str] = {}

SHOWN_BY = {"new_lead_is_readable_by_its_id": "get_lead"}

_TEXTS = (*CONTACT, "note")

replies_match_the_contract = succeeded


@on_success
def one_of_name_email_phone_and_custom_suffices(call: Call) -> bool:
    return len(call.sent) == 1


@on_refusal
def none_of_the_four_is_400_validation_error(call: Call) -> bool:
    return call.place == "body" and isinstance(call.body, dict) and not any(name in call.body for name in CONTACT)


new_lead_is_readable_by_its_id = reading_a_created_lead


@on_success
def contact_fields_are_stored(call: Call) -> bool:
    return any(isinstance(call.sent.get(name), str) for name in _TEXTS)


@on_success
def custom_object_reads_back_as_a_text(call: Call) -> bool:
    return isinstance(call.sent.get("custom"), dict | list)


@on_success
def attribution_is_stored(call: Call) -> bool:
    return not call.sent.get("sessionId") and _attributed(call)


@on_success
def consent_is_stored(call: Call) -> bool:
    return any(isinstance(call.sent.get(name), bool) for name in CONSENT)


@on_success
def attribution_of_a_session_wins(call: Call) -> bool:
    return bool(call.sent.get("sessionId")) and _attributed(call)


filtering_rules_answer_403_forbidden = on_refusal(answered(403))


def _attributed(call: Call) -> bool:
    return any(call.sent.get(name) is not None for name in ATTRIBUTION)
