"""What a run prints: progress while it goes on, then failures, then a table for each API and the verdict."""

from __future__ import annotations

import os
import shlex
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

import openapi
from conformance.config import without_credentials
from conformance.exchange import Exchange, shown, visible
from conformance.findings import findings
from conformance.outcomes import Outcome, Result
from conformance.run import Report, Verdict
from conformance.target import brief
from conformance.witnesses.shell import is_preparation, settings
from conformance.wording import many

_COLORS = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}
_OF_OUTCOME = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.ERROR: "red",
    Outcome.BLOCKED: "yellow",
    Outcome.INCOMPLETE: "yellow",
    Outcome.UNTESTED: "dim",
}
_VERDICTS = {
    Verdict.CONFORMANT: ("green", "every required check passed"),
    Verdict.CONFORMANT_EXCEPT: ("green", "every required check passed"),
    Verdict.PARTIAL: ("green", "what was tried holds; a selection or a limit left the rest out"),
    Verdict.VIOLATIONS: ("red", "the target departs from its documentation"),
    Verdict.STALE: ("red", "no violation, but an acceptance is stale"),
    Verdict.INCOMPLETE: ("yellow", "no violation, but required checks could not be tried"),
    Verdict.ERROR: ("red", "no violation, but checks ended in errors"),
}
_LONGEST_CHAIN = 12
_LONGEST_LIST = 10
_WHOLE = 3
"""How many findings are told whole where there are more."""
_LINE = 150
_READING = 28
"""How wide the column of readings is."""
_BETWEEN_DRAWINGS = 0.1


