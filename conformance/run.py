"""Trying requirements on a target, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from hypothesis.errors import Flaky

from conformance.acceptance import Acceptance
from conformance.causes import REPLIES_MATCH, Causes
from conformance.config import without_credentials
from conformance.exchange import NOT_JSON, is_page
from conformance.outcomes import (
    IS_IT_THERE,
    CannotTry,
    DoesNotApply,
    GatewayAnswer,
    HeldBack,
    OddAnswer,
    Outcome,
    Result,
    TargetFault,
    Violation,
)
from conformance.register import Requirement, classifiers, field_requirements, foundations, requirements
from conformance.target import NOT_OFFERED, Target, told
from conformance.witnesses.witness import witness
from openapi import EVERY_OPERATION

_REFUSES_THE_KEY = (401, 403)
_LATE = "what was written is read late: the target answered otherwise when it was asked again a moment later"
_SILENT = "the target does not answer"
_SUITE_FAILED = "the suite failed"
_OUT_OF_REACH = 3
"""After so many requirements in a row that somebody else than the target answered, or nobody, the rest is not tried if
the target does not answer the first question of the run either."""


class Verdict(StrEnum):
    """What a run says as a whole.

    `conformant_except` is said where failures are accepted, `partial` where a selection or a limit left requirements
    out and the others hold: what was left out never reads as conformance.
    """

    CONFORMANT = "conformant"
    CONFORMANT_EXCEPT = "conformant_except"
    PARTIAL = "partial"
    VIOLATIONS = "violations"
    STALE = "stale"
    INCOMPLETE = "incomplete"
    ERROR = "error"


USAGE_ERROR = 2
TARGET_ERROR = 4
INTERRUPTED = 130

EXIT_CODES = {
    Verdict.CONFORMANT: 0,
    Verdict.CONFORMANT_EXCEPT: 0,
    Verdict.PARTIAL: 0,
    Verdict.VIOLATIONS: 1,
    Verdict.STALE: 1,
    Verdict.INCOMPLETE: 3,
    Verdict.ERROR: TARGET_ERROR,
}


class TargetRefused(Exception):
    """The target does not accept the key `full`; the text says what it answered."""


@dataclass
class Report:
    """The results of a run over one or more APIs, and what was seen of the open points.

    `acceptances` are the departures that are known, by id; `today` is the day by which they are judged. `selection`
    are the prefixes of the ids that were chosen; without any, all were.
    """

    seed: int
    strict: bool = False
    results: list[Result] = field(default_factory=list)
    readings: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    unread: dict[str, dict[str, str]] = field(default_factory=dict)
    requests: int = 0
    interrupted: bool = False
    acceptances: Mapping[str, Acceptance] = field(default_factory=dict)
    selection: Sequence[str] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def add(self, result: Result) -> Result:
        """Note a result, in the place of an earlier one of the same requirement.

        As it is noted: with its acceptance, where it failed and one holds.
        """
        acceptance = self.acceptances.get(result.requirement.id)
        if acceptance and result.outcome is Outcome.FAILED and acceptance.holds(self.today):
            result = replace(result, accepted=acceptance)
        self.results = [each for each in self.results if each.requirement.id != result.requirement.id]
        self.results.append(result)
        return result

    @property
    def violations(self) -> list[Result]:
        """Failures that decide the verdict: of level must, or of any level when strict, and not accepted."""
        return [each for each in self.failures if not each.accepted and self._binding(each)]

    @property
    def failures(self) -> list[Result]:
        """All results that are failures, whatever they decide."""
        return [each for each in self.results if each.outcome is Outcome.FAILED]

    @property
    def stale(self) -> dict[str, str]:
        """By id of a tried requirement, why its acceptance has to go: it passes again, or the date is over."""
        stale = {}
        for result in self.results:
            acceptance = self.acceptances.get(result.requirement.id)
            if acceptance and result.outcome is Outcome.PASSED:
                stale[acceptance.id] = "the requirement passes again"
            elif acceptance and not acceptance.holds(self.today):
                stale[acceptance.id] = f"it was until {acceptance.until.isoformat()}"
        return stale

    @property
    def verdict(self) -> Verdict:
        outcomes = {each.outcome for each in self.results}
        if self.violations:
            return Verdict.VIOLATIONS
        if self.stale:
            return Verdict.STALE
        if Outcome.ERROR in outcomes:
            return Verdict.ERROR
        if self.interrupted or any(each.required for each in self._undecided()):
            return Verdict.INCOMPLETE
        accepted = any(each.accepted for each in self.results)
        if not accepted and Outcome.PASSED not in outcomes:
            return Verdict.INCOMPLETE
        if self.selection or any(each.held_back for each in self.results):
            return Verdict.PARTIAL
        return Verdict.CONFORMANT_EXCEPT if accepted else Verdict.CONFORMANT

    def _undecided(self) -> Iterator[Result]:
        """What could not be tried, but for what an accepted departure blocks."""
        accepted = {each.requirement.id for each in self.results if each.accepted}
        for each in self.results:
            blocked = each.outcome is Outcome.BLOCKED and not accepted.intersection(each.blocked_by)
            if blocked or each.outcome is Outcome.INCOMPLETE:
                yield each

    def _binding(self, result: Result) -> bool:
        return self.strict or result.requirement.level == "must"


def preflight(target: Target) -> None:
    """Ask the target for a lead that does not exist, to see that it is there and speaks JSON.

    Raises TargetFault where it does not answer, or answers nothing that could be its API; TargetRefused where
    it does not accept the key. What it answered is remembered: later, it shows whether that has changed.
    """
    target.begin("preflight")
    where = without_credentials(target.config.base_url)
    try:
        exchange = target.greet()
    except GatewayAnswer as fault:
        raise TargetFault(f"{where} does not answer ({fault}); {IS_IT_THERE}") from None
    except OddAnswer as odd:
        raise TargetFault(f"something before {where} answers ({odd})") from None
    except TargetFault as fault:
        raise TargetFault(f"{where} does not answer ({fault}); {IS_IT_THERE}") from None
    if is_page(exchange.response.headers, exchange.response.body) and exchange.status != 404:
        raise TargetFault(
            f"{where} answers with a page ({exchange.status}) instead of JSON: a login, a bot check or a gateway "
            f"stands before {target.api}, and does not let the suite pass"
        )
    if exchange.status in _REFUSES_THE_KEY:
        raise TargetRefused(
            f"{where} refuses the key 'full' ({exchange.status}): "
            f"set keys.full in the target file, or pass --key full=..."
        )
    if exchange.json is NOT_JSON and not _speaks_json(target):
        kind = exchange.response.headers.get("content-type", "no content type")
        raise TargetFault(f"{where} answers with {kind} instead of JSON: is this where {target.api} is?")
    if exchange.status >= 500 and _fails_always(target):
        raise TargetFault(f"{where} fails whatever it is asked ({exchange.status})")
    target.greeted = exchange.status


def run(
    target: Target,
    chosen: Iterable[Requirement],
    report: Report,
    progress: Callable[[Result], None] = lambda _: None,
    begin: Callable[[str], None] = lambda _: None,
    revised: Callable[[Result], None] = lambda _: None,
) -> None:
    """Try the requirements on a target and add their results to the report, also where that is interrupted.

    `begin` is told the id of each requirement before it is tried, `progress` its result; `revised` those results that
    are others when all is tried, and failures of requirements that were not chosen, but explain others.
    """
    astray, gone = 0, ""
    report.readings[target.api], report.unread[target.api] = target.readings, target.unread

    def tried(requirement: Requirement) -> Result:
        begin(requirement.id)
        return within_budget(requirement, target)

    causes = causes_of(target, tried)
    try:
        for requirement in in_order(chosen):
            if gone:
                result = _result(requirement, Outcome.ERROR, f"not tried any more: {gone}")
            else:
                result = causes.tried(requirement)
            astray = astray + 1 if _is_astray(result) else 0
            if astray == _OUT_OF_REACH and not gone:
                gone, astray = lost(target), 0
            progress(report.add(result))
    finally:
        for result in causes.conclude([each for each in report.results if each.requirement.api == target.api]):
            revised(report.add(result))
        report.requests += target.requests


def find_out(target: Target) -> None:
    """Ask which operations the target has before the first check: what a probe changes is nobody's evidence then."""
    for operation_id in target.contract.operations:
        target.begin(f"{operation_id}/preflight")
        with suppress(CannotTry, HeldBack, TargetFault, Violation):
            target.offers(operation_id)


