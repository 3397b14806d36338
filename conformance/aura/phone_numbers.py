"""Phone numbers on either side of the documented pattern, the same for creating and updating."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from conformance.aura import Aura, Lead, shows
from conformance.exchange import Exchange
from conformance.target import expect_refusal

Attempt = Callable[[str], Exchange]
"""Sends a phone number in an otherwise good request."""

_digits = st.text(st.sampled_from("0123456789"), min_size=8, max_size=13)

WITHOUT_PLUS = _digits.map(lambda digits: "1" + digits)
WITH_SEPARATORS = st.tuples(_digits, st.sampled_from([" ", "-"]), st.integers(1, 7)).map(
    lambda parts: f"+1{parts[0][: parts[2]]}{parts[1]}{parts[0][parts[2] :]}"
)
LEADING_ZERO = _digits.map(lambda digits: "+0" + digits)
OTHER_CHARACTERS = st.one_of(
    st.tuples(_digits, st.sampled_from("x().#/ab\n\u0663\uff11"), st.integers(1, 8)).map(
        lambda parts: f"+1{parts[0][: parts[2]]}{parts[1]}{parts[0][parts[2] :]}"
    ),
    st.sampled_from(["+14155552671\n", "\n+14155552671", "++14155552671", "+", "+1415555267x", "+1415555267\u0661"]),
)
ONE_DIGIT = st.sampled_from([f"+{digit}" for digit in range(1, 10)])
TWO_DIGITS = st.integers(10, 99).map(lambda number: f"+{number}")
FIFTEEN_DIGITS = st.integers(10**14, 10**15 - 1).map(lambda number: f"+{number}")
SIXTEEN_DIGITS = st.integers(10**15, 10**16 - 1).map(lambda number: f"+{number}")


def refused(aura: Aura, numbers: st.SearchStrategy[str], attempt: Attempt) -> None:
    """Every one of the numbers is refused."""
    aura.for_any(numbers, lambda number: expect_refusal(attempt(number), f"phone {number!r}"))


def accepted(aura: Aura, numbers: st.SearchStrategy[str], attempt: Callable[[str], Lead]) -> None:
    """Every one of the numbers is accepted and stored as it is."""
    aura.for_any(numbers, lambda number: shows(attempt(number), phone=number))
