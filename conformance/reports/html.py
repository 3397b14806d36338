"""``report.html``: one page for people, made from the content of ``results.json`` alone."""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from conformance.exchange import visible
from conformance.witnesses.shell import settings
from conformance.wording import many as _many

_LONGEST = 4000
_OUTCOMES = ("failed", "error", "blocked", "incomplete", "untested", "passed")
_UNDECIDED = ("error", "blocked", "incomplete", "untested")

_VERDICTS = {
    "conformant_except": ("Conformant, except", "Every required check passed{accepted}: {tried}."),
    "partial": ("Tried in part", "What was tried holds{accepted}; a selection or a limit left the rest out: {tried}."),
    "conformant": ("Conformant", "Every required check passed{accepted}: {tried}."),
    "violations": ("Departs from its documentation", "{broken}; {tried}."),
    "stale": ("An acceptance is stale", "No violation was found, but {stale} to be taken out or renewed: {tried}."),
    "incomplete": ("Not decided", "No violation was found, but not all that is required could be tried: {tried}."),
    "error": ("Not decided", "No violation was found, but checks ended in errors: {tried}."),
}
_RULE = (
    "Each requirement of level \u201cmust\u201d{strict} has to hold{accepted}; "
    "a required one that could not be tried leaves the verdict open."
)


