"""``lead-conformance run``: try a target and report."""

from __future__ import annotations

import argparse
import gc
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx

from conformance import reports
from conformance.acceptance import read_acceptances
from conformance.arguments import Job, add_target_arguments, at_least, jobs_of, target_for, targets_of
from conformance.client import open_client
from conformance.commands.together import Trial, tried_together
from conformance.config import ConfigError, without_credentials
from conformance.exchange import Exchange
from conformance.live import custody, plan
from conformance.live.budget import Budget, Limits, seconds_between
from conformance.live.keeping import Keeping, heed, interruptible
from conformance.live.order import telling_first
from conformance.outcomes import HeldBack, Outcome, Result, TargetFault
from conformance.register import requirements
from conformance.run import EXIT_CODES, INTERRUPTED, TARGET_ERROR, Report, classify, find_out, preflight, run, untried
from conformance.target import EXAMPLES, Target
from conformance.terminal import Terminal
from conformance.transport import TIMEOUT
from conformance.witnesses.shortest import Shortener

_EPILOG = """\
exit codes:
  0    conformant: every required check passed, or its failure is accepted (conformant_except);
       partial: what was tried holds, and --only or a limit left the rest out
  1    violations: the target departs from its documentation; or an acceptance is stale
  2    usage: the arguments, a file or the key cannot be used
  3    incomplete: no violation, but required checks could not be tried
  4    error: the target does not answer, or fails as a whole, or the suite does
  130  interrupted; the fixtures are put back and the reports written

examples:
  lead-conformance run
      try all three APIs of the embedded sandbox
  lead-conformance run vorel --url http://127.0.0.1:4020 --key full=env:VOREL_KEY --yes
      try one API of a host, with a key from the environment
  lead-conformance run --target live.toml --dry-run
      say what a run would do to the target that a file describes, and send nothing to it
"""

