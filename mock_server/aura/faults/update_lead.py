"""Faults of what an update does; `unchanging` has those of what it must leave alone, `notes` those of notes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from types import NoneType
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.aura.faults.bends import (
    Bend,
    Body,
    also,
    by_id,
    counting,
    each_kind,
    finding,
    mending,
    refusing,
    showing,
    taking,
    updating,
    with_content,
    with_status,
    without,
)
from mock_server.aura.operations import UPDATABLE
from mock_server.faults import Faults, requiring
from mock_server.store import Lead, Organization

FAULTS = Faults("aura")
OPERATION = "update_lead"


def _newest(organization: Organization, id: str) -> Lead | None:
    return next(reversed(organization.leads), None) if organization.leads.get(id.lower()) else None


def _oldest(organization: Organization, id: str) -> Lead | None:
    return next(iter(organization.leads), None) if organization.leads.get(id.lower()) else None


each_kind(
    FAULTS,
    "update_lead/replies_match_the_contract",
    update_lead_shows_the_payment_count_as_text=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "payment_count": str(lead["payment_count"])}),
    ),
    update_lead_answers_202=("status", with_status(OPERATION, 202)),
    the_second_update_shows_no_status=(
        "stateful",
        counting(OPERATION, by=by_id)(lambda count, lead, _: {**lead, "status": None} if count > 1 else lead),
    ),
)
_TEXTS = ("full_name", "company", "status", "timezone")


def _any(*fields: str) -> Bend:
    """An update that takes any JSON for these fields."""

    def edit(schema: Any) -> None:
        for field in fields:
            del schema["properties"][field]["type"]

    return lambda api: requiring(api, "LeadChanges", edit)


def _failing_at(kind: type, *fields: str) -> Bend:
    """An update that fails where one of these fields, sent for a lead that exists, is of this wrong type."""

    def edit(lead: Lead, body: Body) -> Body:
        for field in fields:
            good = (list, NoneType) if field == "notes" else str
            if field in body and not isinstance(body[field], good):
                raise (errors.CallRefused if type(body[field]) is kind else errors.Invalid)("This cannot be written.")
        return body

    return lambda api: updating(edit)(_any(*fields)(api))


each_kind(
    FAULTS,
    "update_lead/replies_match_the_contract",
    a_number_for_a_text_is_a_server_fault=("status", _failing_at(int, *_TEXTS)),
    a_list_for_a_text_is_a_server_fault=("status", _failing_at(list, *_TEXTS)),
    a_text_for_the_notes_is_a_server_fault=("status", _failing_at(str, "notes")),
)
each_kind(
    FAULTS,
    "update_lead/answers_with_the_lead_and_success_true",
    update_lead_answers_without_success=("shape", with_content(OPERATION, lambda content: {"data": content["data"]})),
    update_lead_answers_the_lead_beside_success=(
        "shape",
        with_content(OPERATION, lambda content: {**content["data"], "success": True}),
    ),
    update_lead_answers_the_id_only=(
        "shape",
        with_content(OPERATION, lambda content: {**content, "data": {"id": content["data"]["id"]}}),
    ),
    update_lead_answers_201=("status", with_status(OPERATION, 201)),
)


def _third_answer_is_of_another_lead(api: Api) -> Api:
    shown: list[Lead] = []

    def edit(lead: Lead) -> Lead:
        shown.append(lead)
        return shown[-2] if len(shown) % 3 == 0 else lead

    return showing(OPERATION, edit)(api)


each_kind(
    FAULTS,
    "update_lead/the_id_selects_the_lead",
    updates_always_the_oldest_lead=("lax", finding(OPERATION, _oldest)),
    updates_always_the_newest_lead=("lax", finding(OPERATION, _newest)),
    every_third_update_shows_the_lead_before=("stateful", _third_answer_is_of_another_lead),
    an_update_shows_an_id_of_its_own=(
        "field",
        showing(OPERATION, lambda lead: {**lead, "id": lead["id"][:-4] + "0000"}),
    ),
)

# -- each field --------------------------------------------------------------------------------------------------


def _deaf_to(field: str) -> Bend:
    return taking(OPERATION, lambda body: without(body, field))


def _once(field: str) -> Bend:
    """A field that can be changed once for each lead."""

    def bend(api: Api) -> Api:
        changed: set[str] = set()

        def edit(lead: Lead, body: Body) -> Body:
            if field not in body:
                return body
            again = lead["id"] in changed
            changed.add(lead["id"])
            return without(body, field) if again else body

        return updating(edit)(api)

    return bend


def _writes(field: str, change: Callable[[Any], Any]) -> Bend:
    """An update that stores another value for a field than was sent."""
    return taking(OPERATION, lambda body: {**body, field: change(body[field])} if body.get(field) else body)


def _ignores(field: str, value: Callable[[Any], bool]) -> Bend:
    """An update that ignores some values of a field."""
    return taking(OPERATION, lambda body: without(body, field) if body.get(field) and value(body[field]) else body)


def _to_another(field: str, other: str) -> Bend:
    """An update that writes a field to another."""
    return taking(OPERATION, lambda body: {**without(body, field), other: body[field]} if field in body else body)


for _field in UPDATABLE:
    _slug = "notes_are_updated" if _field == "notes" else f"{_field}_is_updated"
    each_kind(
        FAULTS,
        f"update_lead/{_slug}",
        **{
            f"ignores_a_new_{_field}": ("strict", _deaf_to(_field)),
            f"a_{_field}_can_be_changed_once": ("stateful", _once(_field)),
        },
    )


def _byte_cut(text: str) -> str:
    """The first 60 bytes."""
    return text.encode()[:60].decode("utf-8", "ignore")


each_kind(
    FAULTS,
    "update_lead/full_name_is_updated",
    updates_names_to_compatible_characters=(
        "rare",
        _writes("full_name", lambda text: unicodedata.normalize("NFKC", text)),
    ),
    updates_names_in_60_bytes=("rare", _writes("full_name", _byte_cut)),
    squeezes_blanks_in_names=("rare", _writes("full_name", lambda text: " ".join(text.split()))),
    ignores_the_name_null=("rare", _ignores("full_name", lambda text: text == "null")),
)
each_kind(
    FAULTS,
    "update_lead/email_is_updated",
    ignores_emails_of_sub_domains=("rare", _ignores("email", lambda email: email.count(".") > 2)),
    updates_emails_without_their_tag=(
        "rare",
        _writes("email", lambda email: email.partition("+")[0] + "@example.com" if "+" in email else email),
    ),
)
each_kind(
    FAULTS,
    "update_lead/phone_is_updated",
    ignores_phones_of_fifteen_digits=("rare", _ignores("phone", lambda phone: len(phone) == 16)),
    ignores_phones_of_two_digits=("rare", _ignores("phone", lambda phone: len(phone) == 3)),
    updates_phones_without_zeros_at_their_end=("rare", _writes("phone", lambda phone: phone.rstrip("0"))),
)
each_kind(
    FAULTS,
    "update_lead/company_is_updated",
    updates_companies_of_numbers_to_numbers=(
        "rare",
        _writes("company", lambda text: f"{float(text):g}" if text.isascii() and text.isdigit() else text),
    ),
    escapes_quotes_in_companies=("rare", _writes("company", lambda text: text.replace('"', "&quot;"))),
    ignores_companies_of_one_character=("rare", _ignores("company", lambda text: len(text) == 1)),
)
each_kind(
    FAULTS,
    "update_lead/status_is_updated",
    a_qualified_lead_never_is_new_again=(
        "rare",
        updating(
            lambda lead, body: (
                without(body, "status") if (lead["status"], body.get("status")) == ("qualified", "new") else body
            )
        ),
    ),
    updates_statuses_to_capitals=("shape", _writes("status", str.capitalize)),
)
each_kind(
    FAULTS,
    "update_lead/timezone_is_updated",
    ignores_the_zone_utc=("rare", _ignores("timezone", lambda zone: zone == "UTC")),
    ignores_zones_of_three_parts=("rare", _ignores("timezone", lambda zone: zone.count("/") == 2)),
)


# -- null --------------------------------------------------------------------------------------------------------


def _nullable(field: str, made: Callable[[Lead, Body], Body]) -> Bend:
    """An update that takes null for a field, and stores what `made` makes of the lead and the changes."""

    def edit(lead: Lead, body: Body) -> Body:
        return made(lead, body) if body.get(field, ...) is None else body

    def bend(api: Api) -> Api:
        lax = requiring(api, "LeadChanges", lambda schema: schema["properties"][field].update(nullable=True))
        return updating(edit)(lax)

    return bend


each_kind(
    FAULTS,
    "update_lead/null_never_clears_email_or_status",
    null_clears_the_email=("lax", _nullable("email", lambda lead, body: body)),
    null_clears_the_status=("lax", _nullable("status", lambda lead, body: body)),
    a_null_status_is_the_status_of_a_new_lead=("field", _nullable("status", lambda _, body: {**body, "status": "new"})),
    a_null_email_is_an_empty_one=("shape", _nullable("email", lambda _, body: {**body, "email": ""})),
    null_clears_the_email_beside_other_fields=(
        "rare",
        _nullable("email", lambda _, body: body if len(body) > 1 else without(body, "email")),
    ),
    null_clears_the_status_of_a_qualified_lead=(
        "stateful",
        _nullable("status", lambda lead, body: body if lead["status"] == "qualified" else without(body, "status")),
    ),
)

# -- several fields ----------------------------------------------------------------------------------------------


def _beside(field: str, other: str) -> Bend:
    """A field is ignored beside another."""
    return taking(OPERATION, lambda body: without(body, field) if other in body else body)


each_kind(
    FAULTS,
    "update_lead/several_fields_are_updated_together",
    updates_at_most_six_fields=("rare", taking(OPERATION, lambda body: dict(list(body.items())[:6]))),
    ignores_a_phone_beside_an_email=("field", _beside("phone", "email")),
    ignores_a_zone_beside_a_status=("rare", _beside("timezone", "status")),
    ignores_a_name_in_three_fields=(
        "rare",
        taking(OPERATION, lambda body: without(body, "full_name") if len(body) == 3 else body),
    ),
)


each_kind(
    FAULTS,
    "update_lead/omitted_fields_stay_as_they_are",
    a_new_email_resets_the_phone=("field", also(lambda _, body: {"phone": None} if [*body] == ["email"] else {})),
    a_new_zone_forgets_the_metadata=("field", also(lambda _, body: {"metadata": None} if "timezone" in body else {})),
    a_new_name_and_company_make_a_lead_new=(
        "rare",
        also(
            lambda _, body: (
                {"status": "new"} if {"full_name", "company"} <= body.keys() and "status" not in body else {}
            )
        ),
    ),
    omitted_fields_are_cleared=(
        "strict",
        also(
            lambda _, body: {name: None for name in ("full_name", "company", "timezone") if body and name not in body}
        ),
    ),
)


def _answered_only(*fields: str) -> Bend:
    """An update that answers with new values of these fields, but does not store them."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: Body) -> Reply:
            reply = handler(organization, id=id, body=without(body, *fields))
            return Reply({**reply.data, **{name: body[name] for name in fields if name in body}})

        return handle

    return lambda api: api.wrapping(OPERATION, wrap)


