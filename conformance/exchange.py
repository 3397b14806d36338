"""One request and its answer, as they may be shown: without secrets."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_LONGEST = 4000


class NotJson:
    """Stands for a body that is not JSON."""

    def __repr__(self) -> str:
        return "no JSON"


NOT_JSON = NotJson()


@dataclass(frozen=True)
class Request:
    """A request. `base` names the shell variable that holds the target's base URL; a credential in the headers
    is written as the shell variable that holds it, such as ``Bearer $AURA_FULL``.
    """

    method: str
    base: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "url": f"${self.base}{self.path}",
            "headers": dict(self.headers),
            "body": None if self.body is None else shown(self.body),
        }

    def curl(self) -> str:
        """The request as a line for a shell in which the variables are set."""
        words = ["curl", "-sS", "-i", "-X", self.method, f'"${self.base}"' + shlex.quote(self.path)]
        for name, value in self.headers.items():
            words += ["-H", _quoted(f"{name}: {value}")]
        if self.body is not None:
            words += ["--data-raw", shlex.quote(self.body.decode("utf-8", "replace"))]
        return " ".join(words)


@dataclass(frozen=True)
class Response:
    """An answer. `body` is what came, for judging; `shown` is what may be shown, with the secrets replaced."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    shown: bytes = b""

    @property
    def json(self) -> Any:
        """The JSON value of the body, or NOT_JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return NOT_JSON

    def as_json(self) -> dict[str, Any]:
        return {"status": self.status, "headers": dict(self.headers), "body": shown(self.shown)}


@dataclass(frozen=True)
class Exchange:
    """A request to an operation, and the answer. `operation_id` is empty where no documented operation is meant.

    `started` is in seconds since 1970, `seconds` how long the answer took, waits for a rate limit among them.
    """

    operation_id: str
    request: Request
    response: Response
    started: float = 0.0
    seconds: float = 0.0

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def json(self) -> Any:
        return self.response.json

    def curl(self) -> str:
        return self.request.curl()

    def as_json(self) -> dict[str, Any]:
        return {
            "operation": self.operation_id,
            "request": self.request.as_json(),
            "response": self.response.as_json(),
        }


def shown(body: bytes) -> str:
    """A body as text for people: cut where it is very long, and nothing in it that steers a terminal."""
    text = visible(body.decode("utf-8", "replace"))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(body)} bytes)"


def visible(text: str) -> str:
    """The text with its control characters written out."""
    return "".join(each if each.isprintable() or each in "\n\t" else f"\\u{ord(each):04x}" for each in text)


def _quoted(text: str) -> str:
    """Quoted so that a shell still fills in the variables of credentials."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`")
    return f'"{escaped}"'
