"""Sequences of calls against a small model: what the Hypothesis state machine of an API is made of, and how it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, reject, seed, settings
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from conformance.exchange import Exchange
from conformance.outcomes import CannotTry, HeldBack, TargetFault, Violation
from conformance.sequences.endings import Ending, Expected, Model, State, misfit
from conformance.target import Target, brief

SLOTS = ("one", "two", "three", "theirs")
"""The places for leads in a sequence; the last is for one of another organization."""


@dataclass(frozen=True)
class Effort:
    """How many sequences of how many steps are tried, and how many requests are spent on shortening a failing one.

    They are tried in rounds of `ROUND`.
    """

    rounds: int
    steps: int
    shortening: int


EFFORTS = {
    "quick": Effort(rounds=1, steps=20, shortening=800),
    "standard": Effort(rounds=4, steps=20, shortening=3000),
    "deep": Effort(rounds=60, steps=40, shortening=10_000),
}

_OWN = 5
"""So much longer may a sequence be shortened on a sandbox of our own."""

ROUND = 10
"""Hypothesis spends most of a longer run on sequences that repeat parts of earlier ones."""


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
    """One sequence of calls about the leads of one or two organizations, and what is known of these leads.

    A subclass has the steps of an API. `keys` are the names of the organizations' keys.
    """

    model: Model

    def __init__(self, target: Target, course: Course, keys: tuple[str, ...]) -> None:
        super().__init__()
        self.course = course
        self.keys = keys
        self.ids: dict[str, str] = {}
        self.owners: dict[str, str] = {}
        self.states: dict[str, State] = {}
        self._made: dict[Made, str] = {}
        self._target = target

    def owner_of(self, slot: str) -> str:
        """The key of the organization whose lead is in a place; there may be only one organization."""
        return self.keys[-1] if slot == "theirs" else self.keys[0]

    def leads_of(self, key: str) -> list[str]:
        """The ids of an organization's leads, oldest first."""
        return [id for id, owner in self.owners.items() if owner == key]

    def filled(self, value: Any) -> Any:
        """A value of a request with the e-mail addresses and phone numbers of this sequence in it."""
        if isinstance(value, Made):
            if value not in self._made:
                self._made[value] = self._target.email() if value.kind == "email" else self._target.phone()
            return self._made[value]
        return {key: self.filled(each) for key, each in value.items()} if isinstance(value, dict) else value

    def know(self, slot: str, key: str, id: str, state: State) -> None:
        """Put a lead into a place."""
        self.ids[slot], self.owners[id], self.states[id] = id, key, state

    # -- holding answers against the model -------------------------------------------------------------------------

    def held(self, holds: bool, expected: str, id: str, got: Any) -> None:
        """Raises Violation unless this holds. It is only a consequence, if that requirement is broken by itself."""
        if not holds:
            id = f"{self._target.api}/{id}"
            raise Violation(f"{expected}: {id}", brief(got), suspects=(id,))

    @contextmanager
    def speaking_of(self, id: str) -> Iterator[None]:
        """What is found here is a matter of this requirement."""
        try:
            yield
        except Violation as violation:
            id = f"{self._target.api}/{id}"
            suspects = (*violation.suspects, id)
            expected, field = f"{violation.expected}: {id}", violation.field
            raise Violation(expected, violation.got, suspects=suspects, field=field) from violation

    def left(self, ways: Sequence[Ending], exchange: Exchange, refusals: tuple[int, ...]) -> list[Ending]:
        """Those of the endings that the status of an answer leaves. Raises Violation where there are none."""
        accepted = 200 <= exchange.status < 300
        left = [each for each in ways if each.accepted is accepted]
        clear = bool(left) and (accepted or exchange.status in refusals)
        wanted = "is accepted" if ways[0].accepted else f"is refused with {' or '.join(map(str, refusals))}"
        got = f"{exchange.status} {brief(exchange.json)}"
        self.held(clear, f"the request {wanted}", (left or ways)[0].id, got)
        return left

    def settle(self, id: str, left: Sequence[Ending], views: Iterable[dict[str, Any]], read: str) -> None:
        """The first view of a lead fits one of the endings, and is what is known from then on; others show the same.

        `read` is the requirement by which they do.
        """
        first = True
        for view in views:
            if not first:
                self.as_known(id, view, read)
                continue
            with self.speaking_of(left[0].id):
                shown = self.model.state_of(view)
            misfits = [misfit(each.after, shown, self.model) for each in left]
            if all(expected for expected, _ in misfits):
                self.held(False, *misfits[0], view)
            self.states[id], first = shown, False

    def as_known(self, id: str, view: dict[str, Any], rule: str) -> None:
        """A lead shows what is known of it."""
        with self.speaking_of(rule):
            shown = self.model.state_of(view)
        known = {place: Expected((value,), rule) for place, value in self.states[id].items()}
        expected, _ = misfit(known, shown, self.model)
        self.held(not expected, expected, rule, view)

    def recognized(self, views: Iterable[dict[str, Any]], written: str, read: str, others: str) -> list[str]:
        """The ids of leads of this sequence in a list, all of which are as they are known."""
        found = []
        for view in views:
            if view.get("id") in self.states:
                found.append(view["id"])
                self.as_known(view["id"], view, read if view["id"] == written else others)
        return found


