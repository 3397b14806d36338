"""The reports of a run, as files."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from conformance.reports.facts import Facts
from conformance.reports.junit import junit
from conformance.reports.results import as_json
from conformance.run import Report

__all__ = ["Facts", "replace_file", "write"]


def write(directory: Path, report: Report, facts: Facts) -> list[Path]:
    """Write both reports; their paths. Raises OSError where that fails; a file is replaced whole or not at all."""
    directory.mkdir(parents=True, exist_ok=True)
    results = json.dumps(as_json(report, facts), indent=2, ensure_ascii=False) + "\n"
    return [
        replace_file(directory / "results.json", [results.encode("utf-8", "replace")]),
        replace_file(directory / "junit.xml", [junit(report, facts)]),
    ]


def replace_file(path: Path, pieces: Iterable[bytes]) -> Path:
    """Write a file, whole or not at all; its path. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
