"""Conformant implementations of Aura that read the open points differently, and differences nobody promised.

Each is a function from `Api` to `Api`, like a fault, with the readings that it takes; the suite must accept every
one of them, and say which readings it takes.
"""

from __future__ import annotations

import re
from typing import Any

import openapi
from conformance.values import TIMEZONES
from mock_server import errors
from mock_server.api import Api
from mock_server.aura.operations import UPDATABLE
from mock_server.faults import answering, receiving, rendering, rendering_errors, requiring
from tests.aura import bends
from tests.variants import (
    Conformant,
    Variant,
    erring,
    has_unknown_keys,
    in_seconds,
    moves_updated_at_always,
    refusing,
    setting,
    showing,
    status_of,
    with_offset,
    without_unset,
    wrapped,
)

CREATABLE = {"email", "full_name", "phone", "company", "timezone", "metadata"}
LEAD = set(openapi.read("aura").document["components"]["schemas"]["Lead"]["properties"])


def both(*variants: Variant) -> Variant:
    """All of these at once."""

    def bend(api: Api) -> Api:
        for variant in variants:
            api = variant(api)
        return api

    return bend


def refusing_writes(refuse: Any) -> Variant:
    """Creating and updating refuse the same bodies."""
    return both(refusing("create_lead", refuse), refusing("update_lead", refuse))


def only_known_notes(lead: dict[str, Any]) -> dict[str, Any]:
    known = ("content", "created_at", "user_id")
    notes = [{name: note[name] for name in known if name in note} for note in lead["notes"] or []]
    return {**lead, "notes": notes}


def has_an_empty_text(body: Any) -> bool:
    return "" in [body.get(name) for name in ("full_name", "company", "timezone")]


def has_an_odd_zone(body: Any) -> bool:
    return body.get("timezone", "UTC") not in TIMEZONES


def has_typed_metadata(body: Any) -> bool:
    metadata = body.get("metadata") or {}
    numbers = all(isinstance(metadata.get(name, 0), (int, float)) for name in ("latitude", "longitude"))
    texts = {name: metadata[name] for name in ("city", *bends.FORMS) if name in metadata}
    if not numbers or not all(isinstance(text, str) for text in texts.values()):
        return True
    return not all(re.fullmatch(form, texts[name]) for name, form in bends.FORMS.items() if name in texts)


