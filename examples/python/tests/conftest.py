"""Our client, put on the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from leads_client import Api, Leads

from mock_server.testing import ApiWorld, LeadWorld


@pytest.fixture
def waits(lead_world: LeadWorld) -> list[float]:
    """How long our client has waited each time; time stands still but for that."""
    lead_world.clock.freeze("2026-01-17T08:00:20Z")
    return []


@pytest.fixture
def leads(lead_world: LeadWorld, waits: list[float]) -> Iterator[Leads]:
    def sleep(seconds: float) -> None:
        waits.append(seconds)
        lead_world.clock.advance(seconds)

    def api(world: ApiWorld) -> Api:
        return Api(world.client.base_url, world.headers, transport=world.transport, sleep=sleep)

    apis = {world.name: api(world) for world in lead_world.all}
    yield Leads(**apis)
    for each in apis.values():
        each.close()


@pytest.fixture
def allowed() -> list[str]:
    """What a test expects our client to send although no page allows it."""
    return []


@pytest.fixture(autouse=True)
def as_documented(lead_world: LeadWorld, allowed: list[str]) -> Iterator[None]:
    """Let a test fail whose client sent something else that the documentation does not allow."""
    yield
    lead_world.assert_no_violations(allowed)
