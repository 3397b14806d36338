"""What holds for every Vorel operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.exchange import Exchange
from conformance.sequences.lifecycle import live
from conformance.target import brief, expect, expect_status
from conformance.vorel import Vorel
from conformance.vorel.fields import text_of
from conformance.vorel.lifecycle import VorelLifecycle, keys

_NO_KEYS = ("malformed", "vapk_live_", "vapk_live_123", f"vapk_live_{'z' * 48}", f"vapk_{'0' * 48}", "null")


def a_request_without_a_key_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")
    for operation_id, arguments in _good_calls(vorel, lead["id"]):
        exchange = vorel.call(operation_id, **arguments, key=None)
        expect_status(exchange, f"{operation_id} without a key is refused", 401, 403)


def a_malformed_key_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")
    keys = [*(["{malformed}"] if vorel.has_key("malformed") else []), *_NO_KEYS, "{full}.", "x{full}"]
    keys += ["{other_case}"] if vorel.has_key("other_case") else []

    def refused(key: str) -> None:
        header = {**vorel.key_header(key), "Content-Type": "application/json"}
        exchange = vorel.send("update_lead", "PATCH", f"/leads/{lead['id']}", header, b'{"name": "Changed"}')
        expect_status(exchange, "a malformed key is refused", 401, 403)

    vorel.for_each(keys, refused)


def a_revoked_key_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")
    for operation_id, arguments in _good_calls(vorel, lead["id"]):
        exchange = vorel.call(operation_id, **arguments, key="revoked")
        expect_status(exchange, f"{operation_id} with a revoked key is refused", 401, 403)


def a_missing_write_scope_is_answered_403(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    keys = [key for key in ("read_only", "other_scope") if vorel.has_key(key)] or ["read_only"]
    for key in keys:
        for operation_id, arguments in _good_calls(vorel, lead["id"]):
            if "body" in arguments:
                exchange = vorel.call(operation_id, **arguments, key=key)
                expect_status(exchange, f"{operation_id} without its write scope is refused", 403)
                expect(isinstance(exchange.json, dict), "a JSON object", exchange.json)


def another_tenants_lead_is_answered_like_a_nonexistent_one(vorel: Vorel) -> None:
    theirs = vorel.foreign_lead(name="Theirs")["id"]

    def alike(operation_id: str) -> None:
        nobodys, another = vorel.uuid(), vorel.uuid()
        first = _about(vorel, operation_id, nobodys)
        foreign = _about(vorel, operation_id, theirs)
        second = _about(vorel, operation_id, another)
        expected = f"{operation_id} of another tenant's lead is answered like that of a nonexistent one"
        expect_status(foreign, expected, first.status)
        was, seen, still = _leaves(first, nobodys), _leaves(foreign, theirs), _leaves(second, another)
        if was.keys() == still.keys():
            expect(seen.keys() == was.keys(), f"{expected}: a body such as {brief(first.json)}", foreign.json)
            telling = [place for place in was if was[place] == still[place] != seen[place]]
            expect(not telling, f"{expected}: {brief(first.json)}", foreign.json)

    vorel.for_each([each for each in ("update_lead", "get_lead") if vorel.can(each)], alike)


def errors_are_json_objects(vorel: Vorel) -> None:
    for exchange in _refusals(vorel):
        if 400 <= exchange.status < 500:
            body = exchange.json
            expect(isinstance(body, dict), f"a JSON object as the body of a {exchange.status}", body)


def a_sequence_of_calls_is_answered_as_documented(vorel: Vorel) -> None:
    taking_part = keys(vorel)
    live(vorel, lambda course: VorelLifecycle(vorel, course, taking_part))


def _good_calls(vorel: Vorel, lead_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """One call of each operation that the target has, with nothing wrong about it."""
    yield "update_lead", {"path": {"id": lead_id}, "body": {"name": "Changed"}}
    if vorel.can("get_lead"):
        yield "get_lead", {"path": {"id": lead_id}}
    if vorel.can("list_leads"):
        yield "list_leads", {"query": {"limit": "1"}}
    if vorel.can("create_conversation"):
        yield "create_conversation", {"body": {"channel": "webform", "customer_identifier": vorel.email()}}
        if vorel.can("create_lead"):
            yield "create_lead", {"body": {"conversation_id": vorel.conversation()}}


def _about(vorel: Vorel, operation_id: str, id: str) -> Exchange:
    """A read of a lead, or an update of it."""
    if operation_id == "get_lead":
        return vorel.call("get_lead", path={"id": id})
    return vorel.patch({"id": id}, {"name": "Changed"})


def _leaves(exchange: Exchange, id: str) -> dict[tuple[Any, ...], Any]:
    """The values in a body by their place, without the id that the request was about."""
    leaves: dict[tuple[Any, ...], Any] = {}

    def visit(value: Any, place: tuple[Any, ...]) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                visit(each, (*place, key))
        elif isinstance(value, list):
            for at, each in enumerate(value):
                visit(each, (*place, at))
        else:
            leaves[place] = value.lower().replace(id.lower(), "<id>") if isinstance(value, str) else value

    visit(exchange.json, ())
    return leaves


def _refusals(vorel: Vorel) -> Iterator[Exchange]:
    """Requests with something wrong about them, of each kind."""
    lead = vorel.new_lead()
    path = {"id": lead["id"]}
    yield vorel.call("update_lead", path=path, body={"name": "Changed"}, key=None)
    yield vorel.call("update_lead", path={"id": vorel.uuid()}, body={"name": "Changed"})
    yield vorel.call("update_lead", path={"id": "not-a-uuid"}, body={"name": "Changed"})
    for body in ({}, {"name": text_of(201)}, {"email": "plain"}, {"status": "unknown"}, {"qualification_score": 101}):
        yield vorel.call("update_lead", path=path, body=body)
    yield vorel.call("update_lead", path=path, raw=b'{"name": ')
    yield vorel.call("update_lead", path=path, raw=b"[]")
    for key in ("malformed", "read_only", "revoked"):
        if vorel.has_key(key):
            yield vorel.call("update_lead", path=path, body={"name": "Changed"}, key=key)
    if vorel.can("get_lead"):
        yield vorel.call("get_lead", path={"id": vorel.uuid()})
    if vorel.can("list_leads"):
        yield vorel.call("list_leads", query={"stale_for_days": "0"})
    if vorel.can("create_lead"):
        yield vorel.call("create_lead", body={})
        yield vorel.call("create_lead", body={"conversation_id": vorel.uuid()})
    if vorel.can("create_conversation"):
        yield vorel.call("create_conversation", body={})
