"""Faults: how an answer looks, and which lead a read shows."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization
from mock_server.vorel.faults.parts import Bend, answers, instead, saying, without

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