READINGS: dict[str, Conformant] = {
    "AU-01 a create answers 200": Conformant(setting(create_status=200), {"AU-01": "200"}),
    "AU-02 every code is NOT_FOUND": Conformant(erring(bends.only_documented_codes), {"AU-02": "NOT_FOUND"}),
    "AU-02 codes of another style": Conformant(bends.codes_are("invalid-request"), {"AU-02": "another code"}),
    "AU-03 a refused body answers 422": Conformant(setting(validation_status=422), {"AU-03": "422", "AU-05": "422"}),
    "AU-05 a malformed id answers 404": Conformant(bends.malformed_ids_answer(404), {"AU-05": "404"}),
    "AU-05 a malformed id answers 422": Conformant(bends.malformed_ids_answer(422), {"AU-05": "422"}),
    "AU-06 a key is required": Conformant(setting(require_key=True), {"AU-06": "no key is 401 and a bad one 401"}),
    "AU-06 bad keys answer 403": Conformant(
        status_of(errors.Unauthorized, 403), {"AU-06": "no key is accepted and a bad one 403"}
    ),
    **{
        f"AU-06 no key answers {missing} and a bad one {bad}": Conformant(
            bends.keys_answer(missing, bad), {"AU-06": f"no key is {missing} and a bad one {bad}"}
        )
        for missing, bad in ((401, 403), (403, 401), (403, 403))
    },
    "AU-07 a lead of another organization is forbidden": Conformant(
        bends.not_found_elsewhere_is_forbidden, {"AU-07": "403"}
    ),
    "AU-09 null leaves a field as it is": Conformant(
        bends.nulls_are(lambda body, name: body.pop(name), "email", "status"), {"AU-09": "unchanged"}
    ),
    "AU-09 null clears a field": Conformant(bends.nulls_are(lambda body, name: None), {"AU-09": "cleared"}),
    "AU-12 every update moves updated_at": Conformant(
        wrapped("update_lead", moves_updated_at_always), {"AU-12": "moved"}
    ),
    "AU-13 times in seconds": Conformant(bends.times_also_in_notes(in_seconds), {"AU-13": "seconds"}),
    "AU-13 times in microseconds": Conformant(bends.times_also_in_notes(bends.finer(3)), {"AU-13": "microseconds"}),
    "AU-13 times in nanoseconds": Conformant(bends.times_also_in_notes(bends.finer(6)), {"AU-13": "finer"}),
    "AU-14 unknown keys are refused": Conformant(refusing_writes(has_unknown_keys(LEAD)), {"AU-14": "4xx"}),
    "AU-14 unknown keys are refused on create": Conformant(
        refusing("create_lead", has_unknown_keys(CREATABLE | {"status", "notes"})), {"AU-14": "4xx, ignored"}
    ),
    "AU-15 what is not updatable is refused": Conformant(
        refusing("update_lead", has_unknown_keys(set(UPDATABLE))), {"AU-14": "4xx, ignored", "AU-15": "4xx"}
    ),
    "AU-16 status and notes are stored on create": Conformant(
        wrapped("create_lead", bends.stores_status_and_notes), {"AU-16": "stored"}
    ),
    "AU-16 status and notes are refused on create": Conformant(
        refusing("create_lead", lambda body: bool(body.keys() & {"status", "notes"})), {"AU-16": "4xx"}
    ),
    "AU-17 only named statuses are accepted": Conformant(
        refusing("update_lead", lambda body: body.get("status", "new") not in ("new", "qualified")),
        {"AU-17": "4xx for some"},
    ),
    "AU-18 a note needs created_at": Conformant(
        lambda api: requiring(api, "NewNote", bends.requires_created_at), {"AU-18": "4xx"}
    ),
    "AU-19 notes may be of any JSON": Conformant(bends.untyped_notes_become_a_note, {"AU-19": "accepted"}),
    "AU-20 no notes are null": Conformant(
        showing(lambda lead: {**lead, "notes": lead["notes"] or None}), {"AU-20": "null"}
    ),
    "AU-20 no notes are absent": Conformant(
        showing(lambda lead: {k: v for k, v in lead.items() if k != "notes" or v}), {"AU-20": "absent"}
    ),
    "AU-21 further keys of a note are dropped": Conformant(showing(only_known_notes), {"AU-21": "dropped"}),
    "AU-22 unset fields are absent": Conformant(showing(without_unset), {"AU-20": "absent", "AU-22": "absent"}),
    "AU-22 unset fields are empty": Conformant(
        showing(lambda lead: {**lead, "metadata": lead["metadata"] or {}}), {"AU-22": "empty, null"}
    ),
    "AU-23 the oldest revision's keys are there": Conformant(
        showing(lambda lead: {**lead, "organization_id": "org_1", "visitor_id": None, "automation_locked": False}),
        {"AU-23": "present"},
    ),
    "AU-24 custom fields are there": Conformant(
        showing(lambda lead: {**lead, "custom_fields": {"budget": 7}, "score": 1e300}), {"AU-24": "further keys"}
    ),
    "AU-25 unknown metadata is dropped": Conformant(bends.drops_unknown_metadata, {"AU-25": "not shown"}),
    "AU-26 metadata is typed": Conformant(refusing("create_lead", has_typed_metadata), {"AU-26": "4xx"}),
    "AU-27 there is no source": Conformant(
        showing(lambda lead: {k: v for k, v in lead.items() if k != "source"}), {"AU-27": "absent"}
    ),
    "AU-27 source is null": Conformant(showing(lambda lead: {**lead, "source": None}), {"AU-27": "null"}),
    "AU-27 source is unrelated": Conformant(
        showing(lambda lead: {**lead, "source": {"utm_source": "api", "utm_term": None}}), {"AU-27": "anything else"}
    ),
    "AU-28 an e-mail address is taken once": Conformant(bends.emails_are_unique(409), {"AU-28": "409"}),
    "AU-28 a second e-mail address is a bad request": Conformant(
        bends.emails_are_unique(422), {"AU-28": "another 4xx"}
    ),
    "AU-28 creating twice gives the same lead": Conformant(
        wrapped("create_lead", bends.returns_the_existing_lead), {"AU-28": "the existing lead"}
    ),
    "AU-29 e-mail addresses are in lower case": Conformant(
        lambda api: receiving(receiving(api, "create_lead", bends.lower_emails), "update_lead", bends.lower_emails),
        {"AU-29": "normalized"},
    ),
    "AU-31 only IANA zones are accepted": Conformant(refusing_writes(has_an_odd_zone), {"AU-31": "4xx"}),
    "AU-32 empty texts are refused": Conformant(refusing_writes(has_an_empty_text), {"AU-32": "4xx"}),
    "AU-32 an empty status is accepted": Conformant(wrapped("update_lead", bends.takes_an_empty_status)),
    "AU-33 a requestId only when a lead is not found": Conformant(
        erring(bends.request_id_only_when_not_found), {"AU-33": "only when a lead is not found"}
    ),
    "AU-34 success comes first": Conformant(
        lambda api: rendering(api, bends.envelope_the_other_way_round), {"AU-34": "success before data"}
    ),
    "AU-35 a list says success": Conformant(
        lambda api: rendering(api, bends.list_says_success), {"AU-34": "success before data", "AU-35": "present"}
    ),
    "AU-36 every limit is clamped": Conformant(bends.limits(bends.clamped), {"AU-36": "clamped"}),
    "AU-36 every odd limit is refused": Conformant(bends.limits(bends.strict), {"AU-36": "4xx"}),
    "AU-36 no limit means the default": Conformant(
        bends.limits(lambda limit: "50" if limit == "0" else limit), {"AU-36": "another mixture"}
    ),
    "AU-37 AU-38 oldest first, a cursor at the end": Conformant(
        bends.lists_in_order(lambda leads: leads[::-1]), {"AU-37": "oldest first", "AU-38": "a text"}
    ),
    "AU-37 listed by id": Conformant(
        bends.lists_in_order(lambda leads: sorted(leads, key=lambda lead: str(lead["id"]))),
        {"AU-37": "another order", "AU-38": "a text"},
    ),
    "AU-38 no cursor at the end": Conformant(
        wrapped("list_leads", bends.without_cursor_at_the_end), {"AU-38": "absent"}
    ),
    "AU-39 assignees are UUIDs": Conformant(bends.assignees(lambda id: "-" in id), {"AU-39": "UUID"}),
    "AU-39 assignees are any texts": Conformant(bends.assignees(lambda id: True), {"AU-39": "both"}),
    "AU-39 assignees are numbers": Conformant(bends.assignees(str.isdigit), {"AU-39": "neither"}),
    "AU-40 the source filter compares the medium": Conformant(
        bends.filters_sources_by("utm_medium"), {"AU-40": "something else"}
    ),
    "AU-40 the source filter is ignored": Conformant(bends.filters_sources_by(None), {"AU-40": "nothing"}),
    "AU-44 rate limits everywhere": Conformant(
        lambda api: rendering(bends.announces_limits_on_errors(api), bends.announces_limits),
        {"AU-44": "on every reply"},
    ),
    "AU-44 rate limits on successes": Conformant(
        lambda api: rendering(api, bends.announces_limits), {"AU-44": "on successes only"}
    ),
    "AU-44 rate limits on errors": Conformant(bends.announces_limits_on_errors, {"AU-44": "on errors only"}),
    "AU-45 wrong media types answer 400": Conformant(status_of(errors.WrongMediaType, 400), {"AU-45": "400 for both"}),
    "AU-45 bad JSON answers 415": Conformant(status_of(errors.MalformedBody, 415), {"AU-45": "415 for both"}),
    "AU-45 what cannot be read answers 422": Conformant(
        both(status_of(errors.MalformedBody, 422), status_of(errors.WrongMediaType, 422)), {"AU-45": "422 for both"}
    ),
    "AU-45 bad JSON answers 422": Conformant(status_of(errors.MalformedBody, 422), {"AU-45": "another mixture"}),
    "AU-45 any media type will do": Conformant(bends.takes_any_content_type, {"AU-45": "another type is accepted"}),
}
"""By the open point and what is read into it."""

