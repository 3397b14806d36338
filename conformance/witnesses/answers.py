"""Where two answers to the same call, sent at different times, do not say the same.

What is made anew each time may differ, but not how it hangs together: where the old answer shows the id of an
earlier answer again, the new one has to show the new id, and where a date-time stood still, it has to stand still.
Leads of a list that no call of the chain is about are nobody's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from conformance.compare import instant, is_uuid, precision, same_json
from conformance.exchange import NOT_JSON, Exchange, Request

_IDENTIFIER = re.compile(r"(^i|_i|[a-z]I)d$|(^|_)cursor$")

OF_TIME = " (time)"
"""The end of a place at which only times differ."""

_JUST_NOW = 120.0
"""Seconds between an answer and a date-time in it that is the time of the call."""

_NO_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
"""How a date-time begins that says no instant, because it lacks its offset, for example."""

_A_WHILE = 5.0
"""Seconds that calls in a row do not take."""

_A_MOMENT = 0.002
"""Seconds within which two calls may see the same time."""


class Comparison:
    """Compares the answers to a chain of calls with those that it got before, call by call, in their order."""

    def __init__(self, renewed: Callable[[str], str], *, whole: bool = False) -> None:
        """`renewed` puts the new made-up texts into a text in the place of the old ones.

        Unless they are to be compared whole, lists may differ in leads that the chain is not about.
        """
        self._always_whole = whole
        self._renewed = renewed
        self._new: dict[str, str] = {}
        self._old: dict[str, str] = {}
        self._said: tuple[list[str], list[str]] = ([], [])
        self._shown: dict[str, tuple[str, str, float, float]] = {}

    def differences(self, old: Exchange, new: Exchange) -> frozenset[str]:
        """The places at which the new answer says something else than the old one; empty where there are none."""
        self._at = (old.at, new.at)
        self._said[0].append(said(old.request))
        self._said[1].append(said(new.request))
        before = dict(self._new), dict(self._old), dict(self._shown)
        self._whole = True
        found = self._differences(old, new)
        if found and not self._always_whole:
            self._new, self._old, self._shown = before
            self._whole = False
            found = self._differences(old, new)
        return found

    def _differences(self, old: Exchange, new: Exchange) -> frozenset[str]:
        if old.status != new.status:
            return frozenset({"status"})
        if _media_type(old) != _media_type(new):
            return frozenset({"content type"})
        if old.json is NOT_JSON or new.json is NOT_JSON:
            return frozenset() if self._renewed(_text(old)) == _text(new) else frozenset({"body"})
        return frozenset(self._in(old.json, new.json, "", "", ""))

    def renewed(self, text: str) -> str:
        """An old text with everything that was made anew put in its place."""
        for old in sorted(self._new, key=len, reverse=True):
            text = text.replace(old, self._new[old])
        return self._renewed(text)

    def _in(self, old: Any, new: Any, name: str, place: str, owner: str) -> Iterator[str]:
        """`owner` is the id of the object around the values, or else the way to them."""
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self._in_objects(old, new, place, owner)
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._in_lists(old, new, name, place, owner)
        elif isinstance(old, str) and isinstance(new, str):
            if not self._same_texts(old, new, name, owner):
                yield place + (OF_TIME if instant(old) and instant(new) else "")
        elif not same_json(old, new) and not (_is_now(old, self._at[0]) and _is_now(new, self._at[1])):
            yield place

    def _in_objects(self, old: dict[str, Any], new: dict[str, Any], place: str, owner: str) -> Iterator[str]:
        if isinstance(old.get("id"), str):
            owner = old["id"]
        names = {name: self._renewed(name) for name in old}
        if self._strangers(old, 0) or self._strangers(new, 1):
            # The rest of a page counts leads that are not the chain's.
            names = {name: each for name, each in names.items() if isinstance(old[name], list)}
        else:
            yield from (f"{place}/{name}" for name in new.keys() - set(names.values()))
        for name, renewed in names.items():
            if renewed not in new:
                yield f"{place}/{name}"
            else:
                yield from self._in(old[name], new[renewed], name, f"{place}/{name}", f"{owner}/{name}")
        if _order(old) != _order(new):
            yield f"{place}/order{OF_TIME}"

    def _in_lists(self, old: list[Any], new: list[Any], name: str, place: str, owner: str) -> Iterator[str]:
        old = [each for each in old if not self._is_stranger(each, 0)]
        new = [each for each in new if not self._is_stranger(each, 1)]
        if len(old) != len(new):
            yield f"{place}/length"
        for at, (one, two) in enumerate(zip(old, new, strict=False)):
            yield from self._in(one, two, name, f"{place}/{at}", f"{owner}/{at}")

    def _strangers(self, page: dict[str, Any], side: int) -> bool:
        lists = [each for each in page.values() if isinstance(each, list)]
        return any(self._is_stranger(lead, side) for each in lists for lead in each)

    def _is_stranger(self, lead: Any, side: int) -> bool:
        """Whether this is a lead that no call has named and no answer has brought, except in a list."""
        id = lead.get("id") if isinstance(lead, dict) else None
        if self._whole or not isinstance(id, str):
            return False
        known = self._old if side else self._new
        return id not in known and not any(id in each for each in self._said[side])

    def _same_texts(self, old: str, new: str, name: str, owner: str) -> bool:
        if instant(old) is not None and instant(new) is not None:
            return self._same_times(old, new, owner)
        if _NO_INSTANT.match(old) and instant(old) is None and instant(new) is None:
            return _form(old) == _form(new)
        if old in self._new or new in self._old:
            return self._new.get(old) == new
        anew = made_by_target(old, name) and made_by_target(new, name) and is_uuid(old) == is_uuid(new)
        if anew and not name.startswith("request"):
            self._new[old], self._old[new] = new, old
        return anew or self._renewed(old) == new

    def _is_said(self, text: str, side: int) -> bool:
        return any(text in each for each in self._said[side])

    def _same_times(self, old: str, new: str, owner: str) -> bool:
        """Both moved on since they were last seen, or neither did; both are the time of the call, or neither is."""
        if _form(old) != _form(new) or self._is_said(old, 0) != self._is_said(new, 1):
            return False
        before = self._shown.get(owner)
        self._shown[owner] = (old, new, *self._at)
        if before is None:
            return old == new or _is_recent(old, self._at[0]) == _is_recent(new, self._at[1])
        moved = (instant(before[0]) != instant(old), instant(before[1]) != instant(new))
        passed = min(self._at[0] - before[2], self._at[1] - before[3])
        return moved[0] == moved[1] or passed < max(_A_MOMENT, 10.0 ** -precision(old))


def differences(
    old: Sequence[Exchange], new: Sequence[Exchange], renewed: Callable[[str], str], *, whole: bool = False
) -> list[frozenset[str]]:
    """Call by call, where the new answer says something else than the old one."""
    comparison = Comparison(renewed, whole=whole)
    return [comparison.differences(one, two) for one, two in zip(old, new, strict=True)]


def made_by_target(text: str, name: str) -> bool:
    """Whether a text at a member of this name is an id, a cursor or the like."""
    return is_uuid(text) or (bool(_IDENTIFIER.search(name)) and text != "")


def said(request: Request) -> str:
    """What a request says, in its path and its body."""
    return request.path + "\n" + (request.body or b"").decode("utf-8", "surrogateescape")


def _media_type(exchange: Exchange) -> str:
    return exchange.response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _text(exchange: Exchange) -> str:
    return exchange.response.shown.decode("utf-8", "replace")


def _order(value: dict[str, Any]) -> set[tuple[str, str]]:
    """The pairs of an object's date-times of which one is before the other, by more than calls in a row take."""
    moments = {name: moment.timestamp() for name, each in value.items() if (moment := instant(each)) is not None}
    return {(one, two) for one in moments for two in moments if moments[two] - moments[one] > _A_WHILE}


def _form(text: str) -> str:
    return re.sub(r"\d", "0", text)


def _is_now(value: Any, at: float) -> bool:
    """Whether a number is the time of the call, in seconds or milliseconds since 1970."""
    return isinstance(value, int | float) and any(abs(value / unit - at) < _JUST_NOW for unit in (1, 1000))


def _is_recent(text: str, at: float) -> bool:
    moment = instant(text)
    return moment is not None and abs(moment.timestamp() - at) < _JUST_NOW
