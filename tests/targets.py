"""Targets for tests of the suite: sandboxes in process, as the suite's own `Target`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import httpx

from conformance.config import TargetConfig, at_root
from conformance.register import Requirement, requirements
from conformance.run import Report, run
from conformance.target import Target
from mock_server import APIS
from mock_server.api import Api
from tests.in_process import client_of


def target_at(api: str, client: httpx.Client, *, config: TargetConfig | None = None, **options: Any) -> Target:
    """A target of the suite that talks through `client`, with the sandbox's key ring."""
    ring = APIS[api].key_ring
    made: Target = import_module(f"conformance.{api}").TARGET(
        config or at_root(api, "http://sandbox", ring, embedded=True), client, **{"effort": "quick", **options}
    )
    return made


def target_of(served: Api, **options: Any) -> Target:
    """A target that is one API, as it is given, in a sandbox of its own."""
    return target_at(served.name, client_of({served.name: served}), **options)


def remote_target_of(served: Api, **options: Any) -> Target:
    """The same, treated as somebody's deployment: a failing sequence of calls is shortened for a fifth of the time."""
    config = at_root(served.name, "http://sandbox", APIS[served.name].key_ring)
    return target_at(served.name, client_of({served.name: served}), config=config, **options)


def report_on(target: Target, chosen: list[Requirement] | None = None) -> Report:
    """What the suite says of a target."""
    report = Report(seed=target.seed)
    run(target, requirements(target.api) if chosen is None else chosen, report)
    return report


def checks(api: str) -> Mapping[str, Requirement]:
    """The requirements of an API by id."""
    return {each.id: each for each in requirements(api)}


def told(report: Report) -> str:
    """What did not pass, for the message of an assertion."""
    return "\n".join(
        f"{each.requirement.id}: {each.outcome.value}: {each.detail} expected {each.expected}; got {each.got}"
        for each in report.results
        if each.outcome not in ("passed", "untested")
    )
