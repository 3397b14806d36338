"""``lead-mock faults``: the ways in which the sandbox can be wrong on purpose."""

from __future__ import annotations

import argparse
import json

import mock_server


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("faults", help="list the faults that can be served")
    command.set_defaults(command=list_faults)
    command.add_argument("--format", choices=["text", "json"], default="text", help="(default: %(default)s)")


def list_faults(options: argparse.Namespace) -> int:
    """Print every fault that can be served, with the requirement it breaks."""
    if options.format == "json":
        told = [
            {"name": each.name, "api": each.api, "breaks": each.breaks, "kind": each.kind, "also": list(each.also)}
            for each in mock_server.FAULTS
        ]
        print(json.dumps(told, indent=1))
        return 0
    for fault in mock_server.FAULTS:
        print(f"{fault.api}/{fault.name}  breaks {fault.breaks}")
    return 0