def causes_of(target: Target, tried: Callable[[Requirement], Result]) -> Causes:
    """What tells causes from consequences on a target, where `tried` tries one requirement by itself."""
    return Causes(requirements(target.api), foundations(target.api), field_requirements(target.api), tried)


def classify(target: Target, begin: Callable[[str], None] = lambda _: None) -> None:
    """Note which reading of each open point the target follows, in its `readings`; why not, in its `unread`.

    Nothing that happens here is a failure of the target: it is asked what it does where all of it is allowed.
    `begin` is told of each open point before the target is asked.
    """
    silent = 0
    for id, function in classifiers(target.api).items():
        if silent >= _OUT_OF_REACH:
            target.unread[id] = f"{_SILENT}: not asked any more"
            continue
        name = f"{target.api}/{id}"
        begin(name)
        target.begin(name)
        try:
            function(target)
        except (CannotTry, HeldBack, TargetFault, Violation) as reason:
            target.unread[id] = target.redacted(str(reason))
            silent = silent + 1 if isinstance(reason, TargetFault) else 0
        except Exception as error:
            target.unread[id] = target.redacted(f"{_SUITE_FAILED}: {type(error).__name__}: {error}")[:500]
        else:
            silent = 0


def in_order(chosen: Iterable[Requirement]) -> Iterator[Requirement]:
    """What others rest on comes first, and last the contract layer: it looks at all replies that checks have seen."""
    chosen = list(chosen)
    basic = {id: at for api in {each.declaration.api for each in chosen} for at, id in enumerate(foundations(api))}

    def place(requirement: Requirement) -> tuple[int, int]:
        if requirement.declaration.slug == REPLIES_MATCH:
            return 2, 0
        return (0, basic[requirement.id]) if requirement.id in basic else (1, 0)

    yield from sorted(chosen, key=place)


