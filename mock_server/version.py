"""The version of this product, as it was installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def tool_version() -> str:
    """The version; ``unknown`` where the packages are used without being installed."""
    try:
        return version("leadproof")
    except PackageNotFoundError:
        return "unknown"