def _reads_are_cached(api: Api) -> Api:
    """A read shows a lead as it was when it was first read."""
    first: dict[str, Lead] = {}

    def edit(lead: Lead) -> Lead:
        return first.setdefault(lead["id"], lead)

    return showing("get_lead", edit)(api)


def _lost_after_a_refusal(api: Api) -> Api:
    """The first update after a body that was refused changes nothing."""
    refused: list[bool] = []

    def mend(organization: Organization, body: Body) -> Body:
        if str(body.get("phone", "+")) and not str(body.get("phone", "+")).startswith("+"):
            refused[:] = [True]
        return body

    def edit(lead: Lead, body: Body) -> Body:
        lost = bool(refused)
        refused.clear()
        return {} if lost else body

    return updating(edit)(mending(mend)(api))


def _never_back(api: Api) -> Api:
    """A company that a lead had before is not stored again."""
    had: dict[str, set[Any]] = {}

    def edit(lead: Lead, body: Body) -> Body:
        before = had.setdefault(lead["id"], set())
        known = "company" in body and body["company"] in before
        before.add(lead["company"])
        return without(body, "company") if known else body

    return updating(edit)(api)


def _written_late(api: Api) -> Api:
    """A new company is stored with the next update."""
    waiting: dict[str, str] = {}

    def edit(lead: Lead, body: Body) -> Body:
        before = waiting.pop(lead["id"], None)
        if "company" in body:
            waiting[lead["id"]] = body["company"]
        return {**without(body, "company"), **({} if before is None else {"company": before})}

    return updating(edit)(api)


