"""Faults: which lead an update concerns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization
from mock_server.vorel.faults.parts import (
    Bend,
    any_text_as_id,
    both,
    failing,
    first,
    instead,
    new_with_id,
    saying,
    where,
)

FAULTS = Faults("vorel")


def _found(find: Callable[[Organization, str], Lead | None], operation_id: str = "update_lead") -> Bend:
    """An operation that also finds leads in a way of its own."""

    def handle(handler: Handler, organization: Organization, id: str, **arguments: Any) -> Reply:
        lead = organization.leads.get(id) or find(organization, id)
        return handler(organization, id=lead["id"] if lead else id, **arguments)

    return instead(operation_id, handle)


FAULTS.add(
    "finds_a_lead_by_the_beginning_of_its_id",
    "update_lead/a_malformed_lead_id_is_refused",
    both(any_text_as_id, _found(lambda organization, id: first(organization, lambda each: each.startswith(id[:35])))),
    "rare",
)
FAULTS.add(
    "takes_the_first_lead_for_an_unreadable_id",
    "update_lead/a_malformed_lead_id_is_refused",
    both(any_text_as_id, _found(lambda organization, id: None if len(id) == 36 else first(organization, bool))),
    "lax",
)


def _of_conversation(organization: Organization, id: str) -> Lead | None:
    return next(iter(organization.leads.find("conversation_id", id)), None)


FAULTS.add(
    "finds_a_lead_by_its_conversation", "update_lead/an_unknown_lead_is_never_updated", _found(_of_conversation), "rare"
)
FAULTS.add(
    "finds_the_neighbour_of_an_id",
    "update_lead/an_unknown_lead_is_never_updated",
    _found(lambda organization, id: first(organization, lambda each: each[:35] == id[:35])),
    "rare",
)
FAULTS.add(
    "reads_the_neighbour_of_an_id",
    "get_lead/an_unknown_lead_is_answered_404",
    _found(lambda organization, id: first(organization, lambda each: each[:35] == id[:35]), "get_lead"),
    "rare",
)
FAULTS.add("creates_unknown_leads", "update_lead/an_unknown_lead_is_never_updated", _found(new_with_id), "lax")


@FAULTS.breaks("update_lead/an_unknown_lead_is_never_updated", "stateful")
def creates_unknown_leads_and_refuses(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        try:
            return handler(organization, id=id, body=body)
        except errors.NotFound:
            new_with_id(organization, id)
            raise

    return instead("update_lead", handle)(api)


FAULTS.add(
    "an_unknown_lead_is_a_bad_request",
    "update_lead/an_unknown_lead_is_refused_with_404",
    saying("update_lead", errors.NotFound, lambda: errors.Invalid("No such lead.")),
    "status",
)

FAULTS.add(
    "a_malformed_id_is_a_conflict",
    "update_lead/a_malformed_lead_id_is_refused",
    both(
        any_text_as_id,
        where("update_lead", lambda organization, arguments: not _is_id(arguments["id"]), failing(errors.Conflict)),
    ),
    "status",
)
FAULTS.add(
    "overlooks_what_is_no_digit_of_an_id",
    "update_lead/a_malformed_lead_id_is_refused",
    both(
        any_text_as_id,
        _found(lambda organization, id: first(organization, lambda each: each == id.strip("xyz"))),
    ),
    "rare",
)


def _is_id(text: str) -> bool:
    return len(text) == 36 and set(text.lower()) <= set("0123456789abcdef-")
