"""The pytest plugin: the fixtures `lead_sandbox` and `lead_world`, and the coverage that a run has reached.

pytest imports this module in every run in which the package is installed. It does nothing, and imports nothing of
the sandbox, until a test asks for a fixture.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from mock_server.admin_token import ASKED_FOR, VARIABLE
from mock_server.arguments import is_root, percent, seed

if TYPE_CHECKING:
    from mock_server.testing import LeadSandbox, LeadWorld

_START = "start one with 'lead-mock serve', or leave the option out for a sandbox in the tests' own process"

_coverage = pytest.StashKey[list[dict[str, Any]]]()
"""The coverage documents of the tests that have ended; with xdist, those of the workers."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("leadproof", "the sandbox of the lead APIs (leadproof)")
    group.addoption(
        "--lead-sandbox",
        type=_where,
        default="in-process",
        metavar="WHERE",
        help="in-process (default), server for a process of its own, or the root URL of a running sandbox; "
        f"${VARIABLE} where that asks for a token",
    )
    group.addoption("--lead-seed", type=seed, default=0, metavar="N", help="of ids and credentials (default: 0)")
    group.addoption("--lead-coverage", action="store_true", help="tell which documented behaviours the tests have met")
    group.addoption(
        "--lead-coverage-fail-under", type=percent, metavar="N", help="fail the run when fewer percent are met"
    )


@pytest.fixture(scope="session")
def lead_sandbox(request: pytest.FixtureRequest) -> Iterator[LeadSandbox]:
    """A sandbox of the Aura, Octanist and Vorel lead APIs, one for the session (with xdist, for each worker)."""
    from mock_server.client import SandboxError
    from mock_server.testing import opened

    where, seed = request.config.getoption("--lead-sandbox"), request.config.getoption("--lead-seed")
    with ExitStack() as stack:
        try:
            sandbox = stack.enter_context(opened(where, seed=seed))
        except (SandboxError, RuntimeError) as error:
            refused = getattr(error, "status", 0) == 401
            why = ASKED_FOR if refused else f"{str(error).rstrip('.')}; {_START}"
        else:
            yield sandbox
            return
    pytest.fail(f"--lead-sandbox={where}: {why}", pytrace=False)


@pytest.fixture
def lead_world(request: pytest.FixtureRequest, lead_sandbox: LeadSandbox) -> Iterator[LeadWorld]:
    """An empty organization in each API that no other test sees, with credentials, clock, faults and journal.

    Its credentials and ids follow from the seed and the name of the test alone.
    """
    # xdist may add a group to the id of a test itself.
    with lead_sandbox.world(f"{request.node.parent.nodeid}::{request.node.name}") as world:
        yield world
        if _wanted(request.config):
            from mock_server.testing.coverage import document

            request.config.stash.setdefault(_coverage, []).append(document(world.coverage))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of xdist has covered."""
    told = getattr(node, "workeroutput", {}).get("lead_coverage", [])
    node.config.stash.setdefault(_coverage, []).extend(told)


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if not _wanted(config):
        return
    if hasattr(config, "workeroutput"):
        config.workeroutput["lead_coverage"] = _documents(config)
    elif _complaint(config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not _wanted(config):
        return
    from mock_server.testing.coverage import summary

    terminalreporter.section("documented behaviours met (lead-coverage)")
    for line in summary(_documents(config), never_met=terminalreporter.verbosity > 0):
        terminalreporter.line(line)
    if complaint := _complaint(config):
        terminalreporter.line(complaint, red=True)


def _wanted(config: pytest.Config) -> bool:
    return config.getoption("--lead-coverage") or config.getoption("--lead-coverage-fail-under") is not None


def _documents(config: pytest.Config) -> list[dict[str, Any]]:
    return config.stash.get(_coverage, [])


def _complaint(config: pytest.Config) -> str:
    """Why the coverage is not enough; empty where it is, or where nobody asks."""
    least = config.getoption("--lead-coverage-fail-under")
    if least is None:
        return ""
    from mock_server.testing.coverage import complaint

    return complaint(_documents(config), least)


def _where(text: str) -> str:
    if text not in ("in-process", "server") and not is_root(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is none of in-process, server, or a URL such as http://localhost:4020"
        )
    return text
