"""Arming scenarios for an organization, and the verdicts on its client."""

from __future__ import annotations

from typing import Any

from mock_server.api import Reply
from mock_server.control.wire import Operator
from mock_server.errors import Invalid, NotFound
from mock_server.scenarios import trial
from mock_server.scenarios.catalogue import SCENARIOS
from mock_server.scenarios.trial import Trial
from mock_server.store import Organization


def get_scenarios(operator: Operator, query: dict[str, Any]) -> Reply:
    """Every scenario, and the verdicts on those that are armed."""
    operator = operator.concerning(query)
    armed = [
        _tried(organization, each, finished=query["finished"])
        for organization in operator.organizations()
        for each in organization.trials.values()
    ]
    return Reply({"scenarios": [each.as_json() for each in SCENARIOS], "armed": armed})


def arm_scenario(operator: Operator, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Let the next calls to an organization meet a situation."""
    operator = operator.concerning(query)
    if operator.everything:
        raise Invalid("key: say whose client is tried, with X-Sandbox-Key or ?key=")
    (organization,) = operator.organizations(body["api"], opening=True)
    if organization.api != body["api"]:
        raise Invalid(f"api: the organization that was named is none of {body['api']}")
    armed = trial.arm(organization, body["scenario"], body.get("operation"), operator.world.new_fault_id())
    return Reply({"armed": _tried(organization, armed, finished=False)})


def disarm_scenarios(operator: Operator, query: dict[str, Any]) -> Reply:
    """Take back one scenario, or all that the operator means."""
    operator = operator.concerning(query)
    removed = sum(trial.disarm(each, query.get("scenario")) for each in operator.organizations())
    if not removed and "scenario" in query:
        raise NotFound(f"scenario: {query['scenario'][:50]!r} is not armed; GET /_sandbox/scenarios lists what is")
    return Reply({"removed": removed})


def _tried(organization: Organization, tried: Trial, *, finished: bool) -> dict[str, Any]:
    verdict = tried.verdict(finished=finished)
    return {
        "organization": organization.id,
        "scenario": tried.scenario.id,
        "api": organization.api,
        "operation": tried.operation_id,
        "verdict": verdict.outcome,
        "reason": verdict.reason,
        "trigger": tried.story.met.exchange.id if tried.story else "",
        "rules": [
            {
                "id": rule.id,
                "text": rule.text,
                "outcome": found.outcome,
                "detail": found.detail,
                "exchanges": list(found.exchanges),
            }
            for rule, found in verdict.findings
        ],
    }
