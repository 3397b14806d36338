"""A lead of Aura as a state, and the ways in which creating it or updating it may end."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

import openapi
from conformance.aura import DOCUMENTED, UPDATABLE, as_set, completed
from conformance.aura import same as same_field
from conformance.sequences import rare
from conformance.sequences.endings import GONE, Ending, Expected, Fate, Place, State, becomes, endings
from conformance.sequences.lifecycle import Made
from conformance.target import expect
from conformance.values import NOT_EMAILS, TIMEZONES

Body = dict[str, Any]

_UPDATE = "update_lead/"
_METADATA = tuple(openapi.read("aura").schema("Metadata")["properties"])
_NO_EMAILS = ("", *NOT_EMAILS)
_SURELY_STATUSES = ("new", "qualified")
_NOT_STATE = ("metadata", "updated_at")

_NOT_UPDATABLE: dict[str, tuple[Any, str]] = {
    "metadata": ({"utmSource": "changed", "city": None}, "metadata_is_not_updatable"),
    "source": ({"utm_source": "changed"}, "source_is_not_updatable"),
    "id": ("550e8400-e29b-41d4-a716-446655440000", "id_is_not_updatable"),
    "created_at": ("2020-01-01T00:00:00.000Z", "timestamps_are_not_updatable"),
    "payment_count": (7, "payment_fields_are_not_updatable"),
    "total_paid_cents": (2**53, "payment_fields_are_not_updatable"),
    "disqualification_data": ({"booking_link_id": "changed"}, "disqualification_data_is_not_updatable"),
}
"""Fields that an update does not change, whether it is refused or not (AU-15)."""


def state_of(lead: dict[str, Any]) -> State:
    """What a lead shows: the documented fields that are set (AU-22), and the documented metadata one by one.

    Its notes say of themselves when they have no user: none may come to them later.
    """
    expect(isinstance(lead.get("metadata"), dict | None), "metadata that are an object", lead.get("metadata"))
    metadata = lead.get("metadata") or {}
    fields: State
    fields = {(name,): as_set(name, lead.get(name)) for name in DOCUMENTED if name not in _NOT_STATE}
    if isinstance(notes := fields[("notes",)], list):
        fields[("notes",)] = [{"user_id": None, **note} if isinstance(note, dict) else note for note in notes]
    set_ones = {place: value for place, value in fields.items() if value is not None}
    return set_ones | {("metadata", key): metadata[key] for key in _METADATA if metadata.get(key) is not None}


def same(place: Place, known: Any, shown: Any) -> bool:
    """Whether two values are the same to a client; a note that was sent may have been completed by the server."""
    return same_field(place[0], completed(known, shown) if place == ("notes",) else known, shown)


def stays(place: Place) -> str:
    """The requirement by which a place stays as it is that an update does not mention."""
    match place[0]:
        case "notes":
            return _UPDATE + "omitted_notes_stay"
        case "id":
            return _UPDATE + "the_id_selects_the_lead"
        case "created_at":
            return _UPDATE + "created_at_stays"
        case _:
            return _UPDATE + "omitted_fields_stay_as_they_are"


def created(body: Body) -> dict[Place, Expected]:
    """What a new lead shows of the fields that were sent."""
    sent: dict[Place, Expected]
    sent = {(name,): Expected((value,), f"create_lead/{name}_is_stored") for name, value in body.items()}
    metadata = sent.pop(("metadata",), None)
    for key, value in (metadata.values[0] or {} if metadata else {}).items():
        if key in _METADATA:
            sent[("metadata", key)] = Expected((value,), "create_lead/documented_metadata_keys_are_kept")
    return {**sent, ("status",): Expected(("new",), "create_lead/new_leads_have_status_new")}


def update(before: State, body: Body, *, taken: bool = False) -> tuple[Ending, ...]:
    """The ways in which an update may end; `taken` says that another lead has the e-mail address in it."""
    fates = [_fate(before, name, value, taken) for name, value in body.items()]
    ways = endings(before, fates, stays, _UPDATE + "a_refused_update_changes_nothing")
    return ways if body else (Ending(True, _UPDATE + "an_empty_update_is_accepted", ways[0].after),)


def update_to(state: State) -> Body:
    """An update with all that a lead has already."""
    body = {name: state[(name,)] for name in UPDATABLE if (name,) in state}
    if "notes" in body:
        body["notes"] = [{key: value for key, value in note.items() if value is not None} for note in body["notes"]]
    return body


def _fate(before: State, name: str, value: Any, taken: bool) -> Fate:
    place, id = (name,), f"{_UPDATE}{name}_is_updated"
    if name in _NOT_UPDATABLE:
        return Fate(_UPDATE + _NOT_UPDATABLE[name][1], ({},), refusable=True)
    if name == "notes":
        return _notes(before, value)
    if value is None and name in ("email", "status"):
        id = _UPDATE + "null_never_clears_email_or_status"
        return Fate(id, ({},), refusable=True)
    if value is None:  # AU-09
        return Fate(id, ({place: Expected((before.get(place, GONE), GONE), id)},), refusable=True)
    if name == "email":
        return _email(before, value, taken)
    if name == "phone":
        return _phone(value)
    if value == "":  # AU-32
        return Fate(id, ({place: Expected(("", GONE), id)},), refusable=True)
    known = {"status": _SURELY_STATUSES, "timezone": TIMEZONES}.get(name)  # AU-17, AU-31
    doubtful = known is not None and value not in known and value != before.get(place)
    return Fate(id, ({place: Expected((value,), id)},), refusable=doubtful)


def _email(before: State, value: str, taken: bool) -> Fate:
    """Whether an address is unique is open (AU-28)."""
    if value in _NO_EMAILS:
        return Fate(_UPDATE + "invalid_email_is_refused")
    id = _UPDATE + "email_is_updated"
    return Fate(id, ({("email",): Expected((value,), id)},), refusable=taken)


def _phone(value: str) -> Fate:
    if re.fullmatch(r"\+[1-9][0-9]{1,14}", value):
        edge = {3: "phone_of_two_digits_is_accepted", 16: "phone_of_fifteen_digits_is_accepted"}
        return becomes(("phone",), value, _UPDATE + edge.get(len(value), "phone_is_updated"))
    return Fate(f"{_UPDATE}phone_{_WRONG_PHONES[value]}_refused")


def _notes(before: State, value: Any) -> Fate:
    place = ("notes",)
    if value is None:
        id = _UPDATE + "null_notes_are_skipped"
        return Fate(id, ({place: Expected((before.get(place, GONE),), id)},))
    if not value:
        id = _UPDATE + "an_empty_list_removes_the_notes"
        return Fate(id, ({place: Expected((GONE,), id)},))
    id = _UPDATE + ("notes_replace_the_stored_notes" if place in before else "notes_are_updated")
    if any("user_id" not in note for note in value):
        id = _UPDATE + "a_note_without_user_id_is_accepted"
    undated = any("created_at" not in note or note["content"] == "" for note in value)  # AU-18, AU-32
    return Fate(id, ({place: Expected((value,), id)},), refusable=undated)


# -- what is sent ------------------------------------------------------------------------------------------------

_WRONG_PHONES = {
    "13715552671": "without_a_plus_sign_is",
    "0013715552671": "without_a_plus_sign_is",
    "": "without_a_plus_sign_is",
    "+1 3715552671": "with_spaces_or_hyphens_is",
    "+1-3715552671": "with_spaces_or_hyphens_is",
    "+013715552671": "with_a_leading_zero_is",
    "+1371555x671": "with_other_characters_is",
    "+1371555267\u0661": "with_other_characters_is",
    "+1": "of_one_digit_is",
    "+1371234567890123": "of_sixteen_digits_is",
}
_PHONES = ("+10", "+99", "+137123456789012", "+999999999999999", "+13715552671")

_DATES = ("2026-05-08T14:23:11.000Z", "2020-02-29T23:59:59.000Z", "2026-01-01T00:00:00.000Z")

_NOTES = st.lists(
    st.fixed_dictionaries(
        {"content": st.sampled_from(("", rare.LONG_TEXT)) | rare.texts()},
        optional={"created_at": st.sampled_from(_DATES), "user_id": st.sampled_from(("user_1", "user_2", "007"))},
    )
    | st.fixed_dictionaries(
        {"content": rare.texts(), "created_at": st.sampled_from(_DATES), "user_id": st.sampled_from(("user_1", "0"))}
    ),
    max_size=4,
)

_EMAILS = st.builds(Made, st.just("email"), st.integers(0, 1))

_SENT: dict[str, st.SearchStrategy[Any]] = {
    "full_name": rare.texts() | st.sampled_from(("", None, rare.LONG_TEXT)),
    "email": _EMAILS,
    "phone": st.builds(Made, st.just("phone"), st.integers(0, 1)) | st.sampled_from((*_PHONES, None)),
    "company": rare.texts() | st.sampled_from(("", None, rare.LONG_TEXT)),
    "status": st.sampled_from((*_SURELY_STATUSES, *_SURELY_STATUSES, "contacted", "")),
    "timezone": st.sampled_from((*TIMEZONES, *TIMEZONES, None, "Mars/Olympus")),
    "notes": _NOTES | _NOTES | st.none(),
}

_ONE_DOUBTFUL: list[Body] = [
    {},
    {"email": None},
    {"status": None},
    *({"email": email} for email in _NO_EMAILS),
    *({"phone": phone} for phone in _WRONG_PHONES),
    *({name: value} for name, (value, _) in _NOT_UPDATABLE.items()),
]


def _some(most: int) -> st.SearchStrategy[Body]:
    single = st.sampled_from(sorted(_SENT)).flatmap(lambda name: st.fixed_dictionaries({name: _SENT[name]}))
    many = st.lists(single, min_size=1, max_size=most)
    return many.map(lambda each: {name: value for body in each for name, value in body.items()})


good_bodies = _some(4)
"""Updates that are accepted, but for what an open point lets be refused."""

doubtful_bodies = st.builds(
    lambda good, doubtful, last: {**good, **doubtful} if last else {**doubtful, **good, **doubtful},
    st.just({}) | _some(3),
    st.sampled_from(_ONE_DOUBTFUL),
    st.booleans(),
)
"""Updates of which one field, the first or the last, must be refused or may be."""

_TEXT_KEYS = ("utmSource", "utmMedium", "utmCampaign", "utmTerm", "gclid", "city", "partner", "ref")
_NUMBER_KEYS = ("latitude", "longitude", "screenWidth")

new_bodies = st.fixed_dictionaries(
    {"email": _EMAILS},
    optional={
        "full_name": rare.texts(),
        "phone": st.sampled_from(_PHONES),
        "company": rare.texts(),
        "timezone": st.sampled_from(TIMEZONES),
        "metadata": st.none()
        | st.dictionaries(st.sampled_from(_TEXT_KEYS), rare.texts(), max_size=4)
        | st.dictionaries(st.sampled_from(_NUMBER_KEYS), st.sampled_from((0, -33.86, 1920, 0.1)), max_size=2)
        | st.dictionaries(st.sampled_from(rare.RARE_KEYS), rare.texts(), max_size=2),
    },
)
"""Creates that are accepted, unless another lead has the e-mail address (AU-28)."""
