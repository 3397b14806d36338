"""Where Aura's pages are silent or disagree: whether an answer hung on it."""

from __future__ import annotations

import re

from mock_server.aura.behaviours import create_lead, update_lead
from mock_server.aura.behaviours.facts import (
    KNOWN,
    SHOWN_AS,
    after,
    before,
    has_more,
    sent_metadata,
    sent_notes,
)
from mock_server.aura.operations import UPDATABLE
from mock_server.behaviours import (
    found_anothers,
    found_nothing,
    listed,
    of,
    on_refusal,
    on_success,
    refused_at,
    shown,
)
from mock_server.call import Call
from mock_server.errors import Invalid, MalformedBody, NotFound, WrongMediaType

UNMEETABLE: dict[str, str] = {}

_creating = of("create_lead")
_updating = of("update_lead")
_writing = of("create_lead", "update_lead")
_listing = of("list_leads")
_TEXTS = ("full_name", "email", "phone", "company", "status", "timezone")
_CLEARABLE = ("full_name", "phone", "company", "timezone")
_NAMED_STATUSES = ("new", "qualified")
_NOT_UPDATABLE = tuple(sorted(KNOWN - set(UPDATABLE)))
_NOTE = frozenset({"content", "created_at", "user_id"})
_TIME_ZONE = re.compile(r"UTC|GMT|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]*){1,2}")


@_creating
@on_success
def au_01(call: Call) -> bool:
    return True


@on_refusal
def au_02(call: Call) -> bool:
    return 400 <= call.status < 500 and not isinstance(call.error, NotFound)


@_writing
@on_refusal
def au_03(call: Call) -> bool:
    return isinstance(call.error, Invalid) and call.place != "id"


au_04 = found_nothing
au_05 = refused_at("id")


def au_06(call: Call) -> bool:
    return b"authorization" not in call.headers


au_07 = found_anothers


@_writing
@on_refusal
def au_09(call: Call) -> bool:
    return call.place in _CLEARABLE and call.place in call.sent and call.sent[call.place] is None


au_11 = _updating(update_lead.an_empty_update_is_accepted)


@_updating
@on_success
def au_12(call: Call) -> bool:
    return bool(call.changes) and before(call) == after(call)


@_updating
@on_success
def au_13(call: Call) -> bool:
    return before(call) != after(call)


@_writing
@on_success
def au_14(call: Call) -> bool:
    return not call.sent.keys() <= KNOWN


@_updating
@on_success
def au_15(call: Call) -> bool:
    return any(name in call.sent for name in _NOT_UPDATABLE)


@_creating
@on_success
def au_16(call: Call) -> bool:
    return "status" in call.sent or "notes" in call.sent


@_updating
@on_success
def au_17(call: Call) -> bool:
    return "status" in call.sent and call.sent["status"] not in _NAMED_STATUSES


@_updating
@on_success
def au_18(call: Call) -> bool:
    return any("created_at" not in note for note in sent_notes(call))


@_updating
@on_refusal
def au_19(call: Call) -> bool:
    return call.place.partition(".")[0] == "notes"


@on_success
def au_20(call: Call) -> bool:
    return any(isinstance(lead, dict) and not lead.get("notes") for lead in shown(call))


@_updating
@on_success
def au_21(call: Call) -> bool:
    return any(not note.keys() <= _NOTE for note in sent_notes(call))


@on_success
def au_22(call: Call) -> bool:
    return any(isinstance(lead, dict) and None in lead.values() for lead in shown(call))


@on_success
def au_23(call: Call) -> bool:
    return bool(shown(call))


@on_success
def au_24(call: Call) -> bool:
    return bool(shown(call))


au_25 = _creating(create_lead.unknown_metadata_keys_are_accepted)


@_creating
@on_success
def au_26(call: Call) -> bool:
    return any(key in SHOWN_AS and not _as_shown(key, value) for key, value in sent_metadata(call).items())


@_creating
@on_success
def au_27(call: Call) -> bool:
    return after(call).get("source") is not None


@_creating
@on_success
def au_28(call: Call) -> bool:
    email = call.sent.get("email")
    return call.organization is not None and isinstance(email, str) and len(_having(call, email)) > 1


@_writing
@on_success
def au_29(call: Call) -> bool:
    email = call.sent.get("email")
    return isinstance(email, str) and email != email.lower()


@_writing
@on_refusal
def au_30(call: Call) -> bool:
    return call.place == "phone" and isinstance(call.sent.get("phone"), str)


@_writing
@on_success
def au_31(call: Call) -> bool:
    """The text does not even look like the name of a time zone."""
    timezone = call.sent.get("timezone")
    return isinstance(timezone, str) and _TIME_ZONE.fullmatch(timezone) is None


@_writing
def au_32(call: Call) -> bool:
    sent = call.sent
    return any(name in sent and sent[name] == "" and (call.succeeded or call.place == name) for name in _TEXTS)


@on_refusal
def au_33(call: Call) -> bool:
    return 400 <= call.status < 500


@of("create_lead", "get_lead", "update_lead")
@on_success
def au_34(call: Call) -> bool:
    return True


@_listing
@on_success
def au_35(call: Call) -> bool:
    return True


@_listing
def au_36(call: Call) -> bool:
    limit = call.query.get("limit")
    if not call.succeeded or not isinstance(limit, str):
        return call.place == "limit"
    return limit.isdecimal() and len(limit) < 10 and int(limit) > 100


@_listing
@on_success
def au_37(call: Call) -> bool:
    return len(listed(call)) > 1


@_listing
@on_success
def au_38(call: Call) -> bool:
    return has_more(call) is False


@_listing
def au_39(call: Call) -> bool:
    return "assigned_to_id" in call.query and (call.succeeded or call.place == "assigned_to_id")


@_listing
@on_success
def au_40(call: Call) -> bool:
    return "source" in call.query


@on_refusal
def au_44(call: Call) -> bool:
    return 400 <= call.status < 500 and call.organization is not None


@on_refusal
def au_45(call: Call) -> bool:
    return isinstance(call.error, MalformedBody | WrongMediaType)


def _as_shown(key: str, value: object) -> bool:
    return isinstance(value, SHOWN_AS[key]) and not isinstance(value, bool)


def _having(call: Call, email: str) -> list[dict[str, object]]:
    return call.organization.leads.find("email", email) if call.organization else []
