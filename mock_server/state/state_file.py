"""The file of ``--state``: read at the start, written back at the end with ``--save-state``."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mock_server.api import Api
from mock_server.body import DEEPEST, decode
from mock_server.errors import Invalid, MalformedBody
from mock_server.state import snapshots
from mock_server.state.lines import line_of
from mock_server.state.seeding import store_leads
from mock_server.state.unreadable import place_of
from mock_server.store import World

Apis = Mapping[str, Api]

_UNFINISHED = ".unfinished"
"""How the name of a file ends that is still being written."""

_AROUND_A_LEAD = 4
"""In so many more objects and arrays is a lead here than in the body that it came from."""


def load(path: Path, apis: Apis, world: World) -> None:
    """Begin with what a state file holds: a state as snapshots are, or leads alone, by API and credential.

    Raises Invalid, with line and reason, where the file cannot be used; nothing has been changed then.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}") from None
    state = _parsed(text, path)
    try:
        if isinstance(state, dict) and "organizations" in state:
            snapshots.check(state, apis)
            world.take_up(state, alone=False)
        else:
            _load_leads(state, apis, world)
    except Invalid as error:
        line = line_of(text.decode(), error.message.partition(": ")[0])
        raise Invalid(f"{path}:{line}: {error.message}") from None


def _parsed(text: bytes, path: Path) -> Any:
    """The JSON of a file, by the rules of the wire. Raises Invalid."""
    try:
        return decode(text, DEEPEST + _AROUND_A_LEAD)
    except MalformedBody as error:
        at = place_of(text, DEEPEST + _AROUND_A_LEAD) if error.at is None else error.at
        line = "" if at is None else f":{text.count(10, 0, at) + 1}"
        raise Invalid(f"{path}{line}: {error.message.replace('The body', 'this', 1)}") from None


def save(path: Path, world: World) -> None:
    """Write the state of every organization. A kill at any moment leaves the old file or the new one, whole.

    A link stays one, and a file keeps its mode; a new one, which holds credentials, is for its owner alone. Raises
    OSError where that fails; the old file is as it was.
    """
    path = behind_links(path)
    state = json.dumps(snapshots.taken(world.opened()), indent=1, ensure_ascii=False) + "\n"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(state.encode())
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, name)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def sweep(path: Path) -> None:
    """Remove what saves of this file that were killed have left beside it."""
    path = behind_links(path)
    left = re.compile(re.escape(f".{path.name}.") + "[a-z0-9_]{8}" + re.escape(_UNFINISHED))
    with suppress(OSError):  # tidiness is no reason not to start
        for each in path.parent.iterdir():
            if left.fullmatch(each.name):
                each.unlink()


def behind_links(path: Path) -> Path:
    """The file that is written, where `path` may be a link to it."""
    return Path(os.path.realpath(path))


def _load_leads(state: Any, apis: Apis, world: World) -> None:
    """Store leads that are given by API and credential: tried on a world of its own first, so that all or none are."""
    if not isinstance(state, dict) or not all(isinstance(each, dict) for each in state.values()):
        raise Invalid("an object of APIs is expected, each an object of credentials with their leads")
    for name in state:
        if name not in apis:
            raise Invalid(f"{name}: this is none of {', '.join(apis)}")
    chosen = [(name, key, leads) for name, each in state.items() for key, leads in each.items()]
    for name, key, leads in chosen:
        if apis[name].tenant_of(key) is None:
            raise Invalid(f"{name}.{key}: this is no well-formed credential")
        if not isinstance(leads, list) or not all(isinstance(lead, dict) for lead in leads):
            raise Invalid(f"{name}.{key}: a list of leads is expected")
    for trial in (world.twin(), world):
        for name, key, leads in chosen:
            try:
                store_leads(apis[name], trial.organization(name, str(apis[name].tenant_of(key))), leads)
            except Invalid as error:
                raise Invalid(f"{name}.{key}.{error.message.removeprefix('leads.')}") from None
