"""Trying the APIs of the embedded sandbox at the same time, each in a process of its own.

Each is sent what it would be sent alone, in the same order. What happens is told as it happens, so that nothing is
lost where a run is interrupted.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpx

from conformance.arguments import Job, target_for
from conformance.client import open_client
from conformance.config import TargetConfig
from conformance.exchange import Exchange
from conformance.outcomes import Result
from conformance.processes import Tell, told_by
from conformance.register import selected
from conformance.run import Report, classify, find_out, preflight, run
from conformance.target import Target
from conformance.witnesses.shortest import Shortener

_BETWEEN_NEWS = 0.2
"""Seconds between two news of what was sent, at least."""


@dataclass(frozen=True)
class Trial:
    """One API to be tried: where, which of its requirements, and how."""

    config: TargetConfig
    only: Sequence[str]
    seed: int
    effort: str
    timeout: float


@dataclass(frozen=True)
class News:
    """What has happened to an API since its last news.

    `began` is the id of what is tried from now on. A `result` that is `revised` is told anew: it has a shorter witness,
    or was found to be the consequence of another one.
    `exchanges` and `requests` are what was sent since; `readings` and `unread` are those of the whole trial.
    """

    api: str
    began: str
    result: Result | None
    revised: bool
    exchanges: Sequence[Exchange]
    requests: int
    readings: Mapping[str, set[str]]
    unread: Mapping[str, str]


def tried_together(trials: Sequence[Trial]) -> Iterator[News]:
    """Try them all. Raises TargetFault where a process fails; whoever stops listening ends the trials."""
    yield from told_by(len(trials), _try, trials)


class _Reporter:
    """Tells what becomes of a target."""

    def __init__(self, target: Target, tell: Tell) -> None:
        self._target = target
        self._tell = tell
        self._told = self._requests = 0
        self._last = time.monotonic()

    def begin(self, id: str = "") -> None:
        self._news(began=id)

    def sent(self, _: httpx.Request) -> None:
        """A request is about to be sent."""
        if time.monotonic() - self._last > _BETWEEN_NEWS:
            self._news()

    def result(self, result: Result) -> None:
        self._news(result=result)

    def revised(self, result: Result) -> None:
        self._news(result=result, revised=True)

    def _news(self, began: str = "", result: Result | None = None, revised: bool = False) -> None:
        target = self._target
        exchanges, requests = target.journal[self._told :], target.requests - self._requests
        self._tell(News(target.api, began, result, revised, exchanges, requests, target.readings, target.unread))
        self._told, self._requests, self._last = len(target.journal), target.requests, time.monotonic()


def _try(trial: Trial, tell: Tell) -> None:
    """What a process does."""
    job = Job(trial.config, selected(trial.config.api, trial.only))
    with open_client(trial.config.base_url) as client:
        target = target_for(job, client, trial.seed, trial.effort, timeout=trial.timeout)
        reporter, report = _Reporter(target, tell), Report(trial.seed)
        client.event_hooks = {"request": [reporter.sent]}
        gc.freeze()
        preflight(target)
        find_out(target)
        run(target, job.chosen, report, reporter.result, reporter.begin, reporter.revised)
        if not trial.only:
            classify(target, reporter.begin)
        reporter.begin()
        with Shortener(target) as shortener:
            for result in report.failures:
                reporter.revised(shortener.shortened(result))
