"""``lead-conformance replay``: whether a failure of a report still shows.

Where the target answers each call of the chain as it did then, nothing has changed: it still fails. Where any answer
is another one, that says nothing yet: the failure may show in another form, or an earlier call may be answered
differently in a way that nobody promised. Then the requirement's check is tried, and decides.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

import openapi
from conformance.arguments import Job, add_place_arguments, jobs_of, target_for, targets_of
from conformance.client import open_client
from conformance.config import ConfigError, without_credentials
from conformance.exchange import Exchange, shown
from conformance.live import custody, plan
from conformance.live.budget import Budget, Limits
from conformance.live.keeping import Keeping, interruptible
from conformance.outcomes import CannotTry, HeldBack, Outcome, TargetFault
from conformance.reports.results import SCHEMA
from conformance.run import INTERRUPTED, TARGET_ERROR, attempt, preflight
from conformance.target import Target, brief
from conformance.transport import TIMEOUT
from conformance.witnesses.answers import differences
from conformance.witnesses.chain import Chain, numbered
from conformance.witnesses.replay import a_run, renewal, sender, sent_again

STILL_FAILS, NO_LONGER, UNDECIDED = 1, 0, 3


@dataclass(frozen=True)
class Recorded:
    """A failure as a report holds it."""

    id: str
    api: str
    chain: Chain
    embedded: bool
    base_url: str
    seed: int
    effort: str


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    command = commands.add_parser(
        "replay",
        help="send the calls of one failure again, and say whether it still fails",
        description="Sends the calls of one failure again. If every answer is the recorded one, it still fails; if any "
        "differs, the requirement's check is tried and decides. The fixtures of a target file are put back afterwards.",
        epilog="exit codes: 1 it still fails, 0 no longer, 3 undecided; otherwise as of run",
    )
    command.set_defaults(command=replay_command)
    command.add_argument("report", type=Path, metavar="REPORT", help="the folder of a report, or its results.json")
    command.add_argument("id", metavar="ID", help="of a requirement that failed, such as aura/get_lead/the_id")
    add_place_arguments(command, default="where the report was made")
    command.add_argument("--yes", action="store_true", help="agree beforehand to what may be sent to a target outside")


def replay_command(options: argparse.Namespace) -> int:
    """Send the chain again; where the answers are others than recorded, let the check decide."""
    recorded = _recorded(options.report, options.id)
    options.api = [recorded.api]
    if options.url is None and options.target is None and not recorded.embedded:
        options.url = _root(recorded)
    with ExitStack() as stack:
        asking = stack.enter_context(open_client(*filter(None, [options.url]), timeout=TIMEOUT))
        (job,) = jobs_of(stack.enter_context(targets_of(options, recorded.seed, asking)), [recorded.id])
        client = stack.enter_context(open_client(job.config.base_url, timeout=TIMEOUT))
        limits = plan.limits_of([job], recorded.effort, None, 0.0, read_only=False)
        custody.refuse_unfinished(job.config)
        if not job.config.embedded:
            _agree(job, limits, yes=options.yes)
        target = target_for(job, client, recorded.seed, recorded.effort, budget=Budget(limits))
        preflight(target)
        print(f"{recorded.id} at {without_credentials(job.config.base_url)}")
        code, keeping = INTERRUPTED, Keeping()
        with interruptible(), keeping.fixtures_of(target):
            target.begin(recorded.id)
            same = _answers_as_recorded(recorded, target)
            code = STILL_FAILS if same else _as_the_check_says(recorded, job, target)
    for line in keeping.told:
        print(line, file=sys.stderr if keeping.failed else sys.stdout)
    return TARGET_ERROR if keeping.failed and code != STILL_FAILS else code


def _agree(job: Job, limits: Limits, *, yes: bool) -> None:
    """Tell what may be sent, the check's own calls with it. Raises ConfigError where nobody agrees."""
    for line in plan.told([job], limits):
        print(line)
    if not yes:
        plan.agree()


