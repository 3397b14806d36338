"""The suite as pytest runs it: each requirement is a test, ``conformance/<api>/<operation>.py::<slug>``.

What becomes of a requirement in pytest: `passed` passes; `failed` fails, or is an expected failure where its level
does not decide; `blocked` is skipped, or fails where no other test of the session fails for what blocks it;
`incomplete` is skipped, or fails where the requirement is required; `untested` is skipped; `error` fails. A session in
which nothing passes is no success, whatever was skipped.

With pytest-xdist one worker tries all of an API, in the order of a run: the same requests, the same verdict.

A target outside is tried as ``lead-conformance run`` does it: not before somebody has agreed (`--yes`), within the
limits of the plan, and with the fixtures of its file in custody until the session ends. Where they could not be put
back, the session fails, and ``lead-conformance recover`` does it later.
"""

from __future__ import annotations

import argparse
import io
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import openapi
from conformance.arguments import at_least, jobs_of, target_for, targets_of
from conformance.causes import Causes
from conformance.client import open_client
from conformance.config import ConfigError, TargetConfig, read_target_file, without_credentials
from conformance.live import custody
from conformance.live.budget import Budget, seconds_between
from conformance.live.keeping import Keeping, interruptible
from conformance.live.plan import limits_of
from conformance.outcomes import Outcome, Result, TargetFault
from conformance.register import Requirement, requirements
from conformance.run import TargetRefused, causes_of, find_out, in_order, preflight, within_budget
from conformance.target import EXAMPLES, Target
from conformance.terminal import Terminal
from conformance.transport import TIMEOUT
from conformance.witnesses.shell import settings
from conformance.witnesses.shortest import Shortener

_PACKAGE = Path(__file__).parent
_PROPERTY = "requirement"