def within_budget(requirement: Requirement, target: Target) -> Result:
    """Try one requirement, unless the target's budget is used up; once more where the target did not answer."""
    if requirement.check and (spent := target.budget.spent()):
        return replace(_result(requirement, Outcome.INCOMPLETE, spent), held_back=True)
    result = attempt(requirement, target)
    if result.unanswered:
        return attempt(requirement, target, again=True)  # a write is never sent again, but a whole check can be
    if _may_be_late(result, target) and target.reads_late():
        result = attempt(requirement, target, again=True)
        return replace(result, detail="; ".join(filter(None, [result.detail, _LATE])))
    return result


def _may_be_late(result: Result, target: Target) -> bool:
    """Whether a read that was behind may have brought this about: it failed, or what was made was not found."""
    if target.config.embedded or not target.trace:
        return False
    last = target.trace[-1]
    missed = result.outcome is Outcome.INCOMPLETE and last.request.method == "GET" and last.status == 404
    return missed or result.outcome is Outcome.FAILED


def lost(target: Target) -> str:
    """Why the target can no longer be tried, found out by asking the preflight's question again; empty if it can."""
    trace, made_up = target.trace, target.made_up
    try:
        target.begin("preflight")
        status = target.greet().status
    except HeldBack:
        return ""
    except TargetFault as fault:
        return f"{_SILENT} any more: {target.redacted(str(fault))}"
    finally:
        target.trace, target.made_up = trace, made_up
    if target.greeted is None or status == target.greeted:
        return ""
    if status in _REFUSES_THE_KEY:
        return f"the key 'full' was accepted before and is refused now ({status})"
    return f"the target answered before and fails now ({status})" if status >= 500 else ""


def _is_astray(result: Result) -> bool:
    """Whether somebody else than the target answered, or nobody."""
    return result.outcome is Outcome.ERROR and not result.detail.startswith(_SUITE_FAILED)


def attempt(requirement: Requirement, target: Target, *, again: bool = False) -> Result:
    """Try one requirement; `again` with other leads than the first time."""
    if requirement.check is None:
        return _untested(requirement)
    started = time.monotonic()
    target.begin(requirement.id, again=again)
    try:
        if requirement.declaration.operation_id != EVERY_OPERATION:
            target.needs(requirement.declaration.operation_id)
        requirement.check(target)
    except Exception as error:
        return _failure(requirement, target, error, time.monotonic() - started)
    return _result(requirement, Outcome.PASSED, seconds=time.monotonic() - started)


def untried(requirement: Requirement, why: str, outcome: Outcome = Outcome.INCOMPLETE) -> Result:
    """The result of a requirement that a run has not come to."""
    return _result(requirement, outcome, why) if requirement.check else _untested(requirement)


def _untested(requirement: Requirement) -> Result:
    return _result(requirement, Outcome.UNTESTED, requirement.declaration.untested)


