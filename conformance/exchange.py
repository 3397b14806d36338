"""One request and its answer, as they may be shown: without secrets."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
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
        """The request whole: a body that is no UTF-8 is also there as it is, in base64."""
        body = self.body if self.body is not None else b""
        return {
            "method": self.method,
            "url": f"${self.base}{self.path}",
            "headers": dict(self.headers),
            "body": None if self.body is None else body.decode("utf-8", "replace"),
            **({} if _is_utf8(body) else {"body_base64": b64encode(body).decode()}),
        }

    @classmethod
    def of_json(cls, value: Any) -> Request:
        """The request that was written so. Raises KeyError, TypeError or ValueError for anything else."""
        variable = re.match(r"\$([A-Z]+_URL)", value["url"])
        if variable is None:
            raise ValueError("the url of a request begins with a variable")
        body = b64decode(value["body_base64"]) if "body_base64" in value else value["body"]
        return cls(
            str(value["method"]),
            variable[1],
            value["url"][variable.end() :],
            {str(name): str(each) for name, each in value["headers"].items()},
            body.encode() if isinstance(body, str) else body,
        )


def is_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer is a page for people, such as a gateway or a login sends."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return body.lstrip().startswith(b"<") and not kind.endswith("json")


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
        return {
            "status": self.status,
            "headers": dict(self.headers),
            "body": self.shown.decode("utf-8", "replace"),
        }

    @classmethod
    def of_json(cls, value: Any) -> Response:
        """The answer that was written so. Raises KeyError, TypeError or ValueError for anything else."""
        body = value["body"].encode()
        return cls(int(value["status"]), dict(value["headers"]), body, body)


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
    def at(self) -> float:
        """When the answer came, in seconds since 1970."""
        return self.started + self.seconds

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def json(self) -> Any:
        return self.response.json

    def as_json(self) -> dict[str, Any]:
        return {
            "operation": self.operation_id,
            "at": round(self.at, 3),
            "request": self.request.as_json(),
            "response": self.response.as_json(),
        }

    @classmethod
    def of_json(cls, value: Any) -> Exchange:
        """The exchange that was written so. Raises KeyError, TypeError or ValueError for anything else."""
        request, response = Request.of_json(value["request"]), Response.of_json(value["response"])
        return cls(str(value["operation"]), request, response, float(value["at"]))


def shown(body: bytes) -> str:
    """A body as text for people: cut where it is very long, and nothing in it that steers a terminal."""
    text = visible(body.decode("utf-8", "replace"))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(body)} bytes)"


def visible(text: str) -> str:
    """The text with its control characters written out."""
    return "".join(each if each.isprintable() or each in "\n\t" else f"\\u{ord(each):04x}" for each in text)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
