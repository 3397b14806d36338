"""The commands of ``lead-mock``: each module adds one, `add_to(commands)`."""

from __future__ import annotations

import argparse

from mock_server.admin_token import VARIABLE


class Unusable(Exception):
    """An argument cannot be used; the text says why and what would do."""


class Unreachable(Exception):
    """Nothing that is a sandbox answers; the text says what does instead, or why nothing does."""


def add_admin_token(command: argparse.ArgumentParser, what: str) -> None:
    """Add the option for the token; without it, that of the environment counts."""
    command.add_argument("--admin-token", metavar="T", help=f"{what} (default: ${VARIABLE})")
