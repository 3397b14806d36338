"""The command line of the suite: ``lead-conformance run`` and ``lead-conformance list``."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx

import openapi
from conformance import report as reports
from conformance.config import (
    KEY_NAMES,
    ConfigError,
    TargetConfig,
    at_root,
    check_url,
    read_target_file,
    usable_keys,
    without_credentials,
)
from conformance.embedded import embedded_sandbox, key_ring
from conformance.outcomes import TargetFault
from conformance.register import Requirement, selected
from conformance.run import EXIT_CODES, Report, TargetRefused, preflight, run
from conformance.target import EXAMPLES, TIMEOUT, Target
from conformance.terminal import Terminal

USAGE_ERROR = 2
TARGET_ERROR = 4
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: 0 conformant, 1 violations, 2 usage, 3 incomplete, 4 no answer, 130 Ctrl-C."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(_cache() / "hypothesis"))
    try:
        return int(options.command(options))
    except (ConfigError, TargetRefused) as error:
        print(f"lead-conformance: {error}", file=sys.stderr)
        return USAGE_ERROR
    except TargetFault as error:
        print(f"lead-conformance: {error}", file=sys.stderr)
        return TARGET_ERROR
    except KeyboardInterrupt:
        print("lead-conformance: interrupted before anything was tried", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        print(f"lead-conformance: the suite failed: {type(error).__name__}", file=sys.stderr)
        return TARGET_ERROR


@dataclass(frozen=True)
class Job:
    """One API to be tried: where, and which of its requirements."""

    config: TargetConfig
    chosen: list[Requirement]


def run_command(options: argparse.Namespace) -> int:
    """Try the target and report."""
    terminal = Terminal(sys.stdout, quiet=options.quiet, verbose=options.verbose)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**31)
    report, started = Report(seed, options.strict), datetime.now(UTC)
    clock = time.monotonic()
    with ExitStack() as stack:
        client = stack.enter_context(httpx.Client(timeout=TIMEOUT))
        jobs = _jobs(options, stack.enter_context(_targets(options, seed, client)))
        targets = [_target(job, client, seed, options.effort) for job in jobs]
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


def list_command(options: argparse.Namespace) -> int:
    """Print the register: requirements and open points."""
    for api in _named(options.api):
        contract = openapi.read(api)
        for each in contract.requirements.values():
            print(f"{each.id}  [{each.level}, {each.basis}]")
            print(f"    {each.text}  ({each.source})")
            if each.untested:
                print(f"    untested: {each.untested}")
        for point in contract.open_points.values():
            switch = f"  (setting {point.setting}: {', '.join(map(str, point.values))})" if point.setting else ""
            print(f"{api}/{point.id}  [open point]")
            print(f"    {point.text}")
            print(f"    accepted: {'; '.join(point.accepts)}. sandbox: {point.sandbox}{switch}")
    return 0


def _cache() -> Path:
    """Where things may be kept that only save time: not in the folder that the command is run in."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "leadproof"


def _named(apis: Sequence[str]) -> list[str]:
    for api in apis:
        if api not in openapi.APIS:
            raise ConfigError(f"{api!r} is no API; choose from {', '.join(openapi.APIS)}")
    return list(dict.fromkeys(apis)) or list(openapi.APIS)


@contextmanager
def _targets(options: argparse.Namespace, seed: int, client: httpx.Client) -> Iterator[list[TargetConfig]]:
    """What the arguments name as targets. The embedded sandbox lives as long as this context."""
    apis, keys = _named(options.api), _keys(options.key)
    if options.url is not None and options.target != "mock":
        raise ConfigError("give --target or --url, not both")
    if options.target != "mock":
        config = read_target_file(Path(options.target))
        if options.api and options.api != [config.api]:
            raise ConfigError(f"{options.target} describes {config.api}, not {' '.join(options.api)}")
        yield [replace(config, keys={**config.keys, **_keys_of(config.api, keys)})]
    elif options.url is not None:
        check_url(options.url)
        ring = {} if keys else key_ring(options.url.rstrip("/"), client)
        yield [at_root(api, options.url, {**ring.get(api, {}), **_keys_of(api, keys)}) for api in apis]
    elif keys:
        raise ConfigError("--key goes with --url or --target; the embedded sandbox has its own keys")
    else:
        with embedded_sandbox(seed) as root:
            ring = key_ring(root, client)
            yield [at_root(api, root, ring.get(api, {}), embedded=True) for api in apis]


