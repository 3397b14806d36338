"""Conformant implementations of Vorel that read the open points differently, and differences nobody promised."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from mock_server import errors
from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.faults import answering, rendering, requiring
from mock_server.store import Lead, Organization, World
from tests.variants import (
    Conformant,
    Variant,
    erring,
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
        return replace(answer, status=status) if getattr(error, "parameter", "") == "id" else answer

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


def asking(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Variant:
    """A list that understands another query than was sent, or refuses it."""

    def wrap(handler: Handler) -> Handler:
        return lambda organization, query: handler(organization, query=change(query))

    return wrapped("list_leads", wrap)


def refusing_lists(refuse: Callable[[dict[str, Any]], bool]) -> Variant:
    def change(query: dict[str, Any]) -> dict[str, Any]:
        if refuse(query):
            raise errors.Invalid("This cannot be asked.")
        return query

    return asking(change)


def unknown_cursors(answer: Callable[[Handler, Organization, dict[str, Any]], Reply]) -> Variant:
    """A list that does this where it gets a cursor that it does not know (VO-32)."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, query: dict[str, Any]) -> Reply:
            if "cursor" in query and organization.leads.get(query["cursor"].lower()) is None:
                return answer(handler, organization, query)
            return handler(organization, query=query)

        return handle

    return wrapped("list_leads", wrap)


def empty_page(handler: Handler, organization: Organization, query: dict[str, Any]) -> Reply:
    return Reply([], pagination={"next_cursor": None, "has_more": False})


def first_page(handler: Handler, organization: Organization, query: dict[str, Any]) -> Reply:
    return handler(organization, query={name: value for name, value in query.items() if name != "cursor"})


def looks_at_the_scope_last(api: Api) -> Api:
    """An update by a key without the scope is refused once the lead is found (VO-09)."""
    callers: list[Caller] = []

    def identify(world: World, headers: Headers) -> Caller:
        callers[:] = [api.identify(world, headers)]
        return replace(callers[0], scopes=callers[0].scopes | {"leads:write"})

    def scoped(handler: Handler, exists: Callable[[Organization, dict[str, Any]], bool]) -> Handler:
        def handle(organization: Organization, **arguments: Any) -> Reply:
            if "leads:write" not in callers[0].scopes and exists(organization, arguments):
                raise errors.Forbidden("This key lacks the scope leads:write.")
            return handler(organization, **arguments)

        return handle

    def found(organization: Organization, arguments: dict[str, Any]) -> bool:
        return organization.leads.get(arguments["id"].lower()) is not None

    served = api.wrapping("update_lead", lambda handler: scoped(handler, found))
    served = served.wrapping("create_lead", lambda handler: scoped(handler, lambda organization, arguments: True))
    return replace(served, identify=identify)


def null_status(becomes: str | None) -> Variant:
    """Null for the status is taken: it sets this status, or, with None, changes nothing (VO-15)."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
            if body.get("status", ...) is None:
                body = {name: value for name, value in body.items() if name != "status"}
                body |= {"status": becomes} if becomes else {}
            return handler(organization, id=id, body=body)

        return handle

    def nullable(schema: Any) -> None:
        statuses = ["new", "qualified", "booked", "converted", "lost"]
        schema["properties"]["status"] = {"type": "string", "enum": statuses, "nullable": True}

    return lambda api: requiring(api, "UpdateLead", nullable).wrapping("update_lead", wrap)


LONGEST = {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}


def counting(size: Callable[[str], int]) -> Variant:
    """An update that counts the characters of a text in another unit (VO-21)."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
            texts = {name: body[name] for name in LONGEST if body.get(name)}
            if any(size(text) > LONGEST[name] for name, text in texts.items()):
                raise errors.Invalid("A text is too long.")
            reply = handler(organization, id=id, body={**body, **dict.fromkeys(texts, "fits")})
            organization.leads.change(reply.data, texts)
            return reply

        return handle

    def unlimited(schema: Any) -> None:
        for name in LONGEST:
            del schema["properties"][name]["maxLength"]

    return lambda api: requiring(api, "UpdateLead", unlimited).wrapping("update_lead", wrap)


def takes_json_of_any_type(api: Api) -> Api:
    """The Content-Type of a request is not looked at (VO-40)."""

    def identify(world: World, headers: Headers) -> Caller:
        cast(dict[bytes, bytes], headers)[b"content-type"] = b"application/json"
        return api.identify(world, headers)

    return replace(api, identify=identify)


def plain_addresses_only(schema: Any) -> None:
    schema["properties"]["email"]["pattern"] = r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$|^$"


def unknown_conversations_answer(status: int) -> Variant:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, status=status) if error.message == "No such conversation." else answer

    return erring(edit)


