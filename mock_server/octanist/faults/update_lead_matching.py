"""Octanist, wrong in which lead an update means."""

from __future__ import annotations

import re

from mock_server import errors
from mock_server.api import Api
from mock_server.faults import Faults
from mock_server.octanist.faults.bends import (
    Bend,
    Body,
    after_update,
    before_update,
    finding,
    for_update,
    like,
    named,
    without,
)
from mock_server.octanist.operations import IDENTIFIERS
from mock_server.store import Lead, Organization

FAULTS = Faults("octanist")

FAULTS.add("id_is_no_identifier", "update_lead/id_alone_identifies_a_lead", before_update(without("id")), "strict")
FAULTS.add(
    "id_is_compared_in_capitals",
    "update_lead/id_alone_identifies_a_lead",
    before_update(lambda _, body: {**body, "id": body["id"].upper()} if "id" in body else body),
    "strict",
)


for _name, _matches in {
    "matches_by_substring": lambda stored, wanted: wanted in stored,
    "is_a_like_pattern": like,
    "is_a_regular_expression": lambda stored, wanted: bool(re.fullmatch(wanted.replace("+", "[+]"), stored)),
}.items():
    FAULTS.add(f"email_{_name}", "update_lead/email_alone_identifies_a_lead", finding("email", _matches), "lax")
FAULTS.add(
    "phone_matches_by_its_beginning",
    "update_lead/phone_alone_identifies_a_lead",
    finding("phone", lambda stored, wanted: stored.startswith(wanted)),
    "lax",
)
FAULTS.add(
    "phone_is_looked_up_without_its_plus",
    "update_lead/phone_alone_identifies_a_lead",
    before_update(lambda _, body: {**body, "phone": body["phone"].lstrip("+")} if "phone" in body else body),
    "strict",
)


def _outranking(higher: str, lower: str) -> Bend:
    """An update in which the lower of two identifiers decides where both are given."""
    return for_update(before_update(without(higher)), lambda body: named(body, higher, lower))


FAULTS.add("email_outranks_id", "update_lead/id_outranks_email", _outranking("id", "email"), "field")
FAULTS.add("phone_outranks_id", "update_lead/id_outranks_phone", _outranking("id", "phone"), "field")
FAULTS.add("phone_outranks_email", "update_lead/email_outranks_phone", _outranking("email", "phone"), "field")
FAULTS.add(
    "phone_outranks_email_without_id",
    "update_lead/email_outranks_phone",
    for_update(_outranking("email", "phone"), lambda body: "id" not in body),
    "rare",
)


def _last_member_decides(organization: Organization, body: Body) -> Body:
    given = [name for name in body if name in IDENTIFIERS]
    return without(*given[:-1])(organization, body)


FAULTS.add("last_identifier_decides", "update_lead/id_outranks_email", before_update(_last_member_decides), "rare")


def _all_identifiers_must_match(organization: Organization, body: Body) -> Body:
    lead = organization.leads.get(body.get("id", ""))
    if lead and any(name in body and lead[name] != body[name] for name in ("email", "phone")):
        raise errors.NotFound("No lead found matching the provided identifiers.")
    return body


FAULTS.add(
    "id_and_email_must_both_match",
    "update_lead/id_outranks_email",
    before_update(_all_identifiers_must_match),
    "strict",
)
FAULTS.add(
    "id_and_phone_must_both_match",
    "update_lead/id_outranks_phone",
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
    "update_lead/id_outranks_an_email_or_phone_of_several_leads",
    _conflict_of("email"),
    "strict",
)
FAULTS.add(
    "shared_phone_conflicts_despite_the_id",
    "update_lead/id_outranks_an_email_or_phone_of_several_leads",
    _conflict_of("phone"),
    "strict",
)
FAULTS.add(
    "shared_phone_conflicts_despite_the_email",
    "update_lead/email_outranks_a_phone_of_several_leads",
    _conflict_of("phone"),
    "strict",
)


@FAULTS.breaks("update_lead/other_leads_stay_as_they_are", "lax")
def leads_of_the_same_name_are_updated_too(api: Api) -> Api:
    def spread(organization: Organization, body: Body, lead: Lead) -> None:
        for other in list(organization.leads):
            if other["name"] == lead["name"]:
                organization.leads.change(other, {"note": lead["note"]})

    return after_update(spread)(api)


@FAULTS.breaks("update_lead/other_leads_stay_as_they_are", "field")
def lost_leads_share_one_reason(api: Api) -> Api:
    def spread(organization: Organization, body: Body, lead: Lead) -> None:
        for other in list(organization.leads):
            organization.leads.change(other, {"lossReason": lead["lossReason"]})

    return after_update(spread)(api)
