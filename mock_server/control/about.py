"""What the sandbox is, and whether it lives."""

from __future__ import annotations

import openapi
from mock_server.api import Reply
from mock_server.control.wire import Operator
from mock_server.settings import switches
from mock_server.version import tool_version


def health(operator: Operator) -> Reply:
    """Always ok, for everybody."""
    return Reply({"status": "ok"})


def info(operator: Operator) -> Reply:
    """What this sandbox is, with the key ring and every setting's open points."""
    contracts = {name: openapi.read(name) for name in operator.apis}
    return Reply(
        {
            "version": tool_version(),
            "apis": {
                name: {"base_path": each.base_path, "version": each.version, "sha256": each.sha256}
                for name, each in contracts.items()
            },
            "key_ring": {name: dict(api.key_ring) for name, api in operator.apis.items()},
            "settings": {name: switches(each) for name, each in contracts.items()},
        }
    )
