"""A chain of calls that can be sent again: which texts in it are made anew each time.

Later calls name what earlier answers brought, such as the id of a new lead, and calls name what the suite made up,
such as an e-mail address that no other lead has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from conformance.answers import made_by_target, said
from conformance.compare import instant
from conformance.exchange import Exchange

_SHORTEST = 4
_CLEAR = 8
"""From this length on, a text is found inside of others too; a shorter one only where it stands alone."""

Place = tuple[str | int, ...]
"""The way to a value in a JSON document: members and indices."""


@dataclass(frozen=True)
class Answered:
    """A text that the answer to call number `call` brought at a place. `written` turns it into what a call says."""

    text: str
    call: int
    place: Place
    written: str = "plain"

    def of(self, value: str) -> str:
        """What stands for this text in a call, once the answer has brought another value."""
        return WRITTEN[self.written](value)


@dataclass(frozen=True)
class MadeUp:
    """A text that the suite made up: number `number` of the chain."""

    text: str
    number: int
    initial: str = "c"

    @property
    def is_phone(self) -> bool:
        """Whether it is a phone number: digits, where a token has letters."""
        return self.text.isdigit()

    def renewed(self, run: str) -> str:
        """What takes its place when the chain is sent again; `run` tells that time from others: ten digits."""
        return f"1{run[:8]}{self.number:02}" if self.is_phone else f"{self.initial}{run[:9]}{self.number:02}"


Piece = str | Answered | MadeUp

WRITTEN: Mapping[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "quoted": lambda text: quote(text, safe=""),
    "upper": str.upper,
    "shorter": lambda text: text[:-1],
}
"""The ways in which a call writes a text that an answer brought."""


class Chain:
    """The calls, and the pieces that their paths and bodies consist of."""

    def __init__(self, calls: Sequence[Exchange], made_up: Sequence[str] = ()) -> None:
        self.calls = tuple(calls)
        texts = [said(each.request) for each in self.calls]
        self.made_up = tuple(
            MadeUp(text, number)
            for number, text in enumerate(dict.fromkeys(made_up), 1)
            if any(text.lower() in each.lower() for each in texts)
        )
        self._known: dict[str, Piece] = {each.text: each for each in self.made_up}
        self._known |= {each.text.upper(): replace(each, initial="C") for each in self.made_up if not each.is_phone}
        for at, call in enumerate(self.calls):
            for answered in _answered(call, at):
                self._add(answered, texts[: at + 1], texts[at + 1 :])

    @property
    def answered(self) -> list[Answered]:
        """What later calls take from earlier answers, each once."""
        found = [each for each in self._known.values() if isinstance(each, Answered)]
        return list({(each.call, each.place): each for each in found}.values())

    def needed_by(self, call: Exchange) -> set[int]:
        """The numbers of the calls whose answers this one takes something from."""
        pieces = self.pieces(said(call.request))
        return {each.call for each in pieces if isinstance(each, Answered)}

    def _add(self, answered: Answered, earlier: Sequence[str], later: Sequence[str]) -> None:
        if any(answered.text in each for each in earlier):
            return
        for written, form in WRITTEN.items():
            text = form(answered.text)
            if text not in self._known and any(text in each for each in later):
                self._known[text] = Answered(answered.text, answered.call, answered.place, written)

    def pieces(self, text: str) -> list[Piece]:
        """A path or a body, cut where it names something that is made anew."""
        if not self._known:
            return [text]
        found: list[Piece] = []
        for part in self._cut().split(text):
            if part:
                found.append(self._known.get(part, part))
        return found

    def _cut(self) -> re.Pattern[str]:
        forms = sorted(self._known, key=len, reverse=True)
        return re.compile("(" + "|".join(_alone(form) for form in forms) + ")")


def _alone(text: str) -> str:
    pattern = re.escape(text)
    return pattern if len(text) >= _CLEAR else rf"(?<![\w.-]){pattern}(?![\w.-])"


def _answered(exchange: Exchange, call: int) -> Iterator[Answered]:
    try:
        answer = json.loads(exchange.response.shown)
    except (ValueError, RecursionError):
        return
    for place, text in _texts(answer, ()):
        name = next((str(each) for each in reversed(place) if isinstance(each, str)), "")
        if len(text) >= _SHORTEST and (made_by_target(text, name) or instant(text) is not None):
            yield Answered(text, call, place)


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, (*place, name))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _texts(each, (*place, at))
