"""The reports of a run, as files."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

from conformance.exchange import Exchange
from conformance.reports.facts import Facts
from conformance.reports.har import TRAFFIC_MEGABYTES, archive
from conformance.reports.html import page
from conformance.reports.junit import junit
from conformance.reports.results import as_json
from conformance.run import Report

__all__ = ["TRAFFIC_MEGABYTES", "Facts", "replace_file", "write"]


def write(
    directory: Path,
    report: Report,
    facts: Facts,
    exchanges: Collection[Exchange] = (),
    *,
    megabytes: int = TRAFFIC_MEGABYTES,
) -> list[Path]:
    """Write the reports; their paths. `exchanges` is the traffic of the run, of which so many megabytes are written.

    Raises OSError where that fails; a file is replaced whole or not at all.
    """
    directory.mkdir(parents=True, exist_ok=True)
    results = as_json(report, facts)
    witnesses = [exchange for each in report.results for exchange in each.witness]
    return [
        replace_file(directory / "results.json", [_encoded(json.dumps(results, indent=2, ensure_ascii=False) + "\n")]),
        replace_file(directory / "junit.xml", [junit(report, facts)]),
        replace_file(directory / "report.html", [_encoded(page(results, directory.resolve()))]),
        replace_file(directory / "traffic.har", archive(exchanges, witnesses, facts, megabytes)),
    ]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


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
