"""The kill matrix: what the pieces of a proof say together, as ``mutation.json`` and as a page for people."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median, quantiles
from typing import Any

import openapi
from conformance.proof.prove import LEAST, Plan
from conformance.reports.facts import tool_version

SCHEMA = 1

MEANING = {
    "killed": "its own check failed by Violation, alone and among the others, and the sandbox did not crash meanwhile",
    "in a run": f"in the order of a run at {LEAST}, and at the effort of the proof where the own check did not fall",
    "fell": "requirements that failed with the fault and passed without it, same seed and effort",
    "collateral": "how many of these are not the one that the fault declares",
    "undeclared": "collateral that the fault does not declare as also broken, rightly",
    "blocked": "requirements that could not be tried, because another one, which the result names, is broken",
    "untried": "requirements that could not be tried any more, because what they need could not be arranged",
    "without_cause": "requirements that failed without the fault, too, or ended in an error of ours only with it",
    "detected": "what it had cost when the own check fell: alone, and in the order of a run",
}


def matrix(plan: Plan, lines: Iterable[Mapping[str, Any]], expected: int) -> dict[str, Any]:
    """The content of ``mutation.json``. `lines` are results of `prove.perform`, `expected` is how many there are."""
    lines = list(lines)
    clean = [_clean(each) for each in lines if "fault" not in each]
    unbroken = [each for each in lines if "fault" not in each and each["seed"] == plan.seed]
    faults = [_fault(each, [row for row in unbroken if row["api"] == each["api"]]) for each in lines if "fault" in each]
    return {
        "schema": SCHEMA,
        "tool": {"name": "leadproof", "version": tool_version(), "python": platform.python_version()},
        "contracts": {api: openapi.read(api).sha256 for api in dict.fromkeys(each["api"] for each in lines)},
        "effort": plan.effort,
        "seed": plan.seed,
        "others": "all" if plan.others is None else plan.others,
        "complete": len(lines) == expected,
        "meaning": MEANING,
        "summary": {
            "faults": len(faults),
            "killed": sum(each["killed"] for each in faults),
            "killed_in_a_run_at": dict(Counter(each["in_a_run_at"] for each in faults if each["killed"])),
            "survivors": [each["id"] for each in faults if not each["killed"]],
            "without_cause": [each["id"] for each in faults if each["without_cause"]],
            "undeclared": [each["id"] for each in faults if each["undeclared"]],
            "clean_runs": len(clean),
            "clean_failed": [f"{each['api']} seed {each['seed']}" for each in clean if not each["passed"]],
        },
        "faults": faults,
        "clean": clean,
    }


def holds(found: Mapping[str, Any]) -> bool:
    """Whether a matrix proves the suite: it is whole, every fault was killed, and no clean run failed."""
    summary = found["summary"]
    return bool(found["complete"] and summary["faults"] and not summary["survivors"] and not summary["clean_failed"])


def _clean(line: Mapping[str, Any]) -> dict[str, Any]:
    suite = line["suite"]
    fell = {id: suite["details"][id] for id in [*suite["failed"], *suite["error"]]}
    return {
        "api": line["api"],
        "seed": line["seed"],
        "effort": suite["effort"],
        "passed": suite["passed"] > 0 and not fell,
        "fell": fell,
        "incomplete": suite["incomplete"],
        "requests": suite["requests"],
        "seconds": suite["seconds"],
    }


def _fault(line: Mapping[str, Any], unbroken: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A row of the matrix. `unbroken` is what the clean sandbox gave with the same seed, at each effort."""
    breaks, own, suite = line["fault"]["breaks"], line["own"], line["suite"]
    runs = [own, suite] if suite else [own]
    efforts = {each["effort"] for each in runs}
    without = [each["suite"] for each in unbroken if each["suite"]["effort"] in efforts]
    outcomes = ("failed", "blocked", "incomplete", "error")
    before = {outcome: {id for each in without for id in each[outcome]} for outcome in outcomes}
    now = {outcome: sorted({id for each in runs for id in each[outcome]}) for outcome in before}
    fell = [id for id in now["failed"] if id not in before["failed"]]
    collateral = [id for id in fell if id != breaks]
    return {
        "id": f"{line['fault']['api']}/{line['fault']['name']}",
        "breaks": breaks,
        "kind": line["fault"]["kind"],
        "killed": all(breaks in each["failed"] and not each["crashed"] for each in runs),
        "in_a_run_at": suite["effort"] if suite else None,
        "own_check": {name: _own(each, breaks) for name, each in (("alone", own), ("in_a_run", suite)) if each},
        "detected": {name: each["detected"] for name, each in (("alone", own), ("in_a_run", suite)) if each},
        "fell": fell,
        "collateral": len(collateral),
        "undeclared": [id for id in collateral if id not in line["fault"]["also"]],
        "blocked": [id for id in now["blocked"] if id not in before["blocked"] and id != breaks],
        "untried": [id for id in now["incomplete"] if id not in before["incomplete"] and id != breaks],
        "without_cause": [id for id in now["failed"] if id in before["failed"]]
        + [id for id in now["error"] if id not in before["error"]],
    }


def _own(run: Mapping[str, Any], breaks: str) -> str:
    """What became of the own check of a fault, in words."""
    if breaks in run["failed"]:
        return "failed, and the sandbox crashed" if run["crashed"] else "failed"
    for outcome in ("blocked", "incomplete", "error"):
        if breaks in run[outcome]:
            return f"{outcome}: {run['details'][breaks]}"
    return "passed"


