"""Faults of listing leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server.api import Api, Handler, Reply
from mock_server.aura.faults.bends import Bend, each_kind, with_content, with_status
from mock_server.faults import Faults, knowing_everybody
from mock_server.store import Lead, Organization

FAULTS = Faults("aura")
OPERATION = "list_leads"

Query = dict[str, Any]


def _listing(edit: Callable[[Reply, Query], Reply]) -> Bend:
    """A list that answers what `edit` makes of its page and its query."""

    def wrap(handler: Handler) -> Handler:
        return lambda organization, query: edit(handler(organization, query=query), query)

    return lambda api: api.wrapping(OPERATION, wrap)


def _keeping(fits: Callable[[Lead], bool]) -> Bend:
    """A list without some leads."""
    return _listing(lambda reply, query: replace(reply, data=[lead for lead in reply.data if fits(lead)]))


def _showing(edit: Callable[[Lead], Lead]) -> Bend:
    """A list that shows each lead in another way."""
    return _listing(lambda reply, query: replace(reply, data=[edit(dict(lead)) for lead in reply.data]))


def _asking(change: Callable[[Query], Query]) -> Bend:
    """A list that understands another query than was sent."""

    def wrap(handler: Handler) -> Handler:
        return lambda organization, query: handler(organization, query=change(query))

    return lambda api: api.wrapping(OPERATION, wrap)


def _without(query: Query, *names: str) -> Query:
    return {name: value for name, value in query.items() if name not in names}


def _paged(reply: Reply, **members: Any) -> Reply:
    return replace(reply, pagination={**(reply.pagination or {}), **members})


def _has_more(reply: Reply) -> bool:
    return bool((reply.pagination or {}).get("has_more"))


each_kind(
    FAULTS,
    "list_leads/replies_match_the_contract",
    list_shows_timestamps_as_numbers=("shape", _showing(lambda lead: {**lead, "updated_at": 1})),
    list_leads_answers_206=("status", with_status(OPERATION, 206)),
    a_page_says_has_more_in_words=(
        "shape",
        with_content(OPERATION, lambda content: {**content, "pagination": {**content["pagination"], "has_more": "no"}}),
    ),
    an_empty_page_has_null_data=(
        "rare",
        with_content(OPERATION, lambda content: {**content, "data": content["data"] or None}),
    ),
)
each_kind(
    FAULTS,
    "list_leads/a_new_lead_is_listed",
    hides_the_newest_lead=(
        "strict",
        _listing(lambda reply, query: reply if "cursor" in query else replace(reply, data=reply.data[1:])),
    ),
    hides_leads_without_a_name=("rare", _keeping(lambda lead: bool(lead["full_name"]))),
    hides_updated_leads=("stateful", _keeping(lambda lead: lead["status"] == "new")),
    lists_the_newest_lead_twice=(
        "lax",
        _listing(
            lambda reply, query: reply if "cursor" in query else replace(reply, data=[*reply.data[:1], *reply.data])
        ),
    ),
)


def _plus(limit: str, more: int) -> str:
    return str(int(limit) + more) if limit.isdigit() else limit


each_kind(
    FAULTS,
    "list_leads/limit_bounds_the_page",
    ignores_the_limit=("lax", _asking(lambda query: {**query, "limit": "100"})),
    lists_one_more_than_the_limit=("lax", _asking(lambda query: {**query, "limit": _plus(query["limit"], 1)})),
    a_page_has_at_least_two_leads=(
        "rare",
        _asking(lambda query: {**query, "limit": "2"} if query["limit"] == "1" else query),
    ),
    ignores_the_limit_on_the_second_page=(
        "stateful",
        _asking(lambda query: {**query, "limit": "100"} if "cursor" in query else query),
    ),
)


def _repeating(api: Api) -> Api:
    """The second page begins with the last lead of the first."""
    last: list[Lead] = []

    def edit(reply: Reply, query: Query) -> Reply:
        data = [*last, *reply.data] if "cursor" in query else reply.data
        last[:] = reply.data[-1:]
        return replace(reply, data=data)

    return _listing(edit)(api)


def _third_page_is_lost(api: Api) -> Api:
    count: list[int] = [0]

    def edit(reply: Reply, query: Query) -> Reply:
        count[0] = count[0] + 1 if "cursor" in query else 1
        return replace(reply, data=[]) if count[0] == 3 else reply

    return _listing(edit)(api)


each_kind(
    FAULTS,
    "list_leads/the_cursor_leads_to_the_next_page",
    the_next_page_skips_a_lead=(
        "strict",
        _listing(lambda reply, query: replace(reply, data=reply.data[1:]) if "cursor" in query else reply),
    ),
    the_next_page_repeats_a_lead=("lax", _repeating),
    the_third_page_is_empty=("stateful", _third_page_is_lost),
    the_last_page_is_empty=(
        "rare",
        _listing(lambda reply, query: replace(reply, data=[]) if "cursor" in query and not _has_more(reply) else reply),
    ),
)
each_kind(
    FAULTS,
    "list_leads/has_more_is_false_on_the_last_page",
    has_more_is_always_true=("lax", _listing(lambda reply, query: _paged(reply, has_more=True))),
    has_more_is_true_after_a_full_page=(
        "rare",
        _listing(lambda reply, query: _paged(reply, has_more=len(reply.data) == int(query["limit"]))),
    ),
    has_more_is_a_number=("shape", _listing(lambda reply, query: _paged(reply, has_more=int(_has_more(reply))))),
    has_more_is_missing_at_the_end=(
        "shape",
        _listing(lambda reply, query: reply if _has_more(reply) else replace(reply, pagination={"next_cursor": None})),
    ),
)
each_kind(
    FAULTS,
    "list_leads/the_status_filter_selects",
    ignores_the_status_filter=("lax", _asking(lambda query: _without(query, "status"))),
    filters_the_first_page_only=(
        "stateful",
        _asking(lambda query: _without(query, "status") if "cursor" in query else query),
    ),
    ignores_the_filter_for_new_leads=(
        "rare",
        _asking(lambda query: _without(query, "status") if query.get("status") == "new" else query),
    ),
    filters_companies_by_status=(
        "field",
        _listing(
            lambda reply, query: (
                replace(reply, data=[lead for lead in reply.data if lead["company"]]) if "status" in query else reply
            )
        ),
    ),
)


def _stale(api: Api) -> Api:
    """The list shows a lead as it was when it was first listed."""
    first: dict[str, Lead] = {}

    def edit(lead: Lead) -> Lead:
        return first.setdefault(lead["id"], lead)

    return _showing(edit)(api)


each_kind(
    FAULTS,
    "list_leads/a_listed_lead_is_the_lead",
    lists_leads_without_their_company=("strict", _showing(lambda lead: {**lead, "company": None})),
    lists_leads_without_their_notes=("field", _showing(lambda lead: {**lead, "notes": []})),
    lists_metadata_without_zeros=(
        "rare",
        _showing(lambda lead: {**lead, "metadata": {k: v for k, v in (lead["metadata"] or {}).items() if v != 0}}),
    ),
    lists_leads_in_utc_plus_two=(
        "shape",
        _showing(lambda lead: {**lead, "created_at": lead["created_at"].replace("Z", "+02:00")}),
    ),
    lists_notes_in_the_opposite_order=("rare", _showing(lambda lead: {**lead, "notes": lead["notes"][::-1]})),
    lists_leads_as_they_were=("stateful", _stale),
)


def _with_others(fits: Callable[[Reply, Query], bool]) -> Bend:
    """A list with leads of other organizations, on the pages that fit."""

    def bend(api: Api) -> Api:
        served, opened = knowing_everybody(api)

        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, query: Query) -> Reply:
                reply = handler(organization, query=query)
                others = [lead for each in opened.values() if each is not organization for lead in each.leads]
                return replace(reply, data=[*reply.data, *others]) if fits(reply, query) else reply

            return handle

        return served.wrapping(OPERATION, wrap)

    return bend


each_kind(
    FAULTS,
    "list_leads/leads_of_another_organization_are_not_listed",
    lists_the_leads_of_all_organizations=("tenant", _with_others(lambda reply, query: True)),
    a_filter_finds_the_leads_of_all_organizations=("tenant", _with_others(lambda reply, query: "status" in query)),
    later_pages_have_the_leads_of_all_organizations=("stateful", _with_others(lambda reply, query: "cursor" in query)),
)
