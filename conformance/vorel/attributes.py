"""Attributes, and what becomes of them when an update is merged into them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.values import json_values, texts
from conformance.vorel import Lead, Vorel, attributes_of

Attributes = dict[str, Any]

STORED: Attributes = {
    "bedrooms": 3,
    "area": "Old Town",
    "budget": {"min": 100, "max": {"amount": 200, "currency": "EUR"}},
    "wishes": ["garden", "garage"],
    "furnished": True,
    "pets": False,
    "floor": 0,
    "remark": "",
    "visits": [],
    "agent": {},
}
"""Values of every type, among them those that an implementation may take for nothing."""

VALUES: tuple[Any, ...] = (
    *(4, 1, True, "true", 0, False, "", "0", "New Town", [], ["pool"], {}, {"min": 50}, [{"a": [1]}], "null"),
    *(-1, 1.5, 0.1, 1e-7, 1e300, 2**53 - 1, 2**53, -(2**53), 2**53 + 2, 2**60, 10**15, 123456789012345),
    *("007", "1.50", "1e3", "2026-01-17", "2026-01-17T08:00:00+02:00", "line\nbreak", "two  spaces", "<b>&amp;</b>"),
    *("e\u0301", "\u05e9\u05dc\u05d5\u05dd", "\u200bzero", "\U0001f469\u200d\U0001f467", "x" * 2000),
    *([[], [[]], {}], [0, False, "", {}], {"": {"": []}}, {"b": 1, "a": 2}, [3, 1, 2, 1], {"id": "1", "status": "x"}),
)
"""Values to send, likewise; some that a comparison may take for equal follow each other.

Every number is one that a double holds: nobody promises more.
"""

KEYS = (
    *("id", "name", "status", "notes", "attributes", "conversation_id", "constructor", "length"),
    *("a.b", "a/b", "a[0]", "$set", "0", "-1", "null", "UPPER", "upper", "with blank", "", "\u043a\u043b\u044e\u0447"),
    *("e\u0301", "\u05e9\u05dc\u05d5\u05dd", "\U0001f3e0", "k" * 200),
)
"""Keys that look like a field, a path or a number, or are unusual otherwise."""

_doubles = st.floats(allow_nan=False, allow_infinity=False, width=64).filter(lambda number: abs(number) < 1e15)
_large = st.sampled_from([2**53, 2**53 + 2, 2**60, -(2**53), 10**15, 999_999_999_999_999])
_rare = st.sampled_from([each for each in VALUES if not isinstance(each, float)])

keys = st.sampled_from(KEYS) | texts(12)
values = st.one_of(json_values(), _rare, _large, _doubles)
objects = st.dictionaries(keys, values, min_size=1, max_size=4)


def after(vorel: Vorel, lead: Lead, sent: Any) -> list[Attributes]:
    """The attributes after an update of them, as the answer shows them and as they are read later."""
    return [attributes_of(vorel.update(lead, {"attributes": sent})), attributes_of(vorel.read_back(lead))]


def before(vorel: Vorel, lead: Lead) -> Attributes:
    """The attributes before an update."""
    return attributes_of(vorel.seen(lead))
