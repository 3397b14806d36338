"""What the behaviours of Vorel are made of: facts of one call, cheap, and never raising whatever was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mock_server.behaviours import on_refusal, on_success, refused
from mock_server.call import Behaviour, Call
from mock_server.store import Lead
from mock_server.vorel.operations import UPDATABLE

NULLABLE = ("name", "email", "phone", "intent", "timeline", "qualification_score", "source")
"""The fields that null clears (seed 004, Body)."""

TEXTS = ("name", "email", "phone", "intent", "timeline", "source")

LONGEST = {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}
"""How many characters each limited text of a lead may have (seed 004, Body)."""

STATUSES = ("new", "qualified", "booked", "converted", "lost")

NOT_UPDATABLE = ("conversation_id", "notes")
"""The two fields of which the page says that they cannot be updated."""

WRITES = ("update_lead", "create_lead", "create_conversation")
"""The operations that need a write scope."""

NOTHING: Mapping[str, Any] = {}

_UPDATABLE = frozenset(UPDATABLE)


def lead_of(call: Call) -> Lead | None:
    """The lead that the path names, as it is now; None where the caller's organization has none of that id."""
    return call.organization.leads.get(call.path.get("id", "").lower()) if call.organization else None


def before(call: Call) -> Mapping[str, Any]:
    """The lead that an update was about, as it was before; nothing where there is none."""
    return (call.changes[0][0] if call.changes else lead_of(call)) or NOTHING


def sent_attributes(call: Call) -> Mapping[str, Any]:
    """The attributes in the body; none where they are no object."""
    sent = call.sent.get("attributes")
    return sent if isinstance(sent, dict) else NOTHING


def attributes_before(call: Call) -> Mapping[str, Any]:
    """The attributes that the lead of an update had before."""
    stored = before(call).get("attributes")
    return stored if isinstance(stored, dict) else NOTHING


def judged(call: Call) -> bool:
    """The call got as far as its body, about a lead that exists: it was a success, or refused for what it sent."""
    return (call.succeeded or refused(call)) and lead_of(call) is not None


def score_in(call: Call) -> int | None:
    """The qualification_score in the body, where that is a whole number."""
    score = call.sent.get("qualification_score")
    return score if type(score) is int else None


def has_updatable(call: Call) -> bool:
    """Something in the body can be updated."""
    return not _UPDATABLE.isdisjoint(call.sent)


def length_is(sent: Mapping[str, Any], name: str, *sizes: int) -> bool:
    """A text of one of these lengths was sent."""
    value = sent.get(name)
    return isinstance(value, str) and len(value) in sizes


def accepted_at_length(name: str, size: int) -> Behaviour:
    """A text of this length was accepted."""
    return on_success(lambda call: length_is(call.sent, name, size))


def refused_at_length(name: str, size: int) -> Behaviour:
    """A text of this length was refused."""
    return on_refusal(lambda call: call.place == name and length_is(call.sent, name, size))


def page_of(call: Call) -> Sequence[Any]:
    """The leads on the page in the answer; none where it is no page."""
    page = call.content.get("data") if isinstance(call.content, dict) else None
    return page if isinstance(page, list) else ()
