"""``lead-conformance run``: try a target and report."""

from __future__ import annotations

import argparse
import random
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx

from conformance import reports
from conformance.arguments import add_target_arguments, jobs_of, target_for, targets_of
from conformance.config import ConfigError, without_credentials
from conformance.outcomes import TargetFault
from conformance.run import EXIT_CODES, INTERRUPTED, Report, preflight, run
from conformance.target import EXAMPLES
from conformance.terminal import Terminal
from conformance.transport import TIMEOUT


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    command = commands.add_parser("run", help="try a target and say which documented requirement holds")
    command.set_defaults(command=run_command)
    add_target_arguments(command)
    command.add_argument("--only", action="append", default=[], metavar="ID-PREFIX", help="such as vorel/update_lead")
    command.add_argument("--strict", action="store_true", help="let requirements of level should decide, too")
    command.add_argument("--seed", type=int, help="of all made-up values; printed at the end")
    command.add_argument("--effort", choices=list(EXAMPLES), default="standard", help="(default: %(default)s)")
    command.add_argument("--report-dir", type=Path, default=Path("report"), metavar="DIR", help="(default: report)")
    command.add_argument("--yes", action="store_true", help="answer every question beforehand")
    command.add_argument("-q", "--quiet", action="store_true", help="print the verdict only")
    command.add_argument("-v", "--verbose", action="store_true", help="print every requirement")


def run_command(options: argparse.Namespace) -> int:
    """Try the target and report."""
    terminal = Terminal(sys.stdout, quiet=options.quiet, verbose=options.verbose)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**31)
    report, started = Report(seed, options.strict), datetime.now(UTC)
    clock = time.monotonic()
    with ExitStack() as stack:
        client = stack.enter_context(httpx.Client(timeout=TIMEOUT))
        jobs = jobs_of(stack.enter_context(targets_of(options, seed, client)), options.only)
        targets = [target_for(job, client, seed, options.effort) for job in jobs]
        for target in targets:
            preflight(target)
        _make_room(options.report_dir)
        try:
            for job, target in zip(jobs, targets, strict=True):
                terminal.trying(target.api, without_credentials(job.config.base_url), len(job.chosen))
                run(target, job.chosen, report, terminal.progress)
                terminal.finished()
        except KeyboardInterrupt:
            terminal.finished()
            report.interrupted = True
    facts = reports.Facts(
        {job.config.api: job.config.base_url for job in jobs},
        any(job.config.embedded for job in jobs),
        options.effort,
        started,
        datetime.now(UTC),
    )
    try:
        paths = [str(path) for path in reports.write(options.report_dir, report, facts)]
    except OSError as error:
        terminal.summary(report, [], time.monotonic() - clock, facts.targets)
        raise TargetFault(f"cannot write the reports to {options.report_dir}: {error.strerror or error}") from None
    terminal.summary(report, paths, time.monotonic() - clock, facts.targets)
    return INTERRUPTED if report.interrupted else EXIT_CODES[report.verdict]


def _make_room(directory: Path) -> None:
    """Make the folder of the reports before the first check, not after the last. Raises ConfigError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot write the reports to {directory}: {error.strerror or error}") from None
