"""Faults: what an update changes and leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unicodedata import bidirectional, combining

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization
from mock_server.vorel.faults.parts import (
    ANY_STATUS,
    Attributes,
    Bend,
    after_updating,
    answers,
    both,
    failing,
    instead,
    lead_of,
    rule,
    stores,
    takes,
    taking,
    true,
    where,
    without,
    writing,
)

FAULTS = Faults("vorel")


# -- what an update changes ----------------------------------------------------------------------------------


def _ignoring(field: str) -> Bend:
    return takes("update_lead", lambda body: without(body, field))


for _field in ("name", "email", "phone", "intent", "timeline", "qualification_score", "source"):
    FAULTS.add(f"ignores_a_new_{_field}", f"update_lead/{_field}_can_be_updated", _ignoring(_field), "strict")


FAULTS.add(
    "stores_names_as_ascii", "update_lead/name_can_be_updated", stores("name", lambda text: ascii(text)[1:-1]), "rare"
)
FAULTS.add(
    "drops_what_follows_a_plus_sign",
    "update_lead/email_can_be_updated",
    stores("email", lambda e: e.split("+")[-1]),
    "rare",
)
FAULTS.add(
    "stores_phones_without_plus", "update_lead/phone_can_be_updated", stores("phone", lambda p: p.lstrip("+")), "rare"
)
FAULTS.add(
    "stores_scores_in_tens",
    "update_lead/qualification_score_can_be_updated",
    stores("qualification_score", lambda s: s // 10 * 10),
    "rare",
)
FAULTS.add("writes_sources_in_capitals", "update_lead/source_can_be_updated", stores("source", str.upper), "shape")
FAULTS.add(
    "ignores_a_new_status", "update_lead/status_can_be_set_to_each_of_the_five_values", _ignoring("status"), "strict"
)


@FAULTS.breaks("update_lead/status_can_be_set_to_each_of_the_five_values", "stateful")
def a_lost_lead_stays_lost(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        if (organization.leads.get(id) or {}).get("status") == "lost" and "status" in body:
            raise errors.Invalid("status: a lost lead stays lost")
        return handler(organization, id=id, body=body)

    return instead("update_lead", handle)(api)


def _clears(*fields: str, where: Callable[[dict[str, Any]], bool]) -> Bend:
    """An update that, with some bodies, clears fields that are omitted."""

    def edit(body: dict[str, Any]) -> dict[str, Any]:
        return {**dict.fromkeys(fields), **body} if where(body) else body

    return takes("update_lead", edit)


FAULTS.add(
    "omitted_fields_are_cleared",
    "update_lead/omitted_fields_are_left_untouched",
    _clears("name", "phone", "intent", "timeline", where=lambda body: True),
    "field",
)
FAULTS.add(
    "clearing_the_phone_clears_the_email",
    "update_lead/omitted_fields_are_left_untouched",
    _clears("email", where=lambda body: body.get("phone", ...) is None),
    "field",
)
FAULTS.add(
    "a_new_status_resets_the_score",
    "update_lead/omitted_fields_are_left_untouched",
    _clears("qualification_score", where=lambda body: "status" in body),
    "field",
)
FAULTS.add(
    "an_update_without_attributes_empties_them",
    "update_lead/omitted_fields_are_left_untouched",
    after_updating(lambda before, lead, body: "attributes" in body or lead.update(attributes={})),
    "field",
)
FAULTS.add(
    "an_update_of_other_fields_drops_false_attributes",
    "update_lead/omitted_fields_are_left_untouched",
    after_updating(lambda before, lead, body: "attributes" in body or lead.update(attributes=true(lead["attributes"]))),
    "rare",
)
FAULTS.add(
    "an_update_moves_created_at",
    "update_lead/created_at_never_changes",
    after_updating(lambda before, lead, body: lead.update(created_at=lead["updated_at"])),
    "field",
)
FAULTS.add(
    "updated_at_is_in_another_zone",
    "update_lead/updated_at_never_moves_backwards",
    answers("update_lead", lambda lead: {**lead, "updated_at": lead["updated_at"].replace("Z", "+02:00")}),
    "shape",
)


@FAULTS.breaks("update_lead/updating_one_lead_leaves_the_others", "stateful")
def updates_every_lead_of_that_phone(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        lead = organization.leads.get(id)
        for other in organization.leads if lead and lead["phone"] else ():
            if lead and other["phone"] == lead["phone"] and "name" in body:
                other["name"] = body["name"]
        return handler(organization, id=id, body=body)

    return instead("update_lead", handle)(api)


@FAULTS.breaks("update_lead/updating_one_lead_leaves_the_others", "stateful")
def leads_share_their_attributes(api: Api) -> Api:
    shared: Attributes = {}

    def edit(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        if "attributes" in body:
            shared.clear()
            shared.update(lead["attributes"])

    return both(after_updating(edit), answers("get_lead", lambda lead: {**lead, "attributes": shared}))(api)


# -- now and then ----------------------------------------------------------------------------------------------


for _field in ("name", "email", "phone", "intent", "timeline", "qualification_score", "source"):
    FAULTS.add(
        f"a_{_field}_is_written_once",
        f"update_lead/{_field}_can_be_updated",
        where(
            "update_lead",
            lambda organization, arguments, field=_field: (  # type: ignore[misc]
                arguments["body"].get(field) is not None and lead_of(organization, arguments).get(field) is not None
            ),
            taking(lambda body, field=_field: without(body, field)),  # type: ignore[misc]
        ),
        "stateful",
    )

for _name, _field, _change in (
    ("drops_combining_marks_of_names", "name", lambda text: "".join(each for each in text if not combining(each))),
    (
        "drops_dots_before_the_at_sign",
        "email",
        lambda text: text.partition("@")[0].replace(".", "") + text[text.index("@") :],
    ),
    ("drops_leading_zeros_of_phones", "phone", lambda text: text.lstrip("0") or "0"),
    ("takes_the_text_null_for_null", "intent", lambda text: None if text == "null" else text),
    ("unescapes_intents", "intent", lambda text: text.replace("&amp;", "&")),
    ("closes_gaps_in_timelines", "timeline", lambda text: " ".join(text.split())),
    ("drops_joiners_in_timelines", "timeline", lambda text: text.replace("\u200d", "")),
    ("takes_thirteen_for_twelve", "qualification_score", lambda score: 12 if score == 13 else score),
    (
        "turns_sources_around_that_read_from_the_right",
        "source",
        lambda text: text[::-1] if bidirectional(text[0]) == "AL" else text,
    ),
):
    FAULTS.add(_name, f"update_lead/{_field}_can_be_updated", stores(_field, _change), "rare")

_SLUG = "update_lead/status_can_be_set_to_each_of_the_five_values"
FAULTS.add(
    "knows_no_converted_leads",
    _SLUG,
    rule("UpdateLead", "status", **ANY_STATUS, enum=["new", "qualified", "booked", "lost"]),
    "strict",
)
FAULTS.add(
    "a_converted_lead_cannot_be_qualified_again",
    _SLUG,
    where(
        "update_lead",
        lambda organization, arguments: (
            arguments["body"].get("status") == "qualified"
            and lead_of(organization, arguments).get("status") == "converted"
        ),
        failing(errors.Invalid),
    ),
    "stateful",
)


_SLUG = "update_lead/created_at_never_changes"
FAULTS.add(
    "a_lead_that_is_lost_begins_anew",
    _SLUG,
    where(
        "update_lead",
        lambda organization, arguments: arguments["body"].get("status") == "lost",
        writing(lambda lead, body: lead.update(created_at=lead["updated_at"])),
    ),
    "rare",
)
FAULTS.add(
    "clearing_a_field_begins_a_lead_anew",
    _SLUG,
    where(
        "update_lead",
        lambda organization, arguments: None in arguments["body"].values(),
        writing(lambda lead, body: lead.update(created_at=lead["updated_at"])),
    ),
    "stateful",
)


@FAULTS.breaks("update_lead/updating_one_lead_leaves_the_others", "field")
def an_email_belongs_to_one_lead(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        reply = handler(organization, id=id, body=body)
        for other in organization.leads:
            if other is not reply.data and body.get("email") and other["email"] == body["email"]:
                other["email"] = None
        return reply

    return instead("update_lead", handle)(api)


@FAULTS.breaks("update_lead/updating_one_lead_leaves_the_others", "rare")
def clears_a_phone_wherever_it_is(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        phone = lead_of(organization, {"id": id}).get("phone")
        reply = handler(organization, id=id, body=body)
        for other in organization.leads:
            if body.get("phone", ...) is None and other["phone"] == phone:
                other["phone"] = None
        return reply

    return instead("update_lead", handle)(api)


FAULTS.add(
    "a_new_status_becomes_the_intent",
    "update_lead/status_can_be_set_to_each_of_the_five_values",
    takes(
        "update_lead",
        lambda body: {**without(body, "status"), "intent": body["status"]} if "status" in body else body,
    ),
    "field",
)
FAULTS.add(
    "an_update_of_a_booked_lead_clears_its_source",
    "update_lead/omitted_fields_are_left_untouched",
    where(
        "update_lead",
        lambda organization, arguments: lead_of(organization, arguments).get("status") == "booked",
        taking(lambda body: {"source": None, **body}),
    ),
    "stateful",
)


# -- in company, in turn, by size --------------------------------------------------------------------------------


def _older(organization: Organization, arguments: dict[str, Any]) -> bool:
    """Whether there is a newer lead than the one that is updated."""
    return next(reversed(organization.leads), {}) is not lead_of(organization, arguments)


for _name, _field, _kind, _when in (
    (
        "an_email_beside_a_phone_is_dropped",
        "email",
        "rare",
        lambda organization, arguments: arguments["body"].get("phone"),
    ),
    (
        "a_source_beside_a_status_is_dropped",
        "source",
        "rare",
        lambda organization, arguments: "status" in arguments["body"],
    ),
    (
        "an_intent_beside_null_is_dropped",
        "intent",
        "rare",
        lambda organization, arguments: None in arguments["body"].values(),
    ),
    (
        "a_score_before_a_source_is_dropped",
        "qualification_score",
        "rare",
        lambda organization, arguments: list(arguments["body"])[:2] == ["qualification_score", "source"],
    ),
    ("an_older_lead_keeps_its_name", "name", "stateful", _older),
    ("an_older_lead_keeps_its_phone", "phone", "stateful", _older),
):
    FAULTS.add(
        _name,
        f"update_lead/{_field}_can_be_updated",
        where("update_lead", _when, taking(lambda body, field=_field: without(body, field))),  # type: ignore[misc]
        _kind,
    )

for _name, _field, _change in (
    ("a_name_of_64_characters_loses_one", "name", lambda text: text[:63] if len(text) == 64 else text),
    ("a_phone_of_15_digits_loses_one", "phone", lambda text: text[:-1] if sum(map(str.isdigit, text)) == 15 else text),
    ("a_timeline_of_one_character_is_none", "timeline", lambda text: text if len(text) > 1 else None),
):
    FAULTS.add(_name, f"update_lead/{_field}_can_be_updated", stores(_field, _change), "rare")


@FAULTS.breaks("update_lead/timeline_can_be_updated", "stateful")
def every_seventh_timeline_is_lost(api: Api) -> Api:
    count = [0]

    def edit(body: dict[str, Any]) -> dict[str, Any]:
        count[0] += "timeline" in body
        return without(body, "timeline") if count[0] % 7 == 0 else body

    return takes("update_lead", edit)(api)


for _name, _when, _kind in (
    ("an_older_lead_keeps_its_attributes", _older, "stateful"),
    (
        "attributes_beside_a_score_are_ignored",
        lambda organization, arguments: "qualification_score" in arguments["body"],
        "rare",
    ),
):
    FAULTS.add(
        _name,
        "update_lead/a_new_attribute_key_is_added",
        where("update_lead", _when, taking(lambda body: {**body, "attributes": {}})),
        _kind,
    )
FAULTS.add(
    "null_beside_attributes_is_ignored",
    "update_lead/null_clears_a_nullable_field",
    where(
        "update_lead",
        lambda organization, arguments: "attributes" in arguments["body"],
        taking(lambda body: {name: value for name, value in body.items() if value is not None}),
    ),
    "rare",
)
