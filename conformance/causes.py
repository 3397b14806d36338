"""Causes and consequences: a requirement is failed only where a witness contradicts its own sentence.

What a target breaks in one place shows in many: a read that answers another lead makes every check fail that reads
back. So these things are asked of each failure in turn, and the first answer holds:

- Is a *suspect* broken, a requirement that the check itself named? Then it is blocked by that one.
- Has a *field* of a lead another value than expected? Then it is blocked where a requirement is broken that says
  that this field is kept by the call that sent it, or shown by the one that was answered (`FIELDS` of each package).
- Is a *foundation* broken, something basic that the failing calls rest on, such as "a read is answered with the lead
  of the path"? `FOUNDATIONS` of each API's package lists them, the most basic first; a failure rests on those of the
  operations that its calls used.
- Does the witness contradict only the form of a reply (`replies_match_the_contract`), in a way that the witness of
  a failed requirement has, too? Then it is blocked by that one: its sentence says more.
- Otherwise it is failed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from conformance.contract_layer import departure
from conformance.exchange import Exchange
from conformance.outcomes import Outcome, Result
from conformance.register import Requirement
from openapi import EVERY_OPERATION

REPLIES_MATCH = "replies_match_the_contract"
"""The slug of the requirements about the form of all replies of an operation."""

Fields = Mapping[tuple[str, str], Sequence[str]]
"""By operation and field of a lead, the ids of the requirements that say that the operation keeps or shows it."""

Try = Callable[[Requirement], Result]
"""Tries one requirement by itself."""


class Causes:
    """Tries the requirements of one API, each once, and tells causes from consequences."""

    def __init__(self, known: Iterable[Requirement], foundations: Sequence[str], fields: Fields, attempt: Try) -> None:
        """`known` are all requirements of the API, `foundations` the ids of the basic ones, most basic first."""
        self._known = {each.id: each for each in known}
        self._foundations = tuple(foundations)
        self._fields = fields
        self._attempt = attempt
        self._results: dict[str, Result] = {}
        self._trying: list[str] = []
        self._awaiting: dict[str, set[str]] = {}

    def tried(self, requirement: Requirement) -> Result:
        """What becomes of a requirement. What it may be a consequence of is tried before a failure is told."""
        id = requirement.id
        if id not in self._results:
            self._trying.append(id)
            try:
                self._results[id] = self._explained(self._attempt(requirement))
            finally:
                self._trying.remove(id)
            if self.failed(id):
                for other in [each for each, awaited in self._awaiting.items() if id in awaited and self.failed(each)]:
                    self._results[other] = _blocked(self._results[other], id)
        return self._with_its_root(self._results[id])

    def conclude(self, told: Iterable[Result]) -> list[Result]:
        """What is left to tell when all is tried: of the results that were `told`, those that have another cause now,
        and failures that were not, for they explain others.
        """
        before = {each.requirement.id: each for each in told}
        now = map(self._with_its_root, self._results.values())
        return [
            each
            for each in now
            if (each.requirement.id in before and each.blocked_by != before[each.requirement.id].blocked_by)
            or (each.requirement.id not in before and each.outcome is Outcome.FAILED)
        ]

    def _explained(self, result: Result) -> Result:
        """A failure, or what could not be arranged, blocked where it is the consequence of another failure."""
        not_arranged = result.outcome is Outcome.INCOMPLETE and result.trace
        if result.outcome is not Outcome.FAILED and not not_arranged:
            return result
        own = result.requirement.id
        close = [id for id in (*result.suspects, *self._about_the_field(result)) if id != own]
        self._awaiting[own] = {id for id in close if id in self._trying}
        for id in (*close, *self._below(result)):
            cause = self._cause_in(id)
            consequence = own in self._awaiting.get(cause, ())  # of this one, which is being tried
            if not consequence and (cause == id or (cause and id in result.suspects)):
                return _blocked(result, cause)
        if result.requirement.slug == REPLIES_MATCH and (cause := self._same_departure(result)):
            return _blocked(result, cause)
        return result

    def _same_departure(self, result: Result) -> str:
        """The failed requirement whose witness has a reply that departs from its contract as this one's does."""
        wrong = departure(result.requirement.api, result.trace[-1])
        others = (each for each in self._results.values() if each.outcome is Outcome.FAILED)
        for other in others if wrong else ():
            told = other.trace if other.requirement.slug != REPLIES_MATCH else ()
            if any(departure(other.requirement.api, each) == wrong for each in told):
                return other.requirement.id
        return ""

    def _about_the_field(self, result: Result) -> Iterator[str]:
        """Where a field has another value than expected: who says that it is shown, and that it was kept when sent."""
        place = (result.requirement.operation_id, result.lead_field)
        if not result.lead_field or not result.trace:
            return
        its_own = result.requirement.id in self._fields.get(place, ())
        seen_in = result.trace[-1].operation_id
        sent_in = next((each.operation_id for each in reversed(result.trace) if _sends(each, result.lead_field)), "")
        for operation_id in (seen_in, sent_in):
            if not its_own or operation_id != result.requirement.operation_id:
                yield from self._fields.get((operation_id, result.lead_field), ())
        for exchange in () if its_own else result.trace:
            if departure(result.requirement.api, exchange):
                yield f"{result.requirement.api}/{exchange.operation_id}/{REPLIES_MATCH}"

    def _below(self, result: Result) -> Iterator[str]:
        """The foundations that a failure rests on: of the operations that it used, and more basic than itself."""
        used = {EVERY_OPERATION, *(each.operation_id for each in result.trace)}
        for id in self._foundations:
            if id == result.requirement.id:
                return
            if self._known[id].declaration.operation_id in used:
                yield id

    def _cause_in(self, id: str) -> str:
        """What is broken where this requirement fails or is blocked; empty where it holds or cannot be told now."""
        if id in self._trying or id not in self._known:
            return ""
        result = self.tried(self._known[id])
        if result.outcome is Outcome.FAILED:
            return id
        return result.blocked_by[0] if result.outcome is Outcome.BLOCKED else ""

    def _with_its_root(self, result: Result) -> Result:
        """The result, blocked by what blocks it in the end: its cause may itself have turned out to be blocked."""
        cause = result
        while cause.outcome is Outcome.BLOCKED:
            cause = self._results[cause.blocked_by[0]]
        root = cause.requirement.id
        return result if cause is result or result.blocked_by == (root,) else _blocked(result, root)

    def failed(self, id: str) -> bool:
        """Whether a requirement was tried by now and has failed."""
        return id in self._results and self._results[id].outcome is Outcome.FAILED


def _sends(exchange: Exchange, field: str) -> bool:
    """Whether a request sets this field of a lead."""
    try:
        body = json.loads(exchange.request.body or b"null")
    except ValueError:
        return False
    return isinstance(body, dict) and (field in body or (field == "status" and "changedTo" in body))


def _blocked(result: Result, cause: str) -> Result:
    """The result as it is told: what was expected and came is told where the cause is."""
    return replace(result, outcome=Outcome.BLOCKED, blocked_by=(cause,), detail=f"{cause} is broken")