def with_digits(digits: int) -> Variant:
    """Times with so many digits behind the seconds (VO-39)."""

    def change(value: Any) -> Any:
        return re.sub(r"\.(\d+)", lambda found: ("." + found[1].ljust(9, "0")[:digits]).rstrip("."), value)

    return times(lambda value: change(value) if isinstance(value, str) else value)


def with_headers(**headers: str) -> Variant:
    """Every success has these headers as well; underscores stand for hyphens."""
    more = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return lambda api: rendering(api, lambda answer: replace(answer, headers=(*answer.headers, *more)))


def reversed_keys(value: Any) -> Any:
    """The same JSON value, the keys of its objects in the opposite order."""
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(each) for each in value] if isinstance(value, list) else value


def everywhere(change: Callable[[Any], Any]) -> Variant:
    """Every body, of successes and errors, is made over."""

    def bend(api: Api) -> Api:
        served = rendering(api, lambda answer: replace(answer, content=change(answer.content)))
        return erring(lambda answer, error: replace(answer, content=change(answer.content)))(served)

    return bend


def without_nulls_in_a_conversation(conversation: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in conversation.items() if value is not None}


def code_of(change: Callable[[str], str]) -> Variant:
    """Errors with another code, wherever it stands."""

    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        content = dict(answer.content)
        for place in ("error", "code"):
            if isinstance(content.get(place), str):
                content[place] = change(content[place])
        if isinstance(content.get("error"), dict):
            content["error"] = {**content["error"], "code": change(content["error"]["code"])}
        return replace(answer, content=content)

    return erring(edit)


def saying(message: str) -> Variant:
    """Errors with another message, wherever it stands."""

    def change(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: message if name == "message" else change(each) for name, each in value.items()}

    return erring(lambda answer, error: replace(answer, content=change(answer.content)))


def no_empty_texts(schema: Any) -> None:
    for name in ("name", "phone", "intent", "timeline", "source"):
        schema["properties"][name]["minLength"] = 1


def bare_text(answer: Answer, error: errors.CallRefused) -> Answer:
    return replace(answer, content={"detail": "No."})


