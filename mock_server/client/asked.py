"""A control call before it is sent: what it asks, and how its answer is read. It knows no connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import methodcaller
from typing import Any, Generic, TypeVar

import httpx
import msgspec

T = TypeVar("T")


class SandboxError(Exception):
    """The sandbox refused a control call, or did not answer. The text is the sandbox's own sentence.

    `status` is that of the answer, 0 where there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


HIDDEN = methodcaller("errisinstance", SandboxError)
"""Whether pytest leaves our frames out: it shows the line of the test that asked, not how the question was sent."""

__tracebackhide__ = HIDDEN


@dataclass(frozen=True)
class Asked(Generic[T]):
    """A control call that is yet to be sent: what to send, and how its answer is read.

    `member` is the member of the answer that is wanted; empty for the whole of it.
    """

    method: str
    path: str
    answer: Any
    member: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    accept: str = "application/json"

    def options(self) -> dict[str, Any]:
        """The arguments of httpx's `request` and `stream`; what is None is left out.

        Raises SandboxError where the body is nothing that JSON can say.
        """
        query = {name: value for name, value in self.query.items() if value is not None}
        headers, content = {"Accept": self.accept}, {}
        if self.body is not None:
            headers["Content-Type"] = "application/json"
            content["content"] = _written(self.body)
        return {
            "method": self.method,
            "url": f"/_sandbox/{self.path}",
            "params": query,
            "headers": headers,
            **content,
        }

    def read(self, response: httpx.Response) -> T:
        """What the sandbox answered. Raises SandboxError where it refused."""
        if not response.is_success:
            raise refusal(response)
        try:
            answer = msgspec.json.decode(response.content)
            found: T = msgspec.convert(answer[self.member] if self.member else answer, type=self.answer)
        except (msgspec.MsgspecError, RecursionError, KeyError, TypeError) as error:
            raise SandboxError(f"{response.url} answered what no sandbox of this version does: {error}") from None
        return found


def _written(body: Any) -> str:
    try:
        return json.dumps(body, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise SandboxError(f"the call cannot be written as JSON: {error}") from None


def given(**values: Any) -> dict[str, Any]:
    """The members that were given."""
    return {name: value for name, value in values.items() if value is not None}


def refusal(response: httpx.Response) -> SandboxError:
    """The sandbox's own sentence, or that something else must have answered."""
    try:
        sentence = response.json()["error"]
    except (ValueError, RecursionError, KeyError, TypeError):
        sentence = f"{response.url} answered {response.status_code}; is it a sandbox?"
    return SandboxError(str(sentence), response.status_code)


def silence(error: httpx.HTTPError) -> SandboxError:
    """That nothing answered, or what did hung up."""
    return SandboxError(f"the sandbox does not answer: {error or type(error).__name__}")
