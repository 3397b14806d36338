"""Faults of updating the notes of a lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.api import Api
from mock_server.aura.faults.bends import (
    Bend,
    Body,
    counting,
    each_kind,
    refusing,
    showing,
    taking,
    updated,
    updating,
)
from mock_server.aura.operations import UPDATABLE
from mock_server.faults import Faults, requiring
from mock_server.store import Lead, Organization

FAULTS = Faults("aura")

Notes = list[dict[str, Any]]


def _noting(edit: Callable[[Notes, Notes], Notes]) -> Bend:
    """An update that stores what `edit` makes of the stored notes and the ones sent, where any are."""

    def change(lead: Lead, body: Body) -> Body:
        return {**body, "notes": edit(lead["notes"], body["notes"])} if body.get("notes") is not None else body

    return updating(change)


def _each(edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    return _noting(lambda stored, sent: [edit(note) for note in sent])


def _clearing(when: Callable[[Lead, Body], bool]) -> Bend:
    """An update that empties the notes where it should not."""
    return updating(lambda lead, body: {**body, "notes": []} if when(lead, body) else body)


def _is_null(body: Body) -> bool:
    return body.get("notes", ...) is None


def _undated(when: Callable[[int], bool]) -> Bend:
    """An update that gives no date to notes that were sent without one, by their place in the list."""

    def edit(organization: Organization, lead: Lead, body: Body) -> None:
        for at, sent in enumerate(body.get("notes") or []):
            if "created_at" not in sent and when(at):
                del lead["notes"][at]["created_at"]

    return updated(edit)


def _numbered(note: dict[str, Any]) -> dict[str, Any]:
    user = note.get("user_id", "")
    return {**note, "user_id": int(user)} if user.isascii() and user.isdigit() else note


each_kind(
    FAULTS,
    "update_lead/notes_are_updated",
    notes_of_the_same_content_are_merged=(
        "rare",
        _noting(lambda stored, sent: list({note["content"]: note for note in sent}.values())),
    ),
    notes_are_sorted_by_date=(
        "rare",
        _noting(lambda stored, sent: sorted(sent, key=lambda note: str(note.get("created_at")))),
    ),
    notes_are_dated_anew=("field", _each(lambda note: {**note, "created_at": "2026-01-17T08:00:00.000Z"})),
    notes_are_cut_at_100_characters=("rare", _each(lambda note: {**note, "content": note["content"][:100]})),
    a_user_without_letters_is_a_number=("shape", _each(_numbered)),
    at_most_ten_notes_are_kept=("rare", _noting(lambda stored, sent: sent[:10])),
    undated_notes_stay_undated=("lax", _undated(lambda at: True)),
    only_the_first_of_undated_notes_is_dated=("rare", _undated(lambda at: at > 0)),
)
each_kind(
    FAULTS,
    "update_lead/notes_replace_the_stored_notes",
    appends_notes=("lax", _noting(lambda stored, sent: [*stored, *sent] if sent else sent)),
    keeps_notes_beyond_those_sent=(
        "rare",
        _noting(lambda stored, sent: [*sent, *stored[len(sent) :]] if sent else sent),
    ),
    keeps_notes_of_other_users=(
        "rare",
        _noting(
            lambda stored, sent: (
                [
                    *sent,
                    *(note for note in stored if note.get("user_id") not in {each.get("user_id") for each in sent}),
                ]
                if sent
                else sent
            )
        ),
    ),
    keeps_a_stored_note_of_the_same_date=(
        "stateful",
        _noting(
            lambda stored, sent: [
                next((each for each in stored if each["created_at"] == note.get("created_at")), note) for note in sent
            ]
        ),
    ),
)


def _remembering(api: Api) -> Api:
    """Notes that an empty list removed come back with the next update."""
    removed: dict[str, Notes] = {}

    def change(lead: Lead, body: Body) -> Body:
        if body.get("notes") == []:
            removed[lead["id"]] = lead["notes"]
        elif "notes" not in body and lead["id"] in removed:
            return {**body, "notes": removed.pop(lead["id"])}
        return body

    return updating(change)(api)


each_kind(
    FAULTS,
    "update_lead/an_empty_list_removes_the_notes",
    an_empty_list_of_notes_is_skipped=("strict", _noting(lambda stored, sent: sent or stored)),
    an_empty_list_leaves_the_first_note=("lax", _noting(lambda stored, sent: sent or stored[:1])),
    removed_notes_come_back=("stateful", _remembering),
    an_empty_list_is_skipped_beside_other_fields=(
        "rare",
        updating(
            lambda lead, body: (
                {**body, "notes": body["notes"] or lead["notes"]} if body.get("notes") == [] and len(body) > 1 else body
            )
        ),
    ),
    an_empty_list_leaves_notes_without_a_user=(
        "rare",
        _noting(lambda stored, sent: sent or [note for note in stored if "user_id" not in note]),
    ),
)


def _twice(api: Api) -> Api:
    """The second null empties the notes."""
    seen: set[str] = set()

    def when(lead: Lead, body: Body) -> bool:
        if not _is_null(body):
            return False
        again = lead["id"] in seen
        seen.add(lead["id"])
        return again

    return _clearing(when)(api)


each_kind(
    FAULTS,
    "update_lead/null_notes_are_skipped",
    null_clears_the_notes=("lax", _clearing(lambda lead, body: _is_null(body))),
    refuses_null_notes=(
        "strict",
        lambda api: requiring(api, "LeadChanges", lambda schema: schema["properties"]["notes"].update(nullable=False)),
    ),
    a_second_null_clears_the_notes=("stateful", _twice),
    null_clears_the_notes_beside_other_fields=("rare", _clearing(lambda lead, body: _is_null(body) and len(body) > 1)),
    null_clears_a_single_note=("rare", _clearing(lambda lead, body: _is_null(body) and len(lead["notes"]) == 1)),
)
each_kind(
    FAULTS,
    "update_lead/null_notes_leave_other_changes_in_force",
    null_notes_skip_the_whole_update=("strict", taking("update_lead", lambda body: {} if _is_null(body) else body)),
    null_notes_skip_the_status=(
        "field",
        taking("update_lead", lambda body: {k: v for k, v in body.items() if k != "status" or not _is_null(body)}),
    ),
    null_notes_skip_what_follows_them=(
        "rare",
        taking(
            "update_lead",
            lambda body: {k: body[k] for k in list(body)[: list(body).index("notes")]} if _is_null(body) else body,
        ),
    ),
    null_notes_are_refused_beside_an_email=(
        "rare",
        refusing("update_lead", lambda _, body: _is_null(body) and "email" in body),
    ),
)


def _third_without(api: Api) -> Api:
    """The third update that omits the notes empties them."""
    counts: dict[str, int] = {}

    def when(lead: Lead, body: Body) -> bool:
        if "notes" in body:
            return False
        counts[lead["id"]] = counts.get(lead["id"], 0) + 1
        return counts[lead["id"]] == 3

    return _clearing(when)(api)


each_kind(
    FAULTS,
    "update_lead/omitted_notes_stay",
    omitted_notes_are_cleared=("lax", _clearing(lambda lead, body: "notes" not in body)),
    a_new_status_clears_the_notes=("field", _clearing(lambda lead, body: "status" in body and "notes" not in body)),
    the_third_update_clears_the_notes=("stateful", _third_without),
    sending_a_field_as_it_is_clears_the_notes=(
        "stateful",
        _clearing(lambda lead, body: "notes" not in body and bool(body) and body.items() <= lead.items()),
    ),
    updating_all_but_the_notes_clears_them=(
        "rare",
        _clearing(lambda lead, body: "notes" not in body and len(body) == len(UPDATABLE) - 1),
    ),
)


def _users(lead: Lead, user: Any) -> Lead:
    """The lead with this user of its notes that have none."""
    return {**lead, "notes": [{"user_id": user, **note} for note in lead["notes"]]}


each_kind(
    FAULTS,
    "update_lead/a_note_without_user_id_is_accepted",
    notes_need_a_user_id=(
        "strict",
        lambda api: requiring(api, "NewNote", lambda schema: schema["required"].append("user_id")),
    ),
    notes_have_users_or_none_has=(
        "rare",
        refusing(
            "update_lead",
            lambda _, body: len({"user_id" in note for note in body.get("notes") or []}) == 2,
        ),
    ),
    a_note_without_user_id_is_read_with_another_each_time=(
        "field",
        counting("get_lead")(lambda count, lead, _: _users(lead, f"user_{count}")),
    ),
    an_update_shows_a_number_where_no_user_id_was_sent=("shape", showing("update_lead", lambda lead: _users(lead, 0))),
    notes_without_user_id_are_dropped=(
        "strict",
        _noting(lambda stored, sent: [note for note in sent if "user_id" in note]),
    ),
)
