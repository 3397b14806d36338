"""Values for the fields of a lead."""

from __future__ import annotations

from typing import Any

from conformance.vorel import Vorel
from conformance.vorel.attributes import STORED


def everything(vorel: Vorel) -> dict[str, Any]:
    """A value for each of the nine fields that can be set and updated."""
    return {
        "name": "Ada Lovelace",
        "email": vorel.email(),
        "phone": vorel.phone(),
        "intent": "buy",
        "timeline": "this month",
        "qualification_score": 40,
        "status": "qualified",
        "source": "website",
        "attributes": STORED,
    }


def everything_else(vorel: Vorel) -> dict[str, Any]:
    """Another value for each of them."""
    return {
        "name": f"Grace {vorel.token()}",
        "email": vorel.email(),
        "phone": vorel.phone(),
        "intent": "rent",
        "timeline": "next year",
        "qualification_score": 90,
        "status": "booked",
        "source": "fair",
        "attributes": {"bedrooms": 4, "area": None, "added": vorel.token()},
    }


def one_by_one(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """The same fields, each on its own."""
    return [{name: value} for name, value in fields.items()]


def text_of(size: int) -> str:
    """ASCII letters: in which unit other characters are counted is open (VO-21)."""
    return ("abcdefghijklmnopqrstuvwxyz" * (size // 26 + 1))[:size]


def digits_of(size: int) -> str:
    """What looks like a phone number."""
    return ("+" + "1234567890" * (size // 10 + 1))[:size]