VARIANTS: dict[str, Conformant] = {
    "VO-02 errors are flat": Conformant(setting(error_shape="flat"), {"VO-02": "flat"}),
    "VO-02 errors are a code": Conformant(setting(error_shape="code"), {"VO-02": "code"}),
    "VO-02 VO-03 errors are something else": Conformant(erring(bare_text), {"VO-02": "another", "VO-03": "none"}),
    "VO-03 codes are in capitals": Conformant(code_of(str.upper), {"VO-03": "spelled otherwise"}),
    "VO-04 a refused request answers 422": Conformant(
        setting(validation_status=422), dict.fromkeys(("VO-04", "VO-05", "VO-10", "VO-11"), "422")
    ),
    "VO-05 a malformed id answers 404": Conformant(malformed_ids_answer(404), {"VO-05": "404"}),
    "VO-05 a malformed id answers 422": Conformant(malformed_ids_answer(422), {"VO-05": "422"}),
    "VO-06 bad keys answer 403": Conformant(status_of(errors.Unauthorized, 403), {"VO-06": "403"}),
    "VO-09 existence is checked before the scope": Conformant(looks_at_the_scope_last, {"VO-09": "404"}),
    "VO-12 VO-13 unknown fields are ignored": Conformant(
        setting(unknown_fields="ignore"), dict.fromkeys(("VO-12", "VO-13"), "ignored")
    ),
    "VO-14 VO-27 unset fields are absent": Conformant(
        showing(without_nulls), dict.fromkeys(("VO-14", "VO-27"), "absent")
    ),
    "VO-15 null for the status is ignored": Conformant(null_status(None), {"VO-15": "ignored"}),
    "VO-15 null for the status makes a lead new": Conformant(null_status("new"), {"VO-15": "another status"}),
    "VO-16 null attributes change nothing": Conformant(null_attributes(None), {"VO-16": "ignored"}),
    "VO-16 null attributes empty them": Conformant(null_attributes({}), {"VO-16": "emptied"}),
    "VO-17 empty attributes are refused": Conformant(
        refusing("update_lead", lambda body: body.get("attributes") == {}), {"VO-17": "refused"}
    ),
    "VO-20 nulls within attributes are dropped": Conformant(drops_nulls_within, {"VO-20": "dropped"}),
    "VO-21 code points are counted": Conformant(counting(len), {"VO-21": "code points"}),
    "VO-21 bytes are counted": Conformant(counting(lambda text: len(text.encode())), {"VO-21": "UTF-8 bytes"}),
    "VO-21 composed characters are counted": Conformant(
        counting(lambda text: len(unicodedata.normalize("NFC", text))), {"VO-21": "another unit"}
    ),
    "VO-22 empty texts are refused": Conformant(
        lambda api: requiring(api, "UpdateLead", no_empty_texts), {"VO-22": "refused"}
    ),
    "VO-23 a score may be text": Conformant(texts_count_as_scores, {"VO-23": "converted"}),
    "VO-25 a create answers 200": Conformant(setting(create_status=200), {"VO-25": "200"}),
    "VO-26 an unknown conversation answers 400": Conformant(unknown_conversations_answer(400), {"VO-26": "400"}),
    "VO-26 an unknown conversation answers 422": Conformant(unknown_conversations_answer(422), {"VO-26": "422"}),
    "VO-30 a limit above 100 is refused": Conformant(
        refusing_lists(lambda query: query["limit"] > 100), {"VO-30": "refused"}
    ),
    "VO-31 the status filter is ignored": Conformant(
        asking(lambda query: {name: value for name, value in query.items() if name != "status"}), {"VO-31": "ignored"}
    ),
    "VO-31 the status filter is refused": Conformant(
        refusing_lists(lambda query: "status" in query), {"VO-31": "refused"}
    ),
    "VO-32 an unknown cursor gives an empty page": Conformant(unknown_cursors(empty_page), {"VO-32": "an empty page"}),
    "VO-32 an unknown cursor gives the first page": Conformant(
        unknown_cursors(first_page), {"VO-32": "the first page"}
    ),
    "VO-33 successes tell the limits": Conformant(
        with_headers(X_RateLimit_Limit="200", X_RateLimit_Remaining="199", X_RateLimit_Reset="60"),
        {"VO-33": "Limit, Remaining and Reset"},
    ),
    "VO-33 successes tell the limits in other words": Conformant(
        with_headers(X_RateLimit_Calls_Left="199"), {"VO-33": "other names"}
    ),
    "VO-39 times in seconds": Conformant(with_digits(0), {"VO-39": "seconds"}),
    "VO-39 times in tenths of a second": Conformant(with_digits(1), {"VO-39": "another precision"}),
    "VO-39 times in nanoseconds": Conformant(with_digits(9), {"VO-39": "microseconds or finer"}),
    "VO-40 wrong media types answer 400": Conformant(status_of(errors.WrongMediaType, 400), {"VO-40": "400"}),
    "VO-40 wrong media types answer 422": Conformant(status_of(errors.WrongMediaType, 422), {"VO-40": "422"}),
    "VO-40 no media type is wrong": Conformant(takes_json_of_any_type, {"VO-40": "accepted"}),
    "VO-41 unknown methods answer 404": Conformant(status_of(errors.MethodNotAllowed, 404), {"VO-41": "404"}),
    "VO-42 unusual addresses are refused": Conformant(
        lambda api: requiring(api, "UpdateLead", plain_addresses_only), {"VO-42": "unusual addresses are refused"}
    ),
    "broken JSON answers 422": Conformant(status_of(errors.MalformedBody, 422)),
    "broken JSON answers 415": Conformant(status_of(errors.MalformedBody, 415)),
    "every update moves updated_at": Conformant(wrapped("update_lead", moves_updated_at_always)),
    "times with an offset": Conformant(times(with_offset)),
    "ids in capitals": Conformant(
        showing(lambda lead: {**lead, "id": lead["id"].upper(), "conversation_id": lead["conversation_id"].upper()})
    ),
    "emails in small letters": Conformant(
        showing(lambda lead: {**lead, "email": lead["email"].lower()} if lead.get("email") else lead)
    ),
    "further keys in a lead": Conformant(
        showing(lambda lead: {**lead, "notes_count": 0, "notes": None, "vertical": {"name": "real_estate"}})
    ),
    "further keys in every object": Conformant(
        everywhere(lambda body: {**body, "_links": {"self": "/"}, "request_id": "req_1"})
    ),
    "a conversation without its empty fields": Conformant(
        lambda api: answering(api, "create_conversation", without_nulls_in_a_conversation)
    ),
    "keys in another order": Conformant(everywhere(reversed_keys)),
    "further headers": Conformant(
        with_headers(X_Request_Id="1", ETag='W/"1"', Cache_Control="no-store", Vary="Origin")
    ),
    "other messages": Conformant(saying("Nem sikerült. \U0001f625")),
    "no messages": Conformant(saying("")),
}
"""By the open point and what is read into it; without one, by a difference that nobody promised."""


def all_differences(api: Api) -> Api:
    """The API with all the differences that nobody promised at once."""
    for variant in VARIANTS.values():
        if not variant.reads and variant.bend is not all_differences:
            api = variant(api)
    return api


VARIANTS["all of these differences"] = Conformant(all_differences)
