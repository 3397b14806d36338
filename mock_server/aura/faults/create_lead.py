"""Faults of creating a lead."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus
from uuid import NAMESPACE_URL, uuid5

from mock_server import errors
from mock_server.api import Api
from mock_server.aura.faults.bends import (
    Bend,
    Body,
    counting,
    created,
    each_kind,
    newest_but,
    refusing,
    showing,
    taking,
    with_content,
    with_status,
)
from mock_server.faults import Faults, requiring
from mock_server.store import Lead, Organization

FAULTS = Faults("aura")
OPERATION = "create_lead"


def _stores(field: str, change: Callable[[Any], Any]) -> Bend:
    """A create that stores another value for a field than was sent."""
    return taking(OPERATION, lambda body: {**body, field: change(body[field])} if body.get(field) else body)


def _stores_as(field: str, other: str) -> Bend:
    """A create that stores a field as another."""
    return taking(
        OPERATION,
        lambda body: {**{k: v for k, v in body.items() if k != field}, other: body[field]} if field in body else body,
    )


each_kind(
    FAULTS,
    "create_lead/replies_match_the_contract",
    create_lead_shows_the_payment_count_as_text=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "payment_count": str(lead["payment_count"])}),
    ),
    create_lead_answers_202=("status", with_status(OPERATION, 202)),
    a_lead_with_a_time_zone_has_no_updated_at=(
        "rare",
        showing(OPERATION, lambda lead: {k: v for k, v in lead.items() if k != "updated_at" or not lead["timezone"]}),
    ),
)
each_kind(
    FAULTS,
    "create_lead/answers_with_the_lead_and_success_true",
    create_lead_answers_without_success=(
        "shape",
        with_content(OPERATION, lambda content: {"data": content["data"]}),
    ),
    create_lead_says_success_1=("shape", with_content(OPERATION, lambda content: {**content, "success": 1})),
    create_lead_answers_204=("status", with_status(OPERATION, 204)),
)


def _whole(text: str) -> str:
    """What a reader of forms makes of a number."""
    return str(int(text)) if text.isascii() and text.isdigit() else text


each_kind(
    FAULTS,
    "create_lead/full_name_is_stored",
    stores_names_as_ascii=("strict", _stores("full_name", lambda text: ascii(text)[1:-1])),
    composes_names=("rare", _stores("full_name", lambda text: unicodedata.normalize("NFC", text))),
    stores_names_of_digits_as_numbers=("rare", _stores("full_name", _whole)),
    drops_what_is_beyond_the_basic_plane=(
        "rare",
        _stores("full_name", lambda text: "".join(c for c in text if ord(c) < 0x10000)),
    ),
    stores_names_as_companies=("field", _stores_as("full_name", "company")),
)
each_kind(
    FAULTS,
    "create_lead/company_is_stored",
    cuts_companies_at_ten=("strict", _stores("company", lambda text: text[:10])),
    cuts_companies_at_eighty=("rare", _stores("company", lambda text: text[:80])),
    takes_the_company_0_for_none=("rare", _stores("company", lambda text: None if text == "0" else text)),
    escapes_companies=("rare", _stores("company", lambda text: text.replace("&", "&amp;"))),
    drops_invisible_characters=(
        "rare",
        _stores("company", lambda text: "".join(c for c in text if unicodedata.category(c) != "Cf")),
    ),
    stores_companies_as_names=("field", _stores_as("company", "full_name")),
)
each_kind(
    FAULTS,
    "create_lead/phone_is_stored",
    forgets_the_phone=("strict", _stores("phone", lambda _: None)),
    cuts_phones_at_thirteen_digits=("rare", _stores("phone", lambda phone: phone[:14])),
    drops_short_phones=("rare", _stores("phone", lambda phone: None if len(phone) < 5 else phone)),
    rounds_phones=("rare", _stores("phone", lambda phone: f"+{float(phone[1:]):.14g}" if len(phone) == 16 else phone)),
    stores_phones_as_companies=("field", _stores_as("phone", "company")),
)
each_kind(
    FAULTS,
    "create_lead/timezone_is_stored",
    stores_time_zones_as_utc=("strict", _stores("timezone", lambda _: "UTC")),
    drops_the_third_part_of_a_zone=("rare", _stores("timezone", lambda zone: "/".join(zone.split("/")[:2]))),
    drops_signs_of_zones=("rare", _stores("timezone", lambda zone: zone.replace("+", " "))),
    stores_time_zones_as_companies=("field", _stores_as("timezone", "company")),
)


def _as_before(field: str) -> Callable[[Organization, Lead, Body], Any]:
    """A new lead takes a field from the lead before it."""
    return lambda organization, lead, body: lead.update({field: newest_but(organization, lead)[field]})


each_kind(
    FAULTS,
    "create_lead/new_leads_have_status_new",
    leads_with_a_company_start_qualified=(
        "rare",
        created(lambda _, lead, body: lead.update(status="qualified" if lead["company"] else "new")),
    ),
    new_leads_have_the_status_of_the_lead_before=("stateful", created(_as_before("status"))),
    new_leads_are_NEW=("shape", created(lambda _, lead, body: lead.update(status="NEW"))),
)


def _metadata(edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    """A create that keeps of metadata what `edit` makes of it."""
    return created(lambda _, lead, body: lead.update(metadata=lead["metadata"] and edit(lead["metadata"])))


def _metadata_texts(change: Callable[[str], Any]) -> Bend:
    """A create that keeps other texts in metadata."""
    return _metadata(lambda metadata: {k: change(v) if isinstance(v, str) else v for k, v in metadata.items()})


def _metadata_numbers(change: Callable[[Any], Any]) -> Bend:
    """A create that keeps other numbers in metadata."""
    return _metadata(lambda metadata: {k: change(v) if type(v) in (int, float) else v for k, v in metadata.items()})


def _merged_with_the_last(organization: Organization, lead: Lead, body: Body) -> None:
    lead["metadata"] = {**(lead["metadata"] or {}), **(newest_but(organization, lead)["metadata"] or {})} or None


each_kind(
    FAULTS,
    "create_lead/documented_metadata_keys_are_kept",
    drops_a_metadata_key=("field", _metadata(lambda metadata: {k: v for k, v in metadata.items() if k != "rdtCid"})),
    stores_coordinates_as_whole_numbers=(
        "rare",
        _metadata(lambda metadata: {k: int(v) if k == "latitude" else v for k, v in metadata.items()}),
    ),
    drops_zeros_of_metadata=("rare", _metadata(lambda metadata: {k: v for k, v in metadata.items() if v != 0})),
    stores_coordinates_without_their_sign=("rare", _metadata_numbers(abs)),
    rounds_coordinates=("rare", _metadata_numbers(lambda value: round(value, 4))),
    cuts_metadata_at_200_characters=("rare", _metadata_texts(lambda text: text[:200])),
    stores_metadata_in_small_letters=("rare", _metadata_texts(str.lower)),
    reads_metadata_as_form_data=("rare", _metadata_texts(unquote_plus)),
    takes_metadata_of_digits_for_numbers=(
        "rare",
        _metadata_texts(lambda text: int(text) if text.isascii() and text.isdigit() else text),
    ),
    keeps_the_metadata_of_the_lead_before=("stateful", created(_merged_with_the_last)),
)


def _is_null(body: Body) -> bool:
    return body.get("metadata", ...) is None


each_kind(
    FAULTS,
    "create_lead/unknown_metadata_keys_are_accepted",
    refuses_unknown_metadata=(
        "strict",
        lambda api: requiring(api, "Metadata", lambda schema: schema.update(additionalProperties=False)),
    ),
    refuses_dots_in_metadata_keys=(
        "rare",
        refusing(OPERATION, lambda _, body: any("." in key for key in body.get("metadata") or {})),
    ),
    refuses_long_metadata_keys=(
        "rare",
        refusing(OPERATION, lambda _, body: any(len(key) > 64 for key in body.get("metadata") or {})),
    ),
    refuses_an_empty_metadata_key=("rare", refusing(OPERATION, lambda _, body: "" in (body.get("metadata") or {}))),
    refuses_large_numbers_in_metadata=(
        "rare",
        refusing(
            OPERATION,
            lambda _, body: any(
                type(each) is int and abs(each) > 2**53 for each in (body.get("metadata") or {}).values()
            ),
        ),
    ),
)
each_kind(
    FAULTS,
    "create_lead/null_metadata_is_skipped",
    refuses_null_metadata=(
        "strict",
        lambda api: requiring(api, "Metadata", lambda schema: schema.update(nullable=False)),
    ),
    stores_null_metadata_as_keys=(
        "shape",
        created(lambda _, lead, body: lead.update({"metadata": {"city": None}} if _is_null(body) else {})),
    ),
    null_metadata_is_that_of_the_lead_before=(
        "stateful",
        created(lambda o, lead, body: lead.update(metadata=lead["metadata"] or newest_but(o, lead)["metadata"])),
    ),
    null_metadata_drops_the_name=(
        "field",
        created(lambda _, lead, body: lead.update({"full_name": None} if _is_null(body) else {})),
    ),
)
each_kind(
    FAULTS,
    "create_lead/every_lead_has_an_id_of_its_own",
    ids_repeat_after_three_leads=(
        "stateful",
        counting(OPERATION)(lambda count, lead, _: {**lead, "id": f"00000000-0000-4000-8000-{count % 3:012x}"}),
    ),
    ids_are_numbers=("shape", counting(OPERATION)(lambda count, lead, _: {**lead, "id": str(count)})),
    ids_come_from_the_name=(
        "field",
        showing(OPERATION, lambda lead: {**lead, "id": str(uuid5(NAMESPACE_URL, lead["full_name"] or lead["id"]))}),
    ),
)
each_kind(
    FAULTS,
    "create_lead/timestamps_are_set",
    timestamps_are_seconds=("shape", showing(OPERATION, lambda lead: {**lead, "created_at": 1768636800})),
    timestamps_have_no_offset=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "created_at": lead["created_at"].rstrip("Z")}),
    ),
    updated_at_waits_for_an_update=("field", showing(OPERATION, lambda lead: {**lead, "updated_at": None})),
    the_third_lead_has_no_created_at=(
        "stateful",
        counting(OPERATION)(lambda count, lead, _: {**lead, "created_at": lead["created_at"] if count < 3 else ""}),
    ),
)


def _read_differently(edit: Callable[[int, Lead], Lead]) -> Bend:
    return counting("get_lead")(lambda count, lead, _: edit(count, lead))


each_kind(
    FAULTS,
    "create_lead/a_created_lead_can_be_read",
    forgets_the_metadata_once_answered=("field", _read_differently(lambda count, lead: {**lead, "metadata": None})),
    forgets_short_metadata_once_answered=(
        "rare",
        _read_differently(
            lambda count, lead: {**lead, "metadata": lead["metadata"] if len(lead["metadata"] or ()) > 4 else None}
        ),
    ),
    a_read_finds_an_older_phone=(
        "stateful",
        created(lambda o, lead, body: lead.update(phone=newest_but(o, lead)["phone"]) if len(o.leads) > 1 else None),
    ),
)


@FAULTS.breaks("create_lead/a_created_lead_can_be_read", "status")
def a_new_lead_is_not_found_at_first(api: Api) -> Api:
    asked: set[str] = set()

    def wrap(handler: Any) -> Any:
        def handle(organization: Organization, id: str) -> Any:
            reply = handler(organization, id=id)
            if id not in asked:
                asked.add(id)
                raise errors.NotFound("Lead not found")
            return reply

        return handle

    return api.wrapping("get_lead", wrap)


def _others(organization: Organization, lead: Lead) -> list[Lead]:
    return [each for each in organization.leads if each is not lead]


def _renames_the_last(organization: Organization, lead: Lead, body: Body) -> None:
    if lead["company"] and newest_but(organization, lead) is not lead:
        newest_but(organization, lead)["company"] = "Elsewhere"


def _takes_the_phone_away(organization: Organization, lead: Lead, body: Body) -> None:
    for other in _others(organization, lead):
        if lead["phone"] and other["phone"] == lead["phone"]:
            other["phone"] = None


def _overwrites_the_oldest(organization: Organization, lead: Lead, body: Body) -> None:
    if len(organization.leads) > 4:
        next(iter(organization.leads))["full_name"] = lead["full_name"]


def _spreads_its_metadata(organization: Organization, lead: Lead, body: Body) -> None:
    for other in _others(organization, lead):
        other["metadata"] = lead["metadata"]


each_kind(
    FAULTS,
    "create_lead/the_other_leads_stay_as_they_are",
    a_new_lead_renames_the_last=("lax", created(_renames_the_last)),
    a_new_lead_takes_the_phone_away=("rare", created(_takes_the_phone_away)),
    the_fifth_lead_overwrites_the_oldest=("stateful", created(_overwrites_the_oldest)),
    a_new_lead_spreads_its_metadata=("field", created(_spreads_its_metadata)),
)
