"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.in_process import client_of


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """A client of a sandbox of its own, in process."""
    with client_of() as client:
        yield client
