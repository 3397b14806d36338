"""Work done by several processes, so that two cores are two cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from enum import Enum
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar, cast

from conformance.outcomes import TargetFault
from conformance.wording import what_failed

T = TypeVar("T")

Tell = Callable[[Any], None]
"""How a process tells of its work while it is doing it."""


_ENDED = "a process of the suite ended before its work"


class _Stage(Enum):
    """What a message of a process is: something told of a piece of work, its end, or why there will be none."""

    TOLD = "told"
    DONE = "done"
    FAILED = "failed"


def told_by(count: int, function: Callable[[T, Tell], None], work: Sequence[T]) -> Iterator[Any]:
    """What `function`, a module's own, tells of each piece of work, as it comes; `count` processes share the pieces.

    Raises TargetFault where a process fails. Whoever stops listening ends the processes.
    """
    waiting = iter(work)
    busy: dict[Connection, BaseProcess] = {}
    try:
        for piece in islice(waiting, count):
            connection, process = _started(function)
            busy[connection] = process
            _send(connection, piece)
        while busy:
            for each in wait(list(busy)):
                connection = cast(Connection, each)
                stage, told = _received(connection)
                if stage is _Stage.TOLD:
                    yield told
                elif stage is _Stage.FAILED:
                    raise TargetFault(told)
                elif following := list(islice(waiting, 1)):
                    _send(connection, following[0])
                else:
                    _ended(connection, busy.pop(connection))
    finally:
        for connection, process in busy.items():
            _stop(process)
            _ended(connection, process)


def _started(function: Callable[[Any, Tell], None]) -> tuple[Connection, BaseProcess]:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))  # Ctrl-C is our business: theirs is our end
    process.start()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    return mine, process


def _stop(process: BaseProcess) -> None:
    """End a process with those that it has started. It leaves nothing to be tidied up, so it is not asked to."""
    assert process.pid is not None
    with suppress(ProcessLookupError):  # it has not got as far as to have a group of its own
        os.killpg(process.pid, signal.SIGTERM)
    process.terminate()


def _ended(connection: Connection, process: BaseProcess) -> None:
    connection.close()
    process.join()


def _send(connection: Connection, piece: Any) -> None:
    try:
        connection.send(piece)
    except ConnectionError:
        raise TargetFault(_ENDED) from None


def _received(connection: Connection) -> tuple[_Stage, Any]:
    try:
        message: tuple[_Stage, Any] = connection.recv()
    except (EOFError, ConnectionError):
        raise TargetFault(_ENDED) from None
    return message


def _serve(connection: Connection, function: Callable[[Any, Tell], None]) -> None:
    """Work until nobody is there any more, in a group of its own, so that it ends with what it has started."""
    os.setpgid(0, 0)

    def tell(told: Any) -> None:
        connection.send((_Stage.TOLD, told))

    with suppress(EOFError, ConnectionError):
        while True:
            piece = connection.recv()
            try:
                function(piece, tell)
            except ConnectionError:
                raise
            except TargetFault as fault:
                connection.send((_Stage.FAILED, str(fault)))
            except Exception as error:
                connection.send((_Stage.FAILED, f"a process of the suite failed: {what_failed(error)}"))
            else:
                connection.send((_Stage.DONE, None))
