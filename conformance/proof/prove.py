"""Showing that every check can fail: each seeded fault is served, and its own check has to find it.

A sandbox process is started for each fault. First the fault's own check is tried alone, at the effort of the proof;
then the sandbox is emptied, and the others are tried with it in the order of a run, at the least effort. Where the own
check does not fall there, too, that is repeated in a new process at the effort of the proof. An own check *kills* its
fault when it fails by Violation, alone and in a run, without the sandbox having crashed on the way: a traceback in its
log would be found by any check. What fails is not shrunk: only that it fails counts here.

What else fell is compared with a run of the clean sandbox with the same seed and effort:

- `fell`: requirements that failed, passed without the fault, and so failed because of it. Besides the one that
  the fault declares these are its consequences (`collateral`).
- `without_cause`: requirements that failed without the fault too, or ended in an error of ours that they do not
  have without it. There should be none.
- `untried`: requirements that could no longer be tried, because what they need could not be arranged.

Every finished piece of work is a line of ``mutation.jsonl``, under a key of everything that it depends on, so that
an interrupted proof goes on where it stopped; ``mutation.json`` holds the whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import httpx

import openapi
from conformance.arguments import Job, target_for
from conformance.client import open_client
from conformance.config import at_root
from conformance.embedded import embedded_sandbox, key_ring
from conformance.outcomes import Outcome, Result, TargetFault
from conformance.register import Requirement, requirements
from conformance.run import Report, run
from conformance.target import EXAMPLES
from conformance.transport import TIMEOUT

LEAST = next(iter(EXAMPLES))
"""The effort that costs least."""

PACKAGES = ("openapi", "mock_server", "conformance")
"""Whose code decides what becomes of a fault."""

_TELLING = tuple(
    f"{package}/{name}"
    for package, names in {
        "conformance": ("terminal.py", "pytest_", "reports/", "commands/", "witnesses/"),
        "mock_server": ("pytest_", "client/", "commands/", "pages/", "reports/", "scenarios/", "testing/"),
    }.items()
    for name in names
)
"""What only tells what was found, or is called by no check: a change there repeats no proof that takes an hour."""


@dataclass(frozen=True)
class Fault:
    """A way in which the sandbox can be served wrongly: its name, and the full id of the requirement it breaks.

    `also` are the ids of others that it breaks as well, rightly.
    """

    api: str
    name: str
    breaks: str
    kind: str = ""
    also: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.api}/{self.name}"


@dataclass(frozen=True)
class Plan:
    """How a proof is made. `others` is how many checks besides a fault's own are tried: None stands for all."""

    effort: str
    seed: int
    others: int | None = None

    @property
    def efforts(self) -> tuple[str, ...]:
        """The efforts at which runs are tried."""
        return (self.effort,) if self.effort == LEAST else (LEAST, self.effort)


@dataclass(frozen=True)
class Work:
    """One piece of a proof: a fault to be killed, or, without one, a clean run with a seed and an effort."""

    api: str
    plan: Plan
    seed: int
    effort: str
    fault: Fault | None = None

    @property
    def name(self) -> str:
        return self.fault.id if self.fault else f"clean {self.api} seed {self.seed} {self.effort}"

    @property
    def key(self) -> str:
        """What the result depends on, as a digest: code, contracts, versions, effort, seed, and what is tried."""
        asked = [code_digest(self.api), self.api, self.effort, self.seed]
        asked += [asdict(self.fault), self.plan.others] if self.fault else []
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:20]


@dataclass
class Outcomes:
    """The requirements that did not pass in one run at an effort, by outcome, and what the run cost.

    `detected` is what it had cost when the fault's own check fell, in requests and seconds; `crashed` says that
    the sandbox wrote a traceback while that check was running.
    """

    effort: str
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    error: list[str] = field(default_factory=list)
    requests: int = 0
    seconds: float = 0.0
    detected: dict[str, float] | None = None
    crashed: bool = False
    details: dict[str, str] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        id = result.requirement.id
        if result.outcome is Outcome.PASSED:
            self.passed += 1
        elif result.outcome is not Outcome.UNTESTED:
            getattr(self, result.outcome.value).append(id)
            self.details[id] = result.detail or f"expected {result.expected}; got {result.got}"


