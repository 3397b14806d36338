"""What can become of a requirement, and the exceptions by which a check says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from conformance.acceptance import Acceptance
from conformance.exchange import Exchange
from conformance.witnesses.chain import Chain, numbered
from conformance.witnesses.shell import lines
from openapi import Declaration

IS_IT_THERE = "is it running, and is this its address?"


class Outcome(StrEnum):
    """`failed` means that the target departs from its documentation; `error` that somebody else failed."""

    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    UNTESTED = "untested"
    ERROR = "error"


class Violation(AssertionError):
    """The target departs from its documentation: this was expected, that came."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(f"expected {expected}; got {got}")
        self.expected = expected
        self.got = got


class CannotTry(Exception):
    """The requirement cannot be tried on this target; the text says why."""


class DoesNotApply(CannotTry):
    """The requirement speaks of a way in which this target is not set up; no run is incomplete without it."""


class HeldBack(Exception):
    """A limit of the run keeps a request from being sent: what is being tried stays undecided."""


class TargetFault(Exception):
    """The target did not answer, or something before it failed: nothing is known about the requirement."""


class OddAnswer(TargetFault):
    """Something answered, but not the target: a gateway, a login page, a redirect to another host."""


@dataclass(frozen=True)
class Result:
    """What became of one requirement.

    `witness` is the chain of calls that shows a failure, in which the texts `made_up` are new each time; `minimal`
    says whether it is proven that nothing can be left out. `trace` are the calls that the check judged by, `story` is
    all that it sent. A failure that is `accepted` stays one, but does not decide the verdict.
    """

    requirement: Declaration
    outcome: Outcome
    required: bool
    detail: str = ""
    expected: str = ""
    got: str = ""
    witness: tuple[Exchange, ...] = ()
    seconds: float = 0.0
    accepted: Acceptance | None = None
    trace: tuple[Exchange, ...] = field(default=(), repr=False)
    story: tuple[Exchange, ...] = field(default=(), repr=False)
    made_up: tuple[str, ...] = ()
    minimal: bool = False

    @property
    def curl(self) -> list[str]:
        """The witness as lines for a shell; nothing where there is no witness."""
        return lines(Chain(self.witness, numbered(self.made_up))) if self.witness else []

    def as_json(self) -> dict[str, Any]:
        each = self.requirement
        return {
            "id": each.id,
            "level": each.level,
            "basis": each.basis,
            "outcome": self.outcome.value,
            "required": self.required,
            "text": each.text,
            "source": each.source,
            "accepted": self.accepted.as_json() if self.accepted else None,
            "detail": self.detail,
            "expected": self.expected,
            "got": self.got,
            "witness": [exchange.as_json() for exchange in self.witness],
            "made_up": list(self.made_up),
            "minimal": self.minimal,
            "curl": self.curl,
            "seconds": round(self.seconds, 4),
        }
