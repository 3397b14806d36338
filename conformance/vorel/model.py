"""A lead of Vorel as a state, and the ways in which an update of it may end."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.sequences import rare
from conformance.sequences.endings import GONE, Ending, Expected, Fate, Place, State, becomes, endings
from conformance.sequences.lifecycle import Made
from conformance.values import NOT_EMAILS
from conformance.vorel import DOCUMENTED, NULLABLE, STATUSES, attributes_of
from conformance.vorel import same as same_field
from conformance.vorel.fields import digits_of, text_of

Body = dict[str, Any]

LONGEST = {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}

NO_EMAILS = ("", *NOT_EMAILS)

_UPDATE = "update_lead/"
_UNCLEAR: Body = {"conversation_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "notes": "Called back", "colour": "red"}
"""Fields of which an update may not consist, and which it may carry, refused or ignored (VO-12, VO-13)."""


def state_of(lead: dict[str, Any]) -> State:
    """What a lead shows: the documented fields that are set, and the attributes one by one."""
    state: State = {(name,): lead[name] for name in _SINGLE if lead.get(name) is not None}
    return state | {("attributes", key): value for key, value in attributes_of(lead).items()}


_SINGLE = tuple(name for name in DOCUMENTED if name not in ("attributes", "updated_at"))


def same(place: Place, known: Any, shown: Any) -> bool:
    """Whether two values are the same to a client."""
    return same_field(place[0], known, shown)


def update(before: State, body: Body) -> tuple[Ending, ...]:
    """The ways in which an update may end."""
    fates = [_fate(before, name, value) for name, value in body.items()]
    if not body.keys() - _UNCLEAR.keys():
        name = "_".join(sorted(body)) or "empty"
        fates = [Fate(_UPDATE + _NOTHING_TO_UPDATE.get(name, "an_update_of_only_unknown_fields_is_refused"))]
    return endings(before, fates, stays, _UPDATE + "a_refused_update_changes_nothing")


_NOTHING_TO_UPDATE = {
    "empty": "an_empty_update_is_refused",
    "conversation_id": "an_update_of_only_conversation_id_is_refused",
    "notes": "an_update_of_only_notes_is_refused",
}


def update_to(state: State) -> Body:
    """An update with all that a lead has already."""
    body: Body = {}
    for place, value in state.items():
        if place[0] == "attributes":
            body.setdefault("attributes", {})[place[1]] = value
        elif place not in (("id",), ("conversation_id",), ("created_at",)):
            body[place[0]] = value
    return body


def stays(place: Place) -> str:
    """The requirement by which a place stays as it is that an update does not mention."""
    match place[0]:
        case "attributes":
            return _UPDATE + "unmentioned_attribute_keys_stay"
        case "id":
            return _UPDATE + "the_reply_names_the_lead_of_the_path"
        case "conversation_id" | "created_at" as name:
            return f"{_UPDATE}{name}_never_changes"
        case _:
            return _UPDATE + "omitted_fields_are_left_untouched"


def _fate(before: State, name: str, value: Any) -> Fate:
    match name:
        case "attributes":
            return _attributes(before, value)
        case "status":
            return _status(value)
        case "qualification_score":
            return _score(value)
        case _ if name in _UNCLEAR:
            return Fate(stays((name,)), ({},), refusable=True)
        case _:
            return _text(name, value)


def _text(name: str, value: Any) -> Fate:
    place, can = (name,), f"{_UPDATE}{name}_can_be_updated"
    if value is None:
        return _cleared(place)
    if name == "email":
        return Fate(_UPDATE + "an_invalid_email_is_refused") if value in NO_EMAILS else becomes(place, value, can)
    if value == "":
        return Fate(can, ({place: Expected(("", GONE), can)},), refusable=True)  # VO-22
    if len(value) > LONGEST[name]:
        return Fate(f"{_UPDATE}{name}_of_{LONGEST[name] + 1}_characters_is_refused")
    if len(value) == LONGEST[name]:
        can = f"{_UPDATE}{name}_of_{len(value)}_characters_is_accepted"
    return becomes(place, value, can)


def _status(value: Any) -> Fate:
    if value in STATUSES:
        return becomes(("status",), value, _UPDATE + "status_can_be_set_to_each_of_the_five_values")
    if value is None:
        id = _UPDATE + "null_for_status_never_clears_the_status"
        return Fate(id, ({("status",): Expected(STATUSES, id)},), refusable=True)  # VO-15
    return Fate(_UPDATE + "an_undocumented_status_is_refused")


def _score(value: Any) -> Fate:
    place = ("qualification_score",)
    if value is None:
        return _cleared(place)
    if isinstance(value, str):  # VO-23
        id = _UPDATE + "qualification_score_is_never_stored_as_text"
        return Fate(id, ({place: Expected((int(value),), id)},), refusable=True)
    if isinstance(value, bool | list):
        return Fate(_UPDATE + "a_qualification_score_that_is_no_number_is_refused")
    if isinstance(value, float):
        return Fate(_UPDATE + "a_fractional_qualification_score_is_refused")
    if not 0 <= value <= 100:
        return Fate(f"{_UPDATE}qualification_score_of_{'101' if value > 0 else 'minus_1'}_is_refused")
    edge = f"qualification_score_of_{value}_is_accepted"
    return becomes(place, value, _UPDATE + (edge if value in (0, 100) else "qualification_score_can_be_updated"))


def _attributes(before: State, value: Any) -> Fate:
    stored = {place: each for place, each in before.items() if place[0] == "attributes"}
    if value is None:  # VO-16
        id = _UPDATE + "null_for_attributes_never_removes_the_object"
        return Fate(id, ({}, {place: Expected((GONE,), id) for place in stored}), refusable=True)
    if not isinstance(value, dict):
        return Fate(_UPDATE + "attributes_that_are_no_object_are_never_stored", ({},), refusable=True)
    if not value:  # VO-17
        return Fate(_UPDATE + "empty_attributes_change_no_attribute", ({},), refusable=True)
    merged: dict[Place, Expected] = {}
    for key, each in value.items():
        merged[("attributes", key)] = _attribute(("attributes", key) in stored, each)
    return Fate(_UPDATE + "a_new_attribute_key_is_added", (merged,))


def _attribute(known: bool, value: Any) -> Expected:
    if value is None:
        absent, present = "a_null_for_an_absent_attribute_key_creates_no_key", "a_null_attribute_value_deletes_that_key"
        return Expected((GONE,), _UPDATE + (present if known else absent))
    id = _UPDATE + ("a_sent_attribute_key_is_replaced" if known else "a_new_attribute_key_is_added")
    if known and isinstance(value, dict):
        id = _UPDATE + "a_nested_attribute_object_is_replaced_whole"
    variants = (value, _without_nulls(value, lists=False), _without_nulls(value, lists=True))  # VO-20
    return Expected(tuple(reading for each in variants for reading in rare.readings(each)), id)


def _without_nulls(value: Any, *, lists: bool) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(each, lists=lists) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each, lists=lists) for each in value if each is not None or not lists]
    return value


def _cleared(place: Place) -> Fate:
    id = _UPDATE + "null_clears_a_nullable_field"
    return Fate(id, ({place: Expected((GONE,), id)},))


# -- what is sent ------------------------------------------------------------------------------------------------

_PHONES = ("+13715552671", "0123 4", "137123456789012", "+137123456789012", "00", digits_of(32))

_ATTRIBUTES = st.dictionaries(st.sampled_from(rare.RARE_KEYS), rare.json_values() | st.none(), max_size=6)


def _short(name: str) -> st.SearchStrategy[Any]:
    return rare.texts() | st.sampled_from((None, "", text_of(LONGEST[name]), text_of(LONGEST[name] // 2)))


_GOOD: dict[str, st.SearchStrategy[Any]] = {
    "name": _short("name"),
    "email": st.builds(Made, st.just("email"), st.integers(0, 1)) | st.none(),
    "phone": st.builds(Made, st.just("phone"), st.integers(0, 1)) | st.sampled_from((*_PHONES, None)),
    "intent": _short("intent"),
    "timeline": _short("timeline"),
    "qualification_score": st.sampled_from((0, 1, 50, 100, None)),
    "status": st.sampled_from(STATUSES),
    "source": _short("source"),
    "attributes": _ATTRIBUTES,
}

_DOUBTFUL: dict[str, tuple[Any, ...]] = {
    **{name: ("", text_of(longest + 1)) for name, longest in LONGEST.items()},
    "email": NO_EMAILS,
    "qualification_score": (-1, 101, 50.5, True, [50], "50"),
    "status": ("unknown", "NEW", "", None),
    "attributes": (None, {}, "bedrooms", 5, ["bedrooms"]),
    **{name: (value,) for name, value in _UNCLEAR.items()},
}

_ONE_DOUBTFUL = st.sampled_from([{}, *({name: value} for name, values in _DOUBTFUL.items() for value in values)])


def _some(most: int) -> st.SearchStrategy[Body]:
    """Good values for some of the fields that can be updated."""
    single = st.sampled_from(sorted(_GOOD)).flatmap(lambda name: st.fixed_dictionaries({name: _GOOD[name]}))
    many = st.lists(single, min_size=1, max_size=most)
    return many.map(lambda each: {name: value for body in each for name, value in body.items()})


good_bodies = _some(4)
"""Updates that are accepted, but for empty texts and empty attributes."""

doubtful_bodies = st.builds(
    lambda good, doubtful, last: {**good, **doubtful} if last else {**doubtful, **good, **doubtful},
    st.just({}) | _some(3),
    _ONE_DOUBTFUL,
    st.booleans(),
)
"""Updates of which one field, the first or the last, must be refused or may be."""

clearing_bodies = st.sets(st.sampled_from(NULLABLE), min_size=1).map(lambda names: dict.fromkeys(sorted(names)))
