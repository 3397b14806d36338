"""What can become of a requirement, and the exceptions by which a check says so."""

from __future__ import annotations

from collections.abc import Sequence
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
    """`failed` means that the target departs from this sentence of its documentation, `blocked` that it departs from
    another one, without which this one cannot be tried; `error` means that somebody else failed.
    """

    PASSED = "passed"
    FAILED = "failed"
    BLOCKED = "blocked"
    INCOMPLETE = "incomplete"
    UNTESTED = "untested"
    ERROR = "error"


class Violation(AssertionError):
    """The target departs from its documentation: this was expected, that came.

    `suspects` are requirements of which it is only a consequence, if they are broken. `field` is the field of a
    lead that has another value than expected, where it is about one.
    """

    def __init__(self, expected: str, got: str, *, suspects: Sequence[str] = (), field: str = "") -> None:
        super().__init__(f"expected {expected}; got {got}")
        self.expected = expected
        self.got = got
        self.suspects = tuple(suspects)
        self.field = field


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


class GatewayAnswer(OddAnswer):
    """A gateway answered that the target does not: the next time it may."""


@dataclass(frozen=True)
class Result:
    """What became of one requirement.

    `witness` is the chain of calls that shows a failure, in which the texts `made_up` are new each time; `minimal`
    says whether it is proven that nothing can be left out. `trace` are the calls that the check judged by, `story` is
    all that it sent. A failure that is `accepted` stays one, but does not decide the verdict.

    It is `unanswered` where the target did not answer, and may do so if everything is tried again.
    It is `held_back` where a limit of the run kept it from being tried.
    Where it is blocked, `blocked_by` are the ids of the requirements that have to hold before it can be tried.
    `suspects` and `lead_field` are those of the Violation that ended its check.
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
    blocked_by: tuple[str, ...] = ()
    suspects: tuple[str, ...] = field(default=(), repr=False)
    lead_field: str = field(default="", repr=False)
    unanswered: bool = False
    held_back: bool = False

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
            "blocked_by": list(self.blocked_by),
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
