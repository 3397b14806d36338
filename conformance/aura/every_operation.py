"""What holds for every Aura operation."""

from conformance.aura import Aura
from conformance.aura.lifecycle import AuraLifecycle, keys
from conformance.exchange import NOT_JSON, Exchange
from conformance.lifecycle import live
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
    header = aura.key_header("{malformed}") if aura.has_key("malformed") else aura.key_header("malformed")
    exchange = aura.send("get_lead", "GET", f"/v1/leads/{aura.uuid()}", header, None)
    expect_status(exchange, "a malformed key is refused", 401, 403)


def a_revoked_key_is_refused(aura: Aura) -> None:
    exchange = aura.call("get_lead", path={"id": aura.uuid()}, key="revoked")
    expect_status(exchange, "a revoked key is refused", 401, 403)


def replies_are_json(aura: Aura) -> None:
    lead = aura.new_lead()
    aura.read(lead)
    aura.update(lead, {"company": aura.token()})
    for exchange in [*aura.trace, *_refusals(aura)]:
        kind = exchange.response.headers.get("content-type", "")
        expect(kind.partition(";")[0].strip().lower() == "application/json", "Content-Type application/json", kind)
        text = exchange.response.body.decode("utf-8", "replace")
        expect(exchange.json is not NOT_JSON, "a body that is JSON", text or "an empty body")


def a_sequence_of_calls_is_answered_as_documented(aura: Aura) -> None:
    taking_part = keys(aura)
    live(aura, lambda course: AuraLifecycle(aura, course, taking_part))


def _refusals(aura: Aura) -> list[Exchange]:
    """Requests that are refused under every reading of the documents."""
    lead = aura.new_lead()
    refused = [
        aura.call("get_lead", path={"id": aura.uuid()}),
        aura.call("update_lead", path={"id": aura.uuid()}, body={"company": "Acme Corp"}),
        aura.call("update_lead", path={"id": lead["id"]}, body={"phone": "14155552671"}),
        aura.call("update_lead", path={"id": lead["id"]}, body={"email": "plain"}),
    ]
    if aura.offers("create_lead"):
        refused.append(aura.call("create_lead", body={"full_name": "John Doe"}))
    return refused
