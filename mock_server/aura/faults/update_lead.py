"""Faults of updating a lead; those of its notes are in `notes`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.aura.faults.bends import (
    Bend,
    Body,
    by_id,
    counting,
    each_kind,
    finding,
    instead_of_not_found,
    mending,
    reaching_elsewhere,
    refusing,
    showing,
    taking,
    updated,
    updating,
    with_content,
    with_status,
)
from mock_server.aura.operations import UPDATABLE, source_of
from mock_server.faults import Faults, requiring
from mock_server.store import Lead, Organization

FAULTS = Faults("aura")
OPERATION = "update_lead"


def _without(body: Body, *names: str) -> Body:
    return {name: value for name, value in body.items() if name not in names}


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
    return taking(OPERATION, lambda body: _without(body, field))


def _once(field: str) -> Bend:
    """A field that can be changed once for each lead."""

    def bend(api: Api) -> Api:
        changed: set[str] = set()

        def edit(lead: Lead, body: Body) -> Body:
            if field not in body:
                return body
            again = lead["id"] in changed
            changed.add(lead["id"])
            return _without(body, field) if again else body

        return updating(edit)(api)

    return bend


def _writes(field: str, change: Callable[[Any], Any]) -> Bend:
    """An update that stores another value for a field than was sent."""
    return taking(OPERATION, lambda body: {**body, field: change(body[field])} if body.get(field) else body)


def _ignores(field: str, value: Callable[[Any], bool]) -> Bend:
    """An update that ignores some values of a field."""
    return taking(OPERATION, lambda body: _without(body, field) if body.get(field) and value(body[field]) else body)


def _to_another(field: str, other: str) -> Bend:
    """An update that writes a field to another."""
    return taking(OPERATION, lambda body: {**_without(body, field), other: body[field]} if field in body else body)


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
    ignores_emails_of_sub_domains=("rare", _ignores("email", lambda email: email.count(".") > 3)),
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
                _without(body, "status") if (lead["status"], body.get("status")) == ("qualified", "new") else body
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


# -- several fields ----------------------------------------------------------------------------------------------


def _beside(field: str, other: str) -> Bend:
    """A field is ignored beside another."""
    return taking(OPERATION, lambda body: _without(body, field) if other in body else body)


each_kind(
    FAULTS,
    "update_lead/several_fields_are_updated_together",
    updates_at_most_six_fields=("rare", taking(OPERATION, lambda body: dict(list(body.items())[:6]))),
    ignores_a_phone_beside_an_email=("field", _beside("phone", "email")),
    ignores_a_zone_beside_a_status=("rare", _beside("timezone", "status")),
    ignores_a_name_in_three_fields=(
        "rare",
        taking(OPERATION, lambda body: _without(body, "full_name") if len(body) == 3 else body),
    ),
)


def _also(edit: Callable[[Lead, Body], Body]) -> Bend:
    """An update that writes more than it was sent: what `edit` makes of the lead and the changes."""
    return updated(lambda _, lead, body: lead.update(edit(lead, body)))


each_kind(
    FAULTS,
    "update_lead/omitted_fields_stay_as_they_are",
    a_new_email_resets_the_phone=("field", _also(lambda _, body: {"phone": None} if [*body] == ["email"] else {})),
    a_new_zone_forgets_the_metadata=("field", _also(lambda _, body: {"metadata": None} if "timezone" in body else {})),
    a_new_name_and_company_make_a_lead_new=(
        "rare",
        _also(
            lambda _, body: (
                {"status": "new"} if {"full_name", "company"} <= body.keys() and "status" not in body else {}
            )
        ),
    ),
    omitted_fields_are_cleared=(
        "strict",
        _also(
            lambda _, body: {name: None for name in ("full_name", "company", "timezone") if body and name not in body}
        ),
    ),
)


def _answered_only(*fields: str) -> Bend:
    """An update that answers with new values of these fields, but does not store them."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: Body) -> Reply:
            reply = handler(organization, id=id, body=_without(body, *fields))
            return Reply({**reply.data, **{name: body[name] for name in fields if name in body}})

        return handle

    return lambda api: api.wrapping(OPERATION, wrap)


def _reads_are_cached(api: Api) -> Api:
    """A read shows a lead as it was when it was first read."""
    first: dict[str, Lead] = {}

    def edit(lead: Lead) -> Lead:
        return first.setdefault(lead["id"], lead)

    return showing("get_lead", edit)(api)


def _written_late(api: Api) -> Api:
    """A new company is stored with the next update."""
    waiting: dict[str, str] = {}

    def edit(lead: Lead, body: Body) -> Body:
        before = waiting.pop(lead["id"], None)
        if "company" in body:
            waiting[lead["id"]] = body["company"]
        return {**_without(body, "company"), **({} if before is None else {"company": before})}

    return updating(edit)(api)