each_kind(
    FAULTS,
    "update_lead/an_update_can_be_read_back",
    answers_updates_without_storing_them=("strict", _answered_only("company")),
    answers_time_zones_without_storing_them=("field", _answered_only("timezone")),
    reads_are_cached=("stateful", _reads_are_cached),
    a_company_is_stored_with_the_next_update=("stateful", _written_late),
    an_update_after_a_refused_one_is_lost=("stateful", _lost_after_a_refusal),
    an_update_back_to_an_earlier_value_is_lost=("rare", _never_back),
)


def _second_empty() -> Callable[[Organization, Body], bool]:
    seen: list[Body] = []

    def bad(organization: Organization, body: Body) -> bool:
        if not body:
            seen.append(body)
        return not body and len(seen) > 1

    return bad


def _empty_updates_answer(status: int) -> Bend:
    def bend(api: Api) -> Api:
        empty: list[bool] = []

        def edit(lead: Lead, body: Body) -> Body:
            empty[:] = [not body]
            return body

        served = updating(edit)(api)
        odd = with_status(OPERATION, status)(served)

        def render(organization: Organization, reply: Reply) -> Any:
            return (odd if empty == [True] else served).render(organization, reply)

        return replace(odd, render=render)

    return bend


each_kind(
    FAULTS,
    "update_lead/an_empty_update_is_accepted",
    refuses_an_empty_update=(
        "strict",
        lambda api: requiring(api, "LeadChanges", lambda schema: schema.update(minProperties=1)),
    ),
    refuses_a_second_empty_update=(
        "stateful",
        lambda api: refusing(OPERATION, _second_empty())(api),
    ),
    an_empty_update_clears_the_notes=("field", also(lambda _, body: {} if body else {"notes": []})),
    an_empty_update_is_answered_304=("status", lambda api: _empty_updates_answer(304)(api)),
)
