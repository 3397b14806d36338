"""The coverage as JUnit XML: a test case for each behaviour, skipped where never met, failed where it is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from mock_server.reports.document import OPEN_POINTS, Behaviour, Difference, Document, behaviours, sentence

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(document: Document, difference: Difference | None) -> str:
    """One suite for each API. What was met in the run that was compared with, and is not now, is a failure."""
    lost = {each["id"]: each for each in difference.lost} if difference else {}
    root = ElementTree.Element("testsuites", name="leadproof coverage")
    for api, told in _by_api(document, lost).items():
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=api,
            tests=str(len(told)),
            failures=str(sum(each["id"] in lost for each in told)),
            errors="0",
            skipped=str(sum(not each["times"] and each["id"] not in lost for each in told)),
        )
        for each in told:
            _add_case(suite, api, each, is_lost=each["id"] in lost)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _by_api(document: Document, lost: Mapping[str, Behaviour]) -> dict[str, list[Behaviour]]:
    """The behaviours of each API, with those lost of which the document says nothing: their API was not called."""
    told = {api: list(each["behaviours"]) for api, each in document["apis"].items()}
    known = {each["id"] for each in behaviours(document)}
    for id, each in lost.items():
        if id not in known:
            told.setdefault(id.partition("/")[0], []).append(each)
    return told


def _add_case(suite: ElementTree.Element, api: str, behaviour: Behaviour, *, is_lost: bool) -> None:
    name = behaviour["id"].removeprefix(f"{api}/").removeprefix(f"{behaviour['operation']}/")
    place = behaviour["operation"] or OPEN_POINTS.replace(" ", "_")
    case = ElementTree.SubElement(suite, "testcase", classname=f"{api}.{place}", name=_xml(name), time="0")
    if behaviour["times"] and not is_lost:
        out = ElementTree.SubElement(case, "system-out")
        out.text = _xml(f"met {behaviour['times']} times, first by {behaviour['call']} ({behaviour['example']})")
        return
    tag, said = ("failure", "met before, and not now") if is_lost else ("skipped", "never met")
    element = ElementTree.SubElement(case, tag, message=_xml(f"{said}: {sentence(behaviour)}"))
    element.text = _xml(f"{behaviour['id']} ({behaviour['source']})")


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
