"""Conformant implementations of Octanist that read the open points differently, and differences nobody promised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import answering, rendering, rendering_errors
from mock_server.store import Lead, Organization
from tests.variants import Variant, erring, in_seconds, setting, status_of, with_offset, wrapped

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


def shows_no_qualified_at(lead: Lead) -> Lead:
    return {**lead, "qualifiedAt": None}


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


def drops_values_that_are_none(organization: Organization, body: dict[str, Any]) -> dict[str, Any]:
    value = body.get("value")
    try:
        usable = not isinstance(value, bool) and float(value if value is not None else 0) is not None
    except (TypeError, ValueError):
        usable = False
    return body if usable else {name: each for name, each in body.items() if name != "value"}


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


VARIANTS: dict[str, Variant] = {
    "OC-01 an unknown id falls through": setting(fall_through=True),
    "OC-03 identifiers beside an id are written": also_writes_identifiers,
    "OC-06 bulk updates are on": setting(bulk_updates=True),
    "OC-07 a bulk update names no lead": bulk_lead_id(lambda data: {k: v for k, v in data.items() if k != "leadId"}),
    "OC-07 a bulk update names a list": bulk_lead_id(lambda data: {**data, "leadId": [data["leadId"]]}),
    "OC-10 a second status does not matter": preparing(forgets_a_second_status),
    "OC-11 invalid statuses are ignored": preparing(drops_invalid_statuses),
    "OC-13 values that are none are ignored": preparing(drops_values_that_are_none),
    "OC-14 an identifier alone is refused": before_update(refuses_identifiers_only),
    "OC-16 a lone lossReason is ignored": before_update(ignores_a_lone_loss_reason),
    "OC-17 a won lead has no lossReason": after_update(forgets_the_loss_reason),
    "OC-18 a note is appended": before_update(appends_the_note),
    "OC-19 null is refused": preparing(refuses_nulls),
    "OC-20 OC-21 odd identifiers answer 404": preparing(empty_identifiers_answer_404),
    "OC-22 unknown fields are refused": before_update(refuses_unknown_fields),
    "OC-23 won and qualified need a value": before_update(needs_a_value),
    "OC-26 a create answers 201": setting(create_status=201),
    "OC-28 a new lead is manual": showing_leads(lambda lead: {**lead, "source": "manual"}),
    "OC-32 there are no details": with_details(...),
    "OC-32 details are a list": with_details([]),
    "OC-35 a wrong method answers 404": status_of(errors.MethodNotAllowed, 404),
    "OC-38 qualifiedAt is never set": showing_leads(shows_no_qualified_at),
    "OC-42 unset fields are absent": showing_leads(lambda lead: {k: v for k, v in lead.items() if v is not None}),
    "OC-43 a wrong media type answers 415": status_of(errors.WrongMediaType, 415),
    "further keys in a lead": showing_leads(lambda lead: {**lead, "currency": "EUR", "score": 7}),
    "times in seconds": meta_times(in_seconds),
    "times with an offset": meta_times(with_offset),
}
"""By the open point and what is read into it."""

INCOMPLETE: dict[str, Variant] = {
    "OC-27 an e-mail or phone is taken once": wrapped("create_lead", refuses_duplicates),
    "OC-30 new leads are rejected": setting(reject_new_leads=True),
}
"""Where several leads cannot be arranged, some requirements cannot be tried; nothing may fail."""
