"""Faults: listing leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Api, Reply
from mock_server.faults import Faults
from mock_server.store import Lead
from mock_server.vorel.faults.parts import Bend, answers_errors, instead, without

FAULTS = Faults("vorel")


def _listing(edit: Callable[[Reply, dict[str, Any]], Reply]) -> Bend:
    """A list that answers what `edit` makes of its page and its query."""
    return instead("list_leads", lambda handler, organization, query: edit(handler(organization, query=query), query))


def _asking(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    """A list that understands another query than was sent."""
    return instead("list_leads", lambda handler, organization, query: handler(organization, query=change(query)))


def _page(edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    """A list with other keys beside its data."""
    return _listing(lambda reply, query: replace(reply, pagination=edit(dict(reply.pagination or {}))))


def _parameter(name: str, **keywords: Any) -> Bend:
    """Another rule for a parameter of the list; a keyword of None is dropped."""

    def edit(contract: Any) -> None:
        for each in contract["paths"]["/leads"]["get"]["parameters"]:
            if each["name"] == name:
                rule = {**each["schema"], **keywords}
                each["schema"] = {keyword: value for keyword, value in rule.items() if value is not None}

    return lambda api: api.promising(edit)


FAULTS.add(
    "the_last_page_lacks_next_cursor",
    "list_leads/a_page_has_its_three_keys",
    _page(lambda page: page if page["has_more"] else without(page, "next_cursor")),
    "rare",
)
FAULTS.add(
    "has_more_is_a_number",
    "list_leads/a_page_has_its_three_keys",
    _page(lambda page: {**page, "has_more": int(page["has_more"])}),
    "shape",
)
for _default in (20, 50):
    FAULTS.add(
        f"a_page_holds_{_default}_leads",
        "list_leads/a_page_holds_25_leads_by_default",
        _parameter("limit", default=_default),
        "shape",
    )
FAULTS.add(
    "ignores_the_limit", "list_leads/limit_bounds_the_page", _asking(lambda query: {**query, "limit": 25}), "lax"
)
FAULTS.add(
    "a_page_holds_one_lead_too_many",
    "list_leads/limit_bounds_the_page",
    _asking(lambda query: {**query, "limit": query["limit"] + 1}),
    "lax",
)
for _name, _key, _reverse in (
    ("lists_the_oldest_first", lambda lead: (lead["created_at"], lead["id"]), False),
    ("orders_leads_by_id", lambda lead: lead["id"], True),
):
    FAULTS.add(
        _name,
        "list_leads/leads_come_newest_first_and_by_descending_id",
        _listing(
            lambda reply, query, key=_key, reverse=_reverse: replace(  # type: ignore[misc]
                reply, data=sorted(reply.data, key=key, reverse=reverse)
            )
        ),
        "shape",
    )


@FAULTS.breaks("list_leads/leads_come_newest_first_and_by_descending_id", "rare")
def orders_leads_of_one_second_by_ascending_id(api: Api) -> Api:
    def coarse(lead: Lead) -> Lead:
        return {**lead, "created_at": lead["created_at"][:19] + "Z"}

    def edit(reply: Reply, query: dict[str, Any]) -> Reply:
        leads = sorted(map(coarse, reply.data), key=lambda lead: lead["id"])
        return replace(reply, data=sorted(leads, key=lambda lead: str(lead["created_at"]), reverse=True))

    return _listing(edit)(api)


FAULTS.add(
    "the_next_page_skips_a_lead",
    "list_leads/the_cursor_visits_every_lead_once",
    _listing(lambda reply, query: replace(reply, data=reply.data[1:]) if "cursor" in query else reply),
    "strict",
)
FAULTS.add(
    "every_page_is_the_first",
    "list_leads/the_cursor_visits_every_lead_once",
    _asking(lambda query: without(query, "cursor")),
    "stateful",
)
FAULTS.add(
    "has_more_is_always_true",
    "list_leads/the_cursor_visits_every_lead_once",
    _page(lambda page: {**page, "has_more": True}),
    "shape",
)
FAULTS.add(
    "has_more_is_always_false",
    "list_leads/the_cursor_visits_every_lead_once",
    _page(lambda page: {**page, "has_more": False}),
    "shape",
)

_SLUG = "list_leads/stale_for_days_outside_1_to_365_is_answered_400"
FAULTS.add("stale_for_days_begins_at_0", _SLUG, _parameter("stale_for_days", minimum=0), "lax")
FAULTS.add("stale_for_days_ends_at_366", _SLUG, _parameter("stale_for_days", maximum=366), "lax")
FAULTS.add(
    "a_bad_stale_for_days_is_answered_422",
    _SLUG,
    answers_errors(errors.Invalid, lambda a: replace(a, status=422)),
    "status",
)
FAULTS.add(
    "ignores_stale_for_days",
    "list_leads/stale_for_days_yields_only_qualified_leads",
    _asking(lambda query: without(query, "stale_for_days")),
    "lax",
)
FAULTS.add(
    "only_leads_with_messages_grow_stale",
    "list_leads/a_qualified_lead_without_messages_is_stale",
    _listing(lambda reply, query: replace(reply, data=[]) if "stale_for_days" in query else reply),
    "strict",
)

# -- now and then ----------------------------------------------------------------------------------------------

FAULTS.add(
    "an_empty_page_lacks_has_more",
    "list_leads/a_page_has_its_three_keys",
    _listing(lambda reply, query: reply if reply.data else replace(reply, pagination={"next_cursor": None})),
    "strict",
)


@FAULTS.breaks("list_leads/a_page_holds_25_leads_by_default", "stateful")
def the_last_limit_becomes_the_default(api: Api) -> Api:
    last = [25]

    def change(query: dict[str, Any]) -> dict[str, Any]:
        if query["limit"] == 25:
            return {**query, "limit": last[0]}
        last[0] = query["limit"]
        return query

    return _asking(change)(api)


_SLUG = "list_leads/limit_bounds_the_page"
FAULTS.add(
    "takes_a_limit_of_1_for_none",
    _SLUG,
    _asking(lambda query: {**query, "limit": 25} if query["limit"] == 1 else query),
    "rare",
)
FAULTS.add("refuses_a_limit_of_100", _SLUG, _parameter("limit", maximum=99), "strict")
FAULTS.add(
    "a_page_of_two_holds_one",
    "list_leads/the_cursor_visits_every_lead_once",
    _listing(lambda reply, query: replace(reply, data=reply.data[:-1]) if query["limit"] == 2 else reply),
    "rare",
)
FAULTS.add(
    "a_page_of_25_is_one_short",
    "list_leads/a_page_holds_25_leads_by_default",
    _listing(lambda reply, query: replace(reply, data=reply.data[:24]) if query["limit"] == 25 else reply),
    "strict",
)
FAULTS.add(
    "an_updated_lead_comes_first",
    "list_leads/leads_come_newest_first_and_by_descending_id",
    _listing(
        lambda reply, query: replace(reply, data=sorted(reply.data, key=lambda lead: lead["updated_at"], reverse=True))
    ),
    "stateful",
)
