"""Octanist, wrong in how one lead is read."""

from __future__ import annotations

from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults, answering
from mock_server.octanist.faults.bends import around, refusing
from mock_server.store import Organization

FAULTS = Faults("octanist")


@FAULTS.breaks("get_lead/replies_match_the_contract", "shape")
def get_shows_seconds_since_1970(api: Api) -> Api:
    return answering(api, "get_lead", lambda lead: {**lead, "createdAt": 1_768_636_800})


@FAULTS.breaks("get_lead/lead_asked_for_is_returned", "stateful")
def get_returns_the_newest_lead(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        handler(organization, **arguments)
        return Reply(next(iter(reversed(organization.leads))))

    return around("get_lead", run)(api)


@FAULTS.breaks("get_lead/unknown_id_is_404_not_found", "lax")
def get_takes_the_beginning_of_an_id(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        ids = [lead["id"] for lead in organization.leads if lead["id"].startswith(arguments["id"])]
        return handler(organization, id=ids[0] if ids else arguments["id"])

    return around("get_lead", run)(api)


FAULTS.add(
    "get_answers_not_found_with_400",
    "get_lead/unknown_id_is_404_not_found",
    refusing(errors.NotFound, status=400, code="VALIDATION_ERROR"),
    "status",
)


# -- rarer ones --------------------------------------------------------------------------------------------

_ASKED = "get_lead/lead_asked_for_is_returned"
_UNKNOWN = "get_lead/unknown_id_is_404_not_found"
_CONTRACT = "get_lead/replies_match_the_contract"


@FAULTS.breaks(_ASKED, "stateful")
def get_returns_the_lead_asked_for_first(api: Api) -> Api:
    asked: list[str] = []

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        asked.append(arguments["id"])
        return reply if len(asked) < 4 else handler(organization, id=asked[0])

    return around("get_lead", run)(api)


@FAULTS.breaks(_ASKED, "rare")
def get_of_the_second_newest_lead_returns_the_newest(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        newest, second = (*list(reversed(organization.leads))[:2], reply.data)[:2]
        return Reply(newest) if reply.data is second else reply

    return around("get_lead", run)(api)


@FAULTS.breaks(_ASKED, "strict")
def get_shows_no_phone(api: Api) -> Api:
    return answering(api, "get_lead", lambda lead: {**lead, "phone": None})


@FAULTS.breaks(_UNKNOWN, "stateful")
def unknown_id_is_an_empty_lead_when_asked_again(api: Api) -> Api:
    asked: set[str] = set()

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        try:
            return handler(organization, **arguments)
        except errors.NotFound:
            if arguments["id"] in asked:
                return Reply({"id": arguments["id"]})
            asked.add(arguments["id"])
            raise

    return around("get_lead", run)(api)


@FAULTS.breaks(_CONTRACT, "rare")
def get_shows_unset_dates_as_empty_texts(api: Api) -> Api:
    return answering(api, "get_lead", lambda lead: {**lead, "expiresAt": lead["expiresAt"] or ""})


FAULTS.add("unknown_ids_are_a_server_fault", _CONTRACT, refusing(errors.NotFound, status=500), "status")
