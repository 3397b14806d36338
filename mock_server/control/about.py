"""What the sandbox is, whether it lives, and what it was made from."""

from __future__ import annotations

from dataclasses import asdict

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


def get_register(operator: Operator, api: str) -> Reply:
    """What the documents of an API require, and what they leave open, with the sources."""
    contract = openapi.read(api)
    requirements = [{**asdict(each), "operation": each.operation_id} for each in contract.requirements.values()]
    return Reply(
        {"requirements": requirements, "open_points": [asdict(each) for each in contract.open_points.values()]}
    )


def get_contract(operator: Operator, api: str) -> Reply:
    """The contract of an API as one tree; of its components the kinds of credential are left."""
    contract = openapi.read(api)
    components = {"securitySchemes": contract.document["components"]["securitySchemes"]}
    return Reply(contract.inlined({**contract.document, "components": components}))
