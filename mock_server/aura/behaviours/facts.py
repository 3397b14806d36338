"""What the behaviours of Aura are made of: facts of one call, cheap, and never raising whatever was sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import openapi
from mock_server.aura.operations import UPDATABLE
from mock_server.behaviours import on_refusal, on_success
from mock_server.call import Behaviour, Call
from mock_server.errors import MalformedBody
from mock_server.store import Lead

_SCHEMAS = openapi.read("aura").document["components"]["schemas"]

KNOWN = frozenset(_SCHEMAS["Lead"]["properties"])
"""The 17 keys of a lead."""

_TYPES: Mapping[str, tuple[type, ...]] = {"string": (str,), "number": (int, float)}

SHOWN_AS = {key: _TYPES[schema["x-shown-as"]] for key, schema in _SCHEMAS["Metadata"]["properties"].items()}
"""The documented metadata keys, each with the type that the examples show."""

NOTHING: Mapping[str, Any] = {}


def lead_of(call: Call) -> Lead | None:
    """The lead that the path names, as it is now; None where the caller's organization has none of that id."""
    return call.organization.leads.get(call.path.get("id", "").lower()) if call.organization else None


def before(call: Call) -> Mapping[str, Any]:
    """The lead that an update has written, as it was; nothing where none was written."""
    return (call.changes[0][0] if call.changes else None) or NOTHING


def after(call: Call) -> Mapping[str, Any]:
    """The lead that a call has written, as it is; nothing where none was written."""
    return call.changes[0][1] if call.changes else NOTHING


def changed(call: Call) -> Iterator[str]:
    """The updatable fields that were sent, and have another value now."""
    was, is_now, sent = before(call), after(call), call.sent
    return (name for name in UPDATABLE if name in sent and was.get(name) != is_now.get(name))


def sent_metadata(call: Call) -> Mapping[str, Any]:
    """The metadata in the body; none where it is no object."""
    sent = call.sent.get("metadata")
    return sent if isinstance(sent, dict) else NOTHING


def sent_notes(call: Call) -> Sequence[Mapping[str, Any]]:
    """The notes in the body; none where they are no list of objects."""
    sent = call.sent.get("notes")
    return [note for note in sent if isinstance(note, dict)] if isinstance(sent, list) else ()


def newest(call: Call, count: int) -> Sequence[Lead]:
    """The leads of the organization that were made last, the newest first."""
    return list(islice(reversed(call.organization.leads), count)) if call.organization else ()


def has_more(call: Call) -> object:
    """What the pagination of a page says."""
    pagination = call.content.get("pagination") if isinstance(call.content, dict) else None
    return pagination.get("has_more") if isinstance(pagination, dict) else None


@on_refusal
def a_body_that_is_not_json_is_refused(call: Call) -> bool:
    return isinstance(call.error, MalformedBody) and bool(call.raw)


# Phone numbers: the same for creating and updating.


def _phone_refused(holds: Callable[[str], object]) -> Behaviour:
    """A phone number of this kind was refused."""

    def phone_refused(call: Call) -> bool:
        phone = call.sent.get("phone")
        return call.place == "phone" and isinstance(phone, str) and bool(holds(phone))

    return on_refusal(phone_refused)


def _phone_accepted(digits: int) -> Behaviour:
    """A phone number of so many digits was accepted."""

    def phone_accepted(call: Call) -> bool:
        phone = call.sent.get("phone")
        return isinstance(phone, str) and len(phone) == digits + 1

    return on_success(phone_accepted)


phone_without_a_plus_sign_is_refused = _phone_refused(lambda phone: not phone.startswith("+"))
phone_with_spaces_or_hyphens_is_refused = _phone_refused(re.compile("[ -]").search)
phone_with_a_leading_zero_is_refused = _phone_refused(lambda phone: phone.startswith("+0"))
phone_with_other_characters_is_refused = _phone_refused(re.compile(r"\+.*[^0-9 -]", re.DOTALL).match)
phone_of_one_digit_is_refused = _phone_refused(re.compile(r"\+[1-9]").fullmatch)
phone_of_two_digits_is_accepted = _phone_accepted(2)
phone_of_fifteen_digits_is_accepted = _phone_accepted(15)
phone_of_sixteen_digits_is_refused = _phone_refused(re.compile(r"\+[1-9][0-9]{15}").fullmatch)
