"""The admin token that a sandbox off the loopback asks for, and where it is found when nobody names it."""

from __future__ import annotations

import os

VARIABLE = "LEAD_ADMIN_TOKEN"
"""The variable of the environment: a token on a command line stands in the list of processes."""

ASKED_FOR = f"this sandbox asks for its admin token; put the token into the environment, as {VARIABLE}"
"""What commands and test runs say where they were not let in."""


def admin_token(given: str | None) -> str | None:
    """The token that was given, else that of the environment; None where there is neither."""
    return given or os.environ.get(VARIABLE) or None