_CALLS = 100
"""How many calls to a target outside may shorten the failures of an API: the plan is for the checks that follow."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("leadproof", "what the conformance suite tries")
    group.addoption(
        "--target", action="append", default=[], metavar="FILE", help="TOML; once for each API (default: the sandbox)"
    )
    group.addoption("--url", help="root of a host that serves the APIs at their documented paths")
    group.addoption("--key", action="append", default=[], metavar="NAME=VALUE", help="full, other, ...; api.full")
    group.addoption("--yes", action="store_true", help="agree that a target outside is changed")
    group.addoption("--read-only", action="store_true", help="send nothing that may change the target")
    group.addoption("--rate-limit", metavar="N/PERIOD", help="of each API: such as 100/m, 5/s, 1000/h")
    group.addoption("--effort", choices=list(EXAMPLES), default="standard", help="(default: %(default)s)")
    group.addoption("--seed", type=at_least(0), help="of all made-up values; in the header")


def pytest_configure(config: pytest.Config) -> None:
    """Make the targets. Raises UsageError where the options cannot be used."""
    if config.option.seed is None:  # workers of xdist are given what stands here
        config.option.seed = random.SystemRandom().randrange(2**31)
    try:
        targets = _Targets(config.option)
        if not hasattr(config, "workerinput"):
            targets.check()
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[_TARGETS] = targets
    config.pluginmanager.register(_Count(config), "leadproof-count")


def pytest_unconfigure(config: pytest.Config) -> None:
    if _TARGETS in config.stash:
        config.stash[_TARGETS].close()


def pytest_report_header(config: pytest.Config) -> str:
    where = ", ".join([*config.option.target, *([config.option.url] if config.option.url else [])])
    return f"leadproof: {where or 'the embedded sandbox'}, effort {config.option.effort}, seed {config.option.seed}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A module of checks holds the requirements of its operation."""
    if not file_path.is_relative_to(_PACKAGE):
        return None
    api, _, module = file_path.relative_to(_PACKAGE).as_posix().partition("/")
    if api not in parent.config.stash[_TARGETS].apis or not module.endswith(".py"):
        return None
    operation = module.removesuffix(".py")
    found = [each for each in requirements(api) if each.declaration.operation_id == operation]
    return Operation.made(parent, file_path, found) if found else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Into the order of a run: as the contracts name them, and the contract layer of an API at its end."""
    ours = [each for each in items if isinstance(each, Trial)]
    ordered_ids = [each.id for api in openapi.APIS for each in in_order(requirements(api))]
    place = {id: at for at, id in enumerate(ordered_ids)}
    ordered = iter(sorted(ours, key=lambda each: place[each.requirement.id]))
    items[:] = [next(ordered) if isinstance(each, Trial) else each for each in items]


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """All of an API to one worker: its checks share a target, and some look at what others were answered."""
    if config.getoption("dist") == "each":
        return None
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class ByApi(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            folder = nodeid.partition("::")[0].rpartition("/")[0]
            return folder if folder in {f"{_PACKAGE.name}/{api}" for api in openapi.APIS} else nodeid

    return ByApi(config, log)


class Operation(pytest.File):
    """The requirements of one operation of one API."""

    found: list[Requirement]

    @classmethod
    def made(cls, parent: pytest.Collector, path: Path, found: list[Requirement]) -> Operation:
        # Pytest would name a file outside of its root by the last part of its path, and two APIs alike.
        name = path.relative_to(_PACKAGE.parent).as_posix()
        operation: Operation = cls.from_parent(parent, path=path, nodeid=name)
        operation.found = found
        return operation

    def collect(self) -> Iterator[Trial]:
        for requirement in self.found:
            trial: Trial = Trial.from_parent(self, name=requirement.declaration.slug)
            trial.requirement = requirement
            trial.extra_keyword_matches.add(requirement.id)  # for -k
            yield trial


class Trial(pytest.Item):
    """One requirement."""

    requirement: Requirement
    in_short: str | None = None
    """What is wrong, on one line, where the failure takes many."""

    @property
    def api(self) -> str:
        return self.requirement.declaration.api

    def runtest(self) -> None:
        """Try it, and say what became of it in the words of pytest."""
        self.user_properties.append((_PROPERTY, self.requirement.id))
        targets, unusable = self.config.stash[_TARGETS], ""
        try:
            target = targets.of(self.api)
        except (ConfigError, TargetRefused, TargetFault) as error:
            unusable = str(error)
        if unusable:  # failing here, not above: pytest tells of an exception with those that it came from
            pytest.fail(unusable, pytrace=False)
        result = targets.causes(self.api).tried(self.requirement)
        match result.outcome:
            case Outcome.BLOCKED if not self._is_told_by_its_cause(result):
                pytest.fail(f"blocked: {result.detail}", pytrace=False)
            case Outcome.BLOCKED:
                pytest.skip(f"blocked: {result.detail}")
            case Outcome.FAILED if result.requirement.level == "must":
                result = targets.shortened(result)
                self.in_short = f"expected {result.expected}; got {result.got}"
                pytest.fail(_told(result, target), pytrace=False)
            case Outcome.FAILED:
                pytest.xfail(f"{result.requirement.level}: expected {result.expected}; got {result.got}")
            case Outcome.ERROR:
                pytest.fail(f"error: {result.detail}", pytrace=False)
            case Outcome.INCOMPLETE if result.required:
                pytest.fail(f"incomplete, and required: {result.detail}", pytrace=False)
            case Outcome.INCOMPLETE | Outcome.UNTESTED:
                pytest.skip(f"{result.outcome}: {result.detail}")

    def _is_told_by_its_cause(self, result: Result) -> bool:
        """Whether another test of the session fails for what blocks this one, or nothing is decided by either."""
        cause = result.blocked_by[0]
        tests = (each for each in self.session.items if isinstance(each, Trial))
        requirement = next((each.requirement for each in tests if each.requirement.id == cause), None)
        if requirement is None:
            return False
        return requirement.declaration.level == "must" or not result.required

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A failure, as pytest shows it; in its summary, where CI sees all of a message, by a line."""
        told = super().repr_failure(excinfo, style)
        crash = getattr(told, "reprcrash", None)
        if self.in_short is not None and crash is not None:
            crash.message = self.in_short
        return told

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.requirement.id


def _told(result: Result, target: Target) -> str:
    """A failure as the suite's own command tells it below its heading, with what its curl lines need."""
    stream = io.StringIO()
    Terminal(stream).failure(result, decides=True)
    _, _, text = stream.getvalue().strip().partition("\n")
    values = settings(target.api, without_credentials(target.config.base_url), result.curl)
    return f"{text.rstrip()}\n    with {', '.join(values)}"