UNPROMISED: dict[str, Conformant] = {
    "times with an offset": Conformant(bends.times_also_in_notes(with_offset)),
    "times of another zone": Conformant(bends.times_also_in_notes(bends.in_another_zone), {"AU-13": "microseconds"}),
    "keys in the opposite order": Conformant(
        lambda api: rendering_errors(
            rendering(api, bends.answering_backwards),
            lambda answer, error: bends.answering_backwards(answer),
        ),
        {"AU-34": "success before data"},
    ),
    "more members beside the lead": Conformant(lambda api: rendering(api, bends.says_more)),
    "more members and headers of an error, and other words": Conformant(erring(bends.explains_errors)),
    "more headers": Conformant(lambda api: rendering(api, bends.more_headers)),
    "more members of a note": Conformant(showing(bends.with_more_in_notes)),
    "notes without a user show null": Conformant(showing(bends.users_are_null)),
    "notes without a user get the one of the key": Conformant(
        lambda api: receiving(api, "update_lead", bends.users_are_of_the_key)
    ),
    "metadata have more than was sent": Conformant(wrapped("create_lead", bends.adds_metadata)),
    "unset fields are shown in another form by an update": Conformant(
        lambda api: answering(api, "update_lead", bends.unset_in_another_form)
    ),
    "metadata numbers are floats": Conformant(showing(bends.numbers_as_floats)),
    "ids in upper case": Conformant(showing(bends.in_upper_case)),
}
"""Differences that no document speaks of."""

VARIANTS = {**READINGS, **UNPROMISED}
