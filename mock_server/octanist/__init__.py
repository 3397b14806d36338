"""The Octanist lead API."""

from __future__ import annotations

from typing import Any

from mock_server.api import Api
from mock_server.octanist import operations, wire


def _filters_as_texts(contract: Any) -> None:
    """Let every filter of the list through as the text it is.

    The handler reads filters itself, so that one that cannot be read is an INVALID_FILTER or INVALID_DATE and
    not a VALIDATION_ERROR (OC-36, OC-37).
    """
    for parameter in contract["paths"]["/leads"]["get"]["parameters"]:
        if parameter["name"] not in ("limit", "page"):
            default = parameter["schema"].get("default")
            parameter["schema"] = {"type": "string"} if default is None else {"type": "string", "default": default}


API = Api.documented("octanist", operations=operations, wire=wire).promising(_filters_as_texts)
