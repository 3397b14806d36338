"""The target file's leads: what they were, kept on disk until they are that again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.compare import same_json
from conformance.config import ConfigError, TargetConfig, without_credentials
from conformance.outcomes import TargetFault, Violation
from conformance.target import Target, brief

Leads = dict[str, dict[str, Any]]

SCHEMA = 1

_ABSENT = object()
"""Stands for a member that an object does not have; null is one."""


def recovery_file_of(config: TargetConfig) -> Path:
    """Where the fixtures of a target are remembered: one place for each target, whatever folder a run is started in."""
    where = f"{config.api} {without_credentials(config.base_url)}"
    name = f"{config.api}-{urlsplit(config.base_url).hostname}-{hashlib.sha256(where.encode()).hexdigest()[:12]}.json"
    return folder() / name


def folder() -> Path:
    """Where recovery files are kept; XDG_STATE_HOME says where that is."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "leadproof"


def refuse_unfinished(config: TargetConfig) -> None:
    """Raises ConfigError where an earlier run has not put the fixtures of this target back."""
    if (held := recovery_file_of(config)).exists():
        raise ConfigError(
            f"a run that has not ended, or was killed, holds the fixtures of {without_credentials(config.base_url)} "
            f"({held}); put them back with 'lead-conformance recover' and the same --target"
        )


def take(target: Target) -> Leads:
    """Remember the fixtures as they are, on disk, before anything changes them. Raises ConfigError where it cannot."""
    target.begin("fixtures")
    try:
        was: Leads = _module(target).fixtures(target)
    except Violation as violation:
        raise TargetFault(f"the fixtures cannot be read, so that they could not be put back: {violation}") from None
    if was:
        _write(recovery_file_of(target.config), target.config, was)
    return was


def calls(target: Target, fixtures: int) -> int:
    """How many requests it takes at most to put so many fixtures back."""
    return int(_module(target).CALLS) * fixtures


def give_back(target: Target, was: Leads) -> list[str]:
    """Make the fixtures again what they were, and remove their recovery file; sentences about what is not as it was.

    Raises TargetFault where the target does not let itself be asked; then the file stays.
    """
    target.begin("fixtures")
    lasting = [sentence for lead in was.values() for sentence in _put_back(target, lead)]
    forget(target.config)
    return lasting


def forget(config: TargetConfig) -> None:
    """Remove the recovery file of a target whose fixtures are as they were, or cannot be put back any better."""
    recovery_file_of(config).unlink(missing_ok=True)


def remembered(config: TargetConfig) -> Leads | None:
    """The fixtures of a target as its recovery file has them; None without one. Raises ConfigError for a broken one."""
    path = recovery_file_of(config)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return dict(content["fixtures"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"cannot read the recovery file {path}: {error}") from None


def _put_back(target: Target, was: dict[str, Any]) -> list[str]:
    module, id = _module(target), str(was["id"])
    try:
        now = module.state(target, id)
        if now is None:
            return [f"{id} is not shown any more"]
        for path, body in module.undo(was, now):
            _update(target, path, body)
        now = module.state(target, id) or {}
        departures = [_departures(name, was.get(name), now.get(name)) for name in module.differences(was, now)]
        return [f"{id}: {each}" for several in departures for each in several]
    except Violation as violation:
        return [f"{id}: {violation}"]


def _departures(place: str, was: Any, now: Any) -> Iterator[str]:
    """Where a value is not what it was; of objects, which of their members."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in {**was, **now}:
            yield from _departures(f"{place}.{name}", was.get(name, _ABSENT), now.get(name, _ABSENT))
    elif not same_json(was, now):
        yield f"{place} is {_said(now)}, was {_said(was)}"


def _said(value: Any) -> str:
    return "not there" if value is _ABSENT else brief(value)


def _update(target: Target, path: dict[str, str], body: dict[str, Any]) -> None:
    """Update a fixture; where the whole is refused, field by field. What is set to what it was can be sent again."""
    try:
        exchange = target.call("update_lead", path=path, body=body)
    except TargetFault:
        exchange = target.call("update_lead", path=path, body=body)
    named = {name: value for name, value in body.items() if name == "id"}
    fields = {name: value for name, value in body.items() if name != "id"}
    if not 200 <= exchange.status < 300 and len(fields) > 1:
        for name, value in fields.items():
            target.call("update_lead", path=path, body={**named, name: value})


def _write(path: Path, config: TargetConfig, was: Leads) -> None:
    """Write a recovery file so that it is whole and on the disk before this returns. It holds no credentials."""
    content = {"schema": SCHEMA, "api": config.api, "base_url": without_credentials(config.base_url), "fixtures": was}
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
        directory = os.open(path.parent, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
    except OSError as error:
        raise ConfigError(
            f"cannot write the recovery file {path}: {error.strerror or error}; "
            "XDG_STATE_HOME names another folder for it"
        ) from None


def _module(target: Target) -> Any:
    return import_module(f"conformance.{target.api}.restoring")
