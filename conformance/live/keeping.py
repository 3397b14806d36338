"""Trying a target while its fixtures are in custody: they are given back however the checks end."""

from __future__ import annotations

import os
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from conformance.config import ConfigError
from conformance.live import custody
from conformance.outcomes import HeldBack, TargetFault
from conformance.target import Target
from conformance.wording import many

_ASKED = threading.Event()
"""Set while a run is asked to stop, and has not done so yet."""


class Keeping:
    """What became of the fixtures of a run, and whether somebody stopped it.

    `failed` means that fixtures are not given back: their recovery file is still there.
    """

    def __init__(self) -> None:
        self.interrupted = False
        self.failed = False
        self.told: list[str] = []

    @contextmanager
    def fixtures_of(self, target: Target) -> Iterator[None]:
        """While a target is tried. A Ctrl-C ends the trying; a second one, the giving back.

        Raises ConfigError where so few requests are allowed that none would be left for checks.
        """
        was = {} if target.config.embedded or target.budget.read_only else custody.take(target)
        target.budget.reserve(custody.calls(target, len(was)))
        if was and target.budget.spent():
            custody.forget(target.config)  # nothing has been changed yet
            raise ConfigError(
                f"--max-requests {target.budget.limits.requests} is too few: "
                f"{custody.calls(target, len(was))} are kept for putting {many(len(was), 'lead')} back"
            )
        try:
            yield
            heed()
        except KeyboardInterrupt:
            self.stopped()
        finally:
            target.budget.release()
            if was:
                self._give_back(target, was)

    def stopped(self) -> None:
        """What is still sent is not to be stopped, but by being asked again."""
        self.interrupted = True
        _ASKED.clear()

    def _give_back(self, target: Target, was: custody.Leads) -> None:
        try:
            lasting = custody.give_back(target, was)
        except (KeyboardInterrupt, HeldBack, TargetFault) as reason:
            self.interrupted |= isinstance(reason, KeyboardInterrupt)
            self.failed = True
            why = target.redacted(str(reason)) or "interrupted"
            self.told.append(f"{_named(target, was)} NOT put back ({why}):")
            self.told.append(
                f"  run 'lead-conformance recover' with the same target; {custody.recovery_file_of(target.config)}"
            )
            return
        self.told += sentences(target, was, lasting)


def sentences(target: Target, was: custody.Leads, lasting: list[str]) -> list[str]:
    """What is said of fixtures that were given back."""
    unseen = [id for id in target.config.lead_ids if id not in was]
    lasting = [*lasting, *(f"{id} was not shown by any operation, so nothing is known of it" for id in unseen)]
    told = [f"{_named(target, was)} put back" + (", except:" if lasting else "")]
    return told + [f"  {target.redacted(each)}" for each in lasting]


def _named(target: Target, was: custody.Leads) -> str:
    """The fixtures, as the subject of a sentence with its verb."""
    if len(was) == 1:
        return f"the fixture of {target.api} is"
    return f"the {len(was)} fixtures of {target.api} are"


@contextmanager
def interruptible() -> Iterator[None]:
    """While this lasts, SIGTERM does what Ctrl-C does, and Ctrl-C also where whoever started the run ignores it.

    So does a terminal that is closed, unless that is to be ignored (`nohup`).
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _ASKED.clear()
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, _hang_up)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def heed(_: object = None) -> None:
    """Stop now where that was asked for, and what was raised then got lost: in a callback of the garbage collector,
    say, where exceptions are only printed. It can be an event hook of an `httpx` client.
    """
    if _ASKED.is_set():
        raise KeyboardInterrupt


def _interrupt(number: int, frame: FrameType | None) -> None:
    _ASKED.set()
    raise KeyboardInterrupt


def _hang_up(number: int, frame: FrameType | None) -> None:
    """What is written to a terminal from now on goes nowhere, instead of ending what is still to be done."""
    for descriptor in (1, 2):
        if stat.S_ISCHR(os.fstat(descriptor).st_mode):
            os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
    _interrupt(number, frame)
