"""Work done by several processes, so that two cores are two cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar, cast

from conformance.outcomes import TargetFault

T = TypeVar("T")


def done_by(count: int, function: Callable[[T], Any], work: Sequence[T]) -> Iterator[Any]:
    """What `function`, a module's own, makes of each piece, in the order in which they are finished.

    Raises TargetFault where a process fails. Whoever stops listening ends the processes.
    """
    waiting = iter(work)
    busy: dict[Connection, BaseProcess] = {}
    try:
        for piece in islice(waiting, count):
            connection, process = _started(function)
            busy[connection] = process
            connection.send(piece)
        while busy:
            for each in wait(list(busy)):
                connection = cast(Connection, each)
                result = _received(connection)
                if following := list(islice(waiting, 1)):
                    connection.send(following[0])
                else:
                    _ended(connection, busy.pop(connection))
                yield result
    finally:
        for connection, process in busy.items():
            _stop(process)
            _ended(connection, process)


def _started(function: Callable[[Any], Any]) -> tuple[Connection, BaseProcess]:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function))
    process.start()
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


def _received(connection: Connection) -> Any:
    try:
        done, result = connection.recv()
    except EOFError:
        raise TargetFault("a process of the suite ended before its work") from None
    if not done:
        raise TargetFault(result)
    return result


def _serve(connection: Connection, function: Callable[[Any], Any]) -> None:
    """Work until nobody is there any more, in a group of its own: Ctrl-C is the business of who started this."""
    os.setpgid(0, 0)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            piece = connection.recv()
            try:
                answer = True, function(piece)
            except Exception as error:
                answer = False, f"{type(error).__name__}: {error}"
            connection.send(answer)
