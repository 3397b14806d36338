"""``lead-conformance prove``: does every check find the fault that was made for it?"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from conformance.arguments import at_least, named
from conformance.config import ConfigError
from conformance.live.keeping import interruptible
from conformance.processes import Tell, told_by
from conformance.proof.matrix import complaints, holds, matrix, page
from conformance.proof.prove import Fault, Plan, Work, perform, seeded_faults
from conformance.reports import replace_file
from conformance.run import INTERRUPTED
from conformance.target import EXAMPLES

_SEEDS = "clean runs of each API with so many seeds, from --seed on, at the effort quick (default: %(default)s)"
_JOBS = "faults that are served at the same time (default: %(default)s)"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    command = commands.add_parser(
        "prove",
        help="serve each seeded fault and see whether its own check finds it",
        epilog="exit codes: 0 all is proven, 1 not all; 2 usage, 4 the suite or its sandbox failed, 130 interrupted",
    )
    command.set_defaults(command=prove_command)
    command.add_argument("api", nargs="*", metavar="API", help="aura, octanist, vorel (default: all)")
    command.add_argument("--faults", action="append", default=[], metavar="NAME-PREFIX", help="such as vorel/merges")
    command.add_argument("--effort", choices=list(EXAMPLES), default="standard", help="(default: %(default)s)")
    command.add_argument("--seed", type=at_least(0), default=1, help="of all made-up values (default: %(default)s)")
    command.add_argument("--seeds", type=at_least(1), default=1, metavar="N", help=_SEEDS)
    command.add_argument("--own-only", action="store_true", help="try of each fault its own check only")
    command.add_argument("--sample", type=at_least(1), metavar="K", help="and so many of the others, instead of all")
    command.add_argument("--jobs", type=at_least(1), default=os.cpu_count() or 1, metavar="N", help=_JOBS)
    command.add_argument("--report-dir", type=Path, default=Path("report"), metavar="DIR", help="(default: report)")
    command.add_argument("--summary", type=Path, metavar="FILE", help="write a page in Markdown, too")
    command.add_argument("--fresh", action="store_true", help="forget what earlier runs have finished, and begin anew")
    command.add_argument("-v", "--verbose", action="store_true", help="print every fault")


def prove_command(options: argparse.Namespace) -> int:
    """Serve the faults, try the checks, write the matrix. 0 where all is proven, 1 where not, 130 after Ctrl-C."""
    apis = named(options.api)
    plan = Plan(options.effort, options.seed, (options.sample or 0) if options.own_only else options.sample)
    faults = _chosen(seeded_faults(apis), options.faults)
    apis = [api for api in apis if any(each.api == api for each in faults)]
    work = _work(plan, apis, faults, options.seeds)
    notes = _Notes(options.report_dir, fresh=options.fresh)
    done = {each.name: notes.lines[each.key] for each in work if each.key in notes.lines}
    watcher = _Watcher(sys.stdout, len(work), len(done), verbose=options.verbose)
    interrupted = False
    try:
        with interruptible():
            for line in told_by(options.jobs, _performed, [each for each in work if each.name not in done]):
                notes.add(line)
                done[line["name"]] = line
                watcher.finished(line)
    except KeyboardInterrupt:
        interrupted = True
    found = matrix(plan, [done[each.name] for each in work if each.name in done], len(work))
    watcher.summary(found, _written(found, options.report_dir, options.summary))
    return INTERRUPTED if interrupted else 0 if holds(found) else 1


def _performed(work: Work, tell: Tell) -> None:
    tell(perform(work))


def _work(plan: Plan, apis: Sequence[str], faults: Sequence[Fault], seeds: int) -> list[Work]:
    """The clean runs to compare with, the faults, then clean runs with further seeds, at the least effort."""
    compared = [Work(api, plan, plan.seed, effort) for effort in plan.efforts for api in apis]
    rest = [Work(api, plan, plan.seed + number, plan.efforts[0]) for number in range(1, seeds) for api in apis]
    return [*compared, *(Work(each.api, plan, plan.seed, plan.effort, each) for each in faults), *rest]


def _chosen(faults: Sequence[Fault], prefixes: Sequence[str]) -> list[Fault]:
    """The faults whose name or api/name begins with one of the prefixes. Raises ConfigError for one that fits none."""
    for prefix in prefixes:
        if not any(each.id.startswith(prefix) or each.name.startswith(prefix) for each in faults):
            raise ConfigError(f"--faults {prefix}: no fault begins so; 'lead-mock faults' lists them all")
    chosen = tuple(prefixes)
    return [each for each in faults if not chosen or each.id.startswith(chosen) or each.name.startswith(chosen)]


class _Notes:
    """``mutation.jsonl``: a line for each piece of work that was ever finished, by its key."""

    def __init__(self, directory: Path, *, fresh: bool) -> None:
        """Raises ConfigError where the file cannot be written."""
        self._path = directory / "mutation.jsonl"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            with self._path.open("wb" if fresh else "ab") as file:
                file.write(b"\n" if file.tell() else b"")  # the last line of a killed run may lack its end
        except OSError as error:
            raise ConfigError(f"cannot write {self._path}: {error.strerror or error}") from None
        self.lines: dict[str, dict[str, Any]] = {each["key"]: each for each in self._read()}

    def add(self, line: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _read(self) -> Iterable[dict[str, Any]]:
        for text in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                continue  # cut off in the middle
            if isinstance(line, dict) and "key" in line:
                yield line


class _Watcher:
    """Tells how far a proof is: a line that moves where a person watches, and a line for each fault when verbose."""

    def __init__(self, stream: TextIO, total: int, done: int, *, verbose: bool) -> None:
        self._stream, self._total, self._verbose = stream, total, verbose
        self._before = self._done = done
        self._began = time.monotonic()
        if done:
            print(f"{done} of {total} are there from an earlier run; --fresh forgets them", file=stream, flush=True)

    def finished(self, line: dict[str, Any]) -> None:
        self._done += 1
        if self._verbose:
            print(f"{self._done}/{self._total} {_told(line)}", file=self._stream, flush=True)
        elif self._stream.isatty():
            rate = (time.monotonic() - self._began) / (self._done - self._before)
            left = f"{(self._total - self._done) * rate / 60:.0f} min left"
            print(
                f"\r\033[K{self._done}/{self._total}  {left}  {line['name']}"[:100],
                end="",
                file=self._stream,
                flush=True,
            )

    def summary(self, found: dict[str, Any], paths: Sequence[Path]) -> None:
        """What speaks against the suite, what was written, and in one line whether all is proven."""
        if self._stream.isatty() and not self._verbose:
            print("\r\033[K", end="", file=self._stream)
        for text in [*complaints(found), *(f"wrote {path}" for path in paths)]:
            print(text, file=self._stream)
        summary = found["summary"]
        word = "PROVEN" if holds(found) else "NOT PROVEN" if found["complete"] else "INTERRUPTED"
        clean = summary["clean_runs"] - len(summary["clean_failed"])
        print(
            f"{word}: {summary['killed']} of {summary['faults']} faults were found by their own check; "
            f"{len(summary['undeclared'])} made checks fail that they do not declare, and with "
            f"{len(summary['without_cause'])} a check failed for a reason that is not the fault; "
            f"{clean} of {summary['clean_runs']} clean runs without a failure "
            f"({time.monotonic() - self._began:.0f} s, effort {found['effort']}, seed {found['seed']})",
            file=self._stream,
            flush=True,
        )


def _told(line: dict[str, Any]) -> str:
    if "fault" not in line:
        suite = line["suite"]
        fell = [*suite["failed"], *suite["error"]]
        return f"{'FAILED  ' if fell else 'passed  '} {line['name']}  {' '.join(fell)}".rstrip()
    breaks = line["fault"]["breaks"]
    runs = [each for each in (line["own"], line["suite"]) if each]
    killed = all(breaks in each["failed"] and not each["crashed"] for each in runs)
    others = len({id for each in runs for id in each["failed"]} - {breaks})
    cost = f"{line['own']['detected']['requests']} requests" if line["own"]["detected"] else ""
    return f"{'killed  ' if killed else 'SURVIVED'} {line['name']}  {cost}{f', {others} others fell' if others else ''}"


def _written(found: dict[str, Any], directory: Path, summary: Path | None) -> list[Path]:
    """Write the matrix, and the page where one is wanted; their paths. Raises ConfigError where that fails."""
    try:
        paths = [replace_file(directory / "mutation.json", [json.dumps(found, indent=1).encode(), b"\n"])]
        if summary is not None:
            summary.parent.mkdir(parents=True, exist_ok=True)
            paths.append(replace_file(summary, [page(found).encode()]))
    except OSError as error:
        raise ConfigError(f"cannot write the matrix: {error.strerror or error}") from None
    return paths
