"""``lead-mock coverage``: which documented behaviours the calls to a running sandbox have met, and which never."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import openapi
from mock_server.arguments import percent
from mock_server.commands import Unusable
from mock_server.commands.asking import add_sandbox, answer, no_sandbox
from mock_server.reports import badge
from mock_server.reports.document import (
    Difference,
    Document,
    NoDocument,
    behaviours,
    checked,
    compared,
    merged,
    percentage,
)
from mock_server.reports.html import page
from mock_server.reports.junit import junit
from mock_server.reports.text import text

TOO_LITTLE = 1

FORMATS = ("text", "json", "junit", "html", "badge")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    command = commands.add_parser(
        "coverage",
        help="tell which documented behaviours the calls to a running sandbox have met",
        epilog="Exit codes: 0 as asked, 1 too little or lost coverage, 2 usage, 4 no sandbox answers.",
    )
    command.set_defaults(command=coverage)
    add_sandbox(command)
    command.add_argument("--key", action="append", default=[], metavar="K", help="only the calls with this credential")
    command.add_argument("--api", choices=openapi.APIS, help="only this API, called or not")
    command.add_argument("--fail-under", type=percent, metavar="N", help="exit 1 when fewer percent are met")
    command.add_argument("--format", choices=FORMATS, default="text", help="(default: %(default)s)")
    command.add_argument("--output", type=Path, metavar="FILE", help="write there; a badge named .svg is a picture")
    command.add_argument("--compare", type=Path, metavar="FILE", help="say what changed since an earlier --format json")
    command.add_argument("--fail-on-loss", action="store_true", help="exit 1 when what was met then is not met now")


def coverage(options: argparse.Namespace) -> int:
    """Fetch, compare, write; the exit code."""
    if options.fail_on_loss and options.compare is None:
        raise Unusable("--fail-on-loss needs an earlier run to compare with: --compare FILE")
    then = _earlier(options.compare) if options.compare else None
    now = merged([_fetched(options, key) for key in _keys(options)])
    difference = compared(now, then) if then is not None else None
    _write(_rendered(options, now, difference), options.output)
    return _verdict(options, now, difference)


def _verdict(options: argparse.Namespace, now: Document, difference: Difference | None) -> int:
    complaints = []
    met = [each["times"] > 0 for each in behaviours(now)]
    if options.fail_under is not None and sum(met) * 100 < options.fail_under * max(len(met), 1):
        reached = f"{sum(met)} of {len(met)} documented behaviours were met ({percentage(behaviours(now)):g} %)"
        complaints.append(f"{reached}; {options.fail_under:g} % are asked for")
    if options.fail_on_loss and difference is not None and difference.lost:
        complaints.append(f"met then, and not now: {', '.join(each['id'] for each in difference.lost)}")
    for each in complaints:
        print(f"lead-mock: {each}", file=sys.stderr)
    return TOO_LITTLE if complaints else 0


def _rendered(options: argparse.Namespace, now: Document, difference: Difference | None) -> str:
    match options.format:
        case "json":
            return _json(now, difference)
        case "junit":
            return junit(now, difference)
        case "html":
            return page(now, difference)
        case "badge":
            is_picture = options.output is not None and options.output.suffix == ".svg"
            return badge.svg(now) if is_picture else badge.endpoint(now)
        case _:
            return text(now, difference)


def _json(now: Document, difference: Difference | None) -> str:
    """The document as the sandbox gives it, with the ids of what changed."""
    ids = {}
    if difference is not None:
        ids["lost"] = [each["id"] for each in difference.lost]
        ids["gained"] = [each["id"] for each in difference.gained]
    return json.dumps({**now, **ids}, indent=2) + "\n"


def _write(told: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(told)
        return
    try:
        output.write_text(told, encoding="utf-8")
    except OSError as error:
        raise Unusable(f"cannot write {output}: {error.strerror}") from None


def _earlier(path: Path) -> Document:
    try:
        return checked(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, NoDocument) else "it is not JSON"
        raise Unusable(f"cannot compare with {path}: {why}; write one with --format json --output FILE") from None


def _keys(options: argparse.Namespace) -> Iterator[str | None]:
    """The keys that were named, but for those that open no other organizations than the ones before."""
    known: set[str] = set()
    for key in dict.fromkeys(options.key):
        opened = {
            str(each.get("id")) for each in answer(options, "organizations", "organizations", key, {})["organizations"]
        }
        if not opened or opened - known:
            yield key
        known |= opened
    if not options.key:
        yield None


def _fetched(options: argparse.Namespace, key: str | None) -> Document:
    """What the sandbox says of one key's calls, of all where it is None."""
    told = answer(options, "coverage", "apis", key, {"api": options.api} if options.api else {})
    try:
        return checked(told)
    except NoDocument:
        raise no_sandbox(options) from None
