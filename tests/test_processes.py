"""Work that several processes do: what they tell, and what becomes of one that fails."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from conformance.outcomes import TargetFault
from conformance.processes import Tell, told_by


def _doubled(number: int, tell: Tell) -> None:
    tell(number)
    tell(2 * number)


def _dies(_: int, tell: Tell) -> None:
    tell("alive")
    os._exit(1)


def _raises(_: int, tell: Tell) -> None:
    raise ValueError("a key may stand here")


def _asks_in_vain(_: int, tell: Tell) -> None:
    raise TargetFault("the target does not answer")


def test_all_is_told_whichever_process_did_it() -> None:
    assert sorted(told_by(2, _doubled, [1, 10, 100])) == [1, 2, 10, 20, 100, 200]


@pytest.mark.parametrize(
    ("function", "complaint"),
    [
        (_dies, "^a process of the suite ended before its work$"),
        (_raises, "^a process of the suite failed: ValueError; LEAD_CONFORMANCE_TRACEBACK=1 says where$"),
        (_asks_in_vain, "^the target does not answer$"),
    ],
)
def test_a_process_that_fails_is_a_fault_and_not_a_result(
    function: Callable[[int, Tell], None], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEAD_CONFORMANCE_TRACEBACK", raising=False)

    with pytest.raises(TargetFault, match=complaint):
        list(told_by(2, function, [1]))
