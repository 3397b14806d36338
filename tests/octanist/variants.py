"""Conformant implementations of Octanist that read the open points differently, and differences nobody promised."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import reduce
from typing import Any, cast

from mock_server import errors
from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.faults import answering, receiving, rendering, rendering_errors
from mock_server.store import Lead, Normalizer, Organization, World
from tests.variants import Conformant, Variant, erring, in_seconds, setting, status_of, with_offset, wrapped

IDENTIFIERS = ("id", "email", "phone")


def preparing(edit: Callable[[Organization, dict[str, Any]], dict[str, Any]]) -> Variant:
    """Bodies are taken as `edit` makes them, before they are looked at."""

    def bend(api: Api) -> Api:
        def prepare(organization: Organization, body: Any) -> Any:
            return api.prepare(organization, edit(organization, dict(body)) if isinstance(body, dict) else body)

        return replace(api, prepare=prepare)

    return bend


def showing_leads(edit: Callable[[Lead], Lead]) -> Variant:
    """Every whole lead in an answer to a read is shown as `edit` makes it."""

    def bend(api: Api) -> Api:
        one = answering(api, "get_lead", edit)
        return answering(one, "list_leads", lambda leads: [edit(each) if "labelId" in each else each for each in leads])

    return bend


def before_update(act: Callable[[Organization, dict[str, Any]], None]) -> Variant:
    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, body: dict[str, Any]) -> Reply:
            act(organization, body)
            return handler(organization, body=body)

        return handle

    return wrapped("update_lead", wrap)


def after_update(act: Callable[[Lead, dict[str, Any]], None]) -> Variant:
    """An update that does something more to the lead that it found by its id, e-mail or phone."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, body: dict[str, Any]) -> Reply:
            reply = handler(organization, body=body)
            lead = organization.leads.get(reply.data["leadId"])
            assert lead is not None
            act(lead, body)
            return reply

        return handle

    return wrapped("update_lead", wrap)


def forgets_the_loss_reason(lead: Lead, body: dict[str, Any]) -> None:
    if lead["status"] == "won":
        lead["lossReason"] = None


