"""Departures that are known and accepted for a time: what ``--accept FILE`` names, and when that is stale.

[[accept]]
id = "vorel/update_lead/null_clears_a_nullable_field"
reason = "the cleaning job needs the old value until it is replaced"
owner = "crm team"
until = 2027-01-31
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openapi
from conformance.config import ConfigError

_KEYS = ("id", "reason", "owner", "until")


@dataclass(frozen=True)
class Acceptance:
    """That a requirement may fail: why, who answers for it, and the last day on which it holds."""

    id: str
    reason: str
    owner: str
    until: date

    def holds(self, today: date) -> bool:
        return today <= self.until

    def as_json(self) -> dict[str, str]:
        return {"reason": self.reason, "owner": self.owner, "until": self.until.isoformat()}

    def __str__(self) -> str:
        return f"{self.reason} ({self.owner}, until {self.until.isoformat()})"


def read_acceptances(path: Path) -> dict[str, Acceptance]:
    """The acceptances of a TOML file by id. Raises ConfigError with the place of what cannot be used."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the acceptances {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    _known(path, "", table, ("accept",))
    rows = table.get("accept")
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise ConfigError(f"{path}: accept must be there, as tables: [[accept]]")
    acceptances: dict[str, Acceptance] = {}
    for at, row in enumerate(rows):
        each = _acceptance(path, f"accept[{at}]", row)
        if each.id in acceptances:
            raise ConfigError(f"{path}: accept[{at}].id {each.id!r} is there twice")
        acceptances[each.id] = each
    return acceptances


def _acceptance(path: Path, place: str, row: Mapping[str, Any]) -> Acceptance:
    _known(path, f"{place}.", row, _KEYS)
    for name in ("id", "reason", "owner"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise ConfigError(f"{path}: {place}.{name} must be there, as a text")
    id, until = row["id"], row.get("until")
    api = id.partition("/")[0]
    if api not in openapi.APIS or id not in openapi.read(api).requirements:
        raise ConfigError(f"{path}: {place}.id {id!r} is no requirement; 'lead-conformance list' shows them all")
    if openapi.read(api).requirements[id].untested:
        raise ConfigError(f"{path}: {place}.id {id!r} is declared untested: there is nothing to accept")
    if not isinstance(until, date) or isinstance(until, datetime):
        raise ConfigError(f"{path}: {place}.until must be there, as a date such as 2027-01-31, without quotes")
    return Acceptance(id, row["reason"], row["owner"], until)


def _known(path: Path, prefix: str, table: Iterable[str], known: tuple[str, ...]) -> None:
    for name in table:
        if name not in known:
            raise ConfigError(f"{path}: {prefix}{name} is not known; known are {', '.join(known)}")