class _Targets:
    """The targets of a session, each spoken to for the first time when one of its requirements is tried."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._between = seconds_between(options.rate_limit) if options.rate_limit else 0.0
        self._stack = ExitStack()
        self._client = self._stack.enter_context(open_client(*_places(options), timeout=TIMEOUT))
        self._configs: dict[str, TargetConfig] | None = None
        self._targets: dict[str, Target | Exception] = {}
        self._causes: dict[str, Causes] = {}
        self._shorteners: dict[str, Shortener] = {}
        self._fixtures = ExitStack()
        self.keeping = Keeping()
        self.apis: tuple[str, ...] = tuple(self._read()) if options.target else openapi.APIS

    def check(self) -> None:
        """What can be seen before the first test, in one process. Raises ConfigError."""
        options = self._options
        outside = any(file != "mock" for file in options.target) or bool(options.url)
        if options.key and not outside:
            raise ConfigError("--key goes with --url or --target; the embedded sandbox has its own keys")
        if outside and not (options.yes or options.read_only or options.collectonly):
            raise ConfigError(
                "this session would change the target: look at the plan of 'lead-conformance run --dry-run' "
                "with the same target, then pass --yes (or --read-only)"
            )
        for config in self._read().values() if options.target else ():
            custody.refuse_unfinished(config)

    def of(self, api: str) -> Target:
        """The target of an API. Raises ConfigError, TargetRefused or TargetFault, each time where it did once."""
        if api not in self._targets:
            try:
                self._targets[api] = self._made(api)
            except (ConfigError, TargetRefused, TargetFault) as error:
                self._targets[api] = error
        target = self._targets[api]
        if isinstance(target, Exception):
            raise target
        return target

    def causes(self, api: str) -> Causes:
        """What tells causes from consequences on the target of an API."""
        if api not in self._causes:
            target = self.of(api)
            self._causes[api] = causes_of(target, lambda each: within_budget(each, target))
        return self._causes[api]

    def shortened(self, result: Result) -> Result:
        """A failure with its shortest witness, as far as time and calls suffice for those of its API."""
        api = result.requirement.api
        if api not in self._shorteners:
            target = self.of(api)
            calls = None if target.budget.left is None else _CALLS
            self._shorteners[api] = self._stack.enter_context(Shortener(target, calls))
        return self._shorteners[api].shortened(result)

    def give_back(self) -> None:
        """Put the fixtures of all targets back; what became of them is in `keeping`."""
        self._fixtures.close()

    def close(self) -> None:
        self.give_back()
        self._stack.close()

    def _made(self, api: str) -> Target:
        options = self._options
        (job,) = jobs_of([self._read()[api]], [])
        budget = Budget(limits_of([job], options.effort, None, self._between, options.read_only))
        target = target_for(job, self._client, options.seed, options.effort, budget=budget)
        preflight(target)
        if not job.config.embedded:
            self._fixtures.enter_context(interruptible())
            self._fixtures.enter_context(self.keeping.fixtures_of(target))
        find_out(target)
        return target

    def _read(self) -> dict[str, TargetConfig]:
        """Where each API is. Starts the sandbox where nothing else is named; it lives until the end."""
        if self._configs is None:
            self._configs = {}
            for file in self._options.target or ["mock"]:
                named = argparse.Namespace(api=[], target=file, url=self._options.url, key=self._options.key)
                for config in self._stack.enter_context(targets_of(named, self._options.seed, self._client)):
                    if config.api in self._configs:
                        raise ConfigError(f"--target {file}: another target file describes {config.api} already")
                    self._configs[config.api] = config
        return self._configs


def _places(options: argparse.Namespace) -> Iterator[str]:
    """The URLs that the options name. Raises ConfigError for a target file that cannot be read."""
    if options.url:
        yield options.url
    for file in options.target:
        if file != "mock":
            yield read_target_file(Path(file)).base_url


class _Count:
    """Sees to it that a session in which no requirement passed, or fixtures are not put back, is no success."""

    def __init__(self, config: pytest.Config) -> None:
        self._is_worker = hasattr(config, "workerinput")
        self._tried = self._passed = 0
        self._told: list[str] = []
        self._failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and any(name == _PROPERTY for name, _ in report.user_properties):
            self._tried += 1
            self._passed += report.passed

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        told, failed = getattr(node, "workeroutput", {}).get(_PROPERTY, ((), False))
        self._told += told
        self._failed |= failed

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        targets = session.config.stash[_TARGETS]
        targets.give_back()
        self._told += targets.keeping.told
        self._failed |= targets.keeping.failed
        if self._is_worker:
            session.config.workeroutput[_PROPERTY] = (self._told, self._failed)  # type: ignore[attr-defined]
        elif self._failed and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self._tried and not self._passed and session.exitstatus == pytest.ExitCode.OK and not self._is_worker:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self._told:
            terminalreporter.write_line(line, red=self._failed)
        if self._tried and not self._passed:
            terminalreporter.write_line("No requirement passed: this says nothing for the target.", red=True)


_TARGETS = pytest.StashKey[_Targets]()
