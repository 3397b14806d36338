"""Where in the bytes of a JSON text that stands what the sandbox does not read, though its form is right."""

from __future__ import annotations

import json
import re

import msgspec

_TOKENS = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[][{}]|([-0-9][-+.0-9eE]*)', re.DOTALL)
"""Texts, which are keys with a colon behind them, what opens and closes objects and arrays, and numbers."""


def place_of(body: bytes, deepest: int) -> int | None:
    """The first byte that is no UTF-8, of a number that cannot be kept, of what is nested deeper than `deepest`, or of
    a key that its object has named before; None where there is nothing of the kind.
    """
    for found in (_no_text(body), _number(body), _too_deep(body, deepest)):
        if found is not None:
            return found
    return _twin(body)


def _no_text(body: bytes) -> int | None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


def _number(body: bytes) -> int | None:
    for token in _TOKENS.finditer(body):
        try:
            msgspec.json.decode(token[3] or b"0")
        except msgspec.MsgspecError:
            return token.start()
    return None


def _too_deep(body: bytes, deepest: int) -> int | None:
    depth = 0
    for token in _TOKENS.finditer(body):
        depth += (token[0] in b"[{") - (token[0] in b"]}")
        if depth > deepest:
            return token.start()
    return None


def _twin(body: bytes) -> int | None:
    named: list[set[str]] = []
    for token in _TOKENS.finditer(body):
        if token[0] in b"[{":
            named.append(set())
        elif token[0] in b"]}":
            named.pop()
        elif token[2] is not None:
            key = json.loads(token[1])
            if key in named[-1]:
                return token.start()
            named[-1].add(key)
    return None
