"""What is true of a run as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True)
class Facts:
    """What is true of a run as a whole. `targets` is the base URL of each API."""

    targets: Mapping[str, str]
    embedded: bool
    effort: str
    started: datetime
    finished: datetime


def tool_version() -> str:
    """The version of this product."""
    try:
        return version("leadproof")
    except PackageNotFoundError:
        return "unknown"


def written(moment: datetime) -> str:
    """A moment as reports write it: UTC, in milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
