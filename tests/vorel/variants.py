"""Conformant implementations of Vorel that read the open points differently, and differences nobody promised."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import requiring
from mock_server.store import Lead, Organization
from tests.variants import (
    Variant,
    erring,
    in_seconds,
    moves_updated_at_always,
    refusing,
    setting,
    showing,
    status_of,
    times,
    with_offset,
    wrapped,
)

REQUIRED = ("id", "conversation_id", "attributes", "status", "created_at", "updated_at")


def without_nulls(lead: Lead) -> Lead:
    return {name: value for name, value in lead.items() if name in REQUIRED or value is not None}


def malformed_ids_answer(status: int) -> Variant:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, status=status) if error.message.startswith("id:") else answer

    return erring(edit)


def texts_count_as_scores(api: Api) -> Api:
    """A score may be sent as text, and becomes a number (VO-23)."""

    def prepare(organization: Organization, body: Any) -> Any:
        score = body.get("qualification_score") if isinstance(body, dict) else None
        if isinstance(score, str) and score.isdecimal() and len(score) < 9:
            return {**body, "qualification_score": int(score)}
        return body

    return replace(api, prepare=prepare)


def null_attributes(becomes: dict[str, Any] | None) -> Variant:
    """Null for attributes is taken: it empties them, or, with None, changes nothing (VO-16)."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
                if body.get("attributes", ...) is None:
                    lead = organization.leads.get(id.lower())
                    emptied = dict.fromkeys(lead["attributes"]) if lead is not None and becomes is not None else {}
                    body = {**body, "attributes": emptied}
                return handler(organization, id=id, body=body)

            return handle

        def nullable(contract: Any) -> None:
            contract["components"]["schemas"]["UpdateLead"]["properties"]["attributes"]["nullable"] = True

        return api.promising(nullable).wrapping("update_lead", wrap)

    return bend


def drops_nulls_within(api: Api) -> Api:
    """Nulls inside a nested attribute value are dropped (VO-20)."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: clean(each) for key, each in value.items() if each is not None}
        return [clean(each) for each in value] if isinstance(value, list) else value

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
            sent = body.get("attributes")
            if isinstance(sent, dict):
                body = {**body, "attributes": {key: clean(value) for key, value in sent.items()}}
            return handler(organization, id=id, body=body)

        return handle

    return api.wrapping("update_lead", wrap)


def lists_at_most(limit: int) -> Variant:
    """A limit above 100 is refused instead of clamped (VO-30)."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, query: dict[str, Any]) -> Reply:
            if query["limit"] > limit:
                raise errors.Invalid("limit: 1 to 100")
            return handler(organization, query=query)

        return handle

    return wrapped("list_leads", wrap)


def ignores_the_status_filter(handler: Handler) -> Handler:
    def handle(organization: Organization, query: dict[str, Any]) -> Reply:
        return handler(organization, query={name: value for name, value in query.items() if name != "status"})

    return handle


def unknown_cursors_give_an_empty_page(handler: Handler) -> Handler:
    def handle(organization: Organization, query: dict[str, Any]) -> Reply:
        if "cursor" in query and organization.leads.get(query["cursor"]) is None:
            return Reply([], pagination={"next_cursor": None, "has_more": False})
        return handler(organization, query=query)

    return handle


def no_empty_texts(schema: Any) -> None:
    for name in ("name", "phone", "intent", "timeline", "source"):
        schema["properties"][name]["minLength"] = 1


def bare_text(answer: Answer, error: errors.CallRefused) -> Answer:
    return replace(answer, content={"detail": "No."})


VARIANTS: dict[str, Variant] = {
    "VO-02 errors are flat": setting(error_shape="flat"),
    "VO-02 errors are a code": setting(error_shape="code"),
    "VO-02 VO-03 errors are something else": erring(bare_text),
    "VO-04 a refused body answers 422": setting(validation_status=422),
    "VO-05 a malformed id answers 404": malformed_ids_answer(404),
    "VO-05 a malformed id answers 422": malformed_ids_answer(422),
    "VO-06 bad keys answer 403": status_of(errors.Unauthorized, 403),
    "VO-12 VO-13 unknown fields are ignored": setting(unknown_fields="ignore"),
    "VO-14 VO-27 unset fields are absent": showing(without_nulls),
    "VO-16 null attributes change nothing": null_attributes(None),
    "VO-16 null attributes empty them": null_attributes({}),
    "VO-17 empty attributes are refused": refusing("update_lead", lambda body: body.get("attributes") == {}),
    "VO-20 nulls within attributes are dropped": drops_nulls_within,
    "VO-22 empty texts are refused": lambda api: requiring(api, "UpdateLead", no_empty_texts),
    "VO-23 a score may be text": texts_count_as_scores,
    "VO-25 a create answers 200": setting(create_status=200),
    "VO-30 a limit above 100 is refused": lists_at_most(100),
    "VO-31 the status filter is ignored": wrapped("list_leads", ignores_the_status_filter),
    "VO-32 an unknown cursor gives an empty page": wrapped("list_leads", unknown_cursors_give_an_empty_page),
    "VO-39 every update moves updated_at": wrapped("update_lead", moves_updated_at_always),
    "VO-40 wrong media types answer 400": status_of(errors.WrongMediaType, 400),
    "further keys in a lead": showing(lambda lead: {**lead, "notes_count": 0, "vertical": "real_estate"}),
    "times in seconds": times(in_seconds),
    "times with an offset": times(with_offset),
}
"""By the open point and what is read into it."""
