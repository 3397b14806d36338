"""What holds for every Aura operation."""

import json

from conformance.aura import Aura
from conformance.aura.lifecycle import AuraLifecycle, keys
from conformance.exchange import NOT_JSON, Exchange
from conformance.sequences.lifecycle import live
from conformance.target import expect, expect_error, expect_status


def errors_use_the_flat_envelope(aura: Aura) -> None:
    for exchange in _refusals(aura):
        expect_error(exchange, "the request")
        body = exchange.json
        expect(isinstance(body, dict), "an error that is a JSON object", body)
        expect(body.get("success") is False, "an error with success false", body)
        for name in ("error", "code"):
            expect(isinstance(body.get(name), str) and body[name] != "", f"an error whose {name} is a text", body)


def a_malformed_key_is_refused(aura: Aura) -> None:
    known = aura.key_header("{malformed}") if aura.has_key("malformed") else aura.key_header("malformed")
    other_case = [aura.key_header("{other_case}")] if aura.has_key("other_case") else []
    for header in (known, aura.key_header("not-a-key"), *other_case):
        for exchange in _calls(aura, header):
            expect_status(exchange, "a malformed key is refused", 401, 403)


def a_revoked_key_is_refused(aura: Aura) -> None:
    header = aura.credential("revoked")
    for exchange in [*_calls(aura, header), *_calls(aura, header)]:
        expect_status(exchange, "a revoked key is refused", 401, 403)


def replies_are_json(aura: Aura) -> None:
    lead = aura.new_lead()
    for changes in ({"company": aura.token()}, {}):
        aura.call("get_lead", path={"id": lead["id"]})
        aura.call("update_lead", path={"id": lead["id"]}, body=changes)
    for exchange in [*aura.trace, *_refusals(aura)]:
        kind = exchange.response.headers.get("content-type", "")
        expect(kind.partition(";")[0].strip().lower() == "application/json", "Content-Type application/json", kind)
        text = exchange.response.body.decode("utf-8", "replace")
        expect(exchange.json is not NOT_JSON, "a body that is JSON", text or "an empty body")


def a_sequence_of_calls_is_answered_as_documented(aura: Aura) -> None:
    taking_part = keys(aura)
    live(aura, lambda course: AuraLifecycle(aura, course, taking_part))


def _calls(aura: Aura, header: dict[str, str]) -> list[Exchange]:
    """A read and a write with this credential, and where the target has them a create and a list."""
    path, typed = f"/v1/leads/{aura.uuid()}", {**header, "Content-Type": "application/json"}
    made = [
        aura.send("get_lead", "GET", path, header, None),
        aura.send("update_lead", "PATCH", path, typed, b'{"company": "Acme Corp"}'),
    ]
    if aura.offers("create_lead"):
        body = json.dumps({"email": aura.email()}).encode()
        made.append(aura.send("create_lead", "POST", "/v1/leads", typed, body))
    if aura.offers("list_leads"):
        made.append(aura.send("list_leads", "GET", "/v1/leads", header, None))
    return made


def _refusals(aura: Aura) -> list[Exchange]:
    """Requests that are refused under every reading of the documents."""
    lead = aura.new_lead()
    refused = [
        aura.call("get_lead", path={"id": aura.uuid()}),
        aura.call("update_lead", path={"id": aura.uuid()}, body={"company": "Acme Corp"}),
        aura.call("update_lead", path={"id": lead["id"]}, body={"phone": "13715552671"}),
        aura.call("update_lead", path={"id": lead["id"]}, body={"email": "plain"}),
    ]
    if aura.offers("create_lead"):
        refused.append(aura.call("create_lead", body={"full_name": "John Doe"}))
    return refused
