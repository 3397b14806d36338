"""The reports of a run, as files: ``results.json`` and ``junit.xml``."""

from __future__ import annotations

import json
import os
import platform
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openapi
from conformance.config import without_credentials
from conformance.outcomes import Outcome, Result
from conformance.run import Report

SCHEMA = 1

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Facts:
    """What is true of a run as a whole. `targets` is the base URL of each API."""

    targets: Mapping[str, str]
    embedded: bool
    effort: str
    started: datetime
    finished: datetime


def write(directory: Path, report: Report, facts: Facts) -> list[Path]:
    """Write both reports; their paths. Raises OSError where that fails; a file is replaced whole or not at all."""
    directory.mkdir(parents=True, exist_ok=True)
    results = json.dumps(as_json(report, facts), indent=2, ensure_ascii=False) + "\n"
    return [
        _replace(directory / "results.json", results.encode("utf-8", "replace")),
        _replace(directory / "junit.xml", junit(report, facts)),
    ]


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
        "started": _time(facts.started),
        "finished": _time(facts.finished),
        "requests": report.requests,
        "verdict": report.verdict.value,
        "requirements": [each.as_json() for each in report.results],
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


def junit(report: Report, facts: Facts) -> bytes:
    """The content of ``junit.xml``: one test case for each requirement, one suite for each API."""
    root = ElementTree.Element("testsuites", name="leadproof")
    for api in facts.targets:
        results = [each for each in report.results if each.requirement.api == api]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=api,
            tests=str(len(results)),
            failures=str(sum(each.outcome is Outcome.FAILED for each in results)),
            errors=str(sum(each.outcome is Outcome.ERROR for each in results)),
            skipped=str(sum(each.outcome in (Outcome.INCOMPLETE, Outcome.UNTESTED) for each in results)),
            time=f"{sum(each.seconds for each in results):.3f}",
            timestamp=_time(facts.started),
        )
        for each in results:
            _add_case(suite, each)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_case(suite: ElementTree.Element, result: Result) -> None:
    each = result.requirement
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=f"{each.api}.{each.operation_id}",
        name=each.slug,
        time=f"{result.seconds:.3f}",
    )
    properties = ElementTree.SubElement(case, "properties")
    for name, value in (("id", each.id), ("level", each.level), ("outcome", result.outcome.value)):
        ElementTree.SubElement(properties, "property", name=name, value=value)
    tag = {Outcome.FAILED: "failure", Outcome.ERROR: "error"}.get(result.outcome, "skipped")
    if result.outcome is not Outcome.PASSED:
        short = f"expected {result.expected}; got {result.got}" if result.expected else result.detail
        element = ElementTree.SubElement(case, tag, message=_xml(short))
        chain = [exchange.curl() for exchange in result.witness]
        element.text = _xml("\n".join([f"{each.text} ({each.source})", short, *chain]))


def tool_version() -> str:
    """The version of this product."""
    try:
        return version("leadproof")
    except PackageNotFoundError:
        return "unknown"


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _replace(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
