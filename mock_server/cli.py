"""The command line of the sandbox, ``lead-mock``: its commands, and what becomes of their failures."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from mock_server.commands import Unreachable, Unusable, coverage, faults, scenarios, serve
from mock_server.errors import CallRefused
from mock_server.version import tool_version

USAGE_ERROR = 2
UNREACHABLE = 4
BROKEN_PIPE = 141

COMMANDS = (serve, coverage, scenarios, faults)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: its own, 2 for what cannot be used, 4 where no sandbox answers, 130 Ctrl-C, 141
    where nobody reads the output.
    """
    options = _parser().parse_args(arguments)
    try:
        code = int(options.command(options))
        sys.stdout.flush()
        return code
    except (Unusable, Unreachable, CallRefused) as error:
        print(f"lead-mock: {error}", file=sys.stderr)
        return UNREACHABLE if isinstance(error, Unreachable) else USAGE_ERROR
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lead-mock", description="A sandbox of the Aura, Octanist and Vorel lead APIs."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {tool_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser
