"""PATCH /leads (seed 003)."""

from __future__ import annotations

from mock_server.behaviours import answered, consequence, on_refusal, on_success, succeeded
from mock_server.call import Behaviour, Call
from mock_server.errors import MalformedBody, NotFound
from mock_server.octanist.behaviours.facts import (
    ATTRIBUTION,
    CONSENT,
    given,
    having,
    is_number,
    matched,
    meant,
    one_of,
    sent_status,
)
from mock_server.octanist.operations import IDENTIFIERS

UNMEETABLE: dict[str, str] = {
    "server_fault_is_500_internal_error": "only a fault on demand makes the sandbox answer 500, and nothing counts as "
    "met by an answer with a fault in it"
}

_KEPT = ("name", "email", "phone", "status", "value", "note", "custom", *ATTRIBUTION, *CONSENT)

replies_match_the_contract = succeeded

# -- which lead is meant -------------------------------------------------------------------------------------


def _identifying(name: str) -> Behaviour:
    """An update was accepted whose only identifier this is, and one lead has it."""
    return on_success(lambda call: given(call) == [name] and len(having(call, name)) == 1)


id_alone_identifies_a_lead = _identifying("id")
email_alone_identifies_a_lead = _identifying("email")
phone_alone_identifies_a_lead = _identifying("phone")


def _other_leads(call: Call, higher: str, lower: str) -> int:
    """How many leads have the lower identifier, where the higher one names exactly one that is not among them."""
    if lower not in call.sent or higher not in call.sent:
        return 0
    first, others = having(call, higher), having(call, lower)
    return len(others) if len(first) == 1 and all(each is not first[0] for each in others) else 0


@on_success
def id_outranks_email(call: Call) -> bool:
    return _other_leads(call, "id", "email") == 1


@on_success
def id_outranks_phone(call: Call) -> bool:
    return _other_leads(call, "id", "phone") == 1


@on_success
def email_outranks_phone(call: Call) -> bool:
    return _other_leads(call, "email", "phone") == 1 and "id" not in given(call)


@on_success
def id_outranks_an_email_or_phone_of_several_leads(call: Call) -> bool:
    sent = call.sent
    if "id" not in sent or ("email" not in sent and "phone" not in sent) or not having(call, "id"):
        return False
    return len(having(call, "email")) > 1 or len(having(call, "phone")) > 1


@on_success
def email_outranks_a_phone_of_several_leads(call: Call) -> bool:
    if "email" not in call.sent or "phone" not in call.sent or given(call)[:1] == ["id"]:
        return False
    return len(having(call, "email")) == 1 and len(having(call, "phone")) > 1


@consequence
@on_success
def other_leads_stay_as_they_are(call: Call) -> bool:
    return matched(call) == 1 and call.organization is not None and len(call.organization.leads) > 1


# -- refusals ------------------------------------------------------------------------------------------------


@on_refusal
def no_identifier_is_400_validation_error(call: Call) -> bool:
    return call.place == "body" and all(call.sent.get(name) is None for name in IDENTIFIERS)


@on_refusal
def invalid_json_is_400_validation_error(call: Call) -> bool:
    return isinstance(call.error, MalformedBody)


def _finding_nobody(*names: str) -> Behaviour:
    """An update with exactly these identifiers found no lead."""
    identifiers = list(names)
    return on_refusal(lambda call: isinstance(call.error, NotFound) and given(call) == identifiers)


unknown_id_is_404_not_found = _finding_nobody("id")
unknown_email_is_404_not_found = _finding_nobody("email")
unknown_phone_is_404_not_found = _finding_nobody("phone")


@on_refusal
def three_unknown_identifiers_are_404_not_found(call: Call) -> bool:
    if not isinstance(call.error, NotFound) or len(given(call)) < len(IDENTIFIERS):
        return False
    return not any(having(call, name) for name in IDENTIFIERS)


# -- several leads with one e-mail or phone ------------------------------------------------------------------


def several_matches_are_refused_or_all_updated(call: Call) -> bool:
    return call.status == 409 or (call.succeeded and matched(call) > 1)


@on_success
def several_matches_with_bulk_are_all_updated(call: Call) -> bool:
    return matched(call) > 1


several_matches_with_bulk_are_counted = several_matches_with_bulk_are_all_updated
several_matches_without_bulk_answer_409_conflict = on_refusal(answered(409))

# -- status and changedTo ------------------------------------------------------------------------------------


def _becoming(status: str) -> Behaviour:
    """The status was sent and accepted, and the lead had another one."""
    return on_success(lambda call: call.sent.get("status") == status and _moves(call))


def _moves(call: Call) -> bool:
    was, is_now = one_of(call)
    return bool(was.get("status") != is_now.get("status"))


status_can_be_set_to_qualified = _becoming("qualified")
status_can_be_set_to_won = _becoming("won")
status_can_be_set_to_lost = _becoming("lost")


@on_success
def changed_to_alone_sets_the_status(call: Call) -> bool:
    return call.sent.get("changedTo") is not None and call.sent.get("status") is None and _moves(call)


@on_success
def status_takes_precedence_over_changed_to(call: Call) -> bool:
    status, changed_to = call.sent.get("status"), call.sent.get("changedTo")
    return changed_to is not None and status is not None and bool(status != changed_to)


@on_refusal
def no_other_status_can_be_set(call: Call) -> bool:
    """What shows it is a lead that could have got it."""
    return call.place in ("status", "changedTo") and bool(meant(call))


@on_success
def status_is_optional(call: Call) -> bool:
    sent = call.sent
    return sent_status(call) is None and (sent.get("note") is not None or sent.get("value") is not None)


# -- value ---------------------------------------------------------------------------------------------------


@on_success
def number_is_stored_as_the_value(call: Call) -> bool:
    value = call.sent.get("value")
    return is_number(value) and value != 0


@on_success
def zero_is_stored_as_the_value(call: Call) -> bool:
    value = call.sent.get("value")
    return is_number(value) and value == 0


@on_success
def numeric_text_becomes_a_number(call: Call) -> bool:
    return isinstance(call.sent.get("value"), str)


@on_success
def value_is_optional(call: Call) -> bool:
    return call.sent.get("status") is not None and call.sent.get("value") is None


# -- note and lossReason -------------------------------------------------------------------------------------


@on_success
def note_is_stored(call: Call) -> bool:
    return isinstance(call.sent.get("note"), str)


@on_success
def loss_reason_is_stored_with_the_status_lost(call: Call) -> bool:
    return call.sent.get("lossReason") is not None and sent_status(call) == "lost"


@on_success
def loss_reason_has_no_effect_unless_lost(call: Call) -> bool:
    return call.sent.get("lossReason") is not None and one_of(call)[1].get("status") != "lost"


# -- what else an update does --------------------------------------------------------------------------------


@consequence
@on_success
def fields_not_sent_stay_as_they_are(call: Call) -> bool:
    """What shows it is a field with a value, beside others that changed."""
    if not call.changes:
        return False
    was, sent = one_of(call)[0], call.sent
    return any(name not in sent and was.get(name) is not None for name in _KEPT)


@consequence
@on_success
def one_match_is_counted_as_one(call: Call) -> bool:
    return matched(call) == 1


one_match_is_named_by_its_id = one_match_is_counted_as_one