class Terminal:
    """Writes to a stream; with colours and a progress line only where a person watches.

    The progress line says what is being tried now, how far the API has come, and how fast requests are answered.
    """

    def __init__(self, stream: TextIO, *, quiet: bool = False, verbose: bool = False) -> None:
        self._stream = stream
        watched = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._live = watched and not quiet
        self._colors = watched and not os.environ.get("NO_COLOR")
        self._quiet = quiet
        self._verbose = verbose
        self._now = ""
        self._tried = self._count = self._sent = 0
        self._since = self._drawn = 0.0

    def say(self, text: str = "") -> None:
        """A line for people; not when quiet."""
        if not self._quiet:
            self._clear()
            print(text, file=self._stream, flush=True)

    def trying(self, api: str, url: str, count: int) -> None:
        """A target is about to be tried, beside those that have not been finished."""
        self.say(f"{self._in('bold', api)}  {many(count, 'requirement')} at {url}")
        if not self._count:
            self._since = time.monotonic()
        self._count += count

    def begin(self, id: str) -> None:
        """A requirement or open point is about to be tried."""
        self._now = id
        self._draw()

    def sent(self, requests: int = 1) -> None:
        """Requests are sent."""
        self._sent += requests
        if time.monotonic() - self._drawn > _BETWEEN_DRAWINGS:
            self._draw()

    def progress(self, result: Result) -> None:
        """One requirement has been decided."""
        self._tried += 1
        if self._verbose:
            self.say(f"  {self._word(result.outcome)} {result.requirement.id}  {result.seconds:.2f} s")
        elif self._live and result.outcome in (Outcome.FAILED, Outcome.ERROR):
            self.say(f"  {self._word(result.outcome)} {result.requirement.id}")

    def finished(self) -> None:
        """All that was about to be tried has been."""
        self._now = ""
        self._tried = self._count = self._sent = 0
        self._clear()

    def summary(self, report: Report, paths: Sequence[str], seconds: float, targets: Mapping[str, str]) -> None:
        """Failures first, then tables, then the verdict in one line, which is also there when quiet.

        `targets` is the base URL of each API: the curl lines call it by a variable. `paths` are the reports written.
        """
        failed = report.failures
        for api in dict.fromkeys(each.requirement.api for each in failed):
            printed = [line for each in failed if each.requirement.api == api for line in each.curl]
            values = settings(api, without_credentials(targets[api]), printed)
            if values:
                self.say()
                self.say(f"For the curl lines of {api}: {', '.join(values)}")
                for line in dict.fromkeys(line for line in printed if is_preparation(line)):
                    self.say(f"    {line}")
        self._findings(report, paths)
        self._unfinished(report)
        self._stale(report)
        for api in dict.fromkeys(each.requirement.api for each in report.results):
            self._table(api, [each for each in report.results if each.requirement.api == api])
        self._open_points(report)
        for path in paths:
            self.say(f"wrote {path}")
        color, why = _VERDICTS[report.verdict]
        accepted = sum(each.accepted is not None for each in failed)
        if report.verdict in (Verdict.CONFORMANT_EXCEPT, Verdict.PARTIAL) and accepted:
            why += f", but for {many(accepted, 'accepted failure')}"
        why += "; interrupted" if report.interrupted else ""
        counts = Counter(each.outcome for each in report.results)
        told = ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])
        line = f"{self._in(color, report.verdict.value.upper())}: {why} ({told}; {many(report.requests, 'request')}, "
        print(f"{line}{seconds:.1f} s, seed {report.seed})", file=self._stream, flush=True)

    def _findings(self, report: Report, paths: Sequence[str]) -> None:
        """What is broken, what decides first: the first ones whole, of many others a line each."""
        deciding = {each.requirement.id for each in report.violations}
        found = sorted(findings(report.results), key=lambda each: each.result.requirement.id not in deciding)
        whole = len(found) if self._verbose or len(found) <= _WHOLE + 1 else _WHOLE
        for each in found[:whole]:
            self.failure(each.result, each.result.requirement.id in deciding, paths)
            self._listed("also", each.also)
            self._listed("blocks", each.blocks)
        if found[whole:]:
            self.say()
        for each in found[whole:]:
            more = f", {len(each.also) + len(each.blocks)} more with it" if each.also or each.blocks else ""
            told = f"{each.result.requirement.id}: expected {each.result.expected}; got {each.result.got}"
            self.say(f"{self._in('red', 'FAILED')} {brief(told)[:_LINE]}{more}")
        if found[whole:]:
            self.say("  report.html and --verbose tell all of it")

    def _listed(self, name: str, results: Sequence[Result]) -> None:
        """The ids of what a finding breaks or blocks besides."""
        told = results if self._verbose else results[:_LONGEST_LIST]
        for at, each in enumerate(told):
            self._part(name if not at else "", each.requirement.id)
        if len(told) < len(results):
            self._part("", f"and {len(results) - len(told)} more")

    def failure(self, result: Result, decides: bool, paths: Sequence[str] = ()) -> None:
        """What a requirement says, what was sent and came, and the lines that show it; `paths` are the reports."""
        each = result.requirement
        self.say()
        level = each.level if decides else f"{each.level}, does not decide"
        if result.accepted:
            level = f"{each.level}, accepted: {result.accepted}"
        self.say(f"{self._in('red', 'FAILED')} {self._in('bold', each.id)} ({level})")
        self._part("says", each.text)
        self._part("source", each.source)
        if result.witness:
            self._part("sent", _sent(result.witness[-1]))
            self._part("got", _got(result.witness[-1]))
        self._part("expected", result.expected)
        self._part("but", result.got)
        if result.detail:
            self._part("note", result.detail)
        if len(result.witness) <= _LONGEST_CHAIN:
            for line in result.curl:
                if not is_preparation(line):
                    self.say(f"    {visible(line)}")
        else:
            self.say(f"    ({len(result.witness)} calls show it; their curl lines are in results.json)")
        if result.witness and paths:
            self.say(f"    lead-conformance replay {shlex.quote(str(Path(paths[0]).parent))} {each.id}")

    def _unfinished(self, report: Report) -> None:
        undecided = [each for each in report.results if each.outcome in (Outcome.INCOMPLETE, Outcome.ERROR)]
        reasons: dict[tuple[Outcome, str], list[Result]] = {}
        for each in undecided:
            reasons.setdefault((each.outcome, each.detail), []).append(each)
        for (outcome, reason), results in reasons.items():
            self.say()
            self.say(f"{self._word(outcome, 0)} ({many(len(results), 'requirement')}): {reason}")
            told = results if self._verbose else results[:_LONGEST_LIST]
            for each in told:
                self.say(f"  {each.requirement.id}{' (required)' if each.required else ''}")
            if len(told) < len(results):
                self.say(f"  and {len(results) - len(told)} more; --verbose and report.html name them all")

    def _stale(self, report: Report) -> None:
        for id, why in report.stale.items():
            self.say()
            todo = "take it out" if report.acceptances[id].holds(report.today) else "take it out, or renew it"
            self.say(f"{self._in('red', 'STALE ACCEPTANCE')} {self._in('bold', id)}: {why}; {todo}")
            self._part("accepted", str(report.acceptances[id]))

    def _table(self, api: str, results: Sequence[Result]) -> None:
        """How often each outcome came, by operation: a column for each that came at all."""
        operations = dict.fromkeys(each.requirement.operation_id for each in results)
        came = [outcome for outcome in Outcome if any(each.outcome is outcome for each in results)]
        self.say()
        self.say(self._in("bold", f"{api:<22}") + "".join(f"{outcome.value:>11}" for outcome in came))
        for operation in operations:
            counts = Counter(each.outcome for each in results if each.requirement.operation_id == operation)
            cells = "".join(
                self._in(_OF_OUTCOME[outcome], f"{counts[outcome]:>11}") if counts[outcome] else f"{'-':>11}"
                for outcome in came
            )
            self.say(f"  {operation:<20}{cells}")

    def _open_points(self, report: Report) -> None:
        """What the target does where its documents leave several things open: how much is known, or all of it."""
        self.say()
        seen_of = {api: readings for api, readings in report.readings.items() if readings}
        for api, readings in seen_of.items():
            points = openapi.read(api).open_points
            read = "was read" if len(readings) == 1 else "were read"
            where = "" if self._verbose else "; --verbose and report.html tell them"
            self.say(f"{api}: {len(readings)} of {len(points)} open points {read}{where}")
            for id, seen in sorted(readings.items()) if self._verbose else ():
                reading, text = ", ".join(sorted(seen)), self._in("dim", points[id].text)
                if len(reading) > _READING:  # the text has its column in the next line
                    self.say(f"  {id}  {reading}")
                    id, reading = " " * len(id), ""
                self.say(f"  {id}  {reading:<{_READING}} {text}")
        if seen_of:
            self.say()

    def _part(self, name: str, text: str) -> None:
        self.say(f"  {self._in('dim', f'{name:<9}')} {text}")

    def _word(self, outcome: Outcome, width: int = 10) -> str:
        return self._in(_OF_OUTCOME[outcome], f"{outcome.value.upper():<{width}}")

    def _in(self, color: str, text: str) -> str:
        return f"\033[{_COLORS[color]}m{text}\033[0m" if self._colors else text

    def _draw(self) -> None:
        if self._live and self._now:
            self._drawn = time.monotonic()
            speed = self._sent / max(self._drawn - self._since, 0.1)
            line = f"  {self._tried}/{self._count}  {many(self._sent, 'request')}, {speed:.0f}/s  {self._now}"
            room = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{line[:room]}", end="", file=self._stream, flush=True)

    def _clear(self) -> None:
        if self._drawn:
            self._drawn = 0.0
            print("\r\033[K", end="", file=self._stream, flush=True)


def _sent(exchange: Exchange) -> str:
    request = exchange.request
    return f"{request.method} {request.path} {brief(shown(request.body)) if request.body is not None else ''}".rstrip()


def _got(exchange: Exchange) -> str:
    return f"{exchange.status} {brief(shown(exchange.response.shown))}".rstrip()
