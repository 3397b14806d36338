"""Grammar of what is printed."""

from __future__ import annotations


def many(count: int, noun: str) -> str:
    """The count with its noun, which gets an s unless it is one."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
