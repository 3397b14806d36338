"""What a check costs, and which checks come first where not all of them may be afforded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from conformance.register import Requirement

_UNKNOWN = 40
"""The cost of a check that has not been measured yet."""

_LEVELS = ("must", "should", "may")


@cache
def _costs() -> dict[str, int]:
    """Requests by id, as ``python -m benchmarks.costs`` has counted them at the effort quick."""
    return dict(json.loads((files("conformance") / "costs.json").read_text(encoding="utf-8")))


def cost(requirement: Requirement) -> int:
    """About how many requests the check of a requirement sends at the effort quick."""
    return _costs().get(requirement.id, _UNKNOWN) if requirement.check else 0


def telling_first(chosen: Iterable[Requirement]) -> list[Requirement]:
    """What the seeds demand first, then other musts, then the rest; among equals, what costs little first."""
    return sorted(chosen, key=_rank)


def _rank(requirement: Requirement) -> tuple[int, bool, int]:
    declared = requirement.declaration
    return _LEVELS.index(declared.level), declared.basis != "seed", cost(requirement)
