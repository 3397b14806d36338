"""Octanist, wrong in which lead an update means."""

from __future__ import annotations

import re
from collections.abc import Callable

from mock_server import errors
from mock_server.api import Api
from mock_server.faults import Faults
from mock_server.octanist.faults.bends import (
    Bend,
    Body,
    after_update,
    before_update,
    every,
    finding,
    for_update,
    has_status,
    lead_of,
    like,
    named,
    not_found_where,
    said_before,
    without,
)
from mock_server.octanist.operations import IDENTIFIERS
from mock_server.store import Lead, Organization

FAULTS = Faults("octanist")

_ID = "update_lead/id_alone_identifies_a_lead"
_EMAIL = "update_lead/email_alone_identifies_a_lead"
_PHONE = "update_lead/phone_alone_identifies_a_lead"
_ID_EMAIL = "update_lead/id_outranks_email"
_ID_PHONE = "update_lead/id_outranks_phone"
_EMAIL_PHONE = "update_lead/email_outranks_phone"
_ID_SEVERAL = "update_lead/id_outranks_an_email_or_phone_of_several_leads"
_EMAIL_SEVERAL = "update_lead/email_outranks_a_phone_of_several_leads"
_OTHERS = "update_lead/other_leads_stay_as_they_are"

FAULTS.add("id_is_no_identifier", _ID, before_update(without("id")), "strict")
FAULTS.add(
    "id_is_compared_in_capitals",
    _ID,
    before_update(lambda _, body: {**body, "id": body["id"].upper()} if "id" in body else body),
    "strict",
)


for _name, _matches in {
    "matches_by_substring": lambda stored, wanted: wanted in stored,
    "is_a_like_pattern": like,
    "is_a_regular_expression": lambda stored, wanted: bool(re.fullmatch(wanted.replace("+", "[+]"), stored)),
}.items():
    FAULTS.add(f"email_{_name}", _EMAIL, finding("email", _matches), "lax")
FAULTS.add(
    "phone_matches_by_its_beginning",
    _PHONE,
    finding("phone", lambda stored, wanted: stored.startswith(wanted)),
    "lax",
)
FAULTS.add(
    "phone_is_looked_up_without_its_plus",
    _PHONE,
    before_update(lambda _, body: {**body, "phone": body["phone"].lstrip("+")} if "phone" in body else body),
    "strict",
)


def _outranking(higher: str, lower: str) -> Bend:
    """An update in which the lower of two identifiers decides where both are given."""
    return for_update(before_update(without(higher)), lambda body: named(body, higher, lower))


FAULTS.add("email_outranks_id", _ID_EMAIL, _outranking("id", "email"), "field")
FAULTS.add("phone_outranks_id", _ID_PHONE, _outranking("id", "phone"), "field")
FAULTS.add("phone_outranks_email", _EMAIL_PHONE, _outranking("email", "phone"), "field")
FAULTS.add(
    "phone_outranks_email_without_id",
    _EMAIL_PHONE,
    for_update(_outranking("email", "phone"), lambda body: "id" not in body),
    "rare",
)


def _last_member_decides(organization: Organization, body: Body) -> Body:
    given = [name for name in body if name in IDENTIFIERS]
    return without(*given[:-1])(organization, body)


FAULTS.add("last_identifier_decides", _ID_EMAIL, before_update(_last_member_decides), "rare")


def _all_identifiers_must_match(organization: Organization, body: Body) -> Body:
    lead = organization.leads.get(body.get("id", ""))
    if lead and any(name in body and lead[name] != body[name] for name in ("email", "phone")):
        raise errors.NotFound("No lead found matching the provided identifiers.")
    return body


FAULTS.add(
    "id_and_email_must_both_match",
    _ID_EMAIL,
    before_update(_all_identifiers_must_match),
    "strict",
)
FAULTS.add(
    "id_and_phone_must_both_match",
    _ID_PHONE,
    before_update(_all_identifiers_must_match),
    "strict",
)