_INTERRUPTED = "interrupted before it was tried"
_DRY_RUN = "print the plan only; with --url and no --key, the host is asked for the keys of a sandbox, and nothing else"
_PATIENCE = "how long an answer may take (default: %(default)g)"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    command = commands.add_parser(
        "run",
        help="try a target and say which documented requirement holds",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(command=run_command)
    add_target_arguments(command)
    command.add_argument("--only", action="append", default=[], metavar="ID-PREFIX", help="such as vorel/update_lead")
    command.add_argument("--strict", action="store_true", help="let requirements of level should decide, too")
    command.add_argument("--seed", type=at_least(0), help="of all made-up values (default: any; printed at the end)")
    command.add_argument("--effort", choices=list(EXAMPLES), help="(default: standard; quick with --max-requests)")
    command.add_argument("--report-dir", type=Path, default=Path("report"), metavar="DIR", help="(default: report)")
    command.add_argument(
        "--har-megabytes",
        type=at_least(0),
        default=reports.TRAFFIC_MEGABYTES,
        metavar="MB",
        help="how much of the traffic traffic.har holds; the calls that show failures are always in it, with 0 they "
        "alone (default: %(default)s)",
    )
    command.add_argument("--accept", type=Path, metavar="FILE", help="TOML: departures that are known and accepted")
    command.add_argument(
        "--yes",
        action="store_true",
        help="agree beforehand to the plan, which says what is created and changed; without it you are asked, and "
        "where nobody can be asked nothing is sent",
    )
    command.add_argument("--dry-run", action="store_true", help=_DRY_RUN)
    command.add_argument("--read-only", action="store_true", help="send nothing that may change the target")
    command.add_argument("--max-requests", type=at_least(1), metavar="N", help="send no more; the most telling first")
    command.add_argument("--rate-limit", metavar="N/PERIOD", help="space requests: 100/m, 5/s, 1000/h")
    command.add_argument("--timeout", type=_seconds, default=TIMEOUT, metavar="SECONDS", help=_PATIENCE)
    command.add_argument("-q", "--quiet", action="store_true", help="print the verdict only; beats -v")
    command.add_argument("-v", "--verbose", action="store_true", help="print every requirement and reading")


def run_command(options: argparse.Namespace) -> int:
    """Agree on the plan, try the targets, and report."""
    terminal = Terminal(sys.stdout, quiet=options.quiet, verbose=options.verbose)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**31)
    effort = options.effort or ("standard" if options.max_requests is None else "quick")
    between = 0.0 if options.rate_limit is None else seconds_between(options.rate_limit)
    accepted = read_acceptances(options.accept) if options.accept else {}
    report, started = Report(seed, options.strict, acceptances=accepted, selection=options.only), datetime.now(UTC)
    keeping, asked = Keeping(), list[httpx.Request]()
    with ExitStack() as stack:
        stack.callback(_tell_of_fixtures, keeping)
        stack.callback(terminal.finished)
        hooks = {"request": [asked.append]}
        asking = stack.enter_context(
            open_client(*filter(None, [options.url]), timeout=options.timeout, event_hooks=hooks)
        )
        jobs = jobs_of(stack.enter_context(targets_of(options, seed, asking)), options.only)
        limits = plan.limits_of(jobs, effort, options.max_requests, between, options.read_only)
        if not _agreed(options, jobs, limits, terminal):
            return 0
        if limits == Limits() and len(jobs) > 1:
            report.requests = len(asked)
            trials = [Trial(job.config, options.only, seed, effort, options.timeout) for job in jobs]
            traffic = _try_together(options, jobs, trials, report, keeping, terminal)
        else:
            budget = Budget(limits)
            places = [job.config.base_url for job in jobs]
            hooks = {"request": [heed, lambda _: terminal.sent()]}
            client = stack.enter_context(open_client(*places, event_hooks=hooks))
            made = {"budget": budget, "timeout": options.timeout}
            targets = [target_for(job, client, seed, effort, **made) for job in jobs]
            gc.freeze()  # what is loaded by now is never garbage, and need not be looked through again and again
            _try(options, list(zip(jobs, targets, strict=True)), asked, report, keeping, terminal)
            report.requests = budget.requests
            traffic = [exchange for target in targets for exchange in target.journal]
    report.interrupted = keeping.interrupted
    facts = reports.Facts(
        {job.config.api: job.config.base_url for job in jobs},
        any(job.config.embedded for job in jobs),
        effort,
        started,
        datetime.now(UTC),
        {
            "read_only": options.read_only,
            "max_requests": options.max_requests,
            "rate_limit": options.rate_limit,
            "capabilities": {job.config.api: dict(job.config.capabilities) for job in jobs},
        },
    )
    _tell(options, report, facts, traffic, keeping, terminal)
    return _code(report, keeping)


def _tell(
    options: argparse.Namespace,
    report: Report,
    facts: reports.Facts,
    traffic: Sequence[Exchange],
    keeping: Keeping,
    terminal: Terminal,
) -> None:
    """Write the reports and print the summary. Raises TargetFault where the reports cannot be written."""
    seconds = (facts.finished - facts.started).total_seconds()
    try:
        paths = reports.write(options.report_dir, report, facts, traffic, megabytes=options.har_megabytes)
    except OSError as error:
        terminal.summary(report, [], seconds, facts.targets)
        raise TargetFault(f"cannot write the reports to {options.report_dir}: {error.strerror or error}") from None
    terminal.summary(report, [str(path) for path in paths], seconds, facts.targets)


def _tell_of_fixtures(keeping: Keeping) -> None:
    """Before anything else can fail."""
    for line in keeping.told:
        print(line, file=sys.stderr if keeping.failed else sys.stdout)


def _code(report: Report, keeping: Keeping) -> int:
    """The exit code of a run that has reported."""
    if report.interrupted:
        return INTERRUPTED
    return TARGET_ERROR if keeping.failed and not report.violations else EXIT_CODES[report.verdict]


def _agreed(options: argparse.Namespace, jobs: Sequence[Job], limits: Limits, terminal: Terminal) -> bool:
    """Whether to go on after the plan has been told. Raises ConfigError where nobody agrees to it."""
    outside = not all(job.config.embedded for job in jobs)
    if outside or options.dry_run:
        for line in plan.told(jobs, limits):
            (terminal.say if options.yes else print)(line)
    if options.dry_run:
        return False
    for job in jobs:
        custody.refuse_unfinished(job.config)
    if outside and not (options.read_only or options.yes):
        plan.agree()
    return True


