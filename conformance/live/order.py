"""What a check costs, and which checks come first where not all of them may be afforded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from conformance.register import Requirement

MEASURED = ("quick", "standard")
"""The efforts at which ``python -m benchmarks.costs`` counts."""

_DEEP = 40
"""How many times what the effort standard adds to quick the effort deep adds to standard, at most: lifecycles have 56
more rounds instead of 3, with sequences twice as long; other checks get about 9 to 12 times as many more values."""

_LEVELS = ("must", "should", "may")


@dataclass(frozen=True)
class Cost:
    """What is sent: requests, and those of them that create something."""

    requests: int
    creates: int


_UNKNOWN = Cost(40, 10)
"""The cost of what has not been measured yet."""

_NONE = Cost(0, 0)


@cache
def _costs() -> dict[str, dict[str, list[int]]]:
    """By id of a requirement, requests and creates by effort."""
    return dict(json.loads((files(__package__) / "costs.json").read_text(encoding="utf-8")))


def open_points(api: str) -> str:
    """The name by which it is measured what it takes to read the open points of an API."""
    return f"{api}/open_points"


def measured(id: str, effort: str) -> Cost:
    """What the check of that id sends to the embedded sandbox at an effort; `deep` is reckoned, not counted."""
    if id not in _costs():
        return _UNKNOWN
    told = _costs()[id]
    return Cost(_at(told["requests"], effort), _at(told["creates"], effort))


def _at(counts: list[int], effort: str) -> int:
    if effort in MEASURED:
        return counts[MEASURED.index(effort)]
    quick, standard = counts
    return standard + _DEEP * max(0, standard - quick)


def cost(requirement: Requirement, effort: str = "quick") -> Cost:
    """About what the check of a requirement sends at an effort."""
    return measured(requirement.id, effort) if requirement.check else _NONE


def telling_first(chosen: Iterable[Requirement]) -> list[Requirement]:
    """What the seeds demand first, then other musts, then the rest; among equals, what costs little first."""
    return sorted(chosen, key=_rank)


def _rank(requirement: Requirement) -> tuple[int, bool, int]:
    declared = requirement.declaration
    return _LEVELS.index(declared.level), declared.basis != "seed", cost(requirement).requests
