"""Faults: how an answer looks, and which lead a read shows."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization
from mock_server.vorel.faults.parts import (
    Bend,
    When,
    answers,
    answers_errors,
    any_text_as_id,
    both,
    failing,
    instead,
    knowing_the_caller,
    lead_of,
    new_with_id,
    saying,
    showing,
    true,
    where,
    without,
)
from mock_server.vorel.operations import blank

FAULTS = Faults("vorel")

# -- replies -------------------------------------------------------------------------------------------------
for _operation_id in ("update_lead", "get_lead", "create_lead"):
    FAULTS.add(
        f"{_operation_id}_shows_the_score_as_text",
        f"{_operation_id}/replies_match_the_contract",
        answers(_operation_id, lambda lead: {**lead, "qualification_score": str(lead["qualification_score"])}),
        "shape",
    )

FAULTS.add(
    "list_leads_shows_timestamps_as_numbers",
    "list_leads/replies_match_the_contract",
    answers("list_leads", lambda leads: [{**lead, "updated_at": 1} for lead in leads]),
    "shape",
)
FAULTS.add(
    "create_conversation_hides_the_status",
    "create_conversation/replies_match_the_contract",
    answers("create_conversation", lambda conversation: without(conversation, "status")),
    "shape",
)

for _operation_id, _slug in {
    "update_lead": "the_reply_is_the_bare_lead",
    "get_lead": "the_reply_is_the_lead_of_the_path",
    "create_lead": "the_reply_is_the_new_lead",
    "create_conversation": "the_reply_is_the_new_conversation",
}.items():
    FAULTS.add(
        f"{_operation_id}_wraps_its_reply",
        f"{_operation_id}/{_slug}",
        answers(_operation_id, lambda data: {"data": data}),
        "shape",
    )


@FAULTS.breaks("update_lead/the_reply_is_the_bare_lead", "shape")
def answers_only_with_what_was_sent(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        lead = handler(organization, id=id, body=body).data
        return Reply({"id": lead["id"], **{name: lead[name] for name in body}})

    return instead("update_lead", handle)(api)


@FAULTS.breaks("update_lead/the_reply_names_the_lead_of_the_path", "stateful")
def answers_with_the_newest_lead(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        handler(organization, **arguments)
        return Reply(next(reversed(organization.leads)))

    return instead("update_lead", handle)(api)


def _of_the_oldest_lead(handler: Handler, organization: Organization, id: str, **arguments: Any) -> Reply:
    known = organization.leads.get(id) is not None
    return handler(organization, id=next(iter(organization.leads))["id"] if known else id, **arguments)


FAULTS.add(
    "updates_always_the_oldest_lead",
    "update_lead/the_reply_names_the_lead_of_the_path",
    instead("update_lead", _of_the_oldest_lead),
    "stateful",
)
FAULTS.add(
    "reads_always_the_oldest_lead",
    "get_lead/the_reply_is_the_lead_of_the_path",
    instead("get_lead", _of_the_oldest_lead),
    "stateful",
)

for _name, _shown in {
    "shows_timestamps_as_seconds": {"updated_at": 1768636800},
    "shows_the_score_as_a_fraction": {"qualification_score": 0.5},
    "shows_the_status_in_capitals": {"status": "NEW"},
    "shows_unset_texts_as_false": {"timeline": False},
}.items():
    FAULTS.add(
        _name,
        "update_lead/the_reply_has_the_documented_types",
        answers("update_lead", lambda lead, shown=_shown: {**lead, **shown}),  # type: ignore[misc]
        "shape",
    )


@FAULTS.breaks("update_lead/a_successful_update_is_answered_200", "status")
def updates_are_answered_202(api: Api) -> Api:
    def render(organization: Organization, reply: Reply) -> Answer:
        answer = api.render(organization, reply)
        is_lead = isinstance(reply.data, dict) and "attributes" in reply.data
        return replace(answer, status=202) if is_lead and not reply.created else answer

    return replace(api, render=render)


# -- reading -------------------------------------------------------------------------------------------------
FAULTS.add(
    "an_unknown_lead_is_read_as_a_bad_request",
    "get_lead/an_unknown_lead_is_answered_404",
    saying("get_lead", errors.NotFound, lambda: errors.Invalid("No such lead.")),
    "status",
)

for _name, _hidden in {
    "a_read_hides_the_timeline": {"timeline": None},
    "a_read_hides_the_score": {"qualification_score": None},
    "a_read_hides_the_attributes": {"attributes": {}},
}.items():
    FAULTS.add(
        _name,
        "get_lead/a_read_shows_the_last_update",
        answers("get_lead", lambda lead, hidden=_hidden: {**lead, **hidden}),  # type: ignore[misc]
        "field",
    )


@FAULTS.breaks("get_lead/a_read_shows_the_last_update", "stateful")
def reads_come_from_a_cache(api: Api) -> Api:
    cache: dict[str, Lead] = {}

    def handle(handler: Handler, organization: Organization, id: str) -> Reply:
        return Reply(cache.setdefault(id, deepcopy(handler(organization, id=id).data)))

    return instead("get_lead", handle)(api)


def _scope(path: str, scope: str) -> Bend:
    """A read that needs another scope."""
    return lambda api: api.promising(
        lambda contract: contract["paths"][path]["get"].update({"x-required-scope": scope})
    )


FAULTS.add(
    "reading_needs_a_write_scope",
    "get_lead/the_read_scope_opens_a_read",
    _scope("/leads/{id}", "leads:write"),
    "strict",
)
FAULTS.add(
    "listing_needs_a_write_scope", "list_leads/the_read_scope_opens_the_list", _scope("/leads", "leads:write"), "strict"
)

# -- now and then ----------------------------------------------------------------------------------------------

FAULTS.add(
    "an_unknown_lead_is_a_text",
    "update_lead/replies_match_the_contract",
    answers_errors(errors.NotFound, lambda answer: replace(answer, content="No such lead.")),
    "rare",
)
FAULTS.add(
    "an_update_with_an_empty_text_fails",
    "update_lead/replies_match_the_contract",
    where("update_lead", lambda organization, arguments: "" in arguments["body"].values(), failing(errors.Broken)),
    "status",
)
FAULTS.add(
    "a_read_of_a_malformed_id_fails",
    "get_lead/replies_match_the_contract",
    both(
        any_text_as_id,
        where("get_lead", lambda organization, arguments: len(arguments["id"]) != 36, failing(errors.Broken)),
    ),
    "status",
)
FAULTS.add(
    "a_read_shows_no_attributes_as_null",
    "get_lead/replies_match_the_contract",
    answers("get_lead", lambda lead: {**lead, "attributes": lead["attributes"] or None}),
    "rare",
)
FAULTS.add(
    "an_empty_page_has_no_list",
    "list_leads/replies_match_the_contract",
    answers("list_leads", lambda leads: leads or None),
    "rare",
)
FAULTS.add(
    "a_list_of_one_lead_fails",
    "list_leads/replies_match_the_contract",
    where("list_leads", lambda organization, arguments: arguments["query"]["limit"] == 1, failing(errors.Broken)),
    "status",
)
FAULTS.add(
    "a_new_lead_without_a_source_hides_its_creation",
    "create_lead/replies_match_the_contract",
    answers("create_lead", lambda lead: lead if lead["source"] else without(lead, "created_at")),
    "rare",
)
FAULTS.add(
    "a_create_with_empty_attributes_fails",
    "create_lead/replies_match_the_contract",
    where(
        "create_lead", lambda organization, arguments: arguments["body"].get("attributes") == {}, failing(errors.Broken)
    ),
    "status",
)
FAULTS.add(
    "a_conversation_by_email_has_no_status",
    "create_conversation/replies_match_the_contract",
    answers(
        "create_conversation",
        lambda conversation: {**conversation, "status": None if conversation["channel"] == "email" else "active"},
    ),
    "rare",
)
FAULTS.add(
    "a_conversation_with_a_region_fails",
    "create_conversation/replies_match_the_contract",
    where(
        "create_conversation",
        lambda organization, arguments: "-" in (arguments["body"].get("customer_language") or ""),
        failing(errors.Broken),
    ),
    "status",
)

_SLUG = "update_lead/the_reply_is_the_bare_lead"
FAULTS.add(
    "an_update_without_effect_answers_with_nothing",
    _SLUG,
    where(
        "update_lead",
        lambda organization, arguments: (
            not arguments["body"].items()
            ^ {name: lead_of(organization, arguments).get(name) for name in arguments["body"]}.items()
            if "attributes" not in arguments["body"]
            else False
        ),
        showing(lambda lead: {"id": lead["id"]}),
    ),
    "stateful",
)
FAULTS.add(
    "an_update_of_the_status_hides_the_conversation",
    _SLUG,
    where(
        "update_lead",
        lambda organization, arguments: "status" in arguments["body"],
        showing(lambda lead: without(lead, "conversation_id")),
    ),
    "rare",
)
FAULTS.add(
    "an_update_is_shown_as_the_conversation",
    "update_lead/the_reply_names_the_lead_of_the_path",
    answers("update_lead", lambda lead: {**lead, "id": lead["conversation_id"]}),
    "field",
)
_SLUG = "update_lead/the_reply_has_the_documented_types"
FAULTS.add(
    "shows_a_score_of_0_as_false",
    _SLUG,
    answers("update_lead", lambda lead: {**lead, "qualification_score": lead["qualification_score"] or False}),
    "rare",
)
FAULTS.add(
    "a_lost_lead_has_a_status_of_its_own",
    _SLUG,
    answers("update_lead", lambda lead: {**lead, "status": "closed" if lead["status"] == "lost" else lead["status"]}),
    "rare",
)
FAULTS.add(
    "a_read_is_shown_as_the_conversation",
    "get_lead/the_reply_is_the_lead_of_the_path",
    answers("get_lead", lambda lead: {**lead, "id": lead["conversation_id"]}),
    "field",
)


@FAULTS.breaks("get_lead/an_unknown_lead_is_answered_404", "lax")
def reads_unknown_leads_as_empty_ones(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str) -> Reply:
        return Reply(organization.leads.get(id.lower()) or {**blank(organization), "id": id})

    return instead("get_lead", handle)(api)


@FAULTS.breaks("get_lead/an_unknown_lead_is_answered_404", "stateful")
def a_lead_that_was_asked_for_exists(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str) -> Reply:
        try:
            return handler(organization, id=id)
        except errors.NotFound:
            new_with_id(organization, id)
            raise

    return instead("get_lead", handle)(api)


def _for_readers(operation_id: str, then: Callable[..., Reply]) -> Bend:
    """A read that does something else for a key that may read and nothing more."""

    def handle(handler: Handler, scopes: frozenset[str], organization: Organization, **arguments: Any) -> Reply:
        if scopes == {"read"}:
            return then(handler, organization, **arguments)
        return handler(organization, **arguments)

    return knowing_the_caller(operation_id, handle)


_SLUG = "get_lead/the_read_scope_opens_a_read"
FAULTS.add("readers_find_no_lead", _SLUG, _for_readers("get_lead", failing(errors.NotFound)), "status")
FAULTS.add(
    "readers_see_no_names",
    _SLUG,
    _for_readers("get_lead", showing(lambda lead: {**lead, "name": None})),
    "shape",
)
_SLUG = "list_leads/the_read_scope_opens_the_list"
FAULTS.add("readers_cannot_list", _SLUG, _for_readers("list_leads", failing(errors.Unauthorized)), "status")
FAULTS.add("readers_list_nothing", _SLUG, _for_readers("list_leads", showing(lambda leads: [])), "shape")


def _of_the_oldest_where(when: When) -> Bend:
    """An update that now and then shows the oldest lead instead."""

    def then(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        handler(organization, **arguments)
        return Reply(next(iter(organization.leads)))

    return where("update_lead", when, then)


FAULTS.add(
    "an_update_of_the_score_shows_the_oldest_lead",
    "update_lead/the_reply_names_the_lead_of_the_path",
    _of_the_oldest_where(lambda organization, arguments: "qualification_score" in arguments["body"]),
    "rare",
)
FAULTS.add(
    "an_updated_lead_loses_its_zone",
    "update_lead/the_reply_has_the_documented_types",
    where(
        "update_lead",
        lambda organization, arguments: lead_of(organization, arguments).get("status") == "booked",
        showing(lambda lead: {**lead, "created_at": lead["created_at"].rstrip("Z")}),
    ),
    "stateful",
)
FAULTS.add(
    "a_read_shows_no_false_attributes",
    "get_lead/a_read_shows_the_last_update",
    answers("get_lead", lambda lead: {**lead, "attributes": true(lead["attributes"])}),
    "rare",
)