def _keys(pairs: Sequence[str]) -> dict[str, str]:
    """Keys by name, or by api.name. Raises ConfigError for what is neither; the value is never shown."""
    keys = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name.rpartition(".")[2] not in KEY_NAMES:
            raise ConfigError(f"--key {name}: expected NAME=VALUE with a name from {', '.join(KEY_NAMES)}")
        if "." in name and name.partition(".")[0] not in openapi.APIS:
            raise ConfigError(f"--key {name}: before the dot stands one of {', '.join(openapi.APIS)}")
        keys[name] = value
    return usable_keys(keys, "--key")


def _keys_of(api: str, keys: dict[str, str]) -> dict[str, str]:
    general = {name: value for name, value in keys.items() if "." not in name}
    own = {name.partition(".")[2]: value for name, value in keys.items() if name.startswith(f"{api}.")}
    return {**general, **own}


def _jobs(options: argparse.Namespace, configs: list[TargetConfig]) -> list[Job]:
    jobs = [Job(config, selected(config.api, options.only)) for config in configs]
    jobs = [job for job in jobs if job.chosen]
    for prefix in options.only:
        if not any(each.id.startswith(prefix) for job in jobs for each in job.chosen):
            raise ConfigError(f"--only {prefix}: no requirement begins so; 'lead-conformance list' shows them all")
    for job in jobs:
        if job.config.api != "aura" and "full" not in job.config.keys:
            raise ConfigError(f"{job.config.api} needs the key 'full': --key full=..., or keys.full in a target file")
    return jobs


def _target(job: Job, client: httpx.Client, seed: int, effort: str) -> Target:
    module: Any = import_module(f"conformance.{job.config.api}")
    # What an outside target keeps from earlier runs must not collide with this one, whatever the seed.
    nonce = "" if job.config.embedded else f"/{time.time_ns()}"
    target: Target = module.TARGET(job.config, client, seed=seed, effort=effort, nonce=nonce)
    return target


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lead-conformance", description="Does an Aura, Octanist or Vorel API do what its documentation says?"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("run", help="try a target and say which documented requirement holds")
    command.set_defaults(command=run_command)
    command.add_argument("api", nargs="*", metavar="API", help="aura, octanist, vorel (default: all)")
    command.add_argument("--target", default="mock", help="mock, the embedded sandbox (default), or a TOML file")
    command.add_argument("--url", help="root of a host that serves the APIs at their documented paths")
    command.add_argument("--key", action="append", default=[], metavar="NAME=VALUE", help="full, other, ...; api.full")
    command.add_argument("--only", action="append", default=[], metavar="ID-PREFIX", help="such as vorel/update_lead")
    command.add_argument("--strict", action="store_true", help="let requirements of level should decide, too")
    command.add_argument("--seed", type=int, help="of all made-up values; printed at the end")
    command.add_argument("--effort", choices=list(EXAMPLES), default="standard", help="(default: %(default)s)")
    command.add_argument("--report-dir", type=Path, default=Path("report"), metavar="DIR", help="(default: report)")
    command.add_argument("--yes", action="store_true", help="answer every question beforehand")
    command.add_argument("-q", "--quiet", action="store_true", help="print the verdict only")
    command.add_argument("-v", "--verbose", action="store_true", help="print every requirement")
    listing = commands.add_parser("list", help="print the requirements and open points")
    listing.set_defaults(command=list_command)
    listing.add_argument("api", nargs="*", metavar="API")
    return parser