def qualified_while(*statuses: str) -> Variant:
    """A lead has been qualified, as reads and filters see it, while it has one of the statuses."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, body: dict[str, Any]) -> Reply:
            reply = handler(organization, body=body)
            for lead in organization.leads:
                if lead["status"] not in statuses:
                    lead["qualifiedAt"] = None
            return reply

        return handle

    return wrapped("update_lead", wrap)


def appends_the_note(organization: Organization, body: dict[str, Any]) -> None:
    lead = organization.leads.get(body.get("id", ""))
    if lead is not None and "note" in body and lead["note"]:
        body["note"] = f"{lead['note']}\n{body['note']}"


def refuses_identifiers_only(organization: Organization, body: dict[str, Any]) -> None:
    if not body.keys() - set(IDENTIFIERS) and any(body.get(name) for name in IDENTIFIERS):
        raise errors.Invalid("Nothing to update.")


def needs_a_value(organization: Organization, body: dict[str, Any]) -> None:
    if body.get("status", body.get("changedTo")) in ("won", "qualified") and "value" not in body:
        raise errors.Invalid("A value is needed.")


def drops_invalid_statuses(organization: Organization, body: dict[str, Any]) -> dict[str, Any]:
    known = ("qualified", "won", "lost", None)
    return {n: v for n, v in body.items() if n not in ("status", "changedTo") or v in known}


def is_a_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


def is_not_negative(value: Any) -> bool:
    return is_a_number(value) and not str(value).strip().startswith("-")


def is_no_empty_text(value: Any) -> bool:
    return bool(value != "")


def drops_values_unless(usable: Callable[[Any], bool]) -> Variant:
    """A value that cannot be used is ignored."""

    def edit(organization: Organization, body: dict[str, Any]) -> dict[str, Any]:
        known = body.get("value") is None or usable(body["value"])
        return body if known else {name: each for name, each in body.items() if name != "value"}

    return preparing(edit)


def refuses_negative_values(organization: Organization, body: dict[str, Any]) -> dict[str, Any]:
    if is_a_number(body.get("value")) and not is_not_negative(body["value"]):
        raise errors.Invalid("value: not below 0")
    return body


def unsets_values_unless(usable: Callable[[Any], bool]) -> Variant:
    """A value that cannot be used leaves the lead without one. The leads are known by their ids."""

    def edit(organization: Organization, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("value") is None or usable(body["value"]):
            return body
        unset(organization, body, "value")
        return {name: each for name, each in body.items() if name != "value"}

    return preparing(edit)


def unset(organization: Organization, body: dict[str, Any], *names: str) -> None:
    lead = organization.leads.get(str(body.get("id")))
    if lead is not None:
        organization.leads.change(lead, dict.fromkeys(names))


def clears_on_null(organization: Organization, body: dict[str, Any]) -> dict[str, Any]:
    """Where the request is not refused: a refused one changes nothing."""
    statuses = [body[name] for name in ("status", "changedTo") if body.get(name) is not None]
    texts = [body[name] for name in ("note", "lossReason") if body.get(name) is not None]
    value = body.get("value")
    taken = value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    if (
        taken
        and all(each in ("qualified", "won", "lost") for each in statuses)
        and all(isinstance(each, str) for each in texts)
    ):
        unset(organization, body, *(name for name in ("note", "value", "lossReason") if body.get(name, ...) is None))
    return body


def forgets_a_second_status(organization: Organization, body: dict[str, Any]) -> dict[str, Any]:
    if body.get("status") in ("qualified", "won", "lost"):
        body.pop("changedTo", None)
    return body


def refuses_nulls(organization: Organization, body: dict[str, Any]) -> dict[str, Any]:
    if any(value is None for name, value in body.items() if name not in IDENTIFIERS):
        raise errors.Invalid("null is not allowed")
    return body


def refuses_unknown_fields(organization: Organization, body: dict[str, Any]) -> None:
    if body.keys() - {*IDENTIFIERS, "status", "changedTo", "value", "note", "lossReason"}:
        raise errors.Invalid("unknown field")


def ignores_a_lone_loss_reason(organization: Organization, body: dict[str, Any]) -> None:
    if "status" not in body and "changedTo" not in body:
        body.pop("lossReason", None)


def also_writes_identifiers(api: Api) -> Api:
    """An e-mail or phone beside an id is written to the lead (OC-03)."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, body: dict[str, Any]) -> Reply:
            reply = handler(organization, body=body)
            lead = organization.leads.get(body.get("id", ""))
            if lead is not None:
                written = {name: body[name] for name in ("email", "phone") if body.get(name)}
                organization.leads.change(lead, written)
            return reply

        return handle

    return api.wrapping("update_lead", wrap)


