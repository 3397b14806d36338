"""The arguments that several commands and the pytest plugin take, as types for argparse."""

from __future__ import annotations

import argparse
import re
from urllib.parse import urlsplit

from mock_server.guard import name_of

_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]+)?", re.IGNORECASE)


def root(text: str) -> str:
    """The root URL of a sandbox."""
    if not is_root(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no URL such as http://127.0.0.1:4020")
    return text


def is_root(text: str) -> bool:
    """Whether a text can be the root URL of a sandbox: it names a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def seed(text: str) -> int:
    """What ids follow from."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no seed; 0 or a whole number above it")
    return int(text)


def host_name(text: str) -> str:
    """A name that a sandbox answers to; a port after it counts for nothing."""
    if not _HOST.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no host name such as sandbox.test")
    return name_of(text)


def percent(text: str) -> float:
    """A share, of 100."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of percent; 0 to 100")
    return value
