"""POST /conversations (adjacent)."""

from __future__ import annotations

from typing import Any

from conformance import contract_layer
from conformance.compare import is_uuid
from conformance.exchange import Exchange
from conformance.target import brief, expect, expect_status
from conformance.vorel import CREATED, Vorel
from conformance.vorel.fields import spaced_text_of, text_of

_CHANNELS = ("webform", "whatsapp", "voice")


def replies_match_the_contract(vorel: Vorel) -> None:
    contract_layer.check(vorel, "create_conversation")


def the_reply_is_the_new_conversation(vorel: Vorel) -> None:
    customer = vorel.phone()
    ids = []
    for channel in _CHANNELS:
        conversation = vorel.created(_create(vorel, channel=channel, customer_identifier=customer))
        expect(is_uuid(conversation["id"]), "an id that is a UUID", conversation["id"])
        for name, value in (("channel", channel), ("customer_identifier", customer)):
            expect(conversation.get(name) == value, f"{name} is {value!r}", conversation.get(name))
        ids.append(conversation["id"])
    expect(len(set(ids)) == len(ids), "a conversation of its own on each channel", ids)


def channel_and_customer_identifier_are_required(vorel: Vorel) -> None:
    bodies: list[dict[str, Any]] = [
        {"channel": "webform"},
        {"customer_identifier": vorel.email()},
        {},
        {"channel": None, "customer_identifier": vorel.email()},
        {"channel": "webform", "customer_identifier": None},
        {"customer_name": "Ada Lovelace", "customer_language": "en"},
    ]
    for body in bodies:
        vorel.refused(vorel.call("create_conversation", body=body), f"a conversation of {brief(body)}")


def the_same_channel_and_identifier_are_answered_409(vorel: Vorel) -> None:
    customer = vorel.email()
    vorel.created(_create(vorel, customer_identifier=customer))
    for further in ({}, {"customer_name": "Ada Lovelace"}):
        exchange = _create(vorel, customer_identifier=customer, **further)
        expect_status(exchange, "a second conversation of the same customer on the same channel is refused", 409)


def an_undocumented_channel_is_refused(vorel: Vorel) -> None:
    def refused(channel: str) -> None:
        vorel.refused(_create(vorel, channel=channel), f"the channel {channel!r}")

    vorel.for_each(
        ("sms", "telegram", "WhatsApp", "", "unknown", "webform ", " voice", "web form", "email,voice"), refused
    )


def a_customer_identifier_of_1_or_255_characters_is_accepted(vorel: Vorel) -> None:
    longest = (vorel.token() + text_of(255))[:255]
    shown = vorel.created(_create(vorel, customer_identifier=longest)).get("customer_identifier")
    expect(shown == longest, f"customer_identifier is {longest!r}", shown)
    # All customers of one character may be there from earlier runs.
    shortest = _create(vorel, customer_identifier=vorel.token()[0])
    expect_status(shortest, "a customer_identifier of one character is accepted", *CREATED, 409)


def a_customer_identifier_of_0_or_256_characters_is_refused(vorel: Vorel) -> None:
    longer = (vorel.token() + text_of(256))[:256]
    for customer in ("", longer):
        for beside in ({}, {"customer_name": "Ada Lovelace"}):
            exchange = _create(vorel, customer_identifier=customer, **beside)
            vorel.refused(exchange, f"a customer_identifier of {len(customer)} characters")


def a_customer_name_of_200_characters_is_accepted(vorel: Vorel) -> None:
    for name in (text_of(200), spaced_text_of(200)):
        shown = vorel.created(_create(vorel, customer_name=name)).get("customer_name")
        expect(shown in (None, name), f"customer_name is {brief(name)}, or not shown", shown)


def a_customer_name_of_201_characters_is_refused(vorel: Vorel) -> None:
    for name in (text_of(201), spaced_text_of(208), text_of(2000)):
        for beside in ({}, {"customer_language": "en"}):
            exchange = _create(vorel, customer_name=name, **beside)
            vorel.refused(exchange, f"a customer_name of {len(name)} characters")


def a_language_with_or_without_a_region_is_accepted(vorel: Vorel) -> None:
    for language in ("en", "en-US", "de", "pt-BR", "ja", "nb-NO", "zh-CN", "sw"):
        vorel.created(_create(vorel, customer_language=language))


def a_malformed_customer_language_is_refused(vorel: Vorel) -> None:
    def refused(language: str) -> None:
        vorel.refused(_create(vorel, customer_language=language), f"the language {language!r}")

    vorel.for_each(("english", "EN-us", "EN", "e", "en-us", "en_US", "en-USA", "en-", "en-US-x"), refused)


def _create(vorel: Vorel, **fields: Any) -> Exchange:
    """Try to create a conversation, of a customer of its own unless one is given."""
    return vorel.call(
        "create_conversation", body={"channel": "webform", "customer_identifier": vorel.email(), **fields}
    )