def step(**strategies: Any) -> Callable[[Callable[..., None]], Any]:
    """Declare a method of a `Lifecycle` as one of its steps, with strategies for its arguments."""

    def declare(function: Callable[..., None]) -> Any:
        @wraps(function)
        def watched(self: Lifecycle, **values: Any) -> None:
            with self.course.watching():
                function(self, **values)

        return rule(**strategies)(watched)  # type: ignore[no-untyped-call]  # Hypothesis' own decorator

    return declare


# -- all sequences of a run ---------------------------------------------------------------------------------------


class Course:
    """The sequences of one run of a machine, and the shortest of those that failed."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._most = EFFORTS[target.effort].shortening * (_OWN if target.config.embedded else 1)
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
        except (CannotTry, HeldBack, TargetFault) as reason:
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

    def found(self) -> Violation | None:
        """The shortest failure, whose calls are then the trace; None where there is none."""
        if self._failed is None:
            return None
        self._target.trace = self._failed[2]
        return self._failed[1]

    def conclude(self) -> None:
        """Raise what was found: the shortest failure, or why nothing was tried."""
        if (violation := self.found()) is not None:
            raise violation
        if self._stopped is not None:
            raise self._stopped


def live(target: Target, machine: Callable[[Course], Lifecycle]) -> None:
    """Run as many sequences of a machine as the effort says, which depend on the seed of the run alone.

    Raises Violation for the shortest failing sequence, whose calls are then the trace; CannotTry, HeldBack and
    TargetFault where the target does not let itself be tried.
    """
    course, effort = Course(target), EFFORTS[target.effort]

    def start() -> Lifecycle:
        course.begin()
        return machine(course)

    for number in range(effort.rounds):
        _round(course, seed(f"{target.seed}/{target.api}/{number}")(start), effort.steps, target.phases)


def _round(course: Course, start: Callable[[], Lifecycle], steps: int, phases: Sequence[Phase]) -> None:
    try:
        run_state_machine_as_test(
            start,  # type: ignore[arg-type]  # whatever makes a machine will do
            settings=settings(
                max_examples=ROUND,
                stateful_step_count=steps,
                database=None,
                deadline=None,
                report_multiple_bugs=False,
                print_blob=False,
                verbosity=Verbosity.quiet,
                phases=phases,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Violation:
        pass
    except HypothesisException as odd:  # such as a sequence that failed and, when it was tried again, did not
        if not course.over:
            raise odd from course.found()
    course.conclude()
