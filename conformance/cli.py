"""The command line of the suite, ``lead-conformance``: its commands, and what becomes of their failures."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from conformance.commands import list as list_command
from conformance.commands import prove as prove_command
from conformance.commands import recover as recover_command
from conformance.commands import replay as replay_command
from conformance.commands import run as run_command
from conformance.config import ConfigError
from conformance.outcomes import TargetFault
from conformance.reports.facts import tool_version
from conformance.run import INTERRUPTED, TARGET_ERROR, USAGE_ERROR, TargetRefused
from conformance.wording import what_failed

_BROKEN_PIPE = 141

COMMANDS = (run_command, list_command, replay_command, recover_command, prove_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: 0 conformant, 1 violations, 2 usage, 3 incomplete, 4 no answer, 130 Ctrl-C.

    141 where nobody reads the output to its end, as if the signal for that had ended the command.
    """
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    options = _parser().parse_args(arguments)
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(_cache() / "hypothesis"))
    try:
        code = int(options.command(options))
        sys.stdout.flush()
        return code
    except (ConfigError, TargetRefused) as error:
        print(f"lead-conformance: {error}", file=sys.stderr)
        return USAGE_ERROR
    except TargetFault as error:
        print(f"lead-conformance: {error}", file=sys.stderr)
        return TARGET_ERROR
    except KeyboardInterrupt:
        print("lead-conformance: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _give_up_writing()
        return _BROKEN_PIPE
    except OSError as error:
        _give_up_writing()
        print(f"lead-conformance: {error.strerror or what_failed(error)}", file=sys.stderr)
        return TARGET_ERROR
    except Exception as error:
        print(f"lead-conformance: the suite failed: {what_failed(error)}", file=sys.stderr)
        return TARGET_ERROR


def _nowhere() -> TextIO:
    """Where a stream leads that whoever started the process has closed."""
    return Path(os.devnull).open("w")


def _give_up_writing() -> None:
    """What is not written yet goes nowhere, so that the end of the process does not stumble over it."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _cache() -> Path:
    """Where things may be kept that only save time: not in the folder that the command is run in."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "leadproof"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lead-conformance", description="Does an Aura, Octanist or Vorel API do what its documentation says?"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {tool_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser
