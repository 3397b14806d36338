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

from conformance.compare import instant, is_uuid
from conformance.exchange import Exchange
from conformance.witnesses.answers import made_by_target, said

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
    """A text that the suite made up: number `number` of the chain. `form` is how a call writes it: one of FORMS."""

    text: str
    number: int
    form: str = "whole"

    def forms(self) -> Iterator[MadeUp]:
        """This text as calls may write it."""
        for form, written in FORMS.items():
            if text := written(self.text):
                yield replace(self, text=text, form=form)

    def around(self) -> tuple[str, int, str]:
        """How it is renewed: what stays before and after so many of a run's ten digits."""
        if is_uuid(self.text):
            return "", 8, self.text[8:]
        digits, after = (8 if self.text.isdigit() else 9), f"{self.number:02}"
        before = "1" if self.text.isdigit() else "C" if self.text.isupper() else "c"
        return "" if self.form == "national" else before, digits, after[:-1] if self.form == "shorter" else after

    def renewed(self, run: str) -> str:
        """What takes its place when the chain is sent again; `run` tells that time from others: ten digits."""
        before, digits, after = self.around()
        return f"{before}{run[:digits]}{after}"


def numbered(texts: Sequence[str]) -> list[MadeUp]:
    """Made-up texts in the order in which they were made up."""
    return [MadeUp(text, number) for number, text in enumerate(dict.fromkeys(texts), 1)]


Piece = str | Answered | MadeUp

FORMS: Mapping[str, Callable[[str], str]] = {
    "national": lambda text: text[1:] if text.isdigit() else "",
    "shorter": lambda text: "" if is_uuid(text) else text[:-1],
    "upper": str.upper,
    "whole": str,
}
"""The ways in which a call writes a made-up text, phone numbers also without their country code; empty for none."""

WRITTEN: Mapping[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "quoted": lambda text: quote(text, safe="", errors="surrogatepass"),
    "upper": str.upper,
    "shorter": lambda text: text[:-1],
    "first part": lambda text: text.partition("-")[0] if is_uuid(text) else text,
}
"""The ways in which a call writes a text that an answer brought."""


class Chain:
    """The calls, and the pieces that their paths and bodies consist of."""

    def __init__(self, calls: Sequence[Exchange], made_up: Sequence[MadeUp] = ()) -> None:
        self.calls = tuple(calls)
        texts = [said(each.request) for each in self.calls]
        whole = "\n".join(texts)
        self.made_up = tuple(each for each in made_up if any(form.text in whole for form in each.forms()))
        self._known: dict[str, Piece] = {form.text: form for each in self.made_up for form in each.forms()}
        end = 0
        for at, (call, text) in enumerate(zip(self.calls, texts, strict=True)):
            end += len(text) + 1
            for answered in brought(call, at):
                self._add(answered, whole, end)
        forms = sorted(self._known, key=len, reverse=True)
        self._cut = re.compile("(" + "|".join(map(_alone, forms)) + ")") if forms else None

    def _add(self, answered: Answered, whole: str, end: int) -> None:
        """Know a text of an answer that no call has said up to the `end`, and that a later one says."""
        if answered.text in self._known or whole.find(answered.text, 0, end) >= 0:
            return
        for written, form in WRITTEN.items():
            text = form(answered.text)
            if text not in self._known and whole.find(text, end) >= 0:
                self._known[text] = Answered(answered.text, answered.call, answered.place, written)

    @property
    def answered(self) -> list[Answered]:
        """What later calls take from earlier answers, each once."""
        found = [each for each in self._known.values() if isinstance(each, Answered)]
        return list({(each.call, each.place): each for each in found}.values())

    def needed_by(self, call: Exchange) -> set[int]:
        """The numbers of the calls whose answers this one takes something from."""
        pieces = self.pieces(said(call.request))
        return {each.call for each in pieces if isinstance(each, Answered)}

    def pieces(self, text: str) -> list[Piece]:
        """A path or a body, cut where it names something that is made anew."""
        parts = self._cut.split(text) if self._cut else [text]
        return [self._known.get(part, part) for part in parts if part]


def _alone(text: str) -> str:
    pattern = re.escape(text)
    return pattern if len(text) >= _CLEAR else rf"(?<![\w.-]){pattern}(?![\w.-])"


def brought(exchange: Exchange, call: int) -> Iterator[Answered]:
    """The texts in the answer to call number `call` that later calls may take from it: ids, cursors and date-times."""
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