def bulk_lead_id(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Variant:
    """With bulk updates on, the answer names the leads in another way (OC-07)."""

    def bend(api: Api) -> Api:
        on = setting(bulk_updates=True)(api)
        return answering(on, "update_lead", lambda data: change(data) if data["leadsUpdated"] > 1 else data)

    return bend


def made_manually(handler: Handler) -> Handler:
    def handle(organization: Organization, body: dict[str, Any]) -> Reply:
        reply = handler(organization, body=body)
        lead = organization.leads.get(reply.data["id"])
        assert lead is not None
        lead["source"] = "manual"
        return reply

    return handle


def refuses_duplicates(handler: Handler) -> Handler:
    def handle(organization: Organization, body: dict[str, Any]) -> Reply:
        for name in ("email", "phone"):
            if body.get(name) and organization.leads.find(name, body[name]):
                raise errors.Conflict("There is such a lead.")
        return handler(organization, body=body)

    return handle


def with_details(details: Any) -> Variant:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        error_of = {**answer.content["error"], "details": details}
        if details is ...:
            del error_of["details"]
        return replace(answer, content={**answer.content, "error": error_of})

    return erring(edit)


def empty_identifiers_answer_404(organization: Organization, body: dict[str, Any]) -> dict[str, Any]:
    given = [body[name] for name in IDENTIFIERS if name in body and body[name] is not None]
    if given and not any(given):
        raise errors.NotFound("No lead found.")
    if any(not isinstance(each, str) for each in given):
        raise errors.NotFound("No lead found.")
    return body


def meta_times(change: Callable[[Any], Any]) -> Variant:
    """Every date-time is written in another way."""

    def shown(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: shown(value) for key, value in node.items()}
        return [shown(each) for each in node] if isinstance(node, list) else change(node)

    def bend(api: Api) -> Api:
        successes = rendering(api, lambda answer: replace(answer, content=shown(answer.content)))
        return rendering_errors(successes, lambda answer, error: replace(answer, content=shown(answer.content)))

    return bend


def with_message(message: str) -> Variant:
    return lambda api: answering(
        api, "update_lead", lambda data: {**data, "message": message} if data["leadsUpdated"] > 1 else data
    )


def comparing(**normalizers: Normalizer) -> Variant:
    """E-mails or phones are compared in another way."""
    return lambda api: replace(api, indexed={**api.indexed, **normalizers})


def exactly(text: str) -> str:
    return text


def digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())


class KeyRefused(errors.Unauthorized):
    """The key check's own refusal."""


def refusing_checks_with(content: dict[str, Any]) -> Variant:
    """The key check has an older form for its 401 (OC-34). Which operation is called is known to handlers only."""

    def refuse(id: str, handler: Handler) -> Handler:
        def handle(organization: Organization, **arguments: Any) -> Reply:
            if not organization.tenant:
                raise (KeyRefused if id == "check_key" else errors.Unauthorized)("Missing or invalid API key.")
            return handler(organization, **arguments)

        return handle

    def bend(api: Api) -> Api:
        def identify(world: World, headers: Headers) -> Caller:
            try:
                return api.identify(world, headers)
            except errors.Unauthorized:
                return Caller(world.stranger(api.name))

        handlers = {id: refuse(id, handler) for id, handler in api.handlers.items()}
        return rendering_errors(
            replace(api, identify=identify, handlers=handlers),
            lambda answer, error: replace(answer, content=content) if isinstance(error, KeyRefused) else answer,
        )

    return bend


def listing_as(change: Callable[[Api, dict[str, Any]], dict[str, Any]]) -> Variant:
    """A list that takes another query than was asked."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            return lambda organization, query: handler(organization, query=change(api, query))

        return api.wrapping("list_leads", wrap)

    return bend


def clamps_limits(api: Api) -> Api:
    def relax(contract: Any) -> None:
        limit = next(each for each in contract["paths"]["/leads"]["get"]["parameters"] if each["name"] == "limit")
        del limit["schema"]["maximum"]

    return listing_as(lambda _, query: {**query, "limit": min(query["limit"], 100)})(api.promising(relax))


def known_filters(api: Api, query: dict[str, Any]) -> dict[str, Any]:
    known = {each["name"] for each in api.contract["paths"]["/leads"]["get"]["parameters"]}
    return {name: value for name, value in query.items() if name in known}


def lists_no_win(handler: Handler) -> Handler:
    def handle(organization: Organization, query: dict[str, Any]) -> Reply:
        if query.get("status") != "win":
            return handler(organization, query=query)
        nothing = {"page": query["page"], "totalPages": 0, "total": 0, "hasMore": False}
        return Reply([], pagination={"limit": query["limit"], **nothing})

    return handle


def takes_any_media_type(api: Api) -> Api:
    """Bodies are taken for JSON, whatever they are declared as (OC-43)."""

    def identify(world: World, headers: Headers) -> Caller:
        if b"content-type" in headers:
            cast(dict[bytes, bytes], headers)[b"content-type"] = b"application/json"  # read again with the body
        return api.identify(world, headers)

    return replace(api, identify=identify)


def everywhere(change: Callable[[Any], Any]) -> Variant:
    """Every answer, also one that refuses, has another content: what `change` makes of it."""

    def bend(api: Api) -> Api:
        successes = rendering(api, lambda answer: replace(answer, content=change(answer.content)))
        return rendering_errors(successes, lambda answer, error: replace(answer, content=change(answer.content)))

    return bend


def reversed_keys(node: Any) -> Any:
    if isinstance(node, list):
        return [reversed_keys(each) for each in node]
    return {key: reversed_keys(node[key]) for key in reversed(node)} if isinstance(node, dict) else node


def further_keys(content: dict[str, Any]) -> dict[str, Any]:
    """In the envelope and in everything in it, save a list; the key check's success stays as bare as it is."""
    inner = {
        name: {**part, "trace": [1, {"a": None}]} if isinstance(part, dict) else part for name, part in content.items()
    }
    return {**inner, "version": "1.1.0"}


