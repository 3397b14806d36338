"""``lead-conformance recover``: put the fixtures back that a killed run has left."""

from __future__ import annotations

import argparse

from conformance.arguments import KEY_HELP, jobs_of, target_for, targets_of
from conformance.client import open_client
from conformance.config import ConfigError, without_credentials
from conformance.live import custody
from conformance.live.keeping import sentences


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    command = commands.add_parser(
        "recover",
        help="put back what a killed run has left changed",
        epilog="exit codes: 0 put back, and what could not be is listed; 2 usage, 4 the target does not answer",
    )
    command.set_defaults(command=recover_command)
    command.set_defaults(api=[], url=None)  # only a target file names fixtures
    command.add_argument("--target", metavar="FILE", help="the target file of the run (default: list what is left)")
    command.add_argument("--key", action="append", default=[], metavar="NAME=VALUE", help=KEY_HELP)


def recover_command(options: argparse.Namespace) -> int:
    """Put the fixtures of the target back, as its recovery file has them, and remove the file."""
    if options.target in (None, "mock"):
        return _list()
    with open_client() as asking, targets_of(options, 0, asking) as configs:
        for job in jobs_of(configs, []):
            was = custody.remembered(job.config)
            if was is None:
                print(f"nothing to recover: no run holds fixtures of {without_credentials(job.config.base_url)}")
                continue
            with open_client(job.config.base_url) as client:
                target = target_for(job, client, 0, "quick")
                for line in sentences(target, was, custody.give_back(target, was)):
                    print(line)
    return 0


def _list() -> int:
    """Say which recovery files there are. Raises ConfigError where there is one: its target has to be named."""
    files = sorted(map(str, custody.folder().glob("[!.]*.json")))
    if files:
        raise ConfigError(f"name the target with --target, as for the run; unfinished are {', '.join(files)}")
    print(f"nothing to recover: no recovery file is in {custody.folder()}")
    return 0
