"""Values for the fields of a lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.values import RARE_TEXTS
from conformance.vorel import STATUSES, Vorel
from conformance.vorel.attributes import STORED

_FURTHER_TEXTS = (
    "007",
    "1e3",
    "1.50",
    "2026-01-17",
    "undefined",
    "zero\u200bwidth",
    "100 % + 1",
    "C:\\new\\table",
    "$name ${name} {{name}}",
    "\U00020bb7\u91ce\u5bb6",
    "name",
)
"""Texts that look like something else to code that reads lists, numbers, dates, addresses or templates."""


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


def rare_texts(longest: int) -> list[str]:
    """Texts that an implementation may mistake, no longer than that in any unit that characters are counted in."""
    return [text for text in (*RARE_TEXTS, *_FURTHER_TEXTS) if len(text.encode()) <= longest and text == text.strip()]


def statuses_in_every_order() -> Iterator[str]:
    """Each status after each other one, once; the first of them follows `new`, which is the last."""
    at = 0
    for step in range(1, len(STATUSES)):  # five is a prime: each step leads round once, and back to the start
        for _ in STATUSES:
            at = (at + step) % len(STATUSES)
            yield STATUSES[at]


def neighbour_of(id: str) -> str:
    """The UUID next to this one, which differs in the last digit."""
    return id[:-1] + ("0" if id[-1] != "0" else "1")


def text_of(size: int) -> str:
    """ASCII letters: in which unit other characters are counted is open (VO-21)."""
    return ("abcdefghijklmnopqrstuvwxyz" * (size // 26 + 1))[:size]


def spaced_text_of(size: int) -> str:
    """Words of ASCII digits and signs, no blank at either end."""
    return "".join("-" if at % 7 == 3 else " " if at % 7 == 5 and at < size - 1 else str(at % 10) for at in range(size))


def digits_of(size: int) -> str:
    """What looks like a phone number, of four characters or more; one that nobody has."""
    return ("+137" + "1234567890" * (size // 10 + 1))[:size]
