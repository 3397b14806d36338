"""``results.json``: everything that a run found, for programs."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

import openapi
from conformance.config import without_credentials
from conformance.outcomes import Outcome
from conformance.reports.facts import Facts, tool_version, written
from conformance.run import Report

SCHEMA = 1


def as_json(report: Report, facts: Facts) -> dict[str, Any]:
    """The content of ``results.json``."""
    contracts = {api: openapi.read(api) for api in facts.targets}
    return {
        "schema": SCHEMA,
        "tool": {
            "name": "leadproof",
            "version": tool_version(),
            "python": platform.python_version(),
            "schemathesis": version("schemathesis"),
            "hypothesis": version("hypothesis"),
        },
        "target": {
            "base_urls": {api: without_credentials(url) for api, url in facts.targets.items()},
            "embedded": facts.embedded,
        },
        "contracts": {api: {"version": each.version, "sha256": each.sha256} for api, each in contracts.items()},
        "seed": report.seed,
        "effort": facts.effort,
        "strict": report.strict,
        "started": written(facts.started),
        "finished": written(facts.finished),
        "requests": report.requests,
        "verdict": report.verdict.value,
        "requirements": [each.as_json() for each in report.results],
        "stale_acceptances": [
            {"id": id, "why": why, **report.acceptances[id].as_json()} for id, why in report.stale.items()
        ],
        "open_points": [
            {"api": api, "id": id, "text": contracts[api].open_points[id].text, "reading": ", ".join(sorted(seen))}
            for api, readings in report.readings.items()
            for id, seen in sorted(readings.items())
        ],
        "not_run": [
            {"id": each.requirement.id, "outcome": each.outcome.value, "reason": each.detail}
            for each in report.results
            if each.outcome in (Outcome.INCOMPLETE, Outcome.UNTESTED, Outcome.ERROR)
        ],
    }
