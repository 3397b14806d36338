"""What commands share: the arguments that name a target, and the targets that they name."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx

import openapi
from conformance.config import KEY_NAMES, ConfigError, TargetConfig, at_root, check_url, read_target_file, usable_keys
from conformance.embedded import embedded_sandbox, key_ring
from conformance.register import Requirement, requirements, selected
from conformance.target import Target

_VARIABLE = "env:"


@dataclass(frozen=True)
class Job:
    """One API to be tried: where, and which of its requirements."""

    config: TargetConfig
    chosen: list[Requirement]


KEY_HELP = (
    f"a credential of the target; NAME is one of {', '.join(KEY_NAMES)}, for one of several APIs api.NAME. "
    "env:VARIABLE as VALUE takes it from the environment, so that it stands in no list of processes"
)


def add_target_arguments(command: argparse.ArgumentParser) -> None:
    """API, --target, --url and --key: what is tried."""
    command.add_argument("api", nargs="*", metavar="API", help="aura, octanist, vorel (default: all)")
    add_place_arguments(command)


def add_place_arguments(command: argparse.ArgumentParser, default: str = "") -> None:
    """--target, --url and --key: where it is tried. `default` says where that is when neither is given."""
    where = command.add_mutually_exclusive_group()
    otherwise = f" (default: {default})" if default else ""
    file = f"TOML that describes a target; mock is the embedded sandbox{otherwise}"
    where.add_argument("--target", metavar="FILE", help=file)
    where.add_argument("--url", help="root of a host that serves the APIs at their documented paths")
    command.add_argument("--key", action="append", default=[], metavar="NAME=VALUE", help=KEY_HELP)


def at_least(least: int) -> Callable[[str], int]:
    """The type of an argument that is a whole number of so much or more."""

    def number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no number of {least} or more")
        return int(text)

    return number


def named(apis: Sequence[str]) -> list[str]:
    """The APIs of these names; all of them when there are none. Raises ConfigError for a name that is none."""
    for api in apis:
        if api not in openapi.APIS:
            raise ConfigError(f"{api!r} is no API; choose from {', '.join(openapi.APIS)}")
    return list(dict.fromkeys(apis)) or list(openapi.APIS)


@contextmanager
def targets_of(options: argparse.Namespace, seed: int, client: httpx.Client) -> Iterator[list[TargetConfig]]:
    """What the arguments name as targets. The embedded sandbox lives as long as this context."""
    apis, keys = named(options.api), _keys(options.key)
    file = None if options.target == "mock" else options.target
    if options.url is not None and file is not None:
        raise ConfigError("give --target or --url, not both")
    if file is not None:
        config = read_target_file(Path(file))
        if options.api and options.api != [config.api]:
            raise ConfigError(f"{file} describes {config.api}, not {' '.join(options.api)}")
        yield [replace(config, keys={**config.keys, **_keys_of(config.api, keys)})]
    elif options.url is not None:
        check_url(options.url)
        ring = {} if keys else key_ring(options.url.rstrip("/"), client)
        yield [at_root(api, options.url, {**ring.get(api, {}), **_keys_of(api, keys)}) for api in apis]
    elif keys:
        raise ConfigError("--key goes with --url or --target; the embedded sandbox has its own keys")
    else:
        with embedded_sandbox(seed, meanwhile=lambda: [requirements(api) for api in apis]) as root:
            ring = key_ring(root, client)
            yield [at_root(api, root, ring.get(api, {}), embedded=True) for api in apis]


def jobs_of(configs: Sequence[TargetConfig], only: Sequence[str]) -> list[Job]:
    """What is to be tried of the targets. Raises ConfigError where that is nothing, or a key is lacking."""
    if "" in only:
        raise ConfigError("--only '': an empty prefix is none; leave --only out to try everything")
    jobs = [Job(config, selected(config.api, only)) for config in configs]
    jobs = [job for job in jobs if job.chosen]
    for prefix in only:
        if not any(each.id.startswith(prefix) for job in jobs for each in job.chosen):
            of = " or ".join(config.api for config in configs)
            raise ConfigError(f"--only {prefix}: no requirement of {of} begins so; 'lead-conformance list' shows them")
    for job in jobs:
        if job.config.api != "aura" and "full" not in job.config.keys:
            raise ConfigError(f"{job.config.api} needs the key 'full': --key full=..., or keys.full in a target file")
    return jobs


def target_for(job: Job, client: httpx.Client, seed: int, effort: str, **options: Any) -> Target:
    """The target of a job, as the suite speaks to it; `options` are those of `Target`."""
    module: Any = import_module(f"conformance.{job.config.api}")
    # What an outside target keeps from earlier runs must not collide with this one, whatever the seed.
    nonce = "" if job.config.embedded else f"/{time.time_ns()}"
    target: Target = module.TARGET(job.config, client, seed=seed, effort=effort, nonce=nonce, **options)
    return target


def _keys(pairs: Sequence[str]) -> dict[str, str]:
    """Keys by name, or by api.name. Raises ConfigError for what is neither; the value is never shown."""
    keys = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name.rpartition(".")[2] not in KEY_NAMES:
            raise ConfigError(f"--key {name}: expected NAME=VALUE with a name from {', '.join(KEY_NAMES)}")
        if "." in name and name.partition(".")[0] not in openapi.APIS:
            raise ConfigError(f"--key {name}: before the dot stands one of {', '.join(openapi.APIS)}")
        keys[name] = _from_environment(name, value)
    return usable_keys(keys, "--key")


def _from_environment(name: str, value: str) -> str:
    """What the variable holds where the value names one. Raises ConfigError where it is not set."""
    if not value.startswith(_VARIABLE):
        return value
    variable = value.removeprefix(_VARIABLE)
    if variable not in os.environ:
        raise ConfigError(f"--key {name}=env:{variable}: the environment has no variable of that name")
    return os.environ[variable]


def _keys_of(api: str, keys: dict[str, str]) -> dict[str, str]:
    general = {name: value for name, value in keys.items() if "." not in name}
    own = {name.partition(".")[2]: value for name, value in keys.items() if name.startswith(f"{api}.")}
    return {**general, **own}
