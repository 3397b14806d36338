"""What the tests of a run have met of the documented behaviours, together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from mock_server.client import ApiCoverage
from mock_server.reports.document import SCHEMA, behaviours, merged, percentage
from mock_server.reports.text import text


def document(coverage: Mapping[str, ApiCoverage]) -> dict[str, Any]:
    """The coverage of the APIs that were called, as the document that the sandbox gives: plain data, which another
    process can take.
    """
    return {"schema": SCHEMA, "apis": {api: msgspec.to_builtins(each) for api, each in coverage.items() if each.calls}}


def together(documents: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The documents of all tests as one; the APIs stand in one order, whichever was called first."""
    whole = merged(documents)
    return {**whole, "apis": dict(sorted(whole["apis"].items()))}


def summary(documents: Iterable[Mapping[str, Any]], *, never_met: bool) -> list[str]:
    """Figures by API and operation; with `never_met` also every behaviour that no test has met."""
    lines = text(together(documents), None).rstrip().splitlines()
    if never_met:
        return lines
    figures = [line for line in lines if not line.startswith("  - ") and not line.startswith("    ")]
    return [line for line in figures if line and not line.endswith(": never met")] + ["-v lists what was never met"]


def complaint(documents: Iterable[Mapping[str, Any]], least: float) -> str:
    """Why so many percent are not reached; empty where they are. Nothing called is never enough."""
    all_of_them = together(documents)
    met = [each["times"] > 0 for each in behaviours(all_of_them)]
    if not met:
        return f"lead-coverage: no test has called the sandbox; {least:g} % are asked for"
    if sum(met) * 100 >= least * len(met):
        return ""
    reached = percentage(behaviours(all_of_them))
    return f"lead-coverage: {sum(met)} of {len(met)} met ({reached:g} %); {least:g} % are asked for"
