"""What a client was seen to do: the call that met the situation, and the calls that followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mock_server.body import decode
from mock_server.errors import MalformedBody
from mock_server.journal import Exchange

if TYPE_CHECKING:
    from mock_server.call import Call

KEPT, BROKEN, OPEN, UNSEEN = "kept", "broken", "open", "not judged"
"""What is found of a rule: open is what the client can still do, not judged what the sandbox cannot see."""

WRITES = ("create_lead", "update_lead")
READS = ("get_lead", "list_leads")
_IDENTIFIERS = ("id", "email", "phone", "conversation_id")


@dataclass(frozen=True)
class Finding:
    """What is found of one rule, why, and the ids of the exchanges that show it."""

    outcome: str
    detail: str
    exchanges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """An exchange, and when it was: in seconds of a clock that nobody moves."""

    exchange: Exchange
    when: float

    @property
    def succeeded(self) -> bool:
        return 200 <= self.exchange.decided < 300

    @property
    def body(self) -> dict[str, Any]:
        """The members of the request's body; none where it is no JSON object, or none that the sandbox reads."""
        try:
            body = decode(self.exchange.request_body)
        except MalformedBody:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def subject(self) -> tuple[Any, ...]:
        """What the call wants and of which lead: equal for a call that is sent again, also with other values."""
        exchange = self.exchange
        named: tuple[Any, ...] = ()
        if exchange.operation_id in WRITES and (exchange.api == "octanist" or exchange.operation_id == "create_lead"):
            body = self.body
            found = tuple((name, str(body[name])) for name in _IDENTIFIERS if body.get(name))
            named = found or (exchange.request_body,)
        return exchange.operation_id, exchange.method, exchange.target, named

    def header(self, name: bytes) -> str:
        """A header of the answer; empty where it has none of that name."""
        return dict(self.exchange.response_headers).get(name, b"").decode("latin-1")

    def __str__(self) -> str:
        return f"{self.exchange.operation_id or self.exchange.method} ({self.exchange.decided})"


@dataclass
class Story:
    """The call that met the situation, with its exchange, and what the client did after it, oldest first."""

    call: Call
    met: Seen
    after: list[Seen] = field(default_factory=list)

    def again(self) -> Iterator[Seen]:
        """The later calls that want the same of the same lead."""
        return (each for each in self.after if each.subject == self.met.subject)
