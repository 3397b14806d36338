"""``lead-mock scenarios``: what a good client survives, and whether yours did."""

from __future__ import annotations

import argparse
import json
from typing import Any

from mock_server.commands.asking import add_sandbox, answer
from mock_server.scenarios.catalogue import SCENARIOS
from mock_server.scenarios.page import page

EXIT_CODES = {"survived": 0, "failed": 1, "incomplete": 3}


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command, and `verdict` below it."""
    command = commands.add_parser("scenarios", help="list what a good client survives, or say whether yours did")
    command.set_defaults(command=list_scenarios)
    command.add_argument("--format", choices=["text", "json", "markdown"], default="text")
    verdict = command.add_subparsers(metavar="verdict").add_parser(
        "verdict",
        help="the verdicts on the scenarios that are armed for a key",
        description="Exit codes: 0 survived, 1 failed, 3 incomplete or nothing armed, 2 usage, 4 no answer.",
    )
    verdict.set_defaults(command=print_verdicts)
    add_sandbox(verdict)
    verdict.add_argument("--key", required=True, metavar="K", help="the credential that the client uses")
    verdict.add_argument(
        "--scenario", choices=[each.id for each in SCENARIOS], metavar="ID", help="of one scenario only"
    )
    verdict.add_argument("--finished", action="store_true", help="the client has ended: what it has not done counts")
    verdict.add_argument("--format", choices=["text", "json"], default="text")


def list_scenarios(options: argparse.Namespace) -> int:
    """Print every scenario with its rules."""
    if options.format == "markdown":
        print(page(), end="")
        return 0
    known = [each.as_json() for each in SCENARIOS]
    print(json.dumps({"scenarios": known}, indent=2) if options.format == "json" else "\n\n".join(map(_listed, known)))
    return 0


def _listed(scenario: dict[str, Any]) -> str:
    places = (f"{api} ({', '.join(place['operations']) or 'every one'})" for api, place in scenario["apis"].items())
    rules = (f"  - {each['text']}{'' if each['judged'] else ' (not judged)'}" for each in scenario["rules"])
    return "\n".join(
        [f"{scenario['id']}: {scenario['title']}", f"  {scenario['text']}", f"  in {'; '.join(places)}", *rules]
    )


def print_verdicts(options: argparse.Namespace) -> int:
    """Print the verdicts on a key's armed scenarios; the exit code is that of the worst."""
    query = {"finished": "true"} if options.finished else {}
    armed = answer(options, "scenarios", "armed", options.key, query)["armed"]
    if options.scenario is not None:
        armed = [each for each in armed if each["scenario"] == options.scenario]
    if options.format == "json":
        print(json.dumps({"armed": armed}, indent=2))
    else:
        print("\n".join(map(_judged, armed)) or "incomplete: nothing is armed for this key; POST /_sandbox/scenarios")
    outcomes = [each["verdict"] for each in armed] or ["incomplete"]
    return EXIT_CODES[next(each for each in ("failed", "incomplete", "survived") if each in outcomes)]


def _judged(trial: dict[str, Any]) -> str:
    where = f"{trial['scenario']} ({trial['api']}/{trial['operation'] or 'every operation'})"
    lines = [f"{trial['verdict']}: {where}: {trial['reason']}"]
    for each in trial["rules"]:
        shown = f" [{', '.join(each['exchanges'])}]" if each["exchanges"] else ""
        lines.append(f"  {each['outcome']:<10} {each['id']}: {each['text']}\n             {each['detail']}{shown}")
    return "\n".join(lines)
