"""Faults of reading a lead."""

from __future__ import annotations

from typing import Any

from mock_server import errors
from mock_server.api import Handler, Reply
from mock_server.aura.faults.bends import (
    Bend,
    by_id,
    counting,
    each_kind,
    finding,
    instead_of_not_found,
    reaching_elsewhere,
    saying,
    showing,
    with_content,
    with_status,
)
from mock_server.faults import Faults
from mock_server.store import Lead, Organization

FAULTS = Faults("aura")
OPERATION = "get_lead"


def _hides(field: str) -> Bend:
    return showing(OPERATION, lambda lead: {**lead, field: None})


each_kind(
    FAULTS,
    "get_lead/replies_match_the_contract",
    get_lead_shows_the_payment_count_as_text=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "payment_count": str(lead["payment_count"])}),
    ),
    get_lead_answers_203=("status", with_status(OPERATION, 203)),
    the_second_read_shows_no_email=(
        "stateful",
        counting(OPERATION, by=by_id)(lambda count, lead, _: {**lead, "email": None} if count > 1 else lead),
    ),
)
each_kind(
    FAULTS,
    "get_lead/answers_with_the_lead_and_success_true",
    get_lead_answers_without_success=("shape", with_content(OPERATION, lambda content: {"data": content["data"]})),
    get_lead_answers_the_bare_lead=(
        "shape",
        with_content(OPERATION, lambda content: {**content["data"], "success": True}),
    ),
    get_lead_says_success_in_words=("shape", with_content(OPERATION, lambda content: {**content, "success": "true"})),
    get_lead_answers_206=("status", with_status(OPERATION, 206)),
)


def _oldest(organization: Organization, id: str) -> Lead | None:
    return next(iter(organization.leads), None) if organization.leads.get(id.lower()) else None


def _newest(organization: Organization, id: str) -> Lead | None:
    return next(reversed(organization.leads), None) if organization.leads.get(id.lower()) else None


def _remembering() -> Any:
    """Every fourth lead that is asked for is the one that was asked for before."""
    asked: list[str] = []

    def find(organization: Organization, id: str) -> Lead | None:
        asked.append(id)
        return organization.leads.get(asked[-2] if len(asked) % 4 == 0 else id)

    return find


def _with_the_newest_email(handler: Handler) -> Handler:
    def handle(organization: Organization, id: str) -> Reply:
        reply = handler(organization, id=id)
        return Reply({**reply.data, "email": next(reversed(organization.leads))["email"]})

    return handle


each_kind(
    FAULTS,
    "get_lead/the_id_selects_the_lead",
    reads_always_the_oldest_lead=("lax", finding(OPERATION, _oldest)),
    reads_always_the_newest_lead=("lax", finding(OPERATION, _newest)),
    every_fourth_read_is_of_the_lead_before=("stateful", lambda api: finding(OPERATION, _remembering())(api)),
    a_read_shows_the_newest_email=("field", lambda api: api.wrapping(OPERATION, _with_the_newest_email)),
)
each_kind(
    FAULTS,
    "get_lead/contact_fields_are_shown",
    a_read_hides_the_time_zone=("strict", _hides("timezone")),
    a_read_shows_phones_without_a_plus_sign=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "phone": lead["phone"] and lead["phone"][1:]}),
    ),
    a_read_shows_the_company_as_the_name=(
        "field",
        showing(OPERATION, lambda lead: {**lead, "full_name": lead["company"] or lead["full_name"]}),
    ),
    a_read_hides_companies_of_one_character=(
        "rare",
        showing(
            OPERATION, lambda lead: {**lead, "company": lead["company"] if len(lead["company"] or "") > 1 else None}
        ),
    ),
)
each_kind(
    FAULTS,
    "get_lead/status_and_notes_are_shown",
    a_read_hides_the_notes=("strict", _hides("notes")),
    a_read_hides_notes_without_a_user=(
        "rare",
        showing(OPERATION, lambda lead: {**lead, "notes": [note for note in lead["notes"] if "user_id" in note]}),
    ),
    a_read_shows_one_note=("rare", showing(OPERATION, lambda lead: {**lead, "notes": lead["notes"][:1]})),
    a_read_shows_the_newest_note_first=(
        "rare",
        showing(OPERATION, lambda lead: {**lead, "notes": lead["notes"][::-1]}),
    ),
    a_read_shows_the_status_in_capitals=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "status": lead["status"].upper()}),
    ),
    a_read_shows_a_lead_with_notes_as_new=(
        "field",
        showing(OPERATION, lambda lead: {**lead, "status": "new" if lead["notes"] else lead["status"]}),
    ),
)
each_kind(
    FAULTS,
    "get_lead/timestamps_are_shown",
    a_read_hides_updated_at=("strict", _hides("updated_at")),
    a_read_shows_created_at_in_milliseconds=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "created_at": 1768636800000}),
    ),
    a_read_shows_created_at_an_hour_late=(
        "rare",
        showing(OPERATION, lambda lead: {**lead, "created_at": lead["created_at"].replace("Z", "-01:00")}),
    ),
    the_third_read_shows_no_created_at=(
        "stateful",
        counting(OPERATION, by=by_id)(
            lambda count, lead, _: {**lead, "created_at": lead["created_at"] if count < 3 else ""}
        ),
    ),
)


