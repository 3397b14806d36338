"""What holds for every Octanist operation on leads."""

from __future__ import annotations

from contextlib import suppress

from conformance.compare import instant
from conformance.exchange import NOT_JSON, Exchange
from conformance.octanist import Lead, Octanist, data_of, refused, unchanged
from conformance.octanist.lifecycle import OctanistLifecycle, keys
from conformance.outcomes import CannotTry
from conformance.sequences.lifecycle import live
from conformance.target import expect, expect_error, expect_status

_NOT_A_KEY = "not a key"
"""Sent where the target file has no malformed key; no page says how a key looks."""


def a_missing_key_is_401_unauthorized(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    _refused_for_the_key(octanist, lead, {}, "a request without a key")


def an_invalid_key_is_401_unauthorized(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    malformed = "{malformed}" if octanist.has_key("malformed") else _NOT_A_KEY
    _refused_for_the_key(octanist, lead, octanist.key_header(malformed), "a request with a malformed key")
    _refused_for_the_key(octanist, lead, octanist.key_header(""), "a request with an empty key")
    if octanist.has_key("other_case"):
        # A sandbox may take a key that it does not know for one of another organization: then it has no such lead.
        before = octanist.glimpses(lead)
        body = {"id": lead["id"], "note": "Unauthorized"}
        what = "an update with the key in other letters"
        expect_status(octanist.call("update_lead", body=body, key="other_case"), f"{what} is refused", 401, 403, 404)
        octanist.stays(before)
    if octanist.has_key("revoked"):
        _refused_for_the_key(octanist, lead, octanist.key_header("{revoked}"), "a request with a revoked key")


def errors_use_the_nested_envelope(octanist: Octanist) -> None:
    for exchange in _refusals(octanist):
        expect_error(exchange, "the request")
        body = exchange.json
        expect(isinstance(body, dict) and body.get("success") is False, "an error with success false", body)
        error = body.get("error")
        expect(isinstance(error, dict), "an object as error", body)
        for name in ("code", "message"):
            expect(isinstance(error.get(name), str) and error[name] != "", f"a text as error.{name}", body)
        meta = body.get("meta")
        expect(isinstance(meta, dict), "an object as meta", body)
        expect(isinstance(meta.get("requestId"), str) and meta["requestId"] != "", "a text as meta.requestId", body)
        expect(instant(meta.get("timestamp")) is not None, "a date-time as meta.timestamp", body)


def leads_of_other_organizations_are_invisible(octanist: Octanist) -> None:
    theirs = octanist.foreign_lead()
    only_theirs = octanist.foreign_lead()
    before = [_their_view(octanist, lead) for lead in (theirs, only_theirs)]
    ours = octanist.new_lead(email=theirs["email"], phone=theirs["phone"])
    for name in ("email", "phone"):
        changes = octanist.changes()
        octanist.update({name: theirs[name], **changes})
        octanist.shows(ours, **changes)
    _out_of_reach(octanist, only_theirs)
    with suppress(CannotTry):
        # Several of ours match: whether that is refused or a bulk update, theirs are not among them.
        octanist.new_lead(email=theirs["email"], phone=theirs["phone"])
    for name in ("email", "phone"):
        octanist.call("update_lead", body={name: theirs[name], **octanist.changes()})
    for was in before:
        unchanged(was, _their_view(octanist, was), ("name", "email", "phone", "status", "value", "note"))


def replies_are_json(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    octanist.call("update_lead", body={"id": lead["id"], "note": octanist.token()})
    for _ in range(2):
        if octanist.offers("get_lead"):
            octanist.call("get_lead", path={"id": lead["id"]})
        if octanist.offers("list_leads"):
            octanist.call("list_leads", query={"limit": "1"})
    for exchange in [*octanist.trace, *_refusals(octanist)]:
        kind = exchange.response.headers.get("content-type", "")
        expect(kind.partition(";")[0].strip().lower() == "application/json", "Content-Type application/json", kind)
        text = exchange.response.body.decode("utf-8", "replace")
        expect(exchange.json is not NOT_JSON, "a body that is JSON", text or "an empty body")


def a_sequence_of_calls_is_answered_as_documented(octanist: Octanist) -> None:
    taking_part = keys(octanist)
    live(octanist, lambda course: OctanistLifecycle(octanist, course, taking_part))


def _refused_for_the_key(octanist: Octanist, lead: Lead, headers: dict[str, str], what: str) -> None:
    """Every operation on leads refuses these headers, and the lead stays as it is."""
    before = octanist.glimpses(lead)
    body = f'{{"id": "{lead["id"]}", "status": "won", "value": 1, "note": "Unauthorized"}}'.encode()
    new = f'{{"email": "{octanist.email()}"}}'.encode()
    requests = {"update_lead": ("/leads", body), "create_lead": ("/leads", new), "list_leads": ("/leads", None)}
    requests["get_lead"] = (f"/leads/{lead['id']}", None)
    for operation_id, (path, content) in requests.items():
        if octanist.offers(operation_id):
            method = octanist.contract.operations[operation_id].method
            sent = {**headers, "Content-Type": "application/json"} if content else headers
            exchange = octanist.send(operation_id, method, path, sent, content)
            refused(exchange, f"{what} ({operation_id})", 401, "UNAUTHORIZED")
    octanist.stays(before)


def _refusals(octanist: Octanist) -> list[Exchange]:
    """Requests that are refused under every reading of the documents."""
    refusals = [
        octanist.call("update_lead", body={"id": octanist.unknown_id(), "note": "Nobody's"}),
        octanist.call("update_lead", body={"email": octanist.email(), "note": "Nobody's"}),
        octanist.call("update_lead", body={"status": "won", "value": 1}),
        octanist.call("update_lead", raw=b'{"id": '),
        octanist.call("update_lead", body={"id": octanist.unknown_id()}, key=None),
    ]
    if octanist.offers("create_lead"):
        refusals.append(octanist.call("create_lead", body={"note": "Nobody's"}))
        refusals += _conflict(octanist)
    if octanist.offers("get_lead"):
        refusals.append(octanist.call("get_lead", path={"id": octanist.unknown_id()}))
        refusals.append(octanist.call("get_lead", path={"id": octanist.unknown_id()}, key=None))
    return refusals


def _conflict(octanist: Octanist) -> list[Exchange]:
    """An update that several leads match, where that is refused."""
    with suppress(CannotTry):
        email, _ = octanist.sharing("email", 2)
        exchange = octanist.call("update_lead", body={"email": email, "note": octanist.token()})
        return [exchange] if exchange.status == 409 else []
    return []


def _out_of_reach(octanist: Octanist, theirs: Lead) -> None:
    """With our key, their lead is neither read, listed nor updated."""
    for name in ("id", "email", "phone"):
        exchange = octanist.call("update_lead", body={name: theirs[name], "status": "lost", "value": 1, "note": "Ours"})
        expect_status(exchange, f"an update of another organization's lead by its {name} is refused", 404, 403)
    if octanist.offers("get_lead"):
        exchange = octanist.call("get_lead", path={"id": theirs["id"]})
        expect_status(exchange, "another organization's lead is not shown", 404, 403)
    if octanist.offers("list_leads"):
        listed = [*octanist.page({"limit": 100})[0], *octanist.page({"limit": 100, "search": theirs["email"]})[0]]
        expect(theirs["id"] not in [lead.get("id") for lead in listed], f"a list without {theirs['id']}", "it is there")


def _their_view(octanist: Octanist, theirs: Lead) -> Lead:
    """With their key, their lead."""
    if octanist.offers("get_lead"):
        return data_of(octanist.call("get_lead", path={"id": theirs["id"]}, key="other"))
    octanist.needs("list_leads")
    body = octanist.call("list_leads", query={"limit": "100"}, key="other").json
    leads = body.get("data") if isinstance(body, dict) else None
    seen = next((lead for lead in leads or [] if lead.get("id") == theirs["id"]), None)
    if seen is None:
        raise CannotTry("the list does not show the other organization's lead to that organization")
    return dict(seen)
