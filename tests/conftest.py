"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.in_process import client_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-fault", action="store_true", help="paste the witness of each fault, not of one of each kind"
    )


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """A client of a sandbox of its own, in process."""
    with client_of() as client:
        yield client
