"""Reading a request body: how much of it, and what JSON is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.types import Receive

from mock_server.errors import MalformedBody, TooLarge, WrongMediaType

LIMIT = 1024 * 1024
"""The largest body that a documented API reads, in bytes."""

DEEPEST = 100
"""How deep arrays and objects may be nested."""

_decode = msgspec.json.Decoder().decode
_BYTE = re.compile(r"\(byte (\d+)\)$")


class Disconnected(Exception):
    """The client has gone before its request was complete."""


async def read(headers: Mapping[bytes, bytes], receive: Receive, largest: int = LIMIT) -> bytes:
    """The whole body. Raises TooLarge as soon as it is known to have more than `largest` bytes, before any or all of it
    is read.
    """
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and (len(declared) > 15 or int(declared) > largest):
        raise TooLarge(f"The body is larger than {largest} bytes.")
    message = await receive()
    body = bytearray(message.get("body", b""))
    while message.get("more_body") and len(body) <= largest:
        message = await receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise Disconnected
    if len(body) > largest:
        raise TooLarge(f"The body is larger than {largest} bytes.")
    return bytes(body)


def parse(body: bytes, content_type: bytes | None) -> Any:
    """The JSON value in a body.

    Raises WrongMediaType where the body is not declared as JSON, and MalformedBody where `decode` does not take it.
    """
    if not body:
        raise MalformedBody("The body is empty; a JSON object is expected.")
    if content_type != b"application/json" and not _is_json(content_type):
        raise WrongMediaType("The Content-Type of the body must be application/json.")
    return decode(body)


def decode(body: bytes, deepest: int = DEEPEST) -> Any:
    """The value that JSON stands for.

    Raises MalformedBody where it is not JSON in UTF-8, names a key twice, holds a number that cannot be kept, or is
    nested deeper than `deepest`.
    """
    try:
        value = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        at = _at(body, error)
        raise MalformedBody(f"The body is not valid JSON{_where(body, at)}.", at) from None
    except RecursionError:
        raise MalformedBody("The body is nested too deeply.") from None
    # Every member of an object needs a colon. As many members as colons: no key can have been named twice.
    if _members(value, deepest) != body.count(b":"):
        json.loads(body, object_pairs_hook=_refuse_twins)
    return value


def _at(body: bytes, error: Exception) -> int | None:
    """The byte that an error speaks of, which may be the end; None where it speaks of none."""
    if str(error) == "Input data was truncated":
        return len(body)
    found = _BYTE.search(str(error))
    return int(found[1]) if found else None


def _where(body: bytes, at: int | None) -> str:
    """The place of a byte, for people; nothing where there is none, or only the end."""
    if at is None or at == len(body):
        return ""
    before = body[:at]
    return f": line {before.count(10) + 1}, column {len(before) - before.rfind(10)}"


def _is_json(content_type: bytes | None) -> bool:
    return content_type is not None and content_type.partition(b";")[0].strip().lower() == b"application/json"


def _members(value: Any, depth: int) -> int:
    """How many members all objects in `value` have together."""
    if not isinstance(value, (dict, list)):
        return 0
    if not depth:
        raise MalformedBody("The body is nested too deeply.")
    if isinstance(value, dict):
        return len(value) + sum(_members(each, depth - 1) for each in value.values() if isinstance(each, (dict, list)))
    return sum(_members(each, depth - 1) for each in value if isinstance(each, (dict, list)))


def _refuse_twins(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise MalformedBody("The body names a key twice in one object.")
