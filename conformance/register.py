"""The register joined with its checks: a requirement's check is the function that bears its name.

The check of ``aura/get_lead/reading_changes_nothing`` is `reading_changes_nothing` in `conformance.aura.get_lead`;
which reading of the open point AU-05 a target follows is found out by `au_05` in `conformance.aura.open_points`.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import openapi
from openapi import Declaration

Check = Callable[[Any], None]


@dataclass(frozen=True)
class Requirement:
    """A declared requirement with its check; None where it is declared untested."""

    declaration: Declaration
    check: Check | None

    @property
    def id(self) -> str:
        return self.declaration.id

    @property
    def required(self) -> bool:
        """Whether a run is incomplete without it: the seeds' own musts."""
        return self.declaration.level == "must" and self.declaration.basis == "seed"


class RegisterError(Exception):
    """Register and checks do not fit together."""


def requirements(api: str) -> list[Requirement]:
    """All requirements of an API in the order of its contract.

    Raises RegisterError for a requirement without a check, a check without a requirement, or a check of what
    is declared untested.
    """
    declared = openapi.read(api).requirements
    checks = {
        f"{api}/{place}/{name}": check
        for place in dict.fromkeys(each.operation_id for each in declared.values())
        for name, check in _checks(importlib.import_module(f"conformance.{api}.{place}"))
    }
    tested = {id for id, each in declared.items() if not each.untested}
    if checks.keys() != tested:
        missing, surplus = sorted(tested - checks.keys()), sorted(checks.keys() - tested)
        raise RegisterError(f"without a check: {missing}; without a (tested) requirement: {surplus}")
    return [Requirement(each, checks.get(id)) for id, each in declared.items()]


def foundations(api: str) -> tuple[str, ...]:
    """The ids of the requirements that others rest on, the most basic first: `FOUNDATIONS` of the API's package.

    Raises RegisterError for one that is not in the register, or is not tested.
    """
    declared = openapi.read(api).requirements
    ids = tuple(f"{api}/{slug}" for slug in importlib.import_module(f"conformance.{api}").FOUNDATIONS)
    if unknown := [id for id in ids if id not in declared or declared[id].untested]:
        raise RegisterError(f"foundations that are no tested requirements: {unknown}")
    return ids


def field_requirements(api: str) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """By operation and field of a lead, the ids of the requirements that say that the operation keeps or shows it.

    `FIELDS` of the API's package. Raises RegisterError for an id that is not in the register, or is not tested.
    """
    declared = openapi.read(api).requirements
    fields: dict[tuple[str, str], tuple[str, ...]] = {}
    for slug, names in importlib.import_module(f"conformance.{api}").FIELDS.items():
        id = f"{api}/{slug}"
        if id not in declared or declared[id].untested:
            raise RegisterError(f"a requirement about fields that is not tested: {id}")
        for name in names:
            place = (declared[id].operation_id, name)
            fields[place] = (*fields.get(place, ()), id)
    return fields


def classifiers(api: str) -> dict[str, Check]:
    """By id of an open point, the function that notes which reading of it a target follows.

    Raises RegisterError for an open point that has neither a function nor a reason why it cannot be observed.
    """
    points = openapi.read(api).open_points
    named = dict(_checks(importlib.import_module(f"conformance.{api}.open_points")))
    found = {name.upper().replace("_", "-"): function for name, function in named.items()}
    observed = {id for id, point in points.items() if not point.unobserved}
    if found.keys() != observed:
        missing, surplus = sorted(observed - found.keys()), sorted(found.keys() - observed)
        raise RegisterError(f"open points without a function: {missing}; functions without an open point: {surplus}")
    return {id: found[id] for id in points if id in found}


def selected(api: str, prefixes: Iterable[str]) -> list[Requirement]:
    """The requirements whose id begins with one of the prefixes; all of them when there are none."""
    chosen = tuple(prefixes)
    return [each for each in requirements(api) if not chosen or each.id.startswith(chosen)]


def _checks(module: ModuleType) -> list[tuple[str, Check]]:
    """The public functions that a module defines itself."""
    return [
        (name, value)
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    ]