def with_headers(*headers: tuple[str, str]) -> Variant:
    def bend(api: Api) -> Api:
        successes = rendering(api, lambda answer: replace(answer, headers=(*answer.headers, *headers)))
        return rendering_errors(successes, lambda answer, error: replace(answer, headers=(*answer.headers, *headers)))

    return bend


def other_words(node: Any) -> Any:
    """Every message says something else."""
    if isinstance(node, dict):
        return {
            name: f"¡Hecho! 完了: {value}" if name == "message" else other_words(value) for name, value in node.items()
        }
    return node


def in_microseconds(value: Any) -> Any:
    return value[:-1] + "000Z" if isinstance(value, str) and value.endswith("Z") and len(value) == 24 else value


def in_another_zone(value: Any) -> Any:
    """The same instant, written with the offset of a place two hours to the east."""
    if not (isinstance(value, str) and value.endswith("Z") and len(value) == 24):
        return value
    return datetime.fromisoformat(value).astimezone(timezone(timedelta(hours=2))).isoformat(timespec="milliseconds")


def values_as_decimals(lead: Lead) -> Lead:
    return {**lead, "value": float(lead["value"]) if isinstance(lead["value"], int) else lead["value"]}


def consents_as_texts(lead: Lead) -> Lead:
    texts = {True: "granted", False: "denied"}
    flags = ("ad_storage", "ad_user_data", "ad_personalization", "analytics_storage")
    return {**lead, **{name: texts.get(lead[name], lead[name]) for name in flags if name in lead}}


def unset_as_empty(lead: Lead) -> Lead:
    return {**lead, **{name: "" for name in ("note", "custom", "lossReason", "website") if lead[name] is None}}


def together(*variants: Variant) -> Variant:
    return lambda api: reduce(lambda served, variant: variant(served), variants, api)


_BULK = {"OC-06": "all updated", "OC-07": "one of the updated leads", "OC-08": "another text"}

