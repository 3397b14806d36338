"""OpenAPI 3.0 schemas, compiled once into validators.

The dialect of OpenAPI 3.0 is JSON Schema Draft 4 with `nullable`, without `null`. It is read by the rules of Draft 6,
in which 50.0 and 5e1 are integers as well, as in the vendors' own documents (OpenAPI 3.1). Both know no uuid format,
and their e-mail format takes addresses that no domain could have: both are made patterns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
EMAIL = r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"

_FORMAT_PATTERNS = {"uuid": UUID, "email": EMAIL}
_NO_ASSERTION = frozenset({"nullable", "example", "description", "default", "deprecated", "title", "components"})
_MAPS_OF_SCHEMAS = frozenset({"properties", "patternProperties"})
_LONGEST = 300


class Validator:
    """One schema, compiled."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """`schema` has its references resolved."""
        rules = draft4(schema)
        self._validator = jsonschema_rs.Draft6Validator(rules, validate_formats=True)
        self._needs_one_of = [name for each in rules.get("anyOf", []) for name in each.get("required", [])]

    def complaint(self, value: Any) -> str | None:
        """Why `value` does not fit, in one sentence that begins with the place; None where it fits."""
        if self._validator.is_valid(value):
            return None
        error = next(iter(self._validator.iter_errors(value)))
        if error.schema_path == ["anyOf"] and self._needs_one_of:
            return f"body: at least one of {', '.join(self._needs_one_of)} is needed"
        where = ".".join(map(str, error.instance_path)) or "body"
        return f"{where}: {_reason(error)}"[:_LONGEST]


def _reason(error: jsonschema_rs.ValidationError) -> str:
    value, _, pattern = error.message.partition(" does not match ")
    for format, known in _FORMAT_PATTERNS.items():
        if pattern == f'"{known}"':
            return f"{value} is not a valid {format}"
    return error.message


def draft4(schema: Any) -> Any:
    """The same rules as a Draft 4 schema."""
    if isinstance(schema, list):
        return [draft4(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    rules: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _NO_ASSERTION or keyword.startswith("x-"):
            continue
        if keyword in _MAPS_OF_SCHEMAS:
            rules[keyword] = {name: draft4(each) for name, each in value.items()}
        elif keyword in ("enum", "required"):
            rules[keyword] = list(value)
        else:
            rules[keyword] = draft4(value)
    if (pattern := _FORMAT_PATTERNS.get(schema.get("format", ""))) is not None:
        rules = {**rules, "allOf": [*rules.get("allOf", []), {"pattern": pattern}]}
    if schema.get("nullable") and "type" in rules:
        rules["type"] = [rules["type"], "null"]
        if None not in rules.get("enum", [None]):
            rules["enum"] = [*rules["enum"], None]
    return rules
