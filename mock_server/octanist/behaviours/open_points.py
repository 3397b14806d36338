"""Where Octanist's pages are silent or disagree: whether an answer hung on it."""

from __future__ import annotations

from mock_server.behaviours import of, on_refusal, on_success, shown
from mock_server.call import Call
from mock_server.errors import Forbidden, Invalid, MethodNotAllowed, UnknownPath, WrongMediaType
from mock_server.octanist.behaviours import create_lead, update_lead
from mock_server.octanist.behaviours.facts import (
    NEW_FIELDS,
    STATUSES,
    UPDATE_FIELDS,
    given,
    having,
    is_number,
    one_of,
    sent_status,
)
from mock_server.octanist.operations import IDENTIFIERS

UNMEETABLE = {"oc_39": "no lead of the sandbox is locked"}

_updating = of("update_lead")
_creating = of("create_lead")
_showing = of("get_lead", "list_leads")
_WRITTEN = ("status", "changedTo", "value", "note", "lossReason")
_KNOWN = {"update_lead": frozenset(UPDATE_FIELDS), "create_lead": frozenset(NEW_FIELDS)}

# -- which lead is meant -------------------------------------------------------------------------------------


@_updating
def oc_01(call: Call) -> bool:
    names = given(call)
    if len(names) < 2 or isinstance(call.error, Invalid) or having(call, names[0]):
        return False
    return any(having(call, name) for name in names[1:])


oc_02 = _updating(update_lead.id_outranks_email)


@_updating
@on_success
def oc_03(call: Call) -> bool:
    leads = having(call, "id")
    return bool(leads) and any(name != "id" and call.sent[name] != leads[0].get(name) for name in given(call))


oc_04 = _updating(update_lead.email_outranks_phone)
oc_05 = _updating(update_lead.email_outranks_a_phone_of_several_leads)
oc_06 = _updating(update_lead.several_matches_are_refused_or_all_updated)
oc_07 = _updating(update_lead.several_matches_with_bulk_are_counted)
oc_08 = oc_07

# -- what is written -----------------------------------------------------------------------------------------

oc_09 = _updating(update_lead.status_takes_precedence_over_changed_to)


@_updating
@on_refusal
def oc_10(call: Call) -> bool:
    return call.place == "changedTo" and call.sent.get("status") in STATUSES


@_updating
@on_refusal
def oc_11(call: Call) -> bool:
    if call.place != "status" and (call.place != "changedTo" or call.sent.get("status") is not None):
        return False
    return isinstance(call.sent.get(call.place), str)


oc_12 = _updating(update_lead.numeric_text_becomes_a_number)


@_updating
def oc_13(call: Call) -> bool:
    value = call.sent.get("value")
    if not call.succeeded:
        return call.place == "value" and isinstance(value, str | bool)
    if isinstance(value, str):
        return value.lstrip().startswith("-")
    return is_number(value) and value < 0


@_updating
@on_success
def oc_14(call: Call) -> bool:
    return all(call.sent.get(name) is None for name in _WRITTEN)


oc_15 = _updating(update_lead.loss_reason_has_no_effect_unless_lost)


@_updating
@on_success
def oc_16(call: Call) -> bool:
    if call.sent.get("lossReason") is None or sent_status(call) is not None:
        return False
    return one_of(call)[1].get("status") == "lost"


@_updating
@on_success
def oc_17(call: Call) -> bool:
    was, is_now = one_of(call)
    return was.get("status") == "lost" and was.get("lossReason") is not None and is_now.get("status") == "won"


@_updating
@on_success
def oc_18(call: Call) -> bool:
    note = call.sent.get("note")
    return note is not None and one_of(call)[0].get("note") not in (None, note)


@_updating
def oc_19(call: Call) -> bool:
    return any(name in call.sent and call.sent[name] is None for name in UPDATE_FIELDS)


@_updating
def oc_20(call: Call) -> bool:
    return any(isinstance(value := call.sent.get(name), str) and not value.strip() for name in IDENTIFIERS)


@_updating
@on_refusal
def oc_21(call: Call) -> bool:
    return call.place in IDENTIFIERS and not isinstance(call.sent.get(call.place), str)


@of(*_KNOWN)
@on_success
def oc_22(call: Call) -> bool:
    return not call.sent.keys() <= _KNOWN[call.operation_id]


@_updating
@on_success
def oc_23(call: Call) -> bool:
    return sent_status(call) in ("won", "qualified") and call.sent.get("value") is None


@_updating
@on_success
def oc_24(call: Call) -> bool:
    return True


oc_25 = oc_24

# -- creating ------------------------------------------------------------------------------------------------


@_creating
@on_success
def oc_26(call: Call) -> bool:
    return True


@_creating
@on_success
def oc_27(call: Call) -> bool:
    return any(len(having(call, name)) > 1 for name in ("email", "phone"))


@_showing
@on_success
def oc_28(call: Call) -> bool:
    """No update makes a lead open: one that is shows what it began with."""
    return any(isinstance(lead, dict) and lead.get("status") == "open" for lead in shown(call))


oc_29 = _creating(create_lead.none_of_the_four_is_400_validation_error)


@_creating
def oc_30(call: Call) -> bool:
    return call.succeeded or isinstance(call.error, Forbidden)


@_updating
@on_success
def oc_31(call: Call) -> bool:
    """An e-mail found leads that spell it in another way."""
    names = given(call)
    if names[:1] != ["email"]:
        return False
    return any(lead.get("email") != call.sent["email"] for lead in having(call, "email"))


# -- every reply ---------------------------------------------------------------------------------------------


@on_refusal
def oc_32(call: Call) -> bool:
    return 400 <= call.status < 500


def oc_33(call: Call) -> bool:
    return isinstance(call.content, dict) and "meta" in call.content


@of("check_key")
@on_refusal
def oc_34(call: Call) -> bool:
    return call.status == 401


@of("")
@on_refusal
def oc_35(call: Call) -> bool:
    return isinstance(call.error, MethodNotAllowed | UnknownPath)


# -- listing and reading -------------------------------------------------------------------------------------


@of("list_leads")
@on_refusal
def oc_36(call: Call) -> bool:
    return isinstance(call.error, Invalid) and not oc_37(call)


@of("list_leads")
@on_refusal
def oc_37(call: Call) -> bool:
    return call.place == "status" and call.query.get("status") == "win"


@_updating
@on_success
def oc_38(call: Call) -> bool:
    was, is_now = one_of(call)
    return bool(was.get("qualifiedAt") != is_now.get("qualifiedAt"))


@_updating
@on_success
def oc_40(call: Call) -> bool:
    return True


oc_41 = _creating(create_lead.custom_object_reads_back_as_a_text)


@_showing
@on_success
def oc_42(call: Call) -> bool:
    return any(isinstance(lead, dict) and None in lead.values() for lead in shown(call))


@on_refusal
def oc_43(call: Call) -> bool:
    return isinstance(call.error, WrongMediaType)