_READINGS: dict[str, Conformant] = {
    "OC-01 an unknown id falls through": Conformant(
        setting(fall_through=True), {"OC-01": "the next identifier counts"}
    ),
    "OC-03 identifiers beside an id are written": Conformant(also_writes_identifiers, {"OC-03": "written"}),
    "OC-06 bulk updates are on": Conformant(setting(bulk_updates=True), _BULK),
    "OC-07 a bulk update names no lead": Conformant(
        bulk_lead_id(lambda data: {k: v for k, v in data.items() if k != "leadId"}), {**_BULK, "OC-07": "absent"}
    ),
    "OC-07 a bulk update names a list": Conformant(
        bulk_lead_id(lambda data: {**data, "leadId": [data["leadId"]]}), {**_BULK, "OC-07": "a list"}
    ),
    "OC-08 a bulk update says what any update says": Conformant(
        together(setting(bulk_updates=True), with_message("Lead updated successfully")),
        {**_BULK, "OC-08": "as for one lead"},
    ),
    "OC-10 a second status does not matter": Conformant(
        preparing(forgets_a_second_status), {"OC-10": "status takes effect"}
    ),
    "OC-11 invalid statuses are ignored": Conformant(
        preparing(drops_invalid_statuses), {"OC-10": "status takes effect", "OC-11": "ignored"}
    ),
    "OC-13 negative values are refused": Conformant(preparing(refuses_negative_values), {"OC-13": "400"}),
    "OC-13 values that are none are ignored": Conformant(
        drops_values_unless(is_a_number), {"OC-13": "ignored, but negative numbers are stored"}
    ),
    "OC-13 negative values are ignored too": Conformant(drops_values_unless(is_not_negative), {"OC-13": "ignored"}),
    "OC-13 values that are none unset the value": Conformant(
        unsets_values_unless(is_a_number), {"OC-13": "set to null, but negative numbers are stored"}
    ),
    "OC-13 negative values unset the value too": Conformant(
        unsets_values_unless(is_not_negative), {"OC-13": "set to null"}
    ),
    "OC-13 an empty value is ignored": Conformant(
        drops_values_unless(is_no_empty_text), {"OC-13": "it depends on the value"}
    ),
    "OC-14 an identifier alone is refused": Conformant(before_update(refuses_identifiers_only), {"OC-14": "400"}),
    "OC-16 a lone lossReason is ignored": Conformant(before_update(ignores_a_lone_loss_reason), {"OC-16": "ignored"}),
    "OC-17 a won lead has no lossReason": Conformant(after_update(forgets_the_loss_reason), {"OC-17": "removed"}),
    "OC-18 a note is appended": Conformant(before_update(appends_the_note), {"OC-18": "joined"}),
    "OC-19 null is refused": Conformant(preparing(refuses_nulls), {"OC-19": "400"}),
    "OC-19 null clears": Conformant(preparing(clears_on_null), {"OC-19": "cleared"}),
    "OC-20 OC-21 odd identifiers answer 404": Conformant(
        preparing(empty_identifiers_answer_404), {"OC-20": "404", "OC-21": "404"}
    ),
    "OC-22 unknown fields are refused": Conformant(before_update(refuses_unknown_fields), {"OC-22": "400"}),
    "OC-23 won and qualified need a value": Conformant(before_update(needs_a_value), {"OC-23": "400"}),
    "OC-26 a create answers 201": Conformant(setting(create_status=201), {"OC-26": "201"}),
    "OC-28 a new lead is manual": Conformant(wrapped("create_lead", made_manually), {"OC-28": "others"}),
    "OC-31 all is compared exactly": Conformant(comparing(email=exactly), {"OC-31": "both exactly"}),
    "OC-31 phones are compared by their digits": Conformant(comparing(phone=digits), {"OC-31": "both normalized"}),
    "OC-31 phones are compared by their digits, e-mails exactly": Conformant(
        comparing(email=exactly, phone=digits), {"OC-31": "only phones normalized"}
    ),
    "OC-32 there are no details": Conformant(with_details(...), {"OC-32": "absent"}),
    "OC-32 details are a list": Conformant(with_details([]), {"OC-32": "a list"}),
    "OC-32 details say something": Conformant(with_details({"field": "id"}), {"OC-32": "an object"}),
    "OC-33 request ids are numbers": Conformant(
        everywhere(
            lambda content: (
                {**content, "meta": {**content["meta"], "requestId": "42"}} if "meta" in content else content
            )
        ),
        {"OC-33": "another text"},
    ),
    "OC-34 the check refuses with a text": Conformant(
        refusing_checks_with({"error": "Invalid or missing API key"}), {"OC-34": "an error text"}
    ),
    "OC-34 the check refuses with a false": Conformant(
        refusing_checks_with({"success": False}), {"OC-34": "success false"}
    ),
    "OC-35 a wrong method answers 404": Conformant(status_of(errors.MethodNotAllowed, 404), {"OC-35": "404"}),
    "OC-36 limits are clamped": Conformant(clamps_limits, {"OC-36": "400, but limits are clamped"}),
    "OC-36 unknown filters are ignored": Conformant(
        listing_as(known_filters), {"OC-36": "400, but unknown filters are ignored"}
    ),
    "OC-36 limits are clamped and unknown filters ignored": Conformant(
        together(clamps_limits, listing_as(known_filters)),
        {"OC-36": "400, but limits are clamped and unknown filters ignored"},
    ),
    "OC-37 no lead is win": Conformant(wrapped("list_leads", lists_no_win), {"OC-37": "an empty list"}),
    "OC-37 win is won": Conformant(
        listing_as(lambda _, query: {**query, "status": "won"} if query.get("status") == "win" else query),
        {"OC-37": "the won leads"},
    ),
    "OC-38 qualifiedAt is never set": Conformant(qualified_while(), {"OC-38": "never"}),
    "OC-38 qualifiedAt is set when qualified": Conformant(qualified_while("qualified"), {"OC-38": "when qualified"}),
    "OC-38 qualifiedAt is set when won": Conformant(qualified_while("won"), {"OC-38": "when won"}),
    "OC-41 custom objects are spaced": Conformant(
        lambda api: receiving(
            api,
            "create_lead",
            lambda body: (
                {**body, "custom": json.dumps(body["custom"])} if not isinstance(body.get("custom", ""), str) else body
            ),
        ),
        {"OC-41": "another JSON text"},
    ),
    "OC-42 unset fields are absent": Conformant(
        showing_leads(lambda lead: {k: v for k, v in lead.items() if v is not None}), {"OC-42": "absent"}
    ),
    "OC-43 a wrong media type answers 415": Conformant(status_of(errors.WrongMediaType, 415), {"OC-43": "415"}),
    "OC-43 a wrong media type does not matter": Conformant(takes_any_media_type, {"OC-43": "success"}),
}
"""By the open point and what is read into it."""

