"""The leads of an organization of Octanist as states, and the ways in which an update may end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from conformance.octanist import DOCUMENTED, IDENTIFIERS, NOT_TOUCHED, STATUSES, is_number
from conformance.octanist import same as same_field
from conformance.sequences import rare
from conformance.sequences.endings import ANYTHING, GONE, Ending, Expected, Fate, Place, State, becomes, endings
from conformance.sequences.lifecycle import Made

Body = dict[str, Any]

_UPDATE = "update_lead/"
_KEPT = _UPDATE + "fields_not_sent_stay_as_they_are"
_MENTIONED = ("name", "email", "phone", "status", "value", "note", "custom", *NOT_TOUCHED)
"""The fields that an update is documented to leave alone; what becomes of others is said of other leads only."""

_UNKNOWN = {name: f"{_UPDATE}unknown_{name}_is_404_not_found" for name in IDENTIFIERS}
_FOUND = {name: f"{_UPDATE}{name}_alone_identifies_a_lead" for name in IDENTIFIERS}


@dataclass(frozen=True)
class Containing:
    """Stands for any text with this one in it (OC-18)."""

    text: str

    def __repr__(self) -> str:
        return f"a text with {self.text!r} in it"


@dataclass(frozen=True)
class Way:
    """One way in which an update may end: the status and code of the answer, and the leads that it changes."""

    status: int
    id: str
    code: str = ""
    hits: tuple[str, ...] = ()


def state_of(lead: dict[str, Any]) -> State:
    """What a lead shows: the documented fields that are set (OC-42)."""
    return {(name,): lead[name] for name in DOCUMENTED if name != "updatedAt" and lead.get(name) not in (None, "")}


def same(place: Place, known: Any, shown: Any) -> bool:
    """Whether two values are the same to a client."""
    if isinstance(known, Containing):
        return isinstance(shown, str) and known.text in shown
    return same_field(place[0], known, shown)


def stays(place: Place) -> str:
    """The requirement by which a place stays as it is that an update does not mention."""
    return "get_lead/lead_asked_for_is_returned" if place[0] == "id" else _KEPT


# -- which leads -------------------------------------------------------------------------------------------------


def ways(states: Mapping[str, State], body: Body, bulk: Any) -> tuple[Way, ...]:
    """The ways in which an update may end. `bulk` is true, false or "unknown" (OC-06)."""
    given = [name for name in IDENTIFIERS if name in body]
    if not given:
        return (Way(400, _UPDATE + "no_identifier_is_400_validation_error", "VALIDATION_ERROR"),)
    found = {name: _matches(states, name, body[name]) for name in given}
    first = found[given[0]]
    if first:
        return (*_matched(given, first, bulk), *_refusals(states, first, body))
    none = _UPDATE + "three_unknown_identifiers_are_404_not_found" if len(given) > 1 else _UNKNOWN[given[0]]
    lower = next((name for name in given if found[name]), None)
    fallen = _matched([lower], found[lower], bulk) if lower else ()  # OC-01
    every = tuple(states) if lower is None else found[lower]
    return (Way(404, none, "NOT_FOUND"), *fallen, *_refusals(states, every, body))


def _matches(states: Mapping[str, State], name: str, value: str) -> tuple[str, ...]:
    if name == "id":
        return (value,) if value in states else ()
    return tuple(id for id, state in states.items() if (name,) in state and same((name,), value, state[(name,)]))


def _matched(given: Sequence[str], hits: tuple[str, ...], bulk: Any) -> tuple[Way, ...]:
    if len(hits) == 1:
        higher, lower = given[0], given[1:]
        id = f"{_UPDATE}{higher}_outranks_{lower[0]}" if lower else _FOUND[higher]
        return (Way(200, id, hits=hits),)
    either = _UPDATE + "several_matches_are_refused_or_all_updated"
    all_updated = _UPDATE + "several_matches_with_bulk_are_all_updated"
    refused = _UPDATE + "several_matches_without_bulk_answer_409_conflict"
    together = Way(200, all_updated if bulk is True else either, hits=hits)
    conflict = Way(409, refused if bulk is False else either, "CONFLICT")
    return {True: (together,), False: (conflict,)}.get(bulk, (together, conflict))


def _refusals(states: Mapping[str, State], hits: Sequence[str], body: Body) -> tuple[Way, ...]:
    """A refusal of what an open point lets be refused."""
    doubtful = [fate for id in hits for fate in _fates(states[id], body) if fate.refusable]
    if not states and not doubtful:
        doubtful = [fate for fate in _fates({}, body) if fate.refusable]
    return (Way(400, doubtful[0].id),) if doubtful else ()


# -- what becomes of a lead ----------------------------------------------------------------------------------------


def changed(before: State, body: Body) -> tuple[Ending, ...]:
    """The states that an accepted update may leave a lead in."""
    free: dict[Place, Expected] = {
        (name,): Expected((ANYTHING,), _KEPT) for name in DOCUMENTED if name not in (*_MENTIONED, "id", "createdAt")
    }
    fates = [Fate(_KEPT, (free,)), *_fates(before, body)]
    return tuple(each for each in endings(before, fates, stays, _KEPT) if each.accepted)


def _fates(before: State, body: Body) -> list[Fate]:
    fates = [_written(before, name, body[name]) for name in ("email", "phone") if name in body]
    if not body.keys() - set(IDENTIFIERS):
        fates.append(Fate(_UPDATE + "one_match_is_counted_as_one", ({},), refusable=True))  # OC-14
    if body.keys() & {"status", "changedTo"}:
        fates.append(_status(before, body))
    if "value" in body:
        fates.append(_value(before, body["value"]))
    if "note" in body:
        fates.append(_note(before, body["note"]))
    if "lossReason" in body:
        fates.append(_loss_reason(before, body))
    if "alsoQualified" in body:
        fates.append(Fate(_KEPT, ({},), refusable=True))  # OC-22
    return fates


def _written(before: State, name: str, value: str) -> Fate:
    """Whether an e-mail or phone beside another identifier is written is open (OC-03)."""
    return Fate(_KEPT, ({(name,): Expected((before.get((name,), GONE), value), _KEPT)},))


def _status(before: State, body: Body) -> Fate:
    place = ("status",)
    status, alias = body.get("status"), body.get("changedTo")
    if "status" not in body:
        id = _UPDATE + "changed_to_alone_sets_the_status"
        wanted: tuple[Any, ...] = (alias,)
    elif status in STATUSES:
        beside = alias in STATUSES and alias != status
        id = _UPDATE + ("status_takes_precedence_over_changed_to" if beside else f"status_can_be_set_to_{status}")
        wanted = (status,)
    else:
        wanted, id = (status, alias), ""
    valid = [each for each in wanted if each in STATUSES]
    if len(valid) < len(wanted):  # OC-11
        id = _UPDATE + "no_other_status_can_be_set"
        return Fate(id, ({place: Expected((before.get(place, GONE), *valid), id)},), refusable=True)
    older = "value" not in body and valid[0] != "lost"  # OC-23
    mixed = "changedTo" in body and alias not in STATUSES  # OC-10
    return Fate(id, ({place: Expected((valid[0],), id)},), refusable=older or mixed)


def _value(before: State, value: Any) -> Fate:
    place, old = ("value",), before.get(("value",), GONE)
    if value is None:  # OC-19
        return Fate(_KEPT, ({place: Expected((old, GONE), _KEPT)},), refusable=True)
    if is_number(value):
        id = _UPDATE + ("number_is_stored_as_the_value" if value else "zero_is_stored_as_the_value")
        if value >= 0:
            return becomes(place, value, id)
        return Fate(id, ({place: Expected((value, old, GONE), id)},), refusable=True)  # OC-13
    return becomes(place, NUMERIC_TEXTS[value], _UPDATE + "numeric_text_becomes_a_number")


def _note(before: State, note: Any) -> Fate:
    place = ("note",)
    if note is None:  # OC-19
        return Fate(_KEPT, ({place: Expected((before.get(place, GONE), GONE), _KEPT)},), refusable=True)
    id = _UPDATE + "note_is_stored"
    return Fate(id, ({place: Expected((Containing(note),), id)},))


def _loss_reason(before: State, body: Body) -> Fate:
    place, reason = ("lossReason",), body["lossReason"]
    old = before.get(place, GONE)
    status = body.get("status", body.get("changedTo", before.get(("status",))))
    if reason is None:  # OC-19
        return Fate(_KEPT, ({place: Expected((old, GONE), _KEPT)},), refusable=True)
    if {"status", "changedTo"} & body.keys() and status == "lost":
        return becomes(place, reason, _UPDATE + "loss_reason_is_stored_with_the_status_lost")
    id = _UPDATE + "loss_reason_has_no_effect_unless_lost"
    lost = "lost" in (body.get("changedTo"), before.get(("status",))) and status not in ("won", "qualified")  # OC-16
    return Fate(id, ({place: Expected((old, GONE, *([reason] if lost else [])), id)},))


# -- what is sent ------------------------------------------------------------------------------------------------

NUMERIC_TEXTS = {
    "5000": 5000,
    "0": 0,
    "12.5": 12.5,
    "0.05": 0.05,
    "1000000.99": 1000000.99,
    "9007199254740993": 2**53 + 1,
}
"""Texts that plainly spell a number."""

_NUMBERS = (0, 1, 5000, 0.01, 1234.56, 2**31, 2**32 + 1, 2**53 - 1, 2**53 + 1, -5)
_REASONS = rare.texts() | st.sampled_from(("Price", rare.LONG_TEXT))

_CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from((*STATUSES, *STATUSES, "open", "closed")),
    "changedTo": st.sampled_from((*STATUSES, *STATUSES, "open")),
    "value": st.sampled_from((*_NUMBERS, *NUMERIC_TEXTS, None)),
    "note": rare.texts() | st.sampled_from((rare.LONG_TEXT, None)),
    "lossReason": _REASONS | st.none(),
    "alsoQualified": st.just(True),
}

EMAILS = st.builds(Made, st.just("email"), st.integers(0, 1))
PHONES = st.builds(Made, st.just("phone"), st.integers(0, 1))


def _changes(names: Sequence[str], **strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries({name: strategies.get(name, _CHANGES[name]) for name in names})


changes = st.one_of(
    _changes(("status", "value"), value=st.sampled_from(_NUMBERS)),
    *(_changes((name,)) for name in _CHANGES if name != "alsoQualified"),
    _changes(("status", "lossReason"), status=st.just("lost"), lossReason=_REASONS),
    st.fixed_dictionaries({}, optional={name: _CHANGES[name] for name in _CHANGES}),
    _changes(("status", "value", "note"), note=rare.texts()),
)
"""What an update is to change: mostly what must succeed."""

_CUSTOM = tuple(text for text in rare.RARE_TEXTS if text not in ("[]", "{}"))  # JSON may be written in another way

new_bodies = st.fixed_dictionaries(
    {},
    optional={
        "name": rare.texts() | st.just(rare.LONG_TEXT[:200]),
        "email": EMAILS,
        "phone": PHONES,
        "note": rare.texts(),
        "custom": st.sampled_from(_CUSTOM),
    },
)
"""Creates: without name, email, phone and custom they are refused."""


def created(body: Body) -> dict[Place, Expected]:
    """What a new lead shows of the fields that were sent."""
    return {(name,): Expected((value,), "create_lead/contact_fields_are_stored") for name, value in body.items()}