def _conflict_of(*names: str) -> Bend:
    def change(organization: Organization, body: Body) -> Body:
        if any(name in body and len(organization.leads.find(name, body[name])) > 1 for name in names):
            raise errors.Conflict("Multiple leads match; provide a more specific identifier.")
        return body

    return before_update(change)


FAULTS.add(
    "shared_email_conflicts_despite_the_id",
    _ID_SEVERAL,
    _conflict_of("email"),
    "strict",
)
FAULTS.add(
    "shared_phone_conflicts_despite_the_id",
    _ID_SEVERAL,
    _conflict_of("phone"),
    "strict",
)
FAULTS.add(
    "shared_phone_conflicts_despite_the_email",
    _EMAIL_SEVERAL,
    _conflict_of("phone"),
    "strict",
)


@FAULTS.breaks(_OTHERS, "lax")
def leads_of_the_same_name_are_updated_too(api: Api) -> Api:
    def spread(organization: Organization, body: Body, lead: Lead) -> None:
        for other in list(organization.leads):
            if other["name"] == lead["name"]:
                organization.leads.change(other, {"note": lead["note"]})

    return after_update(spread)(api)


@FAULTS.breaks(_OTHERS, "field")
def lost_leads_share_one_reason(api: Api) -> Api:
    def spread(organization: Organization, body: Body, lead: Lead) -> None:
        for other in list(organization.leads):
            organization.leads.change(other, {"lossReason": lead["lossReason"]})

    return after_update(spread)(api)


# -- rarer ones --------------------------------------------------------------------------------------------


def _is_the_oldest(organization: Organization, body: Body) -> bool:
    return lead_of(organization, body) is next(iter(organization.leads), None)


def _by(*names: str) -> Callable[[Body], bool]:
    """Whether a body names its lead by exactly these identifiers."""
    return lambda body: [name for name in IDENTIFIERS if name in body] == list(names)


_decided_are_lost = not_found_where(has_status("won", "lost"))
FAULTS.add("decided_leads_have_no_id", _ID, for_update(_decided_are_lost, _by("id")), "stateful")
FAULTS.add("the_oldest_lead_has_no_id", _ID, for_update(not_found_where(_is_the_oldest), _by("id")), "rare")
FAULTS.add("decided_leads_have_no_email", _EMAIL, for_update(_decided_are_lost, _by("email")), "stateful")
FAULTS.add(
    "email_is_read_as_a_form",
    _EMAIL,
    before_update(lambda _, body: {**body, "email": body["email"].replace("+", " ")} if "email" in body else body),
    "rare",
)
FAULTS.add(
    "email_of_more_than_64_characters_is_cut",
    _EMAIL,
    before_update(lambda _, body: {**body, "email": body["email"][:64]} if "email" in body else body),
    "rare",
)
FAULTS.add(
    "phone_of_15_digits_is_not_found",
    _PHONE,
    for_update(not_found_where(lambda _, body: len(body["phone"]) == 16), _by("phone")),
    "rare",
)
FAULTS.add(
    "phone_matches_by_its_last_nine_digits",
    _PHONE,
    finding("phone", lambda stored, wanted: stored[-9:] == wanted[-9:]),
    "lax",
)
FAULTS.add(
    "phone_is_found_once",
    _PHONE,
    lambda api: for_update(not_found_where(said_before("phone")), _by("phone"))(api),
    "stateful",
)


def _newer_decides(higher: str, lower: str) -> Bend:
    """An update in which the newer of the leads that two identifiers name is changed."""

    def change(organization: Organization, body: Body) -> Body:
        leads = {name: lead_of(organization, {name: body[name]}) for name in (higher, lower) if name in body}
        older = next((lead for lead in organization.leads if lead in leads.values()), None)
        return without(higher)(organization, body) if len(leads) == 2 and older is leads[higher] else body

    return before_update(change)