def _try(
    options: argparse.Namespace,
    pairs: Sequence[tuple[Job, Target]],
    asked: Sequence[httpx.Request],
    report: Report,
    keeping: Keeping,
    terminal: Terminal,
) -> None:
    """Try each job on its target. In the end the report has a result for each chosen requirement, in their order.

    `asked` are the requests that have been sent to find out the keys: they count as well.
    """
    jobs, why = [job for job, _ in pairs], _INTERRUPTED
    try:
        for request in asked:
            pairs[0][1].budget.pass_request(request)
        for _, target in pairs:
            preflight(target)
        _make_room(options.report_dir)
        with interruptible():
            for at, (job, target) in enumerate(pairs):
                target.budget.share(len(jobs) - at)
                _try_one(options, job, target, report, keeping, terminal)
                if keeping.interrupted:
                    break
    except HeldBack as reason:
        why = str(reason)
    _complete(report, jobs, why)


def _try_together(
    options: argparse.Namespace,
    jobs: Sequence[Job],
    trials: Sequence[Trial],
    report: Report,
    keeping: Keeping,
    terminal: Terminal,
) -> list[Exchange]:
    """Try all jobs at the same time; all that was sent, API by API. The embedded sandbox has no fixtures to keep."""
    _make_room(options.report_dir)
    sent: dict[str, list[Exchange]] = {job.config.api: [] for job in jobs}
    for job in jobs:
        terminal.trying(job.config.api, without_credentials(job.config.base_url), len(job.chosen))
        report.readings[job.config.api], report.unread[job.config.api] = {}, {}
    with interruptible():
        try:
            for news in tried_together(trials):
                heed()
                report.requests += news.requests
                report.readings[news.api], report.unread[news.api] = dict(news.readings), dict(news.unread)
                sent[news.api] += news.exchanges
                terminal.sent(news.requests)
                if news.began:
                    terminal.begin(news.began)
                if news.result:
                    result = report.add(news.result)
                    if not news.revised:
                        terminal.progress(result)
            why, outcome = "", Outcome.INCOMPLETE
        except KeyboardInterrupt:
            keeping.stopped()
            why, outcome = _INTERRUPTED, Outcome.INCOMPLETE
        except TargetFault as fault:
            why, outcome = str(fault), Outcome.ERROR
    terminal.finished()
    _complete(report, jobs, why, outcome)
    return [exchange for exchanges in sent.values() for exchange in exchanges]


def _complete(report: Report, jobs: Sequence[Job], why: str, outcome: Outcome = Outcome.INCOMPLETE) -> None:
    """Note what has not been tried, and why; all results in the order of the register."""
    known = {each.requirement.id for each in report.results}
    for each in (each for job in jobs for each in job.chosen if each.id not in known):
        report.add(untried(each, why, outcome))
    report.results = _in_register_order(jobs, report.results)


def _try_one(
    options: argparse.Namespace, job: Job, target: Target, report: Report, keeping: Keeping, terminal: Terminal
) -> None:
    """Try one target, while its fixtures are in custody."""
    terminal.trying(target.api, without_credentials(job.config.base_url), len(job.chosen))
    chosen = job.chosen if options.max_requests is None else telling_first(job.chosen)
    with keeping.fixtures_of(target):
        find_out(target)
        run(target, chosen, report, terminal.progress, terminal.begin)
        if not options.only:
            classify(target, terminal.begin)
        with Shortener(target) as shortener:
            for result in (each for each in report.failures if each.requirement.api == target.api):
                report.add(shortener.shortened(result))
    terminal.finished()


def _in_register_order(jobs: Sequence[Job], results: Sequence[Result]) -> list[Result]:
    """The results in the order of the register, in whatever order they came."""
    place = {each.id: at for at, each in enumerate(each for job in jobs for each in requirements(job.config.api))}
    return sorted(results, key=lambda each: place[each.requirement.id])


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 < (number := float(text)) < 3600:
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds: more than 0, less than 3600")


def _make_room(directory: Path) -> None:
    """Make the folder of the reports before the first check, not after the last. Raises ConfigError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise ConfigError(f"cannot write the reports to {directory}: {error.strerror or error}") from None
