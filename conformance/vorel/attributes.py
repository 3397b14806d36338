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

VALUES: tuple[Any, ...] = (4, 1, True, 0, False, "", "New Town", [], ["pool"], {}, {"min": 50}, [{"a": [1]}], "null")
"""Values to send, likewise; some that a comparison may take for equal follow each other."""

keys = texts(12)
values = json_values()
objects = st.dictionaries(keys, values, min_size=1, max_size=4)


def after(vorel: Vorel, lead: Lead, sent: Any) -> list[Attributes]:
    """The attributes after an update of them, as the answer shows them and as they are read later."""
    return [attributes_of(vorel.update(lead, {"attributes": sent})), attributes_of(vorel.read_back(lead))]


def before(vorel: Vorel, lead: Lead) -> Attributes:
    """The attributes before an update."""
    return attributes_of(vorel.seen(lead))
