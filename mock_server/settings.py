"""The switches of the sandbox: what the open points leave open, and what it can be set to."""

from __future__ import annotations

import json
from typing import Any

import openapi
from mock_server.errors import Invalid


def check_settings(settings: dict[str, Any]) -> None:
    """Raises Invalid unless every name and value in `{api: {name: value}}` is one that the contracts list."""
    for api, values in settings.items():
        if api not in openapi.APIS:
            raise Invalid(f"settings: {api[:50]} is no API; the APIs are {', '.join(openapi.APIS)}")
        if not isinstance(values, dict):
            raise Invalid(f"settings: {api} needs names with values, below [{api}]")
        known = switches(openapi.read(api))
        for name, value in values.items():
            if name not in known:
                raise Invalid(f"settings: {api} has no setting {name[:50]}; it has {', '.join(known)}")
            if not any(value == each and type(value) is type(each) for each in known[name]["values"]):
                choices = " or ".join(map(json.dumps, known[name]["values"]))
                raise Invalid(f"settings: {api}.{name} can be {choices}, not {json.dumps(value, default=str)}"[:300])


def spelt(value: Any) -> str:
    """A value of a setting as it is written: ``true``, ``201``, ``ignored``."""
    return value if isinstance(value, str) else json.dumps(value)


def switches(contract: openapi.Contract) -> dict[str, Any]:
    """By name, what a setting of an API can be, the default first, and the open points that it decides."""
    found: dict[str, Any] = {}
    for point in contract.open_points.values():
        if point.setting:
            switch = found.setdefault(point.setting, {"values": list(point.values), "open_points": []})
            switch["open_points"].append(point.id)
    return found
