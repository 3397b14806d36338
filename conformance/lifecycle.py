"""Sequences of calls against a small model: what a Hypothesis state machine of an API is made of, and how it runs.

A model knows one lead as a `State` and says what may become of it as `Ending`s. What is documented leaves one of
them; an open point leaves more. A machine makes the calls, and holds every answer and everything that it reads
against the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from itertools import product
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, reject, seed, settings
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from conformance.exchange import Exchange
from conformance.outcomes import CannotTry, TargetFault, Violation
from conformance.target import Target, brief

Place = tuple[str, ...]
"""Where a value is in a lead: `("name",)`, `("attributes", "bedrooms")`."""

State = dict[Place, Any]
"""What is known of a lead. A place that is not there has no value."""

Same = Callable[[str, Any, Any], bool]
"""Whether two values of a field are the same to a client."""

K = TypeVar("K", bound="Lifecycle")


class _Gone:
    def __repr__(self) -> str:
        return "not there"


GONE = _Gone()
"""Stands among the values that a place may have for: no value."""


# -- what a model says ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """The values that a place may have, and the id of the requirement that says so."""

    values: tuple[Any, ...]
    id: str


@dataclass(frozen=True)
class Fate:
    """What may become of one field of a request, and the id of the requirement that says so.

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


def endings(before: State, fates: Sequence[Fate], stays: Callable[[Place], str]) -> tuple[Ending, ...]:
    """All the ways in which a request with these fields may end, the plainest first.

    `stays` names the requirement by which a place that no field speaks of stays as it is.
    """
    kept = {place: Expected((value,), stays(place)) for place, value in before.items()}
    accepted = [
        Ending(True, fates[0].id, {**kept, **{place: each for after in afters for place, each in after.items()}})
        for afters in product(*(fate.afters for fate in fates))
    ]
    refusal = next((fate for fate in fates if not fate.afters), next((fate for fate in fates if fate.refusable), None))
    return (*accepted, Ending(False, refusal.id, kept)) if refusal else tuple(accepted)


def misfit(expected: Mapping[Place, Expected], shown: State, same: Same, stays: Callable[[Place], str]) -> str:
    """The first departure of what is shown, as a sentence that ends with the id of a requirement; empty if none."""
    for place in {**expected, **shown}:
        wanted = expected.get(place) or Expected((GONE,), stays(place))
        if not any(_fits(value, shown.get(place, GONE), place, same) for value in wanted.values):
            told = " or ".join(brief(value) for value in wanted.values[:2])
            return f"{'.'.join(place)} is {told}: {wanted.id}"
    return ""


def _fits(value: Any, shown: Any, place: Place, same: Same) -> bool:
    return value is shown if GONE in (value, shown) else same(place[0], value, shown)


