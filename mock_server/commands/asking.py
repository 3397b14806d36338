"""What a command asks a running sandbox, and what it says where it gets no answer to that."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

import httpx

from mock_server.admin_token import ASKED_FOR, admin_token
from mock_server.arguments import root
from mock_server.commands import Unreachable, Unusable, add_admin_token

_PATIENCE = 30.0
"""Seconds."""

_REFUSALS = (400, 401, 403)
"""How a sandbox of this version refuses what a command asks."""


def add_sandbox(command: argparse.ArgumentParser) -> None:
    """Add the options that say which sandbox is asked, and what lets one in."""
    command.add_argument(
        "--url", type=root, default="http://127.0.0.1:4020", help="root of the sandbox (default: %(default)s)"
    )
    add_admin_token(command, "where the sandbox asks for one")


def answer(options: argparse.Namespace, path: str, member: str, key: str | None, query: Mapping[str, str]) -> Any:
    """What a sandbox answers below ``/_sandbox``: an object that has `member`; of one key where there is one.

    Raises Unusable with the reason where the sandbox refuses, and Unreachable where nothing that is one answers.
    """
    url = f"{options.url.rstrip('/')}/_sandbox/{path}"
    try:
        response = httpx.get(url, headers=_headers(options, key), params=query, timeout=_PATIENCE)
        told = response.json()
    except httpx.InvalidURL:
        raise Unusable(f"--url {options.url} is no URL such as http://127.0.0.1:4020") from None
    except UnicodeEncodeError:
        raise Unusable("a key and an admin token are ASCII") from None
    except httpx.HTTPError as error:
        why = str(error) or type(error).__name__
        raise Unreachable(f"no sandbox answers at {options.url} ({why}); start one with lead-mock serve") from None
    except (ValueError, RecursionError):
        raise no_sandbox(options) from None
    if not isinstance(told, dict):
        raise no_sandbox(options)
    if response.status_code in _REFUSALS and isinstance(told.get("error"), str):
        raise Unusable(f"{ASKED_FOR}, or give --admin-token" if response.status_code == 401 else told["error"])
    if response.status_code != 200 or member not in told:
        raise no_sandbox(options)
    return told


def no_sandbox(options: argparse.Namespace) -> Unreachable:
    """That something else answers."""
    return Unreachable(
        f"what answers at {options.url} is no sandbox of this version; --url is its root, such as http://127.0.0.1:4020"
    )


def _headers(options: argparse.Namespace, key: str | None) -> dict[str, str]:
    token = admin_token(options.admin_token)
    sent = (("X-Sandbox-Key", key), ("Authorization", None if token is None else f"Bearer {token}"))
    return {name: value for name, value in sent if value is not None}
