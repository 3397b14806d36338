"""How things are put into words."""

from __future__ import annotations

import os
import traceback

_TRACEBACK = "LEAD_CONFORMANCE_TRACEBACK"


def many(count: int, noun: str) -> str:
    """The count with its noun, which gets an s unless it is one."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def what_failed(error: Exception) -> str:
    """The kind of an exception of ours and, where it is asked for, its way through the code.

    Its message is never shown: it may hold what the target said, or a key.
    """
    if not os.environ.get(_TRACEBACK):
        return f"{type(error).__name__}; {_TRACEBACK}=1 says where"
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}".rstrip()