# -- values that each sequence makes for itself -----------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """Stands in a request for an e-mail address or a phone number that this sequence alone uses.

    The same number is the same value all through a sequence, and another one in the next: a target keeps the leads
    of the sequences before it.
    """

    kind: str
    number: int


# -- one sequence ------------------------------------------------------------------------------------------------


class Lifecycle(RuleBasedStateMachine):
    """One sequence of calls. A subclass has the steps of an API; `name` is its prefix of the ids."""

    def __init__(self, target: Target, course: Course) -> None:
        super().__init__()
        self.course = course
        self._made: dict[Made, str] = {}
        self._target = target

    def filled(self, value: Any) -> Any:
        """A value of a request with the e-mail addresses and phone numbers of this sequence in it."""
        if isinstance(value, Made):
            if value not in self._made:
                self._made[value] = self._target.email() if value.kind == "email" else self._target.phone()
            return self._made[value]
        return {key: self.filled(each) for key, each in value.items()} if isinstance(value, dict) else value

    def held(self, holds: bool, expected: str, id: str, got: Any) -> None:
        """Raises Violation, which names the requirement, unless this holds."""
        if not holds:
            raise Violation(f"{expected}: {self._target.api}/{id}", brief(got))

    def chosen(self, ending: Sequence[Ending], exchange: Exchange) -> list[Ending]:
        """Those of the endings that the status of an answer leaves. Raises Violation where there are none."""
        accepted = 200 <= exchange.status < 300
        left = [each for each in ending if each.accepted is accepted]
        if not accepted:
            refused = 400 <= exchange.status < 500
            self.held(refused, "an answer of status 2xx or 4xx", ending[0].id, f"status {exchange.status}")
        wanted = "is accepted" if ending[0].accepted else "is refused"
        self.held(bool(left), f"the request {wanted}", ending[0].id, f"{exchange.status} {brief(exchange.json)}")
        return left

    def fitting(self, left: Sequence[Ending], shown: State, same: Same, stays: Callable[[Place], str]) -> None:
        """Raises Violation unless what is shown fits one of the endings; it speaks of the plainest."""
        misfits = [misfit(each.after, shown, same, stays) for each in left]
        if all(misfits):
            sentence, _, id = misfits[0].rpartition(": ")
            self.held(False, sentence, id, {".".join(place): value for place, value in shown.items()})


def step(**strategies: Any) -> Callable[[Callable[..., None]], Any]:
    """Declare a method of a `Lifecycle` as one of its steps, with strategies for its arguments."""

    def declare(function: Callable[..., None]) -> Any:
        @wraps(function)
        def watched(self: Lifecycle, **values: Any) -> None:
            with self.course.watching():
                function(self, **values)

        return rule(**strategies)(watched)

    return declare


# -- all sequences of a run ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effort:
    """How many sequences of how many steps are tried, and how many requests are spent on shortening a failing one."""

    sequences: int
    steps: int
    shortening: int


EFFORTS = {
    "quick": Effort(sequences=12, steps=12, shortening=400),
    "standard": Effort(sequences=50, steps=20, shortening=1500),
    "deep": Effort(sequences=1000, steps=40, shortening=10_000),
}


class Course:
    """The sequences of one run of a machine, and the shortest of those that failed."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._most = EFFORTS[target.effort].shortening
        self._until: int | None = None
        self._stopped: Exception | None = None
        self._failed: tuple[tuple[int, int], Violation, list[Exchange]] | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more is to be found out: the target cannot be asked, or shortening has had its share."""
        spent = self._until is not None and self._target.requests >= self._until
        return self._stopped is not None or spent

    def begin(self) -> None:
        """Start a sequence, unless it is over."""
        if self.over:
            reject()
        self._target.trace = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Notice how a step ends."""
        try:
            yield
        except (CannotTry, TargetFault) as reason:
            self._stopped = reason  # nothing to shorten: it says nothing about the sequence
            reject()
        except Violation as violation:
            self._notice(violation)
            raise

    def _notice(self, violation: Violation) -> None:
        trace = list(self._target.trace)
        size = (len(trace), sum(len(each.request.body or b"") for each in trace))
        if self._until is None:
            self._until = self._target.requests + self._most
        if self._failed is None or size < self._failed[0]:
            self._failed = (size, violation, trace)

    def conclude(self) -> None:
        """Raise what was found: the shortest failure, which is then the trace, or why nothing could be tried."""
        if self._failed is not None:
            self._target.trace = self._failed[2]
            raise self._failed[1]
        if self._stopped is not None:
            raise self._stopped


def live(target: Target, machine: Callable[[Course], Lifecycle]) -> None:
    """Run sequences of a machine as the effort and the seed of the run say.

    Raises Violation for the shortest failing sequence, whose calls are then the trace.
    """
    course, effort = Course(target), EFFORTS[target.effort]

    def start() -> Lifecycle:
        course.begin()
        return machine(course)

    try:
        run_state_machine_as_test(
            seed(f"{target.seed}/{target.api}")(start),
            settings=settings(
                max_examples=effort.sequences,
                stateful_step_count=effort.steps,
                database=None,
                deadline=None,
                report_multiple_bugs=False,
                print_blob=False,
                verbosity=Verbosity.quiet,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Violation:
        pass
    except HypothesisException:
        if not course.over:
            raise
    course.conclude()
