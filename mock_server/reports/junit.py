"""The coverage as JUnit XML: a test case for each behaviour, skipped where never met, failed where it is lost."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from mock_server.reports.document import OPEN_POINTS, Behaviour, Difference, Document, sentence

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(document: Document, difference: Difference | None) -> str:
    """One suite for each API. What was met in the run that was compared with, and is not now, is a failure."""
    lost = {each["id"]: each for each in difference.lost} if difference else {}
    root = ElementTree.Element("testsuites", name="leadproof coverage")
    for api, each in document["apis"].items():
        behaviours = each["behaviours"]
        failed = sum(one["id"] in lost for one in behaviours)
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=api,
            tests=str(len(behaviours)),
            failures=str(failed),
            errors="0",
            skipped=str(sum(not one["times"] for one in behaviours) - failed),
        )
        for one in behaviours:
            _add_case(suite, api, one, is_lost=one["id"] in lost)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: ElementTree.Element, api: str, behaviour: Behaviour, *, is_lost: bool) -> None:
    name = behaviour["id"].removeprefix(f"{api}/").removeprefix(f"{behaviour['operation']}/")
    place = behaviour["operation"] or OPEN_POINTS.replace(" ", "_")
    case = ElementTree.SubElement(suite, "testcase", classname=f"{api}.{place}", name=_xml(name), time="0")
    if behaviour["times"]:
        out = ElementTree.SubElement(case, "system-out")
        out.text = _xml(f"met {behaviour['times']} times, first by {behaviour['call']} ({behaviour['example']})")
        return
    tag, said = ("failure", "met before, and not now") if is_lost else ("skipped", "never met")
    element = ElementTree.SubElement(case, tag, message=_xml(f"{said}: {sentence(behaviour)}"))
    element.text = _xml(f"{behaviour['id']} ({behaviour['source']})")


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
