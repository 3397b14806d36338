"""Phone numbers on either side of the documented pattern, the same for creating and updating."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from conformance.aura import Aura, Lead, shows
from conformance.exchange import Exchange
from conformance.target import expect_refusal
from conformance.values import phone_digits

Attempt = Callable[[str], Exchange]
"""Sends a phone number in an otherwise good request."""

_digits = st.text(st.sampled_from("0123456789"), min_size=8, max_size=11)
_numbers = phone_digits(9, 14)


@dataclass(frozen=True)
class Numbers:
    """Numbers of one kind: some that are always tried, and a strategy for more."""

    always: tuple[str, ...]
    strategy: st.SearchStrategy[str]


def _with_one_of(characters: str) -> st.SearchStrategy[str]:
    """Numbers with one of the characters among their digits."""
    return st.tuples(_digits, st.sampled_from(characters), st.integers(1, 8)).map(
        lambda parts: f"+137{parts[0][: parts[2]]}{parts[1]}{parts[0][parts[2] :]}"
    )


WITHOUT_PLUS = Numbers(("13715552671", "0013715552671", "", " "), _numbers)
WITH_SEPARATORS = Numbers(
    ("+1 371 555 2671", "+1-371-555-2671", "+1 3715552671", "+1-3715552671", "+13715552671 ", " +13715552671"),
    _with_one_of(" -"),
)
LEADING_ZERO = Numbers(("+013715552671", "+00", "+01", "+013712345678901"), _numbers.map("+0{}".format))
OTHER_CHARACTERS = Numbers(
    (
        "+13715552671\n",
        "+1371555267x",
        "+1(371)5552671",
        "++13715552671",
        "+",
        "+1371555267\u0661",
        "+13715552671x12",
        "+1371555267\uff11",
    ),
    _with_one_of("x().#/ab\n\u0663\uff11"),
)
_ONE = tuple(f"+{digit}" for digit in range(1, 10))
ONE_DIGIT = Numbers(_ONE, st.sampled_from(_ONE))
TWO_DIGITS = Numbers(("+10", "+11", "+50", "+99"), st.integers(10, 99).map(lambda number: f"+{number}"))
FIFTEEN_DIGITS = Numbers(
    ("+137155526710000", "+100000000000000", "+999999999999999"),
    phone_digits(15, 15).map("+{}".format),
)
SIXTEEN_DIGITS = Numbers(
    ("+1371555267100000", "+1000000000000000", "+9999999999999999", "+4930231251230000"),
    phone_digits(16, 16).map("+{}".format),
)


def refused(aura: Aura, numbers: Numbers, attempt: Attempt) -> None:
    """Every one of the numbers is refused."""
    aura.for_any(
        numbers.strategy,
        lambda number: expect_refusal(attempt(number), f"phone {number!r}"),
        always=numbers.always,
    )


def accepted(aura: Aura, numbers: Numbers, attempt: Callable[[str], Lead]) -> None:
    """Every one of the numbers is accepted and stored as it is."""
    aura.for_any(numbers.strategy, lambda number: shows(attempt(number), phone=number), always=numbers.always)
