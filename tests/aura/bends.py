"""How conformant implementations of Aura are made that read the open points differently than the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from types import NoneType
from typing import Any

from conformance.compare import instant
from mock_server import errors
from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.faults import knowing_everybody, receiving, rendering_errors
from mock_server.store import Lead, Organization, World
from tests.variants import Variant, erring, setting, showing, times, wrapped


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


def takes_an_empty_status(handler: Handler) -> Handler:
    def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        empty = {"status": ""} if body.get("status") == "" else {}
        reply = handler(organization, id=id, body={**body, **({"status": "new"} if empty else {})})
        reply.data.update(empty)
        return reply

    return handle


def emails_are_unique(status: int) -> Variant:
    """Creating with an e-mail address, or updating to one, that another lead has is refused (AU-28)."""
    taken = "This e-mail address is taken."

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, body: dict[str, Any], **path: str) -> Reply:
            others = [lead for lead in organization.leads if lead["id"] != path.get("id", "").lower()]
            if "email" in body and any(lead["email"] == body["email"] for lead in others):
                raise errors.Invalid(taken)
            return handler(organization, body=body, **path)

        return handle

    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, status=status) if error.message == taken else answer

    return lambda api: rendering_errors(api.wrapping("create_lead", wrap).wrapping("update_lead", wrap), edit)


def returns_the_existing_lead(handler: Handler) -> Handler:
    def handle(organization: Organization, body: dict[str, Any]) -> Reply:
        same = [lead for lead in organization.leads if lead["email"] == body["email"]]
        return Reply(same[0]) if same else handler(organization, body=body)

    return handle


def lists_in_order(order: Callable[[list[Lead]], list[Lead]]) -> Variant:
    """A list in another order, whose cursor is the place of the next lead, also on the last page (AU-37, AU-38)."""
    return wrapped("list_leads", lambda handler: _ordered(handler, order))


def _ordered(handler: Handler, order: Callable[[list[Lead]], list[Lead]]) -> Handler:
    def handle(organization: Organization, query: dict[str, Any]) -> Reply:
        if not query["limit"].isdigit() or not int(query["limit"]) or not query.get("cursor", "0").isdigit():
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
        page = order(leads)[start:end]
        return Reply(page, pagination={"next_cursor": str(end), "has_more": end < len(leads)})

    return handle


def without_cursor_at_the_end(handler: Handler) -> Handler:
    def handle(organization: Organization, query: dict[str, Any]) -> Reply:
        reply = handler(organization, query=query)
        pagination = {name: value for name, value in (reply.pagination or {}).items() if value is not None}
        return replace(reply, pagination=pagination)

    return handle


FORMS = {
    "countryCode": "[A-Z]{2}",
    "dataConsentAcceptedAt": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "ipAddress": r"[0-9.]+|[0-9a-f:]+",
    "language": "[a-z]{2}(-[A-Z]{2})?",
    "referrer": r"https?://\S+",
}
"""The form of metadata of which the examples show more than that they are texts."""

CLEARABLE = ("full_name", "phone", "company", "timezone")


def nulls_are(outcome: Callable[[dict[str, Any], str], None], *others: str) -> Variant:
    """Null for the texts that a lead can be without, and for the others given: accepted, with this outcome (AU-09)."""

    def bend(api: Api) -> Api:
        def prepare(organization: Organization, body: Any) -> Any:
            for name in (*CLEARABLE, *others):
                if isinstance(body, dict) and body.get(name, "") is None:
                    outcome(body, name)
            return body

        def nullable(contract: Any) -> None:
            for schema in ("NewLead", "LeadChanges"):
                for name, each in contract["components"]["schemas"][schema]["properties"].items():
                    if name in CLEARABLE:
                        each["nullable"] = True
                        each.setdefault("type", "string")
            contract["components"]["schemas"]["Phone"]["nullable"] = True

        earlier = api.prepare
        return replace(
            api.promising(nullable),
            prepare=lambda organization, body: prepare(organization, earlier(organization, body)),
        )

    return bend


def times_also_in_notes(change: Callable[[Any], Any]) -> Variant:
    def edit(lead: Lead) -> Lead:
        notes = [{**note, "created_at": change(note["created_at"])} for note in lead.get("notes") or []]
        return {**lead, "notes": notes} if notes else lead

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


def not_found_elsewhere_is_forbidden(api: Api) -> Api:
    """A lead of another organization is refused with 403 (AU-07)."""
    served, opened = knowing_everybody(api)

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, **arguments: Any) -> Reply:
            if any(each.leads.get(id) for each in opened.values() if each is not organization):
                raise errors.Forbidden("This lead belongs to another organization.")
            return handler(organization, id=id, **arguments)

        return handle

    return served.wrapping("get_lead", wrap).wrapping("update_lead", wrap)


def keys_answer(missing: int, bad: int) -> Variant:
    """The statuses of a call without a key, and with a bad one, where a key is required (AU-06)."""

    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        if not isinstance(error, errors.Unauthorized):
            return answer
        return replace(answer, status=missing if "required" in error.message else bad)

    return lambda api: rendering_errors(setting(require_key=True)(api), edit)


def untyped_notes_become_a_note(api: Api) -> Api:
    """Notes of any JSON are accepted, as in an older revision, and kept as one note (AU-19)."""

    def prepare(organization: Organization, body: Any) -> Any:
        body = api.prepare(organization, body)
        if not isinstance(body, dict) or isinstance(body.get("notes", []), (list, NoneType)):
            return body
        return {**body, "notes": [{"content": json.dumps(body["notes"])}]}

    return replace(api, prepare=prepare)


def limits(understand: Callable[[str], str]) -> Variant:
    """A list that understands its limit in another way (AU-36)."""

    def wrap(handler: Handler) -> Handler:
        return lambda organization, query: handler(organization, query={**query, "limit": understand(query["limit"])})

    return wrapped("list_leads", wrap)


def clamped(limit: str) -> str:
    return str(max(1, int(limit))) if limit.isdigit() else "50"


def strict(limit: str) -> str:
    return limit if limit.isdigit() and 1 <= int(limit) <= 100 else "no limit"


def assignees(fits: Callable[[str], bool]) -> Variant:
    """A list that takes other ids for assigned_to_id; nobody is assigned (AU-39)."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, query: dict[str, Any]) -> Reply:
            if "assigned_to_id" in query:
                query = {**query, "assigned_to_id": "user_0" if fits(query["assigned_to_id"]) else "-"}
            return handler(organization, query=query)

        return handle

    return wrapped("list_leads", wrap)


