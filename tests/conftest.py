"""Fixtures that all tests share."""

from __future__ import annotations

import hashlib
import signal
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from tests.in_process import client_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-fault", action="store_true", help="paste the witness of each fault, not of one of each kind"
    )


@pytest.fixture(scope="session", autouse=True)
def _a_contract_is_validated_once() -> Iterator[None]:
    """Connexion validates a contract for each sandbox that it is served by: most of what it takes to make a sandbox.

    The tests make thousands of the same few contracts, each of which is validated when it is first served.
    """
    from connexion.spec import Specification  # after the sandbox, which silences a warning of its imports

    validate = vars(Specification)["_validate_spec"].__func__
    valid: set[bytes] = set()

    def once(cls: Any, contract: Any) -> None:
        digest = hashlib.sha256(msgspec.json.encode(contract)).digest()
        if digest not in valid:
            validate(cls, contract)
            valid.add(digest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Specification, "_validate_spec", classmethod(once))
        yield


@pytest.fixture(scope="session", autouse=True)
def _what_the_tests_start_can_be_hung_up() -> None:
    """Also below nohup: what is ignored stays so in programs that are started, what is handled does not."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda number, frame: None)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """A client of a sandbox of its own, in process."""
    with client_of() as client:
        yield client
