"""A scenario that is armed for one organization: it watches the organization's calls, and gives the verdict."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mock_server.errors import Invalid
from mock_server.journal import Exchange, Limits
from mock_server.on_demand.armed import Armed, parsed
from mock_server.scenarios.catalogue import SCENARIOS, Scenario
from mock_server.scenarios.events import Undo
from mock_server.scenarios.rules import Rule
from mock_server.scenarios.story import BROKEN, OPEN, UNSEEN, Finding, Seen, Story

if TYPE_CHECKING:
    from mock_server.call import Call
    from mock_server.store import Organization

SURVIVED, FAILED, INCOMPLETE = "survived", "failed", "incomplete"

WATCHED = Limits(exchanges=200, bytes=4 * 1024 * 1024)
"""So much is watched after the situation was met; later calls change nothing about the verdict."""


@dataclass(frozen=True)
class Verdict:
    """Whether the client survived, the reason in a sentence, and what was found of each rule, in their order."""

    outcome: str
    reason: str
    findings: tuple[tuple[Rule, Finding], ...] = ()


class Trial:
    """One client's trial. `operation_id` is the operation that meets the situation; empty for any."""

    def __init__(self, scenario: Scenario, operation_id: str, fault: Armed | None) -> None:
        self.scenario = scenario
        self.operation_id = operation_id
        self.fault = fault
        self.story: Story | None = None
        self._meeting: tuple[Call, Undo] | None = None
        self._bytes = 0

    def prepare(self, call: Call) -> None:
        """Let happen what the scenario lets happen to a call that is about to be handled."""
        event = self.scenario.event
        if (
            event is not None
            and self.story is None
            and call.operation_id == self.operation_id
            and (undo := event(call))
        ):
            self._meeting = call, undo

    def settle(self, call: Call) -> None:
        """Undo what has happened where the call was answered otherwise, such as refused for a rule that it breaks."""
        if self._meeting is not None and self._meeting[0] is call and call.status != self.scenario.status:
            self._meeting[1]()
            self._meeting = None

    def see(self, call: Call, exchange: Exchange) -> None:
        """Take note of a call that is about to be answered."""
        seen = Seen(exchange, time.monotonic())
        if self.story is None:
            if self._meeting is not None or self._is_met_by(call, exchange):
                self.story = Story(call, seen)
        elif len(self.story.after) < WATCHED.exchanges and self._bytes < WATCHED.bytes:
            self._bytes += exchange.size
            self.story.after.append(seen)

    def _is_met_by(self, call: Call, exchange: Exchange) -> bool:
        """Whether the fault of the scenario is in an answer; one for successes that met a refusal waits again."""
        fault = self.fault
        if fault is None or call.fault is not fault.spec:
            return False
        if fault.spec.status or exchange.decided < 300:
            return True
        assert call.organization is not None
        fault.left = self.scenario.times
        call.organization.armed.arm(fault)
        return False

    def verdict(self, *, finished: bool) -> Verdict:
        """What can be said so far; of a client that has `finished`, what it has not done it will not do."""
        if self.story is None:
            return Verdict(INCOMPLETE, f"never triggered: {self.scenario.trigger}")
        findings = tuple((rule, _found(rule, self.story, finished)) for rule in self.scenario.rules)
        if broken := [rule.id for rule, each in findings if each.outcome == BROKEN]:
            return Verdict(FAILED, f"broken: {', '.join(broken)}", findings)
        if not self.story.after and not finished:
            return Verdict(INCOMPLETE, "the client has not made a call since", findings)
        if waiting := [rule.id for rule, each in findings if each.outcome == OPEN]:
            return Verdict(INCOMPLETE, f"the client has not yet done what it takes: {', '.join(waiting)}", findings)
        return Verdict(SURVIVED, "every rule that can be judged was kept", findings)


def _found(rule: Rule, story: Story, finished: bool) -> Finding:
    if rule.judge is None:
        return Finding(UNSEEN, "the sandbox cannot see it")
    found = rule.judge(story)
    return replace(found, outcome=BROKEN) if finished and found.outcome == OPEN else found


def arm(organization: Organization, scenario_id: str, operation_id: str | None, fault_id: str) -> Trial:
    """Arm a scenario for an organization; one that is armed already begins anew.

    Raises Invalid where the scenario does not exist or cannot happen there, naming what can.
    """
    scenario = next((each for each in SCENARIOS if each.id == scenario_id), None)
    if scenario is None:
        raise Invalid(
            f"scenario: there is none called {scenario_id[:50]!r}; there are {', '.join(s.id for s in SCENARIOS)}"
        )
    chosen = _operation(scenario, organization.api, operation_id)
    disarm(organization, scenario_id)
    fault = None
    if scenario.fault:
        spec = parsed(scenario.fault, organization.api, chosen)
        fault = Armed(fault_id, organization.api, chosen, spec, scenario.times, scenario.spared, scenario.id)
        organization.armed.arm(fault)
    trial = organization.trials[scenario_id] = Trial(scenario, chosen, fault)
    return trial


def _operation(scenario: Scenario, api: str, operation_id: str | None) -> str:
    if api not in scenario.places:
        raise Invalid(f"api: {scenario.id} does not happen in {api}, but in {', '.join(scenario.places)}")
    operations = scenario.places[api].operations
    if operation_id is not None and operation_id not in operations:
        known = ", ".join(filter(None, operations)) or "every operation, and none is to be named"
        raise Invalid(f"operation: {scenario.id} happens to {known}, not to {operation_id[:50]!r}")
    return operations[0] if operation_id is None else operation_id


def disarm(organization: Organization, scenario_id: str | None = None) -> int:
    """Take back one scenario, or all, with the faults that wait for them; how many there were."""
    chosen = [id for id in organization.trials if scenario_id in (None, id)]
    for id in chosen:
        fault = organization.trials.pop(id).fault
        if fault is not None:
            organization.armed.disarm(fault.id)
    return len(chosen)
