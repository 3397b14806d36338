"""What "any" stands for in Octanist: values that are seldom tried, and that an implementation may stumble over."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.values import PLAUSIBLE_STATUSES

CENTS = st.integers(1, 10**8).map(lambda cents: cents / 100)
WHOLE = st.one_of(st.integers(1, 10**6), st.integers(2**31 - 2, 2**31 + 2), st.integers(2**32, 2**53))

NUMBERS = (5000, 99.95, 0.5, 1, 0.01, 999_999, 1_000_000.25, 2**31, 2**32 + 1, 2**53)
"""Values of a lead: prices, the smallest, and such as need more than 32 bits or all that a float has."""

SPELT_NUMBERS = (
    "5000",
    "12.5",
    "0",
    "99.95",
    "0.01",
    "1000000",
    "10.50",
    "9",
    "1234567890",
    "2147483648",
    "123456789012345",
    "1234567.89",
)

ODDLY_SPELT = {
    "-12.5": -12.5,
    "007": 7,
    "0100": 100,
    "0050.10": 50.1,
    "000000000000001": 1,
    "+5": 5,
    " 42 ": 42,
    ".5": 0.5,
    "5.": 5,
}
"""Numbers that may be refused or left alone (OC-13), but never taken for another number or kept as texts."""

NO_STATUSES: tuple[Any, ...] = (
    *("open", "closed", "new", "", "disqualified", "qualified,won", "wonderful", "w\u043en", 1, True, ["won"]),
    *(each for each in PLAUSIBLE_STATUSES if each not in ("closed_won", "closed_lost")),
)
NEARLY_STATUSES = {"WON": "won", "Lost": "lost", " qualified ": "qualified", "win": "won"}
"""What may be refused, left alone, or taken for the status that was meant (OC-11)."""

LONG_TEXT = "Called back, wants a demo of everything. " * 7 + "Call again."

TEXTS = (
    "Zoë Núñez-O'Brien",
    "李小龙 𠮷野家",
    "e\u0301 combining",
    "👩\u200d👩\u200d👧\u200d👦",
    "null",
    "0",
    "true",
    '{"name": "x"}',
    "<b>&amp;</b>",
    "two  spaces",
    "\\u0041 \\n",
    "'; --",
    "status",
    "9007199254740993",
    "0012",
    'don\'t "quote" 100%',
    "zero\u200bwidth",
    "\u202bعربي\u202c",
    "İstanbul ıŞß",
    LONG_TEXT,
)
"""Texts that are often changed on their way: other planes, scripts and directions, quotes, markup, digits, lengths."""


def odd_emails(token: str) -> list[str]:
    """E-mail addresses of unusual but valid forms."""
    return [
        f"first.last+{token}@mail.example.com",
        f"o'brien_{token}@example.com",
        f"{int(token, 16)}@example.com",
        f"{token}-{'long' * 10}-{token}"[:64] + "@a-rather-long-domain-name.example.com",
        f"{token}%off@sub.sub.example.org",
    ]


def odd_phones(digits: str) -> list[str]:
    """Numbers of other lengths; country code 999 belongs to nobody."""
    return [f"+999{digits[:12]}", f"+999{digits[:5]}", f"+999000{digits[:6]}"]
