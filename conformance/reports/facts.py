"""What is true of a run as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Facts:
    """What is true of a run as a whole. `targets` is the base URL of each API.

    `options` are the limits that were set, and by API what the target file says of the target's `capabilities`.
    """

    targets: Mapping[str, str]
    embedded: bool
    effort: str
    started: datetime
    finished: datetime
    options: Mapping[str, Any] = field(default_factory=dict)


def tool_version() -> str:
    """The version of this product."""
    try:
        return version("leadproof")
    except PackageNotFoundError:
        return "unknown"


@cache
def suite_digest() -> str:
    """SHA-256 over the code of the suite: the same digest, the same questions."""
    digest = hashlib.sha256()
    root = files("conformance")
    for path in sorted(Path(str(root)).rglob("*.py")):
        digest.update(path.relative_to(str(root)).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def written(moment: datetime) -> str:
    """A moment as reports write it: UTC, in milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