# -- for people ------------------------------------------------------------------------------------------------


def page(found: Mapping[str, Any]) -> str:
    """The matrix as a page in Markdown."""
    summary = found["summary"]
    versions = ", ".join(f"{api} `{sha256[:12]}`" for api, sha256 in found["contracts"].items())
    parts = [
        "# Can every check fail?",
        "Made by `lead-conformance prove --summary`; `make mutation` repeats it. Do not edit.",
        f"Each of {summary['faults']} seeded faults was served by a sandbox of its own. Its own check was tried alone "
        f"at effort `{found['effort']}`, seed {found['seed']}{_besides(found)}. "
        f"**{summary['killed']} of {summary['faults']} were killed by their own check**; "
        f"{summary['clean_runs'] - len(summary['clean_failed'])} of {summary['clean_runs']} runs on the clean sandbox "
        f"were without a failure. {'' if found['complete'] else 'The proof was interrupted. '}Contracts: {versions}.",
        "\n".join(_apis(found)),
        "\n".join(_kinds(found["faults"])),
        "## What the words mean",
        "\n".join(f"- *{word.replace('_', ' ')}*: {meaning}." for word, meaning in found["meaning"].items()),
        *_listed("Survivors", [_survivor(each) for each in found["faults"] if not each["killed"]]),
        *_listed("Fell without cause", [_causeless(each) for each in found["faults"] if each["without_cause"]]),
        *_listed("Clean runs that failed", [_failed(each) for each in found["clean"] if not each["passed"]]),
        *_listed("Undeclared collateral", [_undeclared(each) for each in found["faults"] if each["undeclared"]]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _besides(found: Mapping[str, Any]) -> str:
    """What was tried beside the own check of a fault."""
    if not found["others"]:
        return ""
    others = "every other check" if found["others"] == "all" else f"{found['others']} other checks"
    at = " and ".join(f"{count} at `{effort}`" for effort, count in found["summary"]["killed_in_a_run_at"].items())
    return (
        f"; then with {others} of its API, in the order of a run, at the least effort at which it fell: {at or 'none'}"
    )


def complaints(found: Mapping[str, Any]) -> list[str]:
    """A line for each thing that speaks against the suite."""
    faults = found["faults"]
    return [
        *(f"SURVIVED {_survivor(each)}" for each in faults if not each["killed"]),
        *(f"WITHOUT CAUSE {_causeless(each)}" for each in faults if each["without_cause"]),
        *(f"CLEAN RUN FAILED {_failed(each)}" for each in found["clean"] if not each["passed"]),
        *(f"UNDECLARED {_undeclared(each)}" for each in faults if each["undeclared"]),
    ]


def _apis(found: Mapping[str, Any]) -> Iterable[str]:
    yield "| API | faults | killed | clean runs | requests to detection, alone | seconds, alone | requests, in a run |"
    yield "|---|---|---|---|---|---|---|"
    for api in found["contracts"]:
        rows = [each for each in found["faults"] if each["breaks"].startswith(f"{api}/")]
        clean = [each for each in found["clean"] if each["api"] == api]
        passed = sum(each["passed"] for each in clean)
        cells = [len(rows), sum(each["killed"] for each in rows), f"{passed} of {len(clean)}"]
        costs = [_spread(rows, "alone", "requests"), _spread(rows, "alone", "seconds")]
        told = " | ".join(map(str, [*cells, *costs, _spread(rows, "in_a_run", "requests")]))
        yield f"| {api} | {told} |"
    yield "\nCosts are the median, and in brackets what 95 of 100 faults stay below."


def _kinds(faults: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    kinds = sorted({each["kind"] for each in faults if each["kind"]})
    if kinds:
        yield "| kind | faults | killed |"
        yield "|---|---|---|"
    for kind in kinds:
        rows = [each for each in faults if each["kind"] == kind]
        yield f"| {kind} | {len(rows)} | {sum(each['killed'] for each in rows)} |"


def _spread(faults: Sequence[Mapping[str, Any]], where: str, cost: str) -> str:
    costs = [each["detected"][where][cost] for each in faults if each["detected"].get(where)]
    if len(costs) < 2:
        return _told(costs[0]) if costs else "-"
    return f"{_told(median(costs))} ({_told(quantiles(costs, n=20, method='inclusive')[-1])})"


def _told(cost: float) -> str:
    """A cost without digits that mean nothing."""
    return f"{cost:.0f}" if cost >= 10 else f"{cost:.2g}"


def _listed(title: str, rows: Sequence[str]) -> list[str]:
    return [f"## {title}", "\n".join(f"- {each}" for each in rows)] if rows else []


def _survivor(fault: Mapping[str, Any]) -> str:
    told = "; ".join(f"{where.replace('_', ' ')}: {what}" for where, what in fault["own_check"].items())
    return f"{fault['id']} (breaks {fault['breaks']}): {told}"


def _causeless(fault: Mapping[str, Any]) -> str:
    return f"{fault['id']}: {', '.join(fault['without_cause'])}"


def _failed(run: Mapping[str, Any]) -> str:
    return f"{run['api']} seed {run['seed']}: " + "; ".join(f"{id}: {why}" for id, why in run["fell"].items())


def _undeclared(fault: Mapping[str, Any]) -> str:
    return f"{fault['id']} (breaks {fault['breaks']}): {', '.join(fault['undeclared'])}"