def page(results: Mapping[str, Any], folder: Path = Path("report")) -> str:
    """The page. What came from the target is text in it, with its control characters written out.

    `folder` is where the reports are, for the lines that replay a failure.
    """
    failures = sorted(_failures(results, folder), key=lambda each: not each["decides"])
    tool = results["tool"]
    style, script = (_data(name) for name in ("report.css", "report.js"))
    return (
        _environment()
        .from_string(_data("report.html.in"))
        .render(
            results=results,
            verdict=_verdict(results, failures),
            deciding=[each for each in failures if each["decides"]],
            lacking=_lacking(results),
            failures=failures,
            variables=_variables(results, failures),
            apis=[_api(name, url, results) for name, url in results["target"]["base_urls"].items()],
            total=_counts(results["requirements"]),
            not_run=_not_run(results["requirements"]),
            not_run_count=len(_of(results["requirements"], *_UNDECIDED)),
            outcomes=_OUTCOMES,
            versions={
                "leadproof" if name == "version" else name: told for name, told in tool.items() if name != "name"
            },
            started=_readable(results["started"]),
            finished=_readable(results["finished"]),
            duration=_duration(results),
            style=Markup(style),
            style_hash=_digest(style),
            script=Markup(script),
            script_hash=_digest(script),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_text, trim_blocks=True, keep_trailing_newline=True
    )
    environment.filters["cut"] = _cut
    return environment


def _cut(body: str) -> str:
    """A body, where it is very long the beginning of it."""
    return (
        body if len(body) <= _LONGEST else f"{body[:_LONGEST]}... ({len(body)} characters; results.json has them all)"
    )


def _text(value: Any) -> Any:
    """What is written for a value: nothing in it turns the direction of a line or is no character at all."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _data(name: str) -> str:
    return files("conformance.reports").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """A hash as a content security policy names it."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _of(requirements: Sequence[Mapping[str, Any]], *outcomes: str) -> list[Mapping[str, Any]]:
    return [each for each in requirements if each["outcome"] in outcomes]


def _counts(requirements: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    counts = Counter(each["outcome"] for each in requirements)
    return {outcome: counts[outcome] for outcome in _OUTCOMES}


def _failures(results: Mapping[str, Any], folder: Path) -> list[dict[str, Any]]:
    blocks = {each["id"]: each["blocks"] for each in results["findings"]}
    return [
        {
            **each,
            "blocks": blocks.get(each["id"], []),
            "api": each["id"].partition("/")[0],
            "decides": _decides(each, results["strict"]),
            "again": f"lead-conformance replay {shlex.quote(str(folder))} {each['id']}",
        }
        for each in _of(results["requirements"], "failed")
    ]


def _decides(failed: Mapping[str, Any], strict: bool) -> bool:
    """Whether a failure decides the verdict: not where its level does not, nor where it is accepted."""
    return (strict or failed["level"] == "must") and not failed["accepted"]


def _lacking(results: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What is required and was not decided."""
    return [each for each in _of(results["requirements"], "incomplete", "error") if each["required"]]


def _verdict(results: Mapping[str, Any], failures: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    counts = _counts(results["requirements"])
    tried = f"{counts['passed']} of {_many(len(results['requirements']), 'requirement')} passed"
    broken = f"{_many(sum(each['decides'] for each in failures), 'violation')} of the documentation"
    stale = len(results["stale_acceptances"])
    title, text = _VERDICTS[results["verdict"]]
    accepted = ", but for what is accepted" if any(each["accepted"] for each in failures) else ""
    if results["interrupted"]:
        tried += "; the run was interrupted"
    return {
        "title": title,
        "text": text.format(
            tried=tried,
            broken=broken,
            accepted=accepted,
            stale=f"{_many(stale, 'acceptance')} {'has' if stale == 1 else 'have'}",
        ),
        "rule": _RULE.format(
            strict=" and \u201cshould\u201d" if results["strict"] else "",
            accepted=accepted,
        ),
    }


def _api(name: str, url: str, results: Mapping[str, Any]) -> dict[str, Any]:
    own = [each for each in results["requirements"] if each["id"].startswith(f"{name}/")]
    operations: dict[str, list[Mapping[str, Any]]] = {}
    for each in own:
        operations.setdefault(each["id"].split("/")[1], []).append(each)
    return {
        "name": name,
        "url": url,
        "verdict": _verdict_of(own, results),
        "counts": _counts(own),
        "operations": operations,
        "points": [each for each in results["open_points"] if each["api"] == name],
    }


def _verdict_of(requirements: Sequence[Mapping[str, Any]], results: Mapping[str, Any]) -> str:
    """What the run would say of these requirements alone."""
    if any(_decides(each, results["strict"]) for each in _of(requirements, "failed")):
        return "violations"
    if {each["id"] for each in requirements} & {each["id"] for each in results["stale_acceptances"]}:
        return "stale"
    if _of(requirements, "error"):
        return "error"
    accepted = {each["id"] for each in requirements if each["accepted"]}
    undecided = (each for each in _of(requirements, "incomplete", "blocked") if each["required"])
    lacking = any(not accepted.intersection(each["blocked_by"]) for each in undecided)
    if lacking or not (accepted or _of(requirements, "passed")):
        return "incomplete"
    if results["verdict"] == "partial":
        return "partial"
    return "conformant_except" if accepted else "conformant"


def _not_run(requirements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was not decided, grouped by outcome and reason; what leaves the verdict open comes first."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for outcome in _UNDECIDED:
        for each in _of(requirements, outcome):
            groups.setdefault((outcome, each["detail"]), []).append(each)
    return [
        {"outcome": outcome, "reason": reason, "requirements": members} for (outcome, reason), members in groups.items()
    ]


def _variables(results: Mapping[str, Any], failures: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """By API, what to give the shell variables that the curl lines of its failures read."""
    told = {
        api: settings(api, url, (line for each in failures if each["api"] == api for line in each["curl"]))
        for api, url in results["target"]["base_urls"].items()
    }
    return {api: values for api, values in told.items() if values}


def _readable(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M:%S} UTC"


def _duration(results: Mapping[str, Any]) -> str:
    lasted = datetime.fromisoformat(results["finished"]) - datetime.fromisoformat(results["started"])
    minutes, seconds = divmod(lasted.total_seconds(), 60)
    return f"{minutes:.0f} min {seconds:.0f} s" if minutes else f"{seconds:.1f} s"