_DIFFERENCES: dict[str, Variant] = {
    "keys in another order": everywhere(reversed_keys),
    "further keys in a lead": showing_leads(lambda lead: {**lead, "currency": "EUR", "score": 7}),
    "further keys in the envelope": everywhere(further_keys),
    "further headers": with_headers(("X-Request-Id", "7"), ("Vary", "Origin"), ("ETag", 'W/"1"')),
    "other messages": everywhere(other_words),
    "values with decimals": showing_leads(values_as_decimals),
    "consents are texts": showing_leads(consents_as_texts),
    "unset texts are empty": showing_leads(unset_as_empty),
    "times in another zone": meta_times(in_another_zone),
}

VARIANTS: dict[str, Conformant] = {
    **_READINGS,
    **{name: Conformant(variant) for name, variant in _DIFFERENCES.items()},
    "times in seconds": Conformant(meta_times(in_seconds)),
    "times in microseconds": Conformant(meta_times(in_microseconds)),
    "times with an offset": Conformant(meta_times(with_offset)),
    "all of these differences": Conformant(together(*_DIFFERENCES.values())),
}
"""What a suite must not mind: readings of open points, and what nobody promised."""

INCOMPLETE: dict[str, Conformant] = {
    "OC-27 an e-mail or phone is taken once": Conformant(wrapped("create_lead", refuses_duplicates), {"OC-27": "409"}),
    "OC-30 new leads are rejected": Conformant(setting(reject_new_leads=True), {"OC-30": "403"}),
}
"""Where several leads cannot be arranged, some requirements cannot be tried; nothing may fail."""