each_kind(
    FAULTS,
    "update_lead/an_update_can_be_read_back",
    answers_updates_without_storing_them=("strict", _answered_only("company")),
    answers_time_zones_without_storing_them=("field", _answered_only("timezone")),
    reads_are_cached=("stateful", _reads_are_cached),
    a_company_is_stored_with_the_next_update=("stateful", _written_late),
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
    an_empty_update_clears_the_notes=("field", _also(lambda _, body: {} if body else {"notes": []})),
    an_empty_update_is_answered_304=("status", lambda api: _empty_updates_answer(304)(api)),
)


# -- what is not updatable ---------------------------------------------------------------------------------------


def _writes_also(field: str, fits: Callable[[Lead, Body], bool] = lambda lead, body: True) -> Bend:
    """An update that writes a field that is not updatable, where that `fits`."""
    return _also(lambda lead, body: {field: body[field]} if field in body and fits(lead, body) else {})


def _among_others(lead: Lead, body: Body) -> bool:
    return len(body) > 1


each_kind(
    FAULTS,
    "update_lead/metadata_is_not_updatable",
    writes_metadata=("lax", _writes_also("metadata")),
    writes_metadata_among_others=("rare", _writes_also("metadata", _among_others)),
    fills_empty_metadata=("stateful", _writes_also("metadata", lambda lead, _: not lead["metadata"])),
    null_clears_metadata=("rare", _writes_also("metadata", lambda _, body: body["metadata"] is None)),
    adds_metadata_keys=(
        "rare",
        _also(
            lambda lead, body: (
                {"metadata": {**body["metadata"], **lead["metadata"]}}
                if body.get("metadata") and lead["metadata"]
                else {}
            )
        ),
    ),
)
each_kind(
    FAULTS,
    "update_lead/source_is_not_updatable",
    writes_source=("lax", _writes_also("source")),
    writes_source_among_others=("rare", _writes_also("source", _among_others)),
    null_clears_source=("rare", _writes_also("source", lambda _, body: body["source"] is None)),
    derives_source_from_sent_metadata=(
        "field",
        _also(lambda lead, body: {"source": source_of(body["metadata"])} if body.get("metadata") else {}),
    ),
)


def _body_id_selects(handler: Handler) -> Handler:
    def handle(organization: Organization, id: str, body: Body) -> Reply:
        named = body.get("id")
        known = isinstance(named, str) and organization.leads.get(named)
        return handler(organization, id=named if known else id, body=body)

    return handle


each_kind(
    FAULTS,
    "update_lead/id_is_not_updatable",
    writes_id=("lax", _writes_also("id")),
    the_id_in_the_body_selects_the_lead=("field", lambda api: api.wrapping(OPERATION, _body_id_selects)),
    answers_with_the_id_of_the_body=(
        "shape",
        lambda api: api.wrapping(
            OPERATION,
            lambda handler: (
                lambda organization, id, body: Reply(
                    {**handler(organization, id=id, body=body).data, **({"id": body["id"]} if "id" in body else {})}
                )
            ),
        ),
    ),
)
each_kind(
    FAULTS,
    "update_lead/timestamps_are_not_updatable",
    writes_created_at=("lax", _writes_also("created_at")),
    writes_created_at_among_others=("rare", _writes_also("created_at", _among_others)),
    writes_updated_at=("field", _writes_also("updated_at")),
)
each_kind(
    FAULTS,
    "update_lead/payment_fields_are_not_updatable",
    writes_payment_count=("lax", _writes_also("payment_count")),
    writes_payment_status=("field", _writes_also("payment_status")),
    writes_total_paid_cents_among_others=("rare", _writes_also("total_paid_cents", _among_others)),
    adds_to_the_payment_count=(
        "rare",
        _also(lambda lead, body: {"payment_count": lead["payment_count"] + 1} if body.get("payment_status") else {}),
    ),
)
each_kind(
    FAULTS,
    "update_lead/disqualification_data_is_not_updatable",
    writes_disqualification_data=("lax", _writes_also("disqualification_data")),
    writes_disqualification_data_among_others=("rare", _writes_also("disqualification_data", _among_others)),
    writes_empty_disqualification_data=(
        "rare",
        _writes_also(
            "disqualification_data", lambda _, body: bool((body["disqualification_data"] or {}).get("triggering_field"))
        ),
    ),
)


# -- what an update must not touch -------------------------------------------------------------------------------


def _written_before_refusing(write: Callable[[Lead, Body], Body]) -> Bend:
    """The body is looked at field by field: `write` names what is written to the newest lead before the rest is."""

    def mend(organization: Organization, body: Body) -> Body:
        lead = next(reversed(organization.leads), None)
        if lead is not None and ("notes" in body or "status" in body or len(body) == 2):
            lead.update(write(lead, body))
        return body

    return mending(mend)


def _bad(body: Body) -> bool:
    return "@" not in body.get("email", "@") or not body.get("phone", "+").startswith("+")


