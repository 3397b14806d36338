"""The command line of the sandbox, ``lead-mock``: its commands, and what becomes of their failures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mock_server.commands import Unusable, coverage, faults, scenarios, serve
from mock_server.errors import CallRefused

USAGE_ERROR = 2

COMMANDS = (serve, coverage, scenarios, faults)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: its own, 2 for what cannot be used, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (Unusable, CallRefused) as error:
        print(f"lead-mock: {error}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lead-mock", description="A sandbox of the Aura, Octanist and Vorel lead APIs."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser
