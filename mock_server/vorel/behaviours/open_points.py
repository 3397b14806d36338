"""Where Vorel's pages are silent or disagree: whether an answer hung on it."""

from __future__ import annotations

import re
from typing import Any

from mock_server.behaviours import of, on_refusal, on_success, refused
from mock_server.call import Call
from mock_server.errors import (
    Forbidden,
    Invalid,
    MalformedBody,
    MethodNotAllowed,
    NotFound,
    Unauthorized,
    WrongMediaType,
)
from mock_server.vorel.behaviours import update_lead
from mock_server.vorel.behaviours.facts import (
    LONGEST,
    NOT_UPDATABLE,
    TEXTS,
    WRITES,
    before,
    has_updatable,
    lead_of,
    page_of,
    sent_attributes,
)
from mock_server.vorel.operations import UPDATABLE

UNMEETABLE = {"vo_08": "every key of the sandbox that may write may read, too"}

_LIMITED = {**LONGEST, "customer_identifier": 255, "customer_name": 200}
_KNOWN = frozenset((*UPDATABLE, *NOT_UPDATABLE))
_KEY_OF_ANY_LENGTH = re.compile(r"vapk_live_[0-9a-fA-F]+")
_USUAL_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_UNUSUAL_EMAIL = re.compile(r"""("[^"]+"|[^@\s]+)@(\[[^@\s]+\]|[^@\s]+)""")

_writing_a_lead = of("update_lead", "create_lead")
_updating = of("update_lead")


@on_refusal
def vo_01(call: Call) -> bool:
    """A key of the right kind was refused for its length."""
    if not isinstance(call.error, Unauthorized) or call.error.tenant is not None:
        return False
    key = call.headers.get(b"authorization", b"").decode("latin-1").partition(" ")[2]
    return _KEY_OF_ANY_LENGTH.fullmatch(key.strip()) is not None


@on_refusal
def vo_02(call: Call) -> bool:
    return 400 <= call.status < 500


@on_refusal
def vo_03(call: Call) -> bool:
    return 400 <= call.status < 500 and call.status != 429


@on_refusal
def vo_04(call: Call) -> bool:
    return isinstance(call.error, Invalid) and call.place != "stale_for_days"


@on_refusal
def vo_05(call: Call) -> bool:
    return call.place == "id"


@on_refusal
def vo_06(call: Call) -> bool:
    return isinstance(call.error, Unauthorized)


@of(*WRITES)
@on_refusal
def vo_07(call: Call) -> bool:
    return isinstance(call.error, Forbidden)


@_updating
@on_refusal
def vo_09(call: Call) -> bool:
    return isinstance(call.error, Forbidden) and lead_of(call) is None


vo_10 = _updating(update_lead.an_empty_update_is_refused)


@_updating
@on_refusal
def vo_11(call: Call) -> bool:
    return call.place == "body" and bool(call.sent) and all(name in NOT_UPDATABLE for name in call.sent)


@_updating
def vo_12(call: Call) -> bool:
    return ("notes" in call.sent or "conversation_id" in call.sent) and has_updatable(call) and _whole(call)


@_writing_a_lead
def vo_13(call: Call) -> bool:
    return not _KNOWN.issuperset(call.sent) and has_updatable(call) and _whole(call)


vo_14 = _updating(update_lead.null_clears_a_nullable_field)


@_updating
def vo_15(call: Call) -> bool:
    return "status" in call.sent and call.sent["status"] is None and _at(call, "status")


@_updating
def vo_16(call: Call) -> bool:
    return "attributes" in call.sent and call.sent["attributes"] is None and _at(call, "attributes")


@_updating
def vo_17(call: Call) -> bool:
    return call.body == {"attributes": {}} and (call.succeeded or refused(call))


vo_18 = _updating(update_lead.a_null_for_an_absent_attribute_key_creates_no_key)
vo_19 = _updating(update_lead.a_nested_attribute_object_is_replaced_whole)


@_writing_a_lead
@on_success
def vo_20(call: Call) -> bool:
    return any(_holds_null(value) for value in sent_attributes(call).values())


@of(*WRITES)
def vo_21(call: Call) -> bool:
    """The text is short enough in characters, and too long in bytes."""
    if call.raw.isascii() and b"\\u" not in call.raw:
        return False
    for name, longest in _LIMITED.items():
        text = call.sent.get(name)
        if isinstance(text, str) and not text.isascii() and len(text) <= longest < len(text.encode()):
            return _at(call, name)
    return False


@_writing_a_lead
def vo_22(call: Call) -> bool:
    sent = call.sent
    return "" in sent.values() and any(sent.get(name) == "" and _at(call, name) for name in TEXTS)


@_writing_a_lead
def vo_23(call: Call) -> bool:
    return isinstance(call.sent.get("qualification_score"), str) and _at(call, "qualification_score")


@_updating
@on_success
def vo_24(call: Call) -> bool:
    return True


@of("create_lead", "create_conversation")
@on_success
def vo_25(call: Call) -> bool:
    return True


@of("create_lead")
@on_refusal
def vo_26(call: Call) -> bool:
    return isinstance(call.error, NotFound)


@of("update_lead", "create_lead", "get_lead", "list_leads")
@on_success
def vo_27(call: Call) -> bool:
    shown = page_of(call) if call.operation_id == "list_leads" else (call.content,)
    return any(isinstance(lead, dict) and None in lead.values() for lead in shown)


@_updating
@on_success
def vo_29(call: Call) -> bool:
    return "status" in call.sent and before(call).get("status") != call.sent["status"]


@of("list_leads")
@on_success
def vo_30(call: Call) -> bool:
    limit = call.query.get("limit")
    return isinstance(limit, int) and limit > 100


@of("list_leads")
@on_success
def vo_31(call: Call) -> bool:
    return "status" in call.query


@of("list_leads")
@on_refusal
def vo_32(call: Call) -> bool:
    return call.place == "cursor" and "cursor" in call.query


@on_success
def vo_33(call: Call) -> bool:
    return True


@of("create_conversation")
def vo_34(call: Call) -> bool:
    """Only the newer list of scopes has the one that opens this."""
    return call.succeeded or isinstance(call.error, Forbidden)


@_updating
@on_success
def vo_39(call: Call) -> bool:
    return bool(call.changes)


@on_refusal
def vo_40(call: Call) -> bool:
    if isinstance(call.error, MalformedBody | WrongMediaType):
        return True
    return call.place == "body" and not isinstance(call.body, dict)


@of("")
@on_refusal
def vo_41(call: Call) -> bool:
    return call.method == "DELETE" and isinstance(call.error, MethodNotAllowed)


@_writing_a_lead
def vo_42(call: Call) -> bool:
    email = call.sent.get("email")
    if not isinstance(email, str) or _USUAL_EMAIL.fullmatch(email) or not _UNUSUAL_EMAIL.fullmatch(email):
        return False
    return _at(call, "email")


def _at(call: Call, field: str) -> bool:
    """The call was decided by this field: it was a success, or refused for the field."""
    return call.succeeded or call.place == field


def _whole(call: Call) -> bool:
    """The call was a success, or refused for what its body is made of."""
    return _at(call, "body")


def _holds_null(value: Any) -> bool:
    """Whether there is a null inside. A body is no deeper than the sandbox reads it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(each is None or _holds_null(each) for each in inner)
