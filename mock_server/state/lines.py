"""Where in a JSON text a value stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

# Numbers stay text: Python refuses to read some that JSON allows.
_value = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
_space = re.compile(r"[ \t\n\r]*").match


def line_of(text: str, place: str) -> int:
    """The line where the deepest value begins that `place` names: keys and indices with dots between them.

    `text` is JSON. Where keys have dots in them, too, the longest that fits counts.
    """
    at = _past_space(text, 0)
    while place:
        fitting = [(name, begins) for name, begins in _members(text, at) if f"{place}.".startswith(f"{name}.")]
        if not fitting:
            break
        name, at = max(fitting, key=lambda each: len(each[0]))
        place = place[len(name) + 1 :]
    return text.count("\n", 0, at) + 1


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The keys, or indices, of the object or array that begins at `at`, each with where its value begins."""
    opening, number = text[at], 0
    if opening not in "{[":
        return
    at = _past_space(text, at + 1)
    while text[at] not in "}]":
        name = str(number)
        if opening == "{":
            name, at = _value(text, at)
            at = _past_space(text, _past_space(text, at) + 1)
        yield name, at
        at = _past_space(text, _value(text, at)[1])
        if text[at] == ",":
            at = _past_space(text, at + 1)
        number += 1


def _past_space(text: str, at: int) -> int:
    found = _space(text, at)
    assert found is not None, "it matches nothing, too"
    return found.end()
