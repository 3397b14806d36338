"""Faults: creating conversations."""

from __future__ import annotations

from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Organization
from mock_server.vorel.faults.parts import Bend, answers, both, instead, letting_through, requires, rule, takes

FAULTS = Faults("vorel")


def _conversation_rule(field: str, **keywords: Any) -> Bend:
    return rule("CreateConversation", field, **keywords)


FAULTS.add(
    "every_conversation_is_a_webform",
    "create_conversation/the_reply_is_the_new_conversation",
    answers("create_conversation", lambda conversation: {**conversation, "channel": "webform"}),
    "field",
)


@FAULTS.breaks("create_conversation/the_reply_is_the_new_conversation", "stateful")
def a_customer_has_one_conversation_on_all_channels(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        customers = {each["customer_identifier"] for each in organization.conversations.values()}
        if body["customer_identifier"] in customers:
            raise errors.Conflict("The customer already has a conversation.")
        return handler(organization, body=body)

    return instead("create_conversation", handle)(api)


FAULTS.add(
    "a_channel_is_optional",
    "create_conversation/channel_and_customer_identifier_are_required",
    both(
        requires("CreateConversation", lambda schema: schema["required"].remove("channel")),
        takes("create_conversation", lambda body: {"channel": "webform", **body}),
    ),
    "lax",
)
FAULTS.add(
    "a_customer_is_optional",
    "create_conversation/channel_and_customer_identifier_are_required",
    both(
        requires("CreateConversation", lambda schema: schema["required"].remove("customer_identifier")),
        takes("create_conversation", lambda body: {"customer_identifier": "anonymous", **body}),
    ),
    "lax",
)


@FAULTS.breaks("create_conversation/the_same_channel_and_identifier_are_answered_409", "lax")
def hands_out_the_same_conversation_again(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        try:
            return handler(organization, body=body)
        except errors.Conflict:
            known = organization.conversations.values()
            return Reply(next(each for each in known if each["customer_identifier"] == body["customer_identifier"]))

    return instead("create_conversation", handle)(api)


_SLUG = "create_conversation/a_customer_identifier_of_1_or_255_characters_is_accepted"
FAULTS.add("customers_have_two_characters", _SLUG, _conversation_rule("customer_identifier", minLength=2), "strict")
FAULTS.add(
    "a_customer_ends_a_character_early", _SLUG, _conversation_rule("customer_identifier", maxLength=254), "strict"
)

_SLUG = "create_conversation/a_customer_identifier_of_0_or_256_characters_is_refused"
FAULTS.add("takes_an_empty_customer", _SLUG, _conversation_rule("customer_identifier", minLength=None), "lax")
FAULTS.add(
    "a_customer_ends_a_character_late",
    _SLUG,
    both(
        _conversation_rule("customer_identifier", maxLength=256),
        letting_through("create_conversation", "customer_identifier", 255, whole=True),
    ),
    "lax",
)

FAULTS.add(
    "takes_any_channel",
    "create_conversation/an_undocumented_channel_is_refused",
    _conversation_rule("channel", enum=None),
    "lax",
)

_SLUG = "create_conversation/a_language_with_or_without_a_region_is_accepted"
FAULTS.add("a_language_has_no_region", _SLUG, _conversation_rule("customer_language", pattern="^[a-z]{2}$"), "strict")
FAULTS.add(
    "a_language_needs_a_region", _SLUG, _conversation_rule("customer_language", pattern="^[a-z]{2}-[A-Z]{2}$"), "strict"
)

_SLUG = "create_conversation/a_malformed_customer_language_is_refused"
FAULTS.add(
    "a_language_only_begins_with_letters", _SLUG, _conversation_rule("customer_language", pattern="^[a-z]{2}"), "lax"
)
FAULTS.add(
    "languages_may_be_in_capitals",
    _SLUG,
    _conversation_rule("customer_language", pattern="^[A-Za-z]{2}(-[A-Za-z]{2})?$"),
    "rare",
)