def seeded_faults(apis: Sequence[str]) -> list[Fault]:
    """What the sandbox says it can be served with. Raises TargetFault where it does not say."""
    command = [sys.executable, "-m", "mock_server", "faults", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TargetFault(f"the sandbox does not list its faults: {done.stderr.strip()[-500:]}")
    return [
        fault
        for fault in (Fault(**{**each, "also": tuple(each["also"])}) for each in json.loads(done.stdout))
        if fault.api in apis
    ]


@cache
def code_digest(api: str) -> str:
    """Of everything that a result for this API depends on: code, contracts and the versions of what is used."""
    digest = hashlib.sha256(f"{sys.version} {version('hypothesis')} {version('schemathesis')}".encode())
    for place, path in deciding(api):
        digest.update(place.encode() + path.read_bytes())
    return digest.hexdigest()


def deciding(api: str) -> Iterator[tuple[str, Path]]:
    """The files that decide what becomes of a fault of this API: the package and place in it, and where they are."""
    others = set(openapi.APIS) - {api}
    for package in PACKAGES:
        root = _folder(package)
        for path in sorted(each for each in root.rglob("*") if each.suffix in (".py", ".yaml")):
            place = path.relative_to(root)
            name = f"{package}/{place.as_posix()}"
            if not others & {place.stem, *place.parts} and not name.startswith(_TELLING):
                yield name, path


def _folder(package: str) -> Path:
    """Where a package is, without importing it."""
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations)))


# -- one piece of work -----------------------------------------------------------------------------------------


def perform(work: Work) -> dict[str, Any]:
    """Do a piece of work; its line in ``mutation.jsonl``. Raises TargetFault where the sandbox does not start."""
    chosen = requirements(work.api)
    line: dict[str, Any] = {"key": work.key, "name": work.name, "api": work.api, "seed": work.seed}
    if work.fault is None:
        with _served(work) as sandbox:
            return {**line, "suite": asdict(_tried(work, sandbox, chosen, work.effort))}
    own = [each for each in chosen if each.id == work.fault.breaks]
    others = sampled(work.fault, chosen, work.plan)
    run = [each for each in chosen if each in own or each in others]
    suite = None
    with _served(work) as sandbox:
        line |= {"fault": asdict(work.fault), "own": asdict(_tried(work, sandbox, own, work.effort))}
        if others:
            sandbox.empty()
            suite = _tried(work, sandbox, run, LEAST)
    if suite and work.fault.breaks not in suite.failed:
        with _served(work) as sandbox:
            suite = _tried(work, sandbox, run, work.effort)
    return {**line, "suite": asdict(suite) if suite else None}


def sampled(fault: Fault, chosen: Sequence[Requirement], plan: Plan) -> list[Requirement]:
    """The checks that are tried besides a fault's own; the same ones for the same fault and seed."""

    def drawn(each: Requirement) -> str:
        return hashlib.sha256(f"{plan.seed}/{fault.id}/{each.id}".encode()).hexdigest()

    others = [each for each in chosen if each.id != fault.breaks and each.check is not None]
    return others if plan.others is None else sorted(others, key=drawn)[: plan.others]


class _Sandbox:
    """The sandbox in a process of its own: where it is, and what it writes to its log.

    It is steered by connections that no answer with a fault in it has been sent over.
    """

    def __init__(self, root: str, client: httpx.Client, log: IO[str]) -> None:
        self.root = root
        self.key_ring = key_ring(root, client)
        self._client = client
        self._log = log
        self._read = 0

    def empty(self) -> None:
        """Forget all leads."""
        self._client.post(f"{self.root}/_sandbox/reset").raise_for_status()

    def news(self) -> bytes:
        """What has been written to the log since the last call; the place at which it is written stays where it is."""
        news = os.pread(self._log.fileno(), os.fstat(self._log.fileno()).st_size - self._read, self._read)
        self._read += len(news)
        return news


@contextmanager
def _served(work: Work) -> Iterator[_Sandbox]:
    """A new sandbox with the fault."""
    with (
        tempfile.TemporaryFile("w+") as log,
        embedded_sandbox(work.seed, work.fault.id if work.fault else "", log) as root,
        open_client(timeout=TIMEOUT) as client,
    ):
        yield _Sandbox(root, client, log)


def _tried(work: Work, sandbox: _Sandbox, chosen: Sequence[Requirement], effort: str) -> Outcomes:
    """What becomes of the requirements at a sandbox that holds no leads."""
    outcomes = Outcomes(effort)
    broken = work.fault.breaks if work.fault else ""
    config = at_root(work.api, sandbox.root, sandbox.key_ring.get(work.api, {}), embedded=True)
    with open_client(timeout=TIMEOUT) as client:
        target = target_for(Job(config, []), client, work.seed, effort, shrinks=False)
        began = time.monotonic()

        def progress(result: Result) -> None:
            tracebacks = sandbox.news().count(b"Traceback (most recent call last)")
            outcomes.add(result)
            if result.requirement.id == broken and result.outcome is Outcome.FAILED:
                outcomes.detected = {"requests": target.requests, "seconds": round(time.monotonic() - began, 3)}
                outcomes.crashed = bool(tracebacks)

        run(target, chosen, Report(work.seed), progress)
    outcomes.requests, outcomes.seconds = target.requests, round(time.monotonic() - began, 3)
    return outcomes
