"""Findings: what is broken, each with what it breaks or blocks besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.outcomes import Outcome, Result


@dataclass(frozen=True)
class Finding:
    """One departure: a failure, those of other operations that show the same, and the requirements that it blocks."""

    result: Result
    also: tuple[Result, ...]
    blocks: tuple[Result, ...]

    def as_json(self) -> dict[str, Any]:
        """The finding as ``results.json`` has it: ids only, for the requirements are there as well."""
        return {
            "id": self.result.requirement.id,
            "also": [each.requirement.id for each in self.also],
            "blocks": [each.requirement.id for each in self.blocks],
        }


def findings(results: Sequence[Result]) -> list[Finding]:
    """What is broken, in the order of the results. Failures that say and show the same of other operations are one."""
    alike: dict[tuple[object, ...], list[Result]] = {}
    for each in results:
        if each.outcome is Outcome.FAILED:
            key = (each.requirement.api, each.requirement.slug, each.expected, each.got, each.accepted is not None)
            alike.setdefault(key, []).append(each)
    found = []
    for first, *others in alike.values():
        ids = {each.requirement.id for each in (first, *others)}
        blocks = tuple(
            each for each in results if each.outcome is Outcome.BLOCKED and ids.intersection(each.blocked_by)
        )
        found.append(Finding(first, tuple(others), blocks))
    return found
