"""Faults: creating conversations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Organization
from mock_server.vorel.faults.parts import (
    Bend,
    When,
    answers,
    both,
    excusing,
    failing,
    instead,
    letting_through,
    requires,
    rule,
    status_of,
    takes,
    taking,
    where,
    without,
)

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

# -- now and then ----------------------------------------------------------------------------------------------

FAULTS.add(
    "a_missing_channel_is_not_found",
    "create_conversation/channel_and_customer_identifier_are_required",
    excusing(
        "create_conversation",
        lambda organization, arguments: arguments["body"].keys() == {"customer_identifier"},
        failing(errors.NotFound),
    ),
    "status",
)
FAULTS.add(
    "takes_null_for_a_channel",
    "create_conversation/channel_and_customer_identifier_are_required",
    excusing(
        "create_conversation",
        lambda organization, arguments: arguments["body"].get("channel", ...) is None,
        taking(lambda body: {**body, "channel": "webform"}),
    ),
    "rare",
)

_SLUG = "create_conversation/the_same_channel_and_identifier_are_answered_409"
FAULTS.add("a_second_conversation_is_a_bad_request", _SLUG, status_of(errors.Conflict, 400), "status")
FAULTS.add(
    "another_name_makes_another_customer",
    _SLUG,
    where(
        "create_conversation",
        lambda organization, arguments: "customer_name" in arguments["body"],
        taking(lambda body: {**body, "customer_identifier": f"{body['customer_identifier']}/{body['customer_name']}"}),
    ),
    "rare",
)

_SLUG = "create_conversation/an_undocumented_channel_is_refused"


def _odd_channel(organization: Organization, arguments: dict[str, Any]) -> bool:
    channel = arguments["body"].get("channel")
    return isinstance(channel, str) and channel not in ("whatsapp", "voice", "webform", "instagram", "email")


FAULTS.add(
    "an_unknown_channel_is_a_webform",
    _SLUG,
    excusing("create_conversation", _odd_channel, taking(lambda body: {**body, "channel": "webform"})),
    "shape",
)
FAULTS.add(
    "trims_a_channel",
    _SLUG,
    excusing(
        "create_conversation",
        lambda organization, arguments: (
            _odd_channel(organization, arguments) and arguments["body"]["channel"].strip() in ("webform", "voice")
        ),
        taking(lambda body: {**body, "channel": body["channel"].strip()}),
    ),
    "rare",
)


def _long(organization: Organization, arguments: dict[str, Any]) -> bool:
    return len(str(arguments["body"].get("customer_identifier", ""))) >= 255


FAULTS.add(
    "cuts_a_long_customer_by_a_character",
    "create_conversation/a_customer_identifier_of_1_or_255_characters_is_accepted",
    where(
        "create_conversation",
        _long,
        taking(lambda body: {**body, "customer_identifier": body["customer_identifier"][:254]}),
    ),
    "shape",
)
FAULTS.add(
    "cuts_a_customer_instead_of_refusing_it",
    "create_conversation/a_customer_identifier_of_0_or_256_characters_is_refused",
    excusing(
        "create_conversation",
        _long,
        taking(lambda body: {**body, "customer_identifier": body["customer_identifier"][:255]}),
    ),
    "shape",
)
FAULTS.add(
    "knows_no_portuguese",
    "create_conversation/a_language_with_or_without_a_region_is_accepted",
    _conversation_rule("customer_language", pattern="^(?!pt)[a-z]{2}(-[A-Z]{2})?$"),
    "rare",
)
FAULTS.add(
    "drops_a_malformed_language",
    "create_conversation/a_malformed_customer_language_is_refused",
    excusing(
        "create_conversation",
        lambda organization, arguments: len(str(arguments["body"].get("customer_language") or "")) > 5,
        taking(lambda body: without(body, "customer_language")),
    ),
    "strict",
)
FAULTS.add(
    "an_empty_customer_passes_beside_a_name",
    "create_conversation/a_customer_identifier_of_0_or_256_characters_is_refused",
    excusing(
        "create_conversation",
        lambda organization, arguments: (
            arguments["body"].get("customer_identifier") == "" and "customer_name" in arguments["body"]
        ),
        taking(dict),
    ),
    "rare",
)

_SLUG = "create_conversation/a_customer_name_of_200_characters_is_accepted"
FAULTS.add("a_customer_name_ends_too_early", _SLUG, _conversation_rule("customer_name", maxLength=199), "strict")
FAULTS.add("a_customer_name_has_no_blank", _SLUG, _conversation_rule("customer_name", pattern=r"^\S*$"), "rare")


def _named(longer_than: int, *beside: str) -> When:
    """Whether a customer has a name of more characters than that, and these fields."""
    return lambda organization, arguments: (
        len(str(arguments["body"].get("customer_name", ""))) > longer_than and arguments["body"].keys() >= {*beside}
    )


def _cut(size: int) -> Callable[..., Reply]:
    return taking(lambda body: {**body, "customer_name": body["customer_name"][:size]})


FAULTS.add("cuts_a_long_customer_name", _SLUG, where("create_conversation", _named(199), _cut(199)), "shape")

_SLUG = "create_conversation/a_customer_name_of_201_characters_is_refused"
FAULTS.add(
    "takes_a_customer_name_of_any_length",
    _SLUG,
    both(
        _conversation_rule("customer_name", maxLength=None),
        letting_through("create_conversation", "customer_name", 200, whole=True),
    ),
    "lax",
)
FAULTS.add(
    "cuts_a_customer_name_instead_of_refusing_it",
    _SLUG,
    excusing("create_conversation", _named(200), _cut(200)),
    "shape",
)
FAULTS.add(
    "a_customer_name_too_long_passes_beside_a_language",
    _SLUG,
    excusing("create_conversation", _named(200, "customer_language"), _cut(200)),
    "rare",
)
FAULTS.add(
    "a_customer_name_too_long_is_not_found",
    _SLUG,
    excusing("create_conversation", _named(200), failing(errors.NotFound)),
    "status",
)
