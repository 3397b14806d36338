"""``results.json``: everything that a run found, for programs."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

import openapi
from conformance.config import without_credentials
from conformance.findings import findings
from conformance.outcomes import Outcome
from conformance.reports.facts import Facts, suite_digest, tool_version, written
from conformance.run import Report
from openapi import OpenPoint

SCHEMA = 2
_NOT_ASKED = "this run did not ask"


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
        "interrupted": report.interrupted,
        "started": written(facts.started),
        "finished": written(facts.finished),
        "requests": report.requests,
        "verdict": report.verdict.value,
        "options": {**facts.options, "only": list(report.selection), "accepted": sorted(report.acceptances)},
        "suite": {"version": tool_version(), "sha256": suite_digest()},
        "findings": [each.as_json() for each in findings(report.results)],
        "requirements": [each.as_json() for each in report.results],
        "stale_acceptances": [
            {"id": id, "why": why, **report.acceptances[id].as_json()} for id, why in report.stale.items()
        ],
        "open_points": [
            _open_point(api, point, report) for api, each in contracts.items() for point in each.open_points.values()
        ],
        "not_run": [
            {"id": each.requirement.id, "outcome": each.outcome.value, "reason": each.detail}
            for each in report.results
            if each.outcome in (Outcome.BLOCKED, Outcome.INCOMPLETE, Outcome.UNTESTED, Outcome.ERROR)
        ],
    }


def _open_point(api: str, point: OpenPoint, report: Report) -> dict[str, Any]:
    """An open point with the reading that was seen, or why there is none in `unread`."""
    seen = report.readings.get(api, {}).get(point.id, set())
    reason = point.unobserved or report.unread.get(api, {}).get(point.id, "") or _NOT_ASKED
    return {
        "api": api,
        "id": point.id,
        "text": point.text,
        "accepts": list(point.accepts),
        "reading": ", ".join(sorted(seen)),
        "unread": "" if seen else reason,
    }
