"""One sandbox only writes a state file: what another has stored would be lost."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mock_server.errors import Invalid
from mock_server.state.state_file import behind_links


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a state file, by a lock on a file beside it, which ends with the process however that ends.

    Raises Invalid where another process holds it, or no file can be made there.
    """
    file = behind_links(path)
    beside = file.with_name(f".{file.name}.lock")
    try:
        handle = _locked(beside)
    except BlockingIOError:
        raise Invalid(f"{path} is written by another sandbox; give this one a file of its own") from None
    except OSError as error:
        raise Invalid(f"cannot write {beside}, which is to keep others from {path}: {error.strerror}") from None
    try:
        yield
    finally:
        beside.unlink(missing_ok=True)
        os.close(handle)


def _locked(path: Path) -> int:
    """A handle of the file, which is made where there is none, with the lock on it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except BlockingIOError:
            os.close(handle)
            raise
        if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
            return handle
        os.close(handle)  # whoever held it has removed it since it was opened


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return  # this file system has no locks, and nobody is kept out
