"""The control API below /_sandbox, served by the same machinery as the documented APIs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from mock_server.api import Api
from mock_server.control import operations, wire

LARGEST_BODY = 64 * 1024 * 1024
"""In bytes: a snapshot that was downloaded of a hundred thousand leads can be uploaded again."""


def control_api(apis: Mapping[str, Api], *, admin_token: str | None, hosts: frozenset[str] = frozenset()) -> Api:
    """The control API over `apis`. With an admin token, all of it but `health` asks for that token.

    `hosts` are further names by which the sandbox is reached.
    """
    identify = partial(wire.identify_operator, apis=apis, admin_token=admin_token, hosts=hosts)
    api = Api.documented("sandbox", operations=operations, wire=wire, identify=identify)
    return replace(api, journaled=False, largest_body=LARGEST_BODY, refuses_unknown_parameters=True)
