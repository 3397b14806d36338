"""Values that only rarely matter: what one implementation in many mistakes, cuts, rounds or loses."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

RARE_TEXTS = (
    "x",
    "0",
    "007",
    "1.0",
    "1e3",
    "-0",
    "9007199254740993",
    "123456789012345",
    "null",
    "undefined",
    "NaN",
    "false",
    "[]",
    "{}",
    "2026-01-17",
    "Zoë",
    "e\u0301 e",
    "\u0041\u030a",
    "ﬁ ß ſ İ",
    "李小龙",
    "𠮷野家",
    "😀😀😀😀",
    "a\u200bb",
    "a\u00a0b",
    "שלום x",
    "a\u202eb\u202c",
    "%s %00 ${x}",
    "a\\b/c",
    "a+b&c=d",
    "'\"`",
    "<i>&lt;",
    "a,b;c|d",
)
"""Each is at most 32 bytes in UTF-8, without blanks at its ends and without control characters."""

RARE_KEYS = (
    "bedrooms",
    "area",
    "",
    "id",
    "status",
    "email",
    "attributes",
    "updated_at",
    "constructor",
    "length",
    "0",
    "a.b",
    "$set",
    "BEDROOMS",
    "é",
    "e\u0301",
    "😀",
)
"""Keys of a free-form object, among them some that look like fields and some that differ in little."""

RARE_NUMBERS = (0, 1, -1, 2**31, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63, 0.1, -2.5, 1e21, 1.5e-9)

LONG_TEXT = "All work and no play makes Jack a dull boy. " * 23 + "The end"
"""About a thousand characters."""


def texts() -> st.SearchStrategy[str]:
    """Short texts that are seldom tried."""
    return st.sampled_from(RARE_TEXTS)


def json_values() -> st.SearchStrategy[Any]:
    """Values of a free-form object, none of them null, though there may be nulls inside."""
    plain = st.sampled_from((True, False, "", LONG_TEXT, [], {})) | st.sampled_from(RARE_NUMBERS) | texts()
    inner = plain | st.none()
    keys = st.sampled_from(RARE_KEYS)
    return plain | st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2)


def readings(value: Any) -> tuple[Any, ...]:
    """What a JSON value may come back as: whole numbers from 2^53 on may be rounded, as RFC 8259 (6) warns."""
    rounded = _rounded(value)
    return (value,) if rounded == value else (value, rounded)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if whole and abs(value) > 2**53 else value
