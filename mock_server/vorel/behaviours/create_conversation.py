"""POST /conversations (adjacent)."""

from __future__ import annotations

from mock_server.behaviours import answered, on_refusal, on_success, succeeded
from mock_server.call import Call
from mock_server.vorel.behaviours.facts import length_is

UNMEETABLE: dict[str, str] = {}

_CHANNELS = ("whatsapp", "voice", "webform", "instagram", "email")

replies_match_the_contract = succeeded
the_reply_is_the_new_conversation = succeeded


@on_refusal
def channel_and_customer_identifier_are_required(call: Call) -> bool:
    if not isinstance(call.body, dict) or call.place != "body":
        return False
    return "channel" not in call.body or "customer_identifier" not in call.body


the_same_channel_and_identifier_are_answered_409 = answered(409)


@on_refusal
def an_undocumented_channel_is_refused(call: Call) -> bool:
    channel = call.sent.get("channel")
    return isinstance(channel, str) and channel not in _CHANNELS and call.place == "channel"


@on_success
def a_customer_identifier_of_1_or_255_characters_is_accepted(call: Call) -> bool:
    return length_is(call.sent, "customer_identifier", 1, 255)


@on_refusal
def a_customer_identifier_of_0_or_256_characters_is_refused(call: Call) -> bool:
    return length_is(call.sent, "customer_identifier", 0, 256) and call.place == "customer_identifier"


@on_success
def a_customer_name_of_200_characters_is_accepted(call: Call) -> bool:
    return length_is(call.sent, "customer_name", 200)


@on_refusal
def a_customer_name_of_201_characters_is_refused(call: Call) -> bool:
    return length_is(call.sent, "customer_name", 201) and call.place == "customer_name"


@on_success
def a_language_with_or_without_a_region_is_accepted(call: Call) -> bool:
    return isinstance(call.sent.get("customer_language"), str)


@on_refusal
def a_malformed_customer_language_is_refused(call: Call) -> bool:
    return isinstance(call.sent.get("customer_language"), str) and call.place == "customer_language"
