"""Sequences of calls: what the models allow, and what is left of a sequence that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

import openapi
from conformance.aura import model as aura_model
from conformance.config import at_root
from conformance.octanist import model as octanist_model
from conformance.outcomes import HeldBack, Outcome, Violation
from conformance.run import attempt
from conformance.sequences.endings import GONE, Ending, Expected, State
from conformance.sequences.lifecycle import Course, Made
from conformance.vorel import model as vorel_model
from mock_server import APIS, FAULTS
from tests.in_process import client_of
from tests.targets import checks, remote_target_of, target_at, target_of

_SEQUENCE = "every_operation/a_sequence_of_calls_is_answered_as_documented"


# -- what is left of a sequence that fails ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("api", "fault", "seed", "calls"),
    [
        ("aura", "every_third_update_of_a_lead_forgets_the_company", 4, 11),
        ("octanist", "every_third_update_of_a_lead_forgets_the_note", 1, 11),
        ("vorel", "a_key_named_constructor_is_lost", 0, 8),
    ],
)
def test_a_failing_sequence_is_shortened(api: str, fault: str, seed: int, calls: int) -> None:
    """As far as a seed allows: some sequences stay long when the budget of shortening is used up."""
    bent = next(each for each in FAULTS if (each.api, each.name) == (api, fault))
    target = remote_target_of(bent(APIS[api]), seed=seed)

    result = attempt(checks(api)[f"{api}/{_SEQUENCE}"], target)

    assert result.outcome is Outcome.FAILED, result.detail
    assert len(target.trace) <= calls, [exchange.request.path for exchange in target.trace]
    assert result.expected.rpartition(": ")[2] in openapi.read(api).requirements


def test_the_same_seed_gives_the_same_requests() -> None:
    sent = [_requests("octanist", seed) for seed in (1, 1, 2)]

    assert sent[0] == sent[1]
    assert sent[0] != sent[2]


def _requests(api: str, seed: int) -> list[Any]:
    target = target_of(APIS[api], seed=seed)
    attempt(checks(api)[f"{api}/{_SEQUENCE}"], target)
    return [each.request for each in target.journal]


@pytest.mark.parametrize("api", openapi.APIS)
def test_a_target_without_leads_is_not_asked_for_long(api: str) -> None:
    contract = openapi.read(api)
    config = replace(
        at_root(api, "http://sandbox", APIS[api].key_ring),
        capabilities={id: id in ("update_lead", "get_lead") for id in contract.operations},
    )
    target = target_at(api, client_of({api: APIS[api]}), config=config)

    result = attempt(checks(api)[f"{api}/{_SEQUENCE}"], target)

    assert result.outcome is Outcome.INCOMPLETE
    assert "fixtures.lead_ids" in result.detail
    assert target.requests < 10


# -- every expectation names a requirement -----------------------------------------------------------------------


def _musts(api: str) -> set[str]:
    return {id for id, each in openapi.read(api).requirements.items() if each.level == "must"}


@pytest.mark.parametrize("api", openapi.APIS)
def test_the_requirements_that_a_machine_names_must_hold(api: str) -> None:
    places = "|".join([*openapi.read(api).operations, "every_operation"])
    for name in ("lifecycle", "model"):
        source = Path(str(import_module(f"conformance.{api}.{name}").__file__)).read_text(encoding="utf-8")
        named = {f"{api}/{slug}" for slug in re.findall(rf'[^f]"((?:{places})/\w+)"', source)}
        assert named <= _musts(api)


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(vorel_model.good_bodies | vorel_model.doubtful_bodies | vorel_model.clearing_bodies, max_size=2))
def test_the_requirements_of_vorels_model_must_hold(bodies: list[vorel_model.Body]) -> None:
    state = dict(_VOREL)
    for body in map(_filled, bodies):
        assert {f"vorel/{id}" for id in _ids(vorel_model.update(state, body))} <= _musts("vorel")
        state |= {(name,): value for name, value in body.items() if name in ("name", "phone") and value}


@settings(max_examples=150, deadline=None, database=None)
@given(aura_model.good_bodies | aura_model.doubtful_bodies, aura_model.new_bodies)
def test_the_requirements_of_auras_model_must_hold(body: aura_model.Body, new: aura_model.Body) -> None:
    created = {each.id for each in aura_model.created(new).values()}

    assert {f"aura/{id}" for id in created | _ids(aura_model.update(_AURA, _filled(body)))} <= _musts("aura")


@settings(max_examples=150, deadline=None, database=None)
@given(
    octanist_model.changes,
    st.dictionaries(st.sampled_from(("id", "email", "phone")), st.sampled_from(("one", "a@example.com", "+1555", "x"))),
    st.sampled_from((True, False, "unknown")),
)
def test_the_requirements_of_octanists_model_must_hold(body: Any, identifiers: Any, bulk: Any) -> None:
    sent = {**identifiers, **body}
    named = {way.id for way in octanist_model.ways(_OCTANIST, sent, bulk)}
    named |= _ids(octanist_model.changed(_OCTANIST["one"], sent))

    assert {f"octanist/{id}" for id in named} <= _musts("octanist")


def _filled(body: dict[str, Any]) -> dict[str, Any]:
    """A body with an e-mail address and a phone number in the place of those that a sequence makes."""
    values = {"email": "made@example.com", "phone": "+14155550100"}
    return {name: values[value.kind] if isinstance(value, Made) else value for name, value in body.items()}


def _ids(endings: tuple[Ending, ...]) -> set[str]:
    return {each.id for each in endings} | {each.id for ending in endings for each in ending.after.values()}


# -- the models alone --------------------------------------------------------------------------------------------

_VOREL: State = {
    ("id",): "1",
    ("status",): "new",
    ("conversation_id",): "2",
    ("created_at",): "now",
    ("attributes", "a"): 1,
}
_AURA: State = {("id",): "1", ("status",): "new", ("email",): "a@example.com", ("notes",): [{"content": "x"}]}
_OCTANIST: dict[str, State] = {
    "one": {("id",): "one", ("email",): "a@example.com", ("phone",): "+1555", ("status",): "open", ("value",): 5},
    "two": {("id",): "two", ("email",): "b@example.com", ("phone",): "+1555", ("status",): "lost"},
}


def _values(endings: tuple[Ending, ...], *place: str) -> Iterator[tuple[Any, ...]]:
    """What a place may be in each ending that is a success."""
    for ending in endings:
        if ending.accepted:
            yield ending.after.get(place, Expected((GONE,), "")).values


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        ({"name": "Ada"}, [True]),
        ({"name": "Ada", "qualification_score": 101}, [False]),
        ({"name": ""}, [True, False]),
        ({"email": ""}, [False]),
        ({"attributes": None}, [True, True, False]),
        ({"notes": "x"}, [False]),
        ({"name": "Ada", "notes": "x"}, [True, False]),
        ({}, [False]),
    ],
)
def test_vorels_model_knows_how_an_update_may_end(body: vorel_model.Body, accepted: list[bool]) -> None:
    assert [each.accepted for each in vorel_model.update(_VOREL, body)] == accepted


def test_vorels_attributes_are_merged_and_rounded_at_most() -> None:
    ways = vorel_model.update(_VOREL, {"attributes": {"a": None, "b": 2**53 + 1}})

    assert list(_values(ways, "attributes", "a")) == [(GONE,)]
    assert set(next(_values(ways, "attributes", "b"))) == {2**53 + 1, float(2**53 + 1)}
    assert list(_values(ways, "name")) == [(GONE,)]


def test_auras_notes_are_replaced_skipped_or_removed() -> None:
    assert list(_values(aura_model.update(_AURA, {"notes": None}), "notes")) == [([{"content": "x"}],)]
    assert list(_values(aura_model.update(_AURA, {"notes": []}), "notes")) == [(GONE,)]
    dated = {"content": "y", "created_at": "2026-01-01T00:00:00Z"}
    assert [each.accepted for each in aura_model.update(_AURA, {"notes": [dated]})] == [True]
    assert [each.accepted for each in aura_model.update(_AURA, {"notes": [{"content": "y"}]})] == [True, False]


@pytest.mark.parametrize(
    ("body", "bulk", "statuses"),
    [
        ({"id": "one", "email": "b@example.com", "note": "x"}, False, [200]),
        ({"phone": "+1555", "note": "x"}, False, [409]),
        ({"phone": "+1555", "note": "x"}, True, [200]),
        ({"phone": "+1555", "note": "x"}, "unknown", [200, 409]),
        ({"id": "nobody", "note": "x"}, False, [404]),
        ({"id": "nobody", "email": "a@example.com", "note": "x"}, False, [404, 200]),
        ({"email": "a@example.com"}, False, [200, 400]),
        ({"note": "x"}, False, [400]),
    ],
)
def test_octanists_model_knows_which_leads_are_meant(body: octanist_model.Body, bulk: Any, statuses: list[int]) -> None:
    assert [way.status for way in octanist_model.ways(_OCTANIST, body, bulk)] == statuses


def test_octanists_loss_reason_counts_for_lost_leads_alone() -> None:
    said = {"lossReason": "Price"}
    won = octanist_model.changed(_OCTANIST["one"], {**said, "status": "won", "value": 1})
    lost = octanist_model.changed(_OCTANIST["one"], {**said, "status": "lost"})
    stays_lost = octanist_model.changed(_OCTANIST["two"], said)

    assert "Price" not in next(_values(won, "lossReason"))
    assert next(_values(lost, "lossReason")) == ("Price",)
    assert set(next(_values(stays_lost, "lossReason"))) == {GONE, "Price"}


def ends(course: Course, step: Exception) -> None:
    """A step of a sequence ends so."""
    with course.watching():
        raise step


class TestACourse:
    @given(st.none())
    @settings(max_examples=1, database=None, deadline=None)
    def test_keeps_the_failure_that_a_limit_keeps_it_from_shortening(self, nothing: None) -> None:
        course = Course(target_of(APIS["aura"]))
        with pytest.raises(Violation):
            ends(course, Violation("one", "two"))
        with pytest.raises(UnsatisfiedAssumption):
            ends(course, HeldBack("the budget is used up"))

        with pytest.raises(Violation, match="expected one; got two"):
            course.conclude()