def _failure(requirement: Requirement, target: Target, error: Exception, seconds: float) -> Result:
    detail = ""
    if isinstance(error, Flaky):
        detail = "it failed once and not again with the same values"
        error = _first_violation(error) or error
    if isinstance(error, (Violation, CannotTry)) and _was_turned_away(target) and (why := lost(target)):
        return _result(requirement, Outcome.ERROR, why, seconds)
    if isinstance(error, Violation) and (why := _not_its_own(target)):
        return _result(requirement, Outcome.INCOMPLETE, why, seconds)
    match error:
        case Violation():
            story, made_up = target.story() if target.trace else ([], [])
            return Result(
                requirement.declaration,
                Outcome.FAILED,
                requirement.required,
                detail,
                target.redacted(error.expected),
                target.redacted(error.got),
                witness(target.trace),
                seconds,
                trace=tuple(target.trace),
                story=tuple(story),
                made_up=tuple(made_up),
                suspects=error.suspects,
                lead_field=error.field,
            )
        case DoesNotApply():
            return replace(_result(requirement, Outcome.INCOMPLETE, str(error), seconds), required=False)
        case CannotTry():
            result = _result(requirement, Outcome.INCOMPLETE, target.redacted(str(error)), seconds)
            if isinstance(departure := error.__cause__, Violation):  # it could not be arranged
                suspects, field = departure.suspects, departure.field
                result = replace(result, trace=tuple(target.trace), suspects=suspects, lead_field=field)
            return result
        case HeldBack():
            why = target.redacted(str(error))
            return replace(_result(requirement, Outcome.INCOMPLETE, why, seconds), held_back=True)
        case GatewayAnswer():
            answer = target.redacted(str(error))
            return replace(_result(requirement, Outcome.ERROR, answer, seconds), unanswered=True)
        case OddAnswer():
            return _result(requirement, Outcome.ERROR, target.redacted(str(error)), seconds)
        case UnicodeEncodeError():
            why = "an answer of the target has half a surrogate pair in a text, which no request can carry"
            return _result(requirement, Outcome.INCOMPLETE, why, seconds)
        case TargetFault():
            silent = target.redacted(f"{_SILENT}: {error}")
            return replace(_result(requirement, Outcome.ERROR, silent, seconds), unanswered=True)
        case _:
            detail = target.redacted(f"{_SUITE_FAILED}: {type(error).__name__}: {error}")[:500]
            return _result(requirement, Outcome.ERROR, detail, seconds)


def _not_its_own(target: Target) -> str:
    """Why the last violation is none of this requirement; empty where it is.

    Something before the target may have answered with a page, or the check has used an operation that is not there.
    """
    last = target.trace[-1] if target.trace else None
    if last and last.status in _REFUSES_THE_KEY and is_page(last.response.headers, last.response.body):
        return f"{told(last)} with a page, which something before the target may have sent"
    # A lead that is not found may be a violation; an operation that is not found is lacking in each of its calls.
    lacking = {
        each.operation_id: None
        for each in target.trace
        if each.status in NOT_OFFERED and (each.status != 404 or each.operation_id != "get_lead")
    }
    for operation_id in lacking:
        with suppress(CannotTry):
            if not target.offers(operation_id):
                return f"the target does not offer {operation_id} ({target.lacking(operation_id)})"
    return ""


def _was_turned_away(target: Target) -> bool:
    """Whether the last answer of a check could mean that a key has ended, or that the target fails as a whole."""
    status = target.trace[-1].status if target.trace else 0
    return status in _REFUSES_THE_KEY or status >= 500


def _first_violation(error: BaseException) -> Violation | None:
    causes = [*getattr(error, "exceptions", ()), error.__cause__, error.__context__]
    return next((each for each in causes if isinstance(each, Violation)), None)


def _result(requirement: Requirement, outcome: Outcome, detail: str = "", seconds: float = 0.0) -> Result:
    return Result(requirement.declaration, outcome, requirement.required, detail, seconds=seconds)


def _fails_always(target: Target) -> bool:
    """Whether everything else that may be asked fails as well."""
    with suppress(HeldBack, TargetFault):
        return all(exchange.status >= 500 for exchange in target.greetings())
    return True


def _speaks_json(target: Target) -> bool:
    """Whether anything else that may be asked is answered with JSON."""
    with suppress(HeldBack):
        return any(exchange.json is not NOT_JSON for exchange in target.greetings())
    return False