def filters_sources_by(member: str | None) -> Variant:
    """A list whose source filter compares another member of source, or nothing (AU-40)."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, query: dict[str, Any]) -> Reply:
            asked = query.get("source")
            reply = handler(organization, query={name: value for name, value in query.items() if name != "source"})
            if asked is None or member is None:
                return reply
            return replace(reply, data=[lead for lead in reply.data if (lead["source"] or {}).get(member) == asked])

        return handle

    return wrapped("list_leads", wrap)


_LIMITS = (("X-RateLimit-Limit", "100"), ("X-RateLimit-Remaining", "99"), ("X-RateLimit-Reset", "1768636800"))


def announces_limits(answer: Answer) -> Answer:
    return replace(answer, headers=(*answer.headers, *_LIMITS))


def announces_limits_on_errors(api: Api) -> Api:
    return rendering_errors(api, lambda answer, error: announces_limits(answer))


def takes_any_content_type(api: Api) -> Api:
    """A body is read as JSON whatever it is declared to be (AU-45)."""

    def identify(world: World, headers: Headers) -> Caller:
        assert isinstance(headers, dict)  # what is asked next is asked of the same headers
        headers[b"content-type"] = b"application/json"
        return api.identify(world, headers)

    return replace(api, identify=identify)


def codes_are(code: str) -> Variant:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        known = isinstance(error, errors.NotFound)
        return answer if known else replace(answer, content={**answer.content, "code": code})

    return erring(edit)


def finer(digits: int) -> Callable[[Any], Any]:
    """A date-time with more digits behind its milliseconds."""
    return lambda value: f"{value[:23]}{'4' * digits}Z" if isinstance(value, str) and len(value) == 24 else value


def in_another_zone(value: Any) -> Any:
    """The same instant as it is written in India."""
    moment = instant(value)
    return moment.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat() if moment else value


def with_more_in_notes(lead: Lead) -> Lead:
    notes = [{"id": f"note_{at}", "pinned": None, **note} for at, note in enumerate(lead["notes"] or [])]
    return {**lead, "notes": notes}


def users_are_null(lead: Lead) -> Lead:
    return {**lead, "notes": [{"user_id": None, **note} for note in lead["notes"] or []]}


def users_are_of_the_key(body: Any) -> Any:
    notes = [{"user_id": "user_of_the_key", **note} for note in body.get("notes") or []]
    return {**body, "notes": notes} if notes else body


def adds_metadata(handler: Handler) -> Handler:
    """A create that says in the metadata how the lead was made."""

    def handle(organization: Organization, body: dict[str, Any]) -> Reply:
        reply = handler(organization, body=body)
        reply.data["metadata"] = {"madeBy": "api", **(reply.data["metadata"] or {})}
        return reply

    return handle


def unset_in_another_form(lead: Lead) -> Lead:
    """Counters of 0 as null, and no source as one of nulls (AU-22, AU-27)."""
    counters = {name: lead[name] or None for name in ("payment_count", "total_paid_cents")}
    return {**lead, **counters, "source": lead["source"] or {"utm_source": None, "referrer": None}}


def numbers_as_floats(lead: Lead) -> Lead:
    def shown(value: Any) -> Any:
        return float(value) if type(value) is int and abs(value) < 2**53 else value

    metadata = lead.get("metadata")
    return {**lead, "metadata": metadata and {name: shown(value) for name, value in metadata.items()}}


def backwards(node: Any) -> Any:
    """The same JSON with the members of every object in the opposite order."""
    if isinstance(node, dict):
        return {name: backwards(node[name]) for name in reversed(node)}
    return [backwards(each) for each in node] if isinstance(node, list) else node


def answering_backwards(answer: Answer) -> Answer:
    return replace(answer, content=backwards(answer.content))


def says_more(answer: Answer) -> Answer:
    more: dict[str, Any] = {
        "meta": {"version": 1, "success": False},
        "message": "",
        "links": [],
        "error": None,
        "requestId": "req_1",
    }
    return replace(answer, content={**more, **answer.content})


def explains_errors(answer: Answer, error: errors.CallRefused) -> Answer:
    more = {"statusCode": answer.status, "details": [{"path": ["email"]}], "data": None, "message": "x"}
    content = {**more, **answer.content, "error": "Das geht so nicht: \u201e{}\u201c. " + "x" * 2000}
    return replace(answer, content=content, headers=(*answer.headers, ("x-request-id", "1"), ("X-POWERED-BY", "y")))


def in_upper_case(lead: Lead) -> Lead:
    return {**lead, "id": lead["id"].upper()}


def more_headers(answer: Answer) -> Answer:
    headers = (("X-REQUEST-ID", "1"), ("ETag", 'W/"1"'), ("cache-control", "no-store"), ("Set-Cookie", "a=b"))
    return replace(answer, headers=(*answer.headers, *headers))
