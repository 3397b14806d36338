"""Hypothesis strategies: what "any" stands for."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_WORDS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])

TELLING_TEXTS = (
    "Zoë Núñez-O'Brien",
    "李小龙",
    "مرحبا بالعالم",
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
)
"""Texts that an implementation may mistake for something else."""


def _trimmed(text: str) -> str:
    """Without blanks at its ends, whoever defines what a blank is: some take U+FEFF for one."""
    return text.strip("\ufeff").strip().strip("\ufeff")


def texts(longest: int = 40) -> st.SearchStrategy[str]:
    """Texts without control characters, never blank, never longer than `longest` ASCII characters would be."""
    telling = [each for each in TELLING_TEXTS if len(each.encode("utf-16-le")) // 2 <= longest and each == each.strip()]
    free = st.text(_WORDS, min_size=1, max_size=longest // 2).map(_trimmed).filter(bool)
    return st.one_of(st.sampled_from(telling), free)


def ascii_texts(size: int) -> st.SearchStrategy[str]:
    """ASCII letters of exactly this length."""
    return st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=size, max_size=size)


def phones() -> st.SearchStrategy[str]:
    """E.164 numbers of every permitted length."""
    return st.from_regex(r"\A\+[1-9][0-9]{1,14}\Z")


NOT_EMAILS = ("plain", "@example.com", "user@", "user example.com", "user@exa mple.com", "user@@example.com")
"""Texts that are plainly no e-mail addresses, whatever the strictness."""

TIMEZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "UTC")


def json_values(depth: int = 3) -> st.SearchStrategy[Any]:
    """JSON values without null: an object's null may mean more than a value."""
    leaves = st.one_of(st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), texts())
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(12), inner, max_size=3),
        max_leaves=depth * 2,
    )
