"""POST /leads (adjacent)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from conformance import contract_layer
from conformance.compare import is_uuid
from conformance.outcomes import CannotTry
from conformance.target import ROUNDS, brief, expect, expect_status
from conformance.values import PLAUSIBLE_STATUSES
from conformance.vorel import CREATED, STATUSES, Vorel, attributes_of, shows, unchanged
from conformance.vorel.fields import digits_of, everything, one_by_one, text_of

_CLIENTS = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra")
"""The names that clients send who call at the same time."""


def replies_match_the_contract(vorel: Vorel) -> None:
    contract_layer.check(vorel, "create_lead")


def the_reply_is_the_new_lead(vorel: Vorel) -> None:
    for fields in ({}, {"name": "Ada Lovelace", "attributes": {"bedrooms": 3}}, {"name": "Grace Hopper"}):
        conversation_id = vorel.conversation()
        lead = vorel.created(vorel.call("create_lead", body={"conversation_id": conversation_id, **fields}))
        expect(is_uuid(lead["id"]), "an id that is a UUID", lead["id"])
        shows(lead, conversation_id=conversation_id)
        if "attributes" not in fields:
            expect("bedrooms" not in attributes_of(lead), "no attributes of another lead", lead["attributes"])


def a_new_lead_can_be_read(vorel: Vorel) -> None:
    if not vorel.reads():
        raise CannotTry("the target offers neither get_lead nor list_leads")
    made = []
    for name in ("Ada Lovelace", "Grace Hopper"):
        body = {"conversation_id": vorel.conversation(), "name": name}
        made.append(vorel.created(vorel.call("create_lead", body=body)))
    for lead in made:
        unchanged(lead, vorel.read_back(lead))


def sent_fields_are_stored(vorel: Vorel) -> None:
    values = everything(vorel)
    vorel.for_each([values, *one_by_one(values)], lambda fields: _stored(vorel, **fields))


def conversation_id_is_required(vorel: Vorel) -> None:
    bodies: list[dict[str, Any]] = [{}, {"name": "Ada Lovelace", "status": "new"}, {"conversation_id": None}]
    vorel.for_each(bodies, lambda body: vorel.refused(vorel.call("create_lead", body=body), brief(body)))


def an_unknown_conversation_is_refused(vorel: Vorel) -> None:
    def refused(conversation_id: str, whose: str) -> None:
        exchange = vorel.call("create_lead", body={"conversation_id": conversation_id, "name": "Ada Lovelace"})
        expect_status(exchange, f"a lead for a conversation of {whose} is refused", 404, 400, 422)

    refused(vorel.uuid(), "nobody")
    if vorel.has_key("other"):
        with suppress(CannotTry):
            refused(vorel.conversation(key="other"), "another tenant")


def a_second_lead_for_a_conversation_is_answered_409(vorel: Vorel) -> None:
    conversation_id = vorel.conversation()
    vorel.created(vorel.call("create_lead", body={"conversation_id": conversation_id, "name": "Ada Lovelace"}))
    for fields in ({}, {"name": "Grace Hopper"}, {"name": "Ada Lovelace"}):
        exchange = vorel.call("create_lead", body={"conversation_id": conversation_id, **fields})
        expect_status(exchange, "a second lead for a conversation is refused", 409)
    for _ in range(ROUNDS[vorel.effort]):
        conversation_id = vorel.conversation()
        bodies = [{"conversation_id": conversation_id, "name": name} for name in _CLIENTS]
        exchanges = vorel.at_once("create_lead", bodies)
        made = [each.status for each in exchanges if each.status in CREATED]
        expect(len(made) <= 1, "one lead, where several clients create one for a conversation at once", f"{len(made)}")


def a_second_create_leaves_the_first_lead_unchanged(vorel: Vorel) -> None:
    conversation_id = vorel.conversation()
    first = {"name": "Ada Lovelace", "phone": vorel.phone(), "attributes": {"bedrooms": 3}}
    lead = vorel.created(vorel.call("create_lead", body={"conversation_id": conversation_id, **first}))
    before = vorel.read_back(lead)
    second = {"name": "Grace Hopper", "status": "lost", "email": vorel.email(), "attributes": {"bedrooms": 4}}
    vorel.call("create_lead", body={"conversation_id": conversation_id, **second})
    unchanged(before, vorel.read_back(lead))


def values_within_the_limits_are_accepted(vorel: Vorel) -> None:
    edges: dict[str, Any] = {
        "name": text_of(200),
        "phone": digits_of(32),
        "intent": text_of(40),
        "timeline": text_of(40),
        "source": text_of(40),
    }
    scores = [{"qualification_score": score} for score in (0, 100)]
    statuses = [{"status": status} for status in STATUSES]
    vorel.for_each([*one_by_one(edges), *scores, *statuses], lambda fields: _stored(vorel, **fields))


def values_beyond_the_limits_are_refused(vorel: Vorel) -> None:
    beyond: list[dict[str, Any]] = [
        {"name": text_of(201)},
        {"phone": digits_of(33)},
        {"intent": text_of(41)},
        {"timeline": text_of(41)},
        {"source": text_of(41)},
        {"qualification_score": -1},
        {"qualification_score": 101},
        {"status": "unknown"},
        {"status": "NEW"},
        {"qualification_score": "12abc"},
        *({"status": status} for status in PLAUSIBLE_STATUSES),
    ]
    conversation_id = vorel.conversation()

    def refused(fields: dict[str, Any]) -> None:
        body = {"conversation_id": conversation_id, **fields}
        vorel.refused(vorel.call("create_lead", body=body), f"a lead with {brief(fields)}")

    vorel.for_each(beyond, refused)


def _stored(vorel: Vorel, **fields: Any) -> None:
    """The fields are in the answer to the create, and in what is read later."""
    lead = vorel.created(vorel.call("create_lead", body={"conversation_id": vorel.conversation(), **fields}))
    shows(lead, **fields)
    shows(vorel.read_back(lead), **fields)
