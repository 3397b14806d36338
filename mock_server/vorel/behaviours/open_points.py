"""Where Vorel's pages are silent or disagree: whether an answer hung on it."""

from __future__ import annotations

import re
from typing import Any

from mock_server.behaviours import refused
from mock_server.call import Call
from mock_server.errors import Forbidden, Invalid, MalformedBody, MethodNotAllowed, NotFound, Unauthorized, WrongMediaType
from mock_server.vorel.behaviours import update_lead
from mock_server.vorel.behaviours.facts import (
    LONGEST,
    NOT_UPDATABLE,
    NULLABLE,
    TEXTS,
    WRITES,
    before,
    has_updatable,
    lead_of,
    refused_for,
    refused_whole,
    sent_attributes,
)
from mock_server.vorel.behaviours.list_leads import page_of
from mock_server.vorel.operations import UPDATABLE

UNMEETABLE = {"vo_08": "every key of the sandbox that may write may read, too"}

_WITH_A_LEAD = ("update_lead", "create_lead")
_LIMITED = {**LONGEST, "customer_identifier": 255, "customer_name": 200}
_KNOWN = frozenset((*UPDATABLE, *NOT_UPDATABLE))
_OTHER_LENGTH = re.compile(r"vapk_live_[0-9a-fA-F]+")
_USUAL_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_UNUSUAL_EMAIL = re.compile(r"""("[^"]+"|[^@\s]+)@(\[[^@\s]+\]|[^@\s]+)""")


def vo_01(call: Call) -> bool:
    """A key of the right kind was refused for its length."""
    if not isinstance(call.error, Unauthorized) or call.error.tenant is not None:
        return False
    key = call.headers.get(b"authorization", b"").decode("latin-1").partition(" ")[2]
    return _OTHER_LENGTH.fullmatch(key.strip()) is not None


def vo_02(call: Call) -> bool:
    return call.status >= 400


def vo_03(call: Call) -> bool:
    return call.status >= 400 and call.status != 429


def vo_04(call: Call) -> bool:
    return isinstance(call.error, Invalid) and not call.error.message.startswith("stale_for_days:")


def vo_05(call: Call) -> bool:
    return update_lead.a_malformed_lead_id_is_refused(call)


def vo_06(call: Call) -> bool:
    return isinstance(call.error, Unauthorized)


def vo_07(call: Call) -> bool:
    return isinstance(call.error, Forbidden) and call.operation_id in WRITES


def vo_09(call: Call) -> bool:
    return isinstance(call.error, Forbidden) and call.operation_id == "update_lead" and lead_of(call) is None


def vo_10(call: Call) -> bool:
    return call.operation_id == "update_lead" and update_lead.an_empty_update_is_refused(call)


def vo_11(call: Call) -> bool:
    if call.operation_id != "update_lead" or not refused_whole(call) or not call.sent:
        return False
    return all(name in NOT_UPDATABLE for name in call.sent)


def vo_12(call: Call) -> bool:
    if call.operation_id != "update_lead" or not any(name in call.sent for name in NOT_UPDATABLE):
        return False
    return has_updatable(call) and (call.succeeded or refused_whole(call))


def vo_13(call: Call) -> bool:
    if call.operation_id not in _WITH_A_LEAD or call.sent.keys() <= _KNOWN:
        return False
    return has_updatable(call) and (call.succeeded or refused_whole(call))


def vo_14(call: Call) -> bool:
    return call.operation_id == "update_lead" and update_lead.null_clears_a_nullable_field(call)


def vo_15(call: Call) -> bool:
    return _null_for(call, "status")


def vo_16(call: Call) -> bool:
    return _null_for(call, "attributes")


def vo_17(call: Call) -> bool:
    return call.operation_id == "update_lead" and call.body == {"attributes": {}} and (call.succeeded or refused(call))


def vo_18(call: Call) -> bool:
    return call.operation_id == "update_lead" and update_lead.a_null_for_an_absent_attribute_key_creates_no_key(call)


def vo_19(call: Call) -> bool:
    return call.operation_id == "update_lead" and update_lead.a_nested_attribute_object_is_replaced_whole(call)


def vo_20(call: Call) -> bool:
    if not call.succeeded or call.operation_id not in _WITH_A_LEAD:
        return False
    return any(_holds_null(value) for value in sent_attributes(call).values() if value is not None)


def vo_21(call: Call) -> bool:
    """The text is short enough in characters, and too long in bytes."""
    sent = call.sent
    return any(
        isinstance(text := sent.get(name), str)
        and not text.isascii()
        and len(text) <= longest < len(text.encode())
        and (call.succeeded or (name in refused_for and refused_for[name](call)))
        for name, longest in _LIMITED.items()
    )


def vo_22(call: Call) -> bool:
    if call.operation_id not in _WITH_A_LEAD:
        return False
    sent = call.sent
    return any(sent.get(name) == "" and (call.succeeded or refused_for[name](call)) for name in TEXTS)


def vo_23(call: Call) -> bool:
    score = call.sent.get("qualification_score")
    return isinstance(score, str) and (call.succeeded or refused_for["qualification_score"](call))


def vo_24(call: Call) -> bool:
    return call.succeeded and call.operation_id == "update_lead"


def vo_25(call: Call) -> bool:
    return call.succeeded and call.operation_id in ("create_lead", "create_conversation")


def vo_26(call: Call) -> bool:
    return call.operation_id == "create_lead" and isinstance(call.error, NotFound)


def vo_27(call: Call) -> bool:
    if not call.succeeded or call.operation_id == "create_conversation" or not isinstance(call.content, dict):
        return False
    shown = page_of(call) if call.operation_id == "list_leads" else (call.content,)
    return any(isinstance(lead, dict) and lead.get(name) is None for lead in shown for name in NULLABLE)


def vo_29(call: Call) -> bool:
    return (
        call.succeeded
        and call.operation_id == "update_lead"
        and before(call).get("status") != call.sent.get("status", before(call).get("status"))
    )


def vo_30(call: Call) -> bool:
    limit = call.query.get("limit")
    return call.succeeded and isinstance(limit, int) and limit > 100


def vo_31(call: Call) -> bool:
    return call.succeeded and call.operation_id == "list_leads" and "status" in call.query


def vo_32(call: Call) -> bool:
    return refused(call) and "cursor" in call.query


def vo_33(call: Call) -> bool:
    return call.succeeded


def vo_34(call: Call) -> bool:
    """Only the newer list of scopes has the one that opens this."""
    return call.operation_id == "create_conversation" and (call.succeeded or isinstance(call.error, Forbidden))


def vo_39(call: Call) -> bool:
    return bool(call.changes) and call.succeeded and call.operation_id == "update_lead"


def vo_40(call: Call) -> bool:
    if isinstance(call.error, MalformedBody | WrongMediaType):
        return True
    return refused_whole(call) and not isinstance(call.body, dict)


def vo_41(call: Call) -> bool:
    return call.method == "DELETE" and isinstance(call.error, MethodNotAllowed)


def vo_42(call: Call) -> bool:
    email = call.sent.get("email")
    if not isinstance(email, str) or _USUAL_EMAIL.fullmatch(email) or not _UNUSUAL_EMAIL.fullmatch(email):
        return False
    return call.succeeded or refused_for["email"](call)


def _null_for(call: Call, field: str) -> bool:
    if call.operation_id != "update_lead" or field not in call.sent or call.sent[field] is not None:
        return False
    return call.succeeded or refused_for[field](call)


def _holds_null(value: Any) -> bool:
    """A body is no deeper than the sandbox reads it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(each is None or _holds_null(each) for each in inner)
