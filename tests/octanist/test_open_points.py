"""What cannot be arranged leaves open points unread, each with its reason; the rest is classified all the same."""

from __future__ import annotations

import pytest

from conformance.run import classify
from mock_server import APIS
from tests.octanist.variants import INCOMPLETE
from tests.targets import target_of


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_reading_that_keeps_leads_from_being_made_is_seen_itself(name: str) -> None:
    target = target_of(INCOMPLETE[name](APIS["octanist"]))

    classify(target)

    assert {id: target.readings.get(id) for id in INCOMPLETE[name].reads} == {
        id: {reading} for id, reading in INCOMPLETE[name].reads.items()
    }
    assert target.unread
    assert all(target.unread.values())
    assert not target.unread.keys() & target.readings.keys()
