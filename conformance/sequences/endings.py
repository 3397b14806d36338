"""The words of the models: what is known of a lead, and the ways in which a request about it may end.

What is documented leaves one ending; an open point leaves more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

from conformance.target import brief

Place = tuple[str, ...]
"""Where a value is in a lead: `("name",)`, `("attributes", "bedrooms")`."""

State = dict[Place, Any]
"""What is known of a lead. A place that is not there has no value."""


class _Special:
    """Stands among the values that a place may have for something else than a value."""

    def __init__(self, told: str) -> None:
        self._told = told

    def __repr__(self) -> str:
        return self._told


GONE = _Special("not there")
ANYTHING = _Special("anything")


@dataclass(frozen=True)
class Expected:
    """The values that a place may have, and the id of the requirement that says so, without its API."""

    values: tuple[Any, ...]
    id: str


@dataclass(frozen=True)
class Fate:
    """What may become of one field of a request, and the id of the requirement that says so, without its API.

    `afters` are the ways in which it may change the lead, none where it must be refused. `refusable` says whether
    it may be refused.
    """

    id: str
    afters: tuple[Mapping[Place, Expected], ...] = ()
    refusable: bool = False


@dataclass(frozen=True)
class Ending:
    """One way in which a request may end: whether it is accepted, what the lead is then, and why."""

    accepted: bool
    id: str
    after: Mapping[Place, Expected]


class Model(Protocol):
    """What a machine asks of the model of its API, which is a module."""

    def state_of(self, lead: dict[str, Any], /) -> State:
        """What a lead shows. Raises Violation for what is no lead."""

    def same(self, place: Place, known: Any, shown: Any, /) -> bool:
        """Whether two values of a place are the same to a client."""

    def stays(self, place: Place, /) -> str:
        """The requirement by which a place stays as it is that no field of a request speaks of."""


def becomes(place: Place, value: Any, id: str) -> Fate:
    """A field that is stored as it is sent."""
    return Fate(id, ({place: Expected((value,), id)},))


def endings(before: State, fates: Sequence[Fate], stays: Callable[[Place], str], refused: str) -> tuple[Ending, ...]:
    """All the ways in which a request with these fields may end, the plainest first.

    `refused` is the requirement by which a refused request changes nothing.
    """
    kept = {place: Expected((value,), stays(place)) for place, value in before.items()}
    accepted = [
        Ending(True, fates[0].id if fates else "", _joined(kept, afters))
        for afters in product(*(fate.afters for fate in fates))
    ]
    refusal = next((fate for fate in fates if not fate.afters), next((fate for fate in fates if fate.refusable), None))
    if refusal is None:
        return tuple(accepted)
    unchanged = {place: Expected((value,), refused) for place, value in before.items()}
    return (*accepted, Ending(False, refusal.id, unchanged))


def _joined(kept: Mapping[Place, Expected], afters: Sequence[Mapping[Place, Expected]]) -> dict[Place, Expected]:
    return {**kept, **{place: each for after in afters for place, each in after.items()}}


def misfit(expected: Mapping[Place, Expected], shown: State, model: Model) -> tuple[str, str]:
    """The first departure of what is shown: what was expected, and the requirement that says so; empty if none."""
    for place in {**expected, **shown}:
        wanted = expected.get(place) or Expected((GONE,), model.stays(place))
        found = shown.get(place, GONE)
        if not any(_fits(value, found, place, model) for value in wanted.values):
            told = " or ".join(list(dict.fromkeys(map(brief, wanted.values)))[:2])
            return f"{'.'.join(place)} is {told}", wanted.id
    return "", ""


def _fits(value: Any, found: Any, place: Place, model: Model) -> bool:
    if value is ANYTHING or value is found:
        return True
    return GONE not in (value, found) and model.same(place, value, found)
