"""``lead-mock faults``: the ways in which the sandbox can be wrong on purpose."""

from __future__ import annotations

import argparse

from mock_server import FAULTS


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    faults = commands.add_parser("faults", help="list the faults that can be served")
    faults.set_defaults(command=list_faults)


def list_faults(options: argparse.Namespace) -> int:
    """Print every fault that can be served, with the requirement it breaks."""
    for fault in FAULTS:
        print(f"{fault.api}/{fault.name}  breaks {fault.breaks}")
    return 0
