"""``lead-conformance list``: the register, as it is declared."""

from __future__ import annotations

import argparse

import openapi
from conformance.arguments import named


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    command = commands.add_parser("list", help="print the requirements and open points")
    command.set_defaults(command=list_command)
    command.add_argument("api", nargs="*", metavar="API", help="aura, octanist, vorel (default: all)")


def list_command(options: argparse.Namespace) -> int:
    """Print the register: requirements and open points."""
    for api in named(options.api):
        contract = openapi.read(api)
        for each in contract.requirements.values():
            print(f"{each.id}  [{each.level}, {each.basis}]")
            print(f"    {each.text}  ({each.source})")
            if each.untested:
                print(f"    untested: {each.untested}")
        for point in contract.open_points.values():
            switch = f"  (setting {point.setting}: {', '.join(map(str, point.values))})" if point.setting else ""
            print(f"{api}/{point.id}  [open point]")
            print(f"    {point.text}")
            print(f"    accepted: {'; '.join(point.accepts)}. sandbox: {point.sandbox}{switch}")
    return 0