def _answers_as_recorded(recorded: Recorded, target: Target) -> bool:
    """Send the chain, and print each answer and whether it is the recorded one."""
    run = a_run()
    try:
        answers = sent_again(recorded.chain, sender(target), run)
    except (CannotTry, HeldBack, httpx.InvalidURL, UnicodeError) as reason:
        raise ConfigError(f"the calls cannot be sent again: {reason}") from None
    places = differences(recorded.chain.calls, answers, renewal(recorded.chain, run), whole=True)
    for was, now, changed in zip(recorded.chain.calls, answers, places, strict=True):
        print(f"  {now.request.method} {now.request.path}  {now.status}{_told(was, changed)}")
    print(f"  {brief(shown(answers[-1].response.shown))}")
    if any(places):
        print("Not all answers are the recorded ones, which says nothing yet: the requirement's check decides.")
        return False
    print("STILL FAILS: all answers are as they were when this was found to be wrong")
    return True


def _told(was: Exchange, changed: frozenset[str]) -> str:
    if "status" in changed:
        return f" instead of {was.status}"
    return f" (not as recorded: {', '.join(sorted(changed)[:5])})" if changed else ""


def _as_the_check_says(recorded: Recorded, job: Job, target: Target) -> int:
    """Try the requirement, with the seed and effort of the report."""
    (requirement,) = [each for each in job.chosen if each.id == recorded.id]
    result = attempt(requirement, target)
    match result.outcome:
        case Outcome.FAILED:
            print(f"STILL FAILS: expected {result.expected}; got {result.got}")
            return STILL_FAILS
        case Outcome.PASSED:
            print("NO LONGER FAILS: the requirement's check passes")
            return NO_LONGER
        case Outcome.ERROR:
            raise TargetFault(result.detail)
        case _:
            print(f"UNDECIDED: the check could not be tried: {result.detail}")
            return UNDECIDED


def _recorded(path: Path, id: str) -> Recorded:
    """The failure of that id in a report. Raises ConfigError where there is none that could be sent again."""
    file = path / "results.json" if path.is_dir() else path
    try:
        return _read(json.loads(file.read_text(encoding="utf-8")), id)
    except OSError as error:
        raise ConfigError(f"cannot read the report {file}: {error.strerror or error}") from None
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"{file} is no results.json of this version of lead-conformance") from None


def _read(results: Any, id: str) -> Recorded:
    if results["schema"] != SCHEMA:
        raise ConfigError(
            f"the report has schema {brief(results['schema'])}; this version reads {SCHEMA}: run it again"
        )
    told = {each["id"]: each for each in results["requirements"]}
    failed = {each: row for each, row in told.items() if row["outcome"] == Outcome.FAILED}
    if id not in failed:
        known = f"; failed are {', '.join(failed)}" if failed else "; nothing failed"
        raise ConfigError(f"the report has no failure {id!r}: {_why_none(id, told.get(id))}{known}")
    calls = [Exchange.of_json(each) for each in failed[id]["witness"]]
    api = id.partition("/")[0]
    if not calls or api not in openapi.APIS:
        raise ConfigError(f"the report has no calls for {id!r}")
    return Recorded(
        id,
        api,
        Chain(calls, numbered(failed[id]["made_up"])),
        bool(results["target"]["embedded"]),
        str(results["target"]["base_urls"][api]),
        int(results["seed"]),
        str(results["effort"]),
    )


def _why_none(id: str, row: Any) -> str:
    """Why a report has no failure of that id; `row` is what it says of it, None where it says nothing."""
    api = id.partition("/")[0]
    if api not in openapi.APIS or id not in openapi.read(api).requirements:
        return "there is no such requirement ('lead-conformance list' shows them all)"
    if row is None:
        return "it was not part of that run"
    if row["outcome"] == Outcome.PASSED:
        return "it passed"
    return f"it was not decided ({row['outcome']}: {row['detail']})"


def _root(recorded: Recorded) -> str:
    """The host of the report's target. Raises ConfigError where it serves the API at a path of its own."""
    base_path = openapi.read(recorded.api).base_path
    if not recorded.base_url.endswith(base_path):
        raise ConfigError(f"the report was made at {recorded.base_url}: give its target file again (--target)")
    return recorded.base_url.removesuffix(base_path)