each_kind(
    FAULTS,
    "update_lead/a_refused_update_changes_nothing",
    writes_names_before_it_refuses=(
        "lax",
        _written_before_refusing(
            lambda _, body: {"full_name": body["full_name"]} if "full_name" in body and _bad(body) else {}
        ),
    ),
    writes_a_status_though_it_refuses=(
        "field",
        _written_before_refusing(lambda _, body: {"status": body["status"]} if "status" in body and _bad(body) else {}),
    ),
    writes_a_good_phone_beside_a_bad_email=(
        "rare",
        _written_before_refusing(
            lambda _, body: (
                {"phone": body["phone"]}
                if "@" not in body.get("email", "@") and body.get("phone", "").startswith("+")
                else {}
            )
        ),
    ),
    a_refusal_empties_the_notes=(
        "field",
        _written_before_refusing(lambda _, body: {"notes": []} if _bad(body) and "notes" not in body else {}),
    ),
)


def _others(organization: Organization, lead: Lead) -> list[Lead]:
    return [each for each in organization.leads if each is not lead]


def _shared(field: str, by: str) -> Bend:
    """An update that writes a field of all leads that have another field in common."""

    def edit(organization: Organization, lead: Lead, body: Body) -> None:
        for other in _others(organization, lead):
            if field in body and lead[by] and other[by] == lead[by]:
                other[field] = body[field]

    return updated(edit)


def _every_fourth_is_for_the_oldest(api: Api) -> Api:
    count: list[str] = []

    def edit(organization: Organization, lead: Lead, body: Body) -> None:
        count.append(lead["id"])
        if len(count) % 4 == 0:
            others = _others(organization, lead)
            (others[-1] if others else lead).update(_without(body, "notes", "email"))

    return updated(edit)(api)


each_kind(
    FAULTS,
    "update_lead/the_other_leads_stay_as_they_are",
    updates_every_company_of_that_phone=("rare", _shared("company", "phone")),
    updates_every_status_of_that_company=("field", _shared("status", "phone")),
    updates_every_note_of_that_name=("rare", _shared("notes", "phone")),
    every_fourth_update_reaches_another_lead=("stateful", _every_fourth_is_for_the_oldest),
)
_LONG_AGO = "2001-01-01T00:00:00.000Z"
each_kind(
    FAULTS,
    "update_lead/created_at_stays",
    a_new_status_moves_created_at=(
        "rare",
        _also(lambda _, body: {"created_at": _LONG_AGO} if "status" in body else {}),
    ),
    a_new_email_moves_created_at=("rare", _also(lambda _, body: {"created_at": _LONG_AGO} if "email" in body else {})),
    the_third_update_moves_created_at=(
        "stateful",
        counting(OPERATION, by=by_id)(
            lambda count, lead, _: {**lead, "created_at": _LONG_AGO if count > 2 else lead["created_at"]}
        ),
    ),
    an_update_shows_created_at_in_seconds=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "created_at": 1768636800}),
    ),
)
each_kind(
    FAULTS,
    "update_lead/updated_at_never_goes_back",
    updated_at_is_in_another_zone=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "updated_at": lead["updated_at"].replace("Z", "+02:00")}),
    ),
    the_third_update_resets_updated_at=(
        "stateful",
        counting(OPERATION, by=by_id)(
            lambda count, lead, _: {**lead, "updated_at": _LONG_AGO if count > 2 else lead["updated_at"]}
        ),
    ),
    a_new_email_resets_updated_at=("rare", _also(lambda _, body: {"updated_at": _LONG_AGO} if "email" in body else {})),
    new_notes_reset_updated_at=("rare", _also(lambda _, body: {"updated_at": _LONG_AGO} if "notes" in body else {})),
)


def _made(organization: Organization, id: str) -> Reply:
    lead = {**next(iter(organization.leads)), "id": id}
    return Reply(organization.leads.add(lead))


FAULTS.add(
    "updating_an_unknown_lead_makes_one",
    "update_lead/unknown_lead_is_not_found",
    instead_of_not_found(OPERATION, _made),
    "lax",
)


def _writes_elsewhere(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
    return handler(owner, **arguments)


def _writes_and_refuses(
    handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]
) -> Reply:
    handler(owner, **arguments)
    return handler(caller, **arguments)


def _says_that_it_did(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
    return Reply({**(owner.leads.get(arguments["id"]) or {}), **arguments["body"]})


def _gone(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
    raise errors.Invalid("This lead is not yours.")


each_kind(
    FAULTS,
    "update_lead/a_lead_of_another_organization_is_not_updated",
    updates_other_organizations_leads=("tenant", reaching_elsewhere(OPERATION, _writes_elsewhere)),
    updates_other_organizations_leads_and_refuses=("tenant", reaching_elsewhere(OPERATION, _writes_and_refuses)),
    says_it_updated_another_organizations_lead=("lax", reaching_elsewhere(OPERATION, _says_that_it_did)),
    updating_another_organizations_lead_is_a_bad_request=("status", reaching_elsewhere(OPERATION, _gone)),
)
