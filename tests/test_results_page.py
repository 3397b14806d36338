"""``docs/results.md`` names all that ``results.json`` holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from conformance.acceptance import Acceptance
from conformance.reports.facts import Facts
from conformance.reports.results import as_json
from conformance.run import Report, run
from mock_server import APIS, FAULTS
from tests.targets import checks, target_of

PAGE = Path(__file__).parent.parent / "docs" / "results.md"
FAILING = "vorel/update_lead/a_nested_attribute_object_is_replaced_whole"
STALE = "vorel/get_lead/the_reply_is_the_lead_of_the_path"
NAMED_BY_OTHERS = ("base_urls", "contracts", "headers")
"""Members whose own members are named by APIs, or by HTTP."""


def results() -> dict[str, Any]:
    """Of a run with a failure, an acceptance that holds and one that is stale."""
    forever = {id: Acceptance(id, "known", "lead team", date(9999, 1, 1)) for id in (FAILING, STALE)}
    report = Report(1, acceptances=forever)
    deeply = next(each for each in FAULTS if each.name == "merges_attributes_deeply")
    target = target_of(deeply(APIS["vorel"]))
    chosen = [checks("vorel")[FAILING], checks("vorel")[STALE]]
    run(target, [*chosen, next(each for each in checks("vorel").values() if each.check is None)], report)
    now = datetime.now(UTC)
    return as_json(report, Facts({"vorel": "http://sandbox"}, True, "quick", now, now))


def members(value: Any, name: str = "") -> Iterator[str]:
    """The names of all members in a JSON value, but those that this project does not give."""
    if isinstance(value, list):
        for each in value:
            yield from members(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if name not in NAMED_BY_OTHERS:
                yield key
            yield from members(each, key)


def test_every_member_is_on_the_page() -> None:
    described = set(re.findall(r"`([a-z0-9_]+)`", PAGE.read_text()))
    named = set(members(results()))

    assert {"witness", "stale_acceptances", "unread", "reason", "until"} <= named
    assert not named - described
