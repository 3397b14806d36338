"""How many organizations of one API have what: kept as leads come and go, so that no call has to ask each of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Census:
    """By id of a lead, and by indexed field and normalized value, how many organizations have such a lead.

    `organizations` is how many have leads at all.
    """

    ids: Counter[str] = field(default_factory=Counter)
    values: Counter[tuple[str, str]] = field(default_factory=Counter)
    organizations: int = 0


def discount(counted: Counter[T], what: T) -> None:
    """One less has it; what nobody has takes no room."""
    counted[what] -= 1
    if not counted[what]:
        del counted[what]
