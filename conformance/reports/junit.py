"""``junit.xml``: one test case for each requirement, for CI systems."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from conformance.outcomes import Outcome, Result
from conformance.reports.facts import Facts, written
from conformance.run import Report

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, facts: Facts) -> bytes:
    """The content of ``junit.xml``: one test case for each requirement, one suite for each API."""
    root = ElementTree.Element("testsuites", name="leadproof")
    for api in facts.targets:
        results = [each for each in report.results if each.requirement.api == api]
        tags = [_tag(each, report) for each in results]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=api,
            tests=str(len(results)),
            failures=str(sum(tag == "failure" for tag in tags)),
            errors=str(sum(tag == "error" for tag in tags)),
            skipped=str(sum(tag == "skipped" for tag in tags)),
            time=f"{sum(each.seconds for each in results):.3f}",
            timestamp=written(facts.started),
        )
        for each, tag in zip(results, tags, strict=True):
            _add_case(suite, each, tag, report.stale.get(each.requirement.id, ""))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _tag(result: Result, report: Report) -> str:
    """The element that says what became of a requirement; none where it passed and nothing is stale."""
    if result.accepted:
        return "skipped"
    if result.requirement.id in report.stale:
        return "failure"
    return {Outcome.PASSED: "", Outcome.FAILED: "failure", Outcome.ERROR: "error"}.get(result.outcome, "skipped")


def _add_case(suite: ElementTree.Element, result: Result, tag: str, stale: str) -> None:
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
    if tag:
        short = f"expected {result.expected}; got {result.got}" if result.expected else result.detail
        if result.accepted:
            short = f"accepted: {result.accepted}; {short}"
        if stale:
            short = f"stale acceptance: {stale}" + (f"; {short}" if short else "")
        element = ElementTree.SubElement(case, tag, message=_xml(short))
        element.text = _xml("\n".join([f"{each.text} ({each.source})", short, *result.curl]))


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