def _decided_by_the_other(higher: str, lower: str) -> Bend:
    """An update in which the lower of two identifiers decides where the lead of the higher is won or lost."""

    def change(organization: Organization, body: Body) -> Body:
        other = named(body, higher, lower) and has_status("won", "lost")(organization, body)
        return without(higher)(organization, body) if other else body

    return before_update(change)


FAULTS.add("email_outranks_the_id_of_a_decided_lead", _ID_EMAIL, _decided_by_the_other("id", "email"), "stateful")
FAULTS.add("newer_lead_outranks_the_id", _ID_EMAIL, _newer_decides("id", "email"), "rare")
FAULTS.add("phone_outranks_the_id_of_a_decided_lead", _ID_PHONE, _decided_by_the_other("id", "phone"), "stateful")
FAULTS.add(
    "phone_sent_first_outranks_id",
    _ID_PHONE,
    for_update(_outranking("id", "phone"), lambda body: next(iter(body)) == "phone"),
    "rare",
)
FAULTS.add("newer_lead_outranks_the_email", _EMAIL_PHONE, _newer_decides("email", "phone"), "rare")
FAULTS.add(
    "phone_outranks_the_email_of_a_decided_lead", _EMAIL_PHONE, _decided_by_the_other("email", "phone"), "stateful"
)


@FAULTS.breaks(_EMAIL_PHONE, "strict")
def email_and_phone_must_both_match(api: Api) -> Api:
    def differ(organization: Organization, body: Body) -> bool:
        lead = lead_of(organization, body)
        return lead is not None and lead["phone"] != body["phone"]

    return for_update(not_found_where(differ), _by("email", "phone"))(api)


def _spreading(*names: str) -> Bend:
    """An update that also notes every lead that shares a lower identifier."""

    def spread(organization: Organization, body: Body, lead: Lead) -> None:
        for other in [other for name in names if name in body for other in organization.leads.find(name, body[name])]:
            organization.leads.change(other, {"note": lead["note"]})

    return after_update(spread)


FAULTS.add("id_beside_a_shared_email_updates_all", _ID_SEVERAL, _spreading("email"), "lax")
FAULTS.add("id_beside_a_shared_phone_updates_all", _ID_SEVERAL, _spreading("phone"), "lax")


def _conflict_with_a_stranger(organization: Organization, body: Body) -> Body:
    lead = lead_of(organization, body)
    shared = [organization.leads.find(name, body[name]) for name in ("email", "phone") if name in body]
    if lead and any(len(leads) > 1 and lead not in leads for leads in shared):
        raise errors.Conflict("Multiple leads match; provide a more specific identifier.")
    return body


FAULTS.add("id_of_a_stranger_conflicts", _ID_SEVERAL, before_update(_conflict_with_a_stranger), "rare")
FAULTS.add("email_of_a_stranger_conflicts", _EMAIL_SEVERAL, before_update(_conflict_with_a_stranger), "rare")
FAULTS.add("email_beside_a_shared_phone_updates_all", _EMAIL_SEVERAL, _spreading("phone"), "lax")
FAULTS.add(
    "shared_phone_outranks_the_email_of_a_decided_lead",
    _EMAIL_SEVERAL,
    _decided_by_the_other("email", "phone"),
    "stateful",
)


@FAULTS.breaks(_OTHERS, "stateful")
def update_touches_the_lead_updated_before(api: Api) -> Api:
    before: list[Lead] = []

    def touch(organization: Organization, body: Body, lead: Lead) -> None:
        for other in before:
            organization.leads.change(other, {"updatedAt": lead["updatedAt"]})
        before[:] = [lead]

    return after_update(touch)(api)


@FAULTS.breaks(_OTHERS, "rare")
def every_fourth_update_notes_the_oldest_lead_too(api: Api) -> Api:
    def spread(organization: Organization, body: Body, lead: Lead) -> None:
        organization.leads.change(next(iter(organization.leads)), {"note": lead["note"]})

    return every(4, after_update(spread))(api)
