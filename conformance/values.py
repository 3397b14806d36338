"""Hypothesis strategies: what "any" stands for."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_WORDS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])

RARE_TEXTS = (
    "Zoë Núñez-O'Brien",
    "李小龙",
    "مرحبا بالعالم",
    "e\u0301 combining",
    "o\u0323\u0302 two marks",
    "👩\u200d👩\u200d👧\u200d👦",
    "𠮷野家 𝕏",
    "zero\u200bwidth",
    "right\u202eto\u202cleft",
    "no\u00a0break",
    "\ufb01 \u212b \u2460 \uff21",
    "İstanbul ıŞß",
    "A",
    "0",
    "007",
    "-1",
    "1e5",
    "3.0",
    "123456789012345",
    "9007199254740993",
    "12345678901234567890",
    "0.1",
    "2026-01-17",
    "null",
    "None",
    "undefined",
    "NaN",
    "true",
    "False",
    "[]",
    "email",
    '{"name": "x"}',
    "<b>&amp;</b>",
    'say "x" & y',
    "two  spaces",
    "\\u0041 \\n",
    "a/b?c=d#e%20f+g",
    "'; --",
    "{{x}} ${x} %s",
    "+13715552671",
    "john@example.com",
)
"""Texts that an implementation may mistake for something else, or keep in another form."""

LONG_TEXT = "Müller & Söhne 株式会社 " * 12 + "end"
"""A text that is longer than most, for fields without a documented limit: 243 characters, 363 bytes."""

RARE_NUMBERS = (0, -1, 2**31, 2**53 - 1, 2**53 + 1, -(2**63) - 1, 10**20, 0.5, -0.25, 1e300, 5e-324)
"""Numbers that an implementation may round, cut or take for nothing."""

RARE_KEYS = ("", " ", "id", "email", "a.b", "a b", "$set", "0", "Ünïcode", "x" * 100)
"""Keys that an implementation may mistake for something else, where any key may be sent."""


def _trimmed(text: str) -> str:
    """Without blanks at its ends, whoever defines what a blank is: some take U+FEFF for one."""
    return text.strip("\ufeff").strip().strip("\ufeff")


def fitting(longest: int) -> list[str]:
    """The rare texts that are not longer than `longest` ASCII characters would be."""
    return [each for each in RARE_TEXTS if len(each.encode("utf-16-le")) // 2 <= longest]


def texts(longest: int = 40) -> st.SearchStrategy[str]:
    """Texts without control characters, never blank, never longer than `longest` ASCII characters would be.

    Half of them are rare texts, the others are made up, of digits alone or of any characters.
    """
    rare = st.sampled_from(fitting(longest))
    numbers = st.text(st.sampled_from("0123456789"), min_size=1, max_size=min(longest, 20))
    free = st.text(_WORDS, min_size=1, max_size=longest // 2).map(_trimmed).filter(bool)
    return st.one_of(rare, rare, numbers, free)


NOBODYS_AREAS = tuple(f"{code}{last}" for code in ("37", "96") for last in range(10))
"""Area codes of North America that are set aside and assigned to no place."""

_NOBODYS_COUNTRIES = ("210", "384", "422", *(f"{code}{last}" for code in ("28", "83", "89") for last in range(10)))
"""Country codes that the ITU has assigned to nobody."""

NOBODYS = (*(f"1{area}" for area in NOBODYS_AREAS), *_NOBODYS_COUNTRIES, "69999", "999999")
"""How numbers begin, after the plus sign, that nobody can have.

A target may call the numbers of its leads. So all that the suite sends begin like this, or are too short to be dialled.
That a number is too long does not suffice: the digits that are too many are ignored where it is dialled.
"""

RARE_PHONES = (
    "+10",
    "+99",
    "+13715552671",
    "+137155526710000",
    "+999999999999999",
    "+100000000000000",
    "+493023125123",
)
"""E.164 numbers of the shortest and the longest permitted lengths, and of usual ones.

The last but one has an area code that cannot be; the last is one of those that Germany keeps for films.
"""


def phone_digits(shortest: int, longest: int) -> st.SearchStrategy[str]:
    """Digits of a number that nobody has, without a plus sign, of these lengths or as long as how it begins."""

    def going_on(begin: str) -> st.SearchStrategy[str]:
        least, most = (max(0, length - len(begin)) for length in (shortest, longest))
        return st.text(st.sampled_from("0123456789"), min_size=least, max_size=most).map(begin.__add__)

    return st.sampled_from(NOBODYS).flatmap(going_on)


def phones() -> st.SearchStrategy[str]:
    """E.164 numbers that nobody has, of every permitted length; the shortest and the longest are the likeliest."""
    digits = st.one_of(st.integers(10, 99).map(str), phone_digits(3, 15))
    return st.one_of(st.sampled_from(RARE_PHONES), digits.map("+{}".format))


PLAUSIBLE_STATUSES = (
    *("contacted", "active", "archived", "cancelled", "canceled", "completed", "confirmed", "disqualified", "done"),
    *("hot", "cold", "inactive", "in_progress", "interested", "nurturing", "pending", "rejected", "spam"),
    *("unqualified", "appointment", "scheduled", "viewing", "no_show", "closed_won", "closed_lost"),
)
"""Words that a developer might allow as one more status of a lead."""

NOT_EMAILS = (
    "plain",
    "@example.com",
    "user@",
    "@",
    "user example.com",
    "user@exa mple.com",
    "two words@example.com",
    "user@@example.com",
    "a@b@example.com",
    "https://example.com/user",
)
"""Texts that are plainly no e-mail addresses, whatever the strictness."""


def email_forms(token: str) -> tuple[str, ...]:
    """E-mail addresses in the forms that addresses take, each of them made one of a kind by the token."""
    return (
        f"first.last+{token}@example.com",
        f"first_last-{token}@mail.sub.example.org",
        f"a@{token}.example.net",
        f"{int(token, 16)}@123.example.com",
        f"conformance{token}".ljust(64, "x") + "@my-company.example.com",
    )


TIMEZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "UTC",
    "America/Argentina/Buenos_Aires",
    "America/Port-au-Prince",
    "Etc/GMT+5",
)
"""Names of the IANA time zone database, of every form that they take."""


def json_values(depth: int = 3) -> st.SearchStrategy[Any]:
    """JSON values without null: an object's null may mean more than a value. Numbers are integers that every
    reader of JSON keeps; keys are texts that may look like fields.
    """
    safe = [each for each in RARE_NUMBERS if isinstance(each, int) and abs(each) < 2**53]
    integers = st.one_of(st.sampled_from(safe), st.integers(-(2**53) + 1, 2**53 - 1))
    leaves = st.one_of(st.booleans(), integers, texts())
    keys = st.one_of(st.sampled_from(["id", "email", "null", "0", "a.b"]), texts(12))
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=depth * 2,
    )
