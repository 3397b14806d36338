"""Conformant implementations of Aura that read the open points differently, and differences nobody promised.

Each is a function from `Api` to `Api`, like a fault; the suite must accept every one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.aura.operations import UPDATABLE
from mock_server.faults import receiving, rendering, requiring
from mock_server.store import Lead, Organization
from tests.variants import (
    Variant,
    erring,
    has_unknown_keys,
    in_seconds,
    moves_updated_at_always,
    refusing,
    setting,
    showing,
    status_of,
    times,
    with_offset,
    without_unset,
    wrapped,
)


def malformed_ids_answer(status: int) -> Variant:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, status=status) if error.message.startswith("id:") else answer

    return erring(edit)


def stores_status_and_notes(handler: Handler) -> Handler:
    def handle(organization: Organization, body: dict[str, Any]) -> Reply:
        reply = handler(organization, body=body)
        reply.data.update({name: body[name] for name in ("status", "notes") if body.get(name)})
        return reply

    return handle


def refuses_a_second_lead(handler: Handler) -> Handler:
    def handle(organization: Organization, body: dict[str, Any]) -> Reply:
        if any(lead["email"] == body["email"] for lead in organization.leads):
            raise errors.Invalid("This e-mail address is taken.")
        return handler(organization, body=body)

    return handle


def returns_the_existing_lead(handler: Handler) -> Handler:
    def handle(organization: Organization, body: dict[str, Any]) -> Reply:
        same = [lead for lead in organization.leads if lead["email"] == body["email"]]
        return Reply(same[0]) if same else handler(organization, body=body)

    return handle


def lists_oldest_first(handler: Handler) -> Handler:
    def handle(organization: Organization, query: dict[str, Any]) -> Reply:
        if not query["limit"].isdigit() or not query.get("cursor", "0").isdigit():
            raise errors.Invalid("limit and cursor are numbers here")
        everything = {name: value for name, value in query.items() if name not in ("limit", "cursor")}
        leads: list[Lead] = []
        cursor: dict[str, Any] = {}
        while True:
            reply = handler(organization, query={**everything, "limit": "100", **cursor})
            leads += reply.data
            assert reply.pagination is not None
            if not reply.pagination["has_more"]:
                break
            cursor = {"cursor": reply.pagination["next_cursor"]}
        start = int(query.get("cursor", "0"))
        end = start + min(100, int(query["limit"]))
        page = list(reversed(leads))[start:end]
        # A cursor is there even on the last page (AU-38).
        return Reply(page, pagination={"next_cursor": str(end), "has_more": end < len(leads)})

    return handle


def without_cursor_at_the_end(handler: Handler) -> Handler:
    def handle(organization: Organization, query: dict[str, Any]) -> Reply:
        reply = handler(organization, query=query)
        pagination = {name: value for name, value in (reply.pagination or {}).items() if value is not None}
        return replace(reply, pagination=pagination)

    return handle


def nulls_are(outcome: Callable[[dict[str, Any], str], None]) -> Variant:
    """Null for the fields that are plain texts: accepted, with the outcome given (AU-09)."""

    def bend(api: Api) -> Api:
        def prepare(organization: Organization, body: Any) -> Any:
            if isinstance(body, dict) and body.get("email", "") is not None:
                for name in [name for name in UPDATABLE if name != "notes" and body.get(name, "") is None]:
                    outcome(body, name)
            return body

        def nullable(contract: Any) -> None:
            for schema in ("NewLead", "LeadChanges"):
                for name, each in contract["components"]["schemas"][schema]["properties"].items():
                    if name not in ("email", "metadata"):
                        each["nullable"] = True
                        each.setdefault("type", "string")
            contract["components"]["schemas"]["Phone"]["nullable"] = True

        return replace(api.promising(nullable), prepare=prepare)

    return bend


def times_also_in_notes(change: Callable[[Any], Any]) -> Variant:
    def edit(lead: Lead) -> Lead:
        return {**lead, "notes": [{**note, "created_at": change(note["created_at"])} for note in lead["notes"]]}

    return lambda api: times(change)(showing(edit)(api))


def drops_unknown_metadata(api: Api) -> Api:
    known = api.contract["components"]["schemas"]["Metadata"]["properties"]

    def edit(body: Any) -> Any:
        metadata = {name: value for name, value in (body.get("metadata") or {}).items() if name in known}
        return {**body, "metadata": metadata or None}

    return receiving(api, "create_lead", edit)


def lower_emails(body: Any) -> Any:
    return {**body, "email": body["email"].lower()} if "email" in body else body


def requires_created_at(schema: Any) -> None:
    schema["required"].append("created_at")


def only_documented_codes(answer: Answer, error: errors.CallRefused) -> Answer:
    return replace(answer, content={**answer.content, "code": "NOT_FOUND", "error": "No."})


def request_id_only_when_not_found(answer: Answer, error: errors.CallRefused) -> Answer:
    if isinstance(error, errors.NotFound):
        return answer
    return replace(answer, content={name: value for name, value in answer.content.items() if name != "requestId"})


def envelope_the_other_way_round(answer: Answer) -> Answer:
    return replace(answer, content=dict(reversed(list(answer.content.items()))))


def list_says_success(answer: Answer) -> Answer:
    return replace(answer, content={"success": True, **answer.content})


CREATABLE = {"email", "full_name", "phone", "company", "timezone", "metadata"}
IANA = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "UTC")

VARIANTS: dict[str, Variant] = {
    "AU-01 a create answers 200": setting(create_status=200),
    "AU-02 every code is NOT_FOUND": erring(only_documented_codes),
    "AU-03 a refused body answers 422": setting(validation_status=422),
    "AU-05 a malformed id answers 404": malformed_ids_answer(404),
    "AU-05 a malformed id answers 422": malformed_ids_answer(422),
    "AU-06 a key is required": setting(require_key=True),
    "AU-06 bad keys answer 403": status_of(errors.Unauthorized, 403),
    "AU-09 null leaves a field as it is": nulls_are(lambda body, name: body.pop(name)),
    "AU-09 null clears a field": nulls_are(lambda body, name: None),
    "AU-12 every update moves updated_at": wrapped("update_lead", moves_updated_at_always),
    "AU-14 unknown keys are refused on create": refusing(
        "create_lead", has_unknown_keys(CREATABLE | {"status", "notes"})
    ),
    "AU-15 what is not updatable is refused": refusing("update_lead", has_unknown_keys(set(UPDATABLE))),
    "AU-16 status and notes are stored on create": wrapped("create_lead", stores_status_and_notes),
    "AU-16 status and notes are refused on create": refusing(
        "create_lead", lambda body: bool(body.keys() & {"status", "notes"})
    ),
    "AU-17 only named statuses are accepted": refusing(
        "update_lead", lambda body: body.get("status", "new") not in ("new", "qualified")
    ),
    "AU-18 a note needs created_at": lambda api: requiring(api, "NewNote", requires_created_at),
    "AU-20 no notes are null": showing(lambda lead: {**lead, "notes": lead["notes"] or None}),
    "AU-21 further keys of a note are dropped": showing(
        lambda lead: {
            **lead,
            "notes": [
                {name: note[name] for name in ("content", "created_at", "user_id") if name in note}
                for note in lead["notes"]
            ],
        }
    ),
    "AU-22 unset fields are absent": showing(without_unset),
    "AU-22 unset fields are empty": showing(lambda lead: {**lead, "metadata": lead["metadata"] or {}}),
    "AU-23 the oldest revision's keys are there": showing(
        lambda lead: {**lead, "organization_id": "org_1", "visitor_id": None, "automation_locked": False}
    ),
    "AU-24 custom fields are there": showing(lambda lead: {**lead, "custom_fields": {"budget": 7}}),
    "AU-25 unknown metadata is dropped": drops_unknown_metadata,
    "AU-26 metadata is typed": refusing(
        "create_lead", lambda body: not isinstance((body.get("metadata") or {}).get("latitude", 0), (int, float))
    ),
    "AU-27 there is no source": showing(lambda lead: {k: v for k, v in lead.items() if k != "source"}),
    "AU-27 source is null": showing(lambda lead: {**lead, "source": None}),
    "AU-28 an e-mail address is taken once": wrapped("create_lead", refuses_a_second_lead),
    "AU-28 creating twice gives the same lead": wrapped("create_lead", returns_the_existing_lead),
    "AU-29 e-mail addresses are in lower case": lambda api: receiving(
        receiving(api, "create_lead", lower_emails), "update_lead", lower_emails
    ),
    "AU-31 only IANA zones are accepted": refusing("update_lead", lambda body: body.get("timezone", "UTC") not in IANA),
    "AU-32 empty texts are refused": refusing("update_lead", lambda body: "" in body.values()),
    "AU-33 a requestId only when a lead is not found": erring(request_id_only_when_not_found),
    "AU-34 success comes first": lambda api: rendering(api, envelope_the_other_way_round),
    "AU-35 a list says success": lambda api: rendering(api, list_says_success),
    "AU-37 AU-38 oldest first, a cursor at the end": wrapped("list_leads", lists_oldest_first),
    "AU-38 no cursor at the end": wrapped("list_leads", without_cursor_at_the_end),
    "AU-45 wrong media types answer 400": status_of(errors.WrongMediaType, 400),
    "times in seconds": times_also_in_notes(in_seconds),
    "times with an offset": times_also_in_notes(with_offset),
}
"""By the open point and what is read into it."""