def _metadata(lead: Lead, edit: Any) -> Lead:
    return {**lead, "metadata": lead["metadata"] and edit(lead["metadata"])}


each_kind(
    FAULTS,
    "get_lead/metadata_is_shown",
    a_read_hides_the_metadata=("strict", _hides("metadata")),
    a_read_hides_zeros_of_metadata=(
        "rare",
        showing(OPERATION, lambda lead: _metadata(lead, lambda some: {k: v for k, v in some.items() if v != 0})),
    ),
    a_read_shows_metadata_keys_in_small_letters=(
        "shape",
        showing(OPERATION, lambda lead: _metadata(lead, lambda some: {k.lower(): v for k, v in some.items()})),
    ),
    a_read_shows_metadata_numbers_as_texts=(
        "shape",
        showing(OPERATION, lambda lead: _metadata(lead, lambda some: {k: str(v) for k, v in some.items()})),
    ),
)


def _after_reading(edit: Any) -> Bend:
    """A read that changes the lead once it is answered."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str) -> Reply:
            reply = handler(organization, id=id)
            shown = Reply(dict(reply.data))
            edit(organization, reply.data)
            return shown

        return handle

    return lambda api: api.wrapping(OPERATION, wrap)


each_kind(
    FAULTS,
    "get_lead/reading_changes_nothing",
    reading_marks_a_lead_as_contacted=("lax", _after_reading(lambda _, lead: lead.update(status="contacted"))),
    reading_moves_updated_at=(
        "field",
        _after_reading(lambda _, lead: lead.update(updated_at="2036-01-17T08:00:00.000Z")),
    ),
    the_fourth_read_shows_no_notes=(
        "stateful",
        counting(OPERATION, by=by_id)(lambda count, lead, _: {**lead, "notes": lead["notes"] if count < 4 else []}),
    ),
)


def _is_uuid(id: str) -> bool:
    return len(id) == 36 and set(id) <= set("0123456789abcdefABCDEF-")


def _similar(length: int) -> Any:
    """The lead whose id begins as the one that was asked for."""

    def find(organization: Organization, id: str) -> Lead | None:
        alike = [lead for lead in organization.leads if lead["id"][:length] == id.lower()[:length]]
        return alike[0] if alike and len(id) == 36 else None

    return find


for _operation_id, _name in ((OPERATION, "reading"), ("update_lead", "updating")):
    each_kind(
        FAULTS,
        f"{_operation_id}/unknown_lead_is_not_found",
        **{
            f"{_name}_an_unknown_lead_is_a_bad_request": (
                "status",
                instead_of_not_found(_operation_id, saying(errors.Invalid)),
            ),
            f"{_name}_an_unknown_lead_is_forbidden": (
                "status",
                instead_of_not_found(_operation_id, saying(errors.Forbidden)),
            ),
            f"{_name}_looks_at_30_characters_of_an_id": ("rare", finding(_operation_id, _similar(30))),
            f"{_name}_looks_at_the_first_part_of_an_id": ("rare", finding(_operation_id, _similar(8))),
            f"{_name}_an_unknown_lead_gives_an_empty_one": (
                "lax",
                instead_of_not_found(_operation_id, lambda _, id: Reply({"id": id})),
            ),
        },
    )

    each_kind(
        FAULTS,
        f"{_operation_id}/malformed_id_is_refused",
        **{
            f"{_name}_takes_any_text_for_an_id": (
                "lax",
                finding(
                    _operation_id,
                    lambda organization, id: (
                        organization.leads.get(id) or (None if _is_uuid(id) else next(iter(organization.leads), None))
                    ),
                ),
            ),
            f"{_name}_cuts_an_id_at_36_characters": (
                "rare",
                finding(_operation_id, lambda organization, id: organization.leads.get(id[:36])),
            ),
            f"{_name}_finds_leads_by_the_beginning_of_an_id": (
                "rare",
                finding(
                    _operation_id,
                    lambda organization, id: next(
                        (lead for lead in organization.leads if len(id) > 30 and lead["id"].startswith(id)), None
                    ),
                ),
            ),
        },
    )


def _shows(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
    return handler(owner, **arguments)


def _gone(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
    raise errors.Invalid("This lead is not yours.")


def _after_a_refusal() -> Any:
    asked: set[str] = set()

    def act(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
        again = arguments["id"] in asked
        asked.add(arguments["id"])
        return handler(owner if again else caller, **arguments)

    return act


def _only_its_name(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
    return Reply({**handler(owner, **arguments).data, "email": "hidden@example.com", "phone": None})


each_kind(
    FAULTS,
    "get_lead/a_lead_of_another_organization_is_not_shown",
    shows_other_organizations_leads=("tenant", reaching_elsewhere(OPERATION, _shows)),
    shows_the_names_of_other_organizations_leads=("tenant", reaching_elsewhere(OPERATION, _only_its_name)),
    shows_other_organizations_leads_at_the_second_try=(
        "stateful",
        lambda api: reaching_elsewhere(OPERATION, _after_a_refusal())(api),
    ),
    another_organizations_lead_is_a_bad_request=("status", reaching_elsewhere(OPERATION, _gone)),
)
