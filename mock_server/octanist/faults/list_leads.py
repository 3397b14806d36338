"""Octanist, wrong in how leads are listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults, answering
from mock_server.octanist import listing
from mock_server.octanist.faults.bends import Bend, around
from mock_server.store import Organization

FAULTS = Faults("octanist")


@FAULTS.breaks("list_leads/replies_match_the_contract", "shape")
def list_shows_values_as_texts(api: Api) -> Api:
    return answering(api, "list_leads", lambda leads: [{**lead, "value": "5000"} for lead in leads])


def asking(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    """A list that looks for something else than was asked for."""
    return around(
        "list_leads", lambda handler, organization, arguments: handler(organization, query=change(arguments["query"]))
    )


def paging(change: Callable[[Reply, dict[str, Any]], dict[str, Any]]) -> Bend:
    """A list whose pagination says something else."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        return replace(reply, pagination={**(reply.pagination or {}), **change(reply, arguments["query"])})

    return around("list_leads", run)


def _answering_leads(change: Callable[[list[Any], dict[str, Any]], list[Any]]) -> Bend:
    """A list with other leads on the page."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        return replace(reply, data=change(reply.data, arguments["query"]))

    return around("list_leads", run)


def _overlapping(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        query = arguments["query"]
        reply = handler(organization, query=query)
        if query["page"] != 2 or query["limit"] < 3:
            return reply
        first = handler(organization, query={**query, "page": 1})
        return replace(reply, data=[first.data[-1], *reply.data][: query["limit"]])

    return around("list_leads", run)(api)


def _dropping(*names: str) -> Bend:
    return asking(lambda query: {name: value for name, value in query.items() if name not in names})


_COUNTS = "list_leads/pagination_counts_the_matching_leads"
_MORE = "list_leads/has_more_is_true_until_the_last_page"
FAULTS.add("limit_is_ignored", "list_leads/limit_bounds_the_page", asking(lambda query: {**query, "limit": 50}), "lax")
FAULTS.add(
    "pages_hold_one_lead_more",
    "list_leads/limit_bounds_the_page",
    asking(lambda query: {**query, "limit": query["limit"] + 1}),
    "lax",
)
FAULTS.add(
    "limit_is_100_unless_given",
    "list_leads/limit_is_50_unless_given",
    lambda api: asking(lambda query: {**query, "limit": 100} if query["limit"] == 50 else query)(api),
    "strict",
)
FAULTS.add(
    "pages_count_from_0",
    "list_leads/pages_from_1_on_hold_every_lead_once",
    asking(lambda query: {**query, "page": query["page"] + 1}),
    "strict",
)
FAULTS.add(
    "pages_are_all_the_first",
    "list_leads/pages_from_1_on_hold_every_lead_once",
    asking(lambda query: {**query, "page": 1}),
    "lax",
)
FAULTS.add(
    "pagination_limit_is_the_number_of_leads",
    "list_leads/pagination_repeats_limit_and_page",
    paging(lambda reply, query: {"limit": len(reply.data)}),
    "field",
)
FAULTS.add(
    "pagination_page_counts_from_0",
    "list_leads/pagination_repeats_limit_and_page",
    paging(lambda reply, query: {"page": query["page"] - 1}),
    "shape",
)
FAULTS.add("total_counts_the_page_only", _COUNTS, paging(lambda reply, query: {"total": len(reply.data)}), "strict")
FAULTS.add(
    "total_pages_rounds_down",
    _COUNTS,
    paging(lambda reply, query: {"totalPages": (reply.pagination or {})["total"] // query["limit"]}),
    "strict",
)


@FAULTS.breaks(_COUNTS, "lax")
def total_counts_leads_that_do_not_match(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        return replace(reply, pagination={**(reply.pagination or {}), "total": len(organization.leads) + 1})

    return around("list_leads", run)(api)


FAULTS.add(
    "has_more_after_a_full_last_page",
    _MORE,
    paging(lambda reply, query: {"hasMore": len(reply.data) == query["limit"]}),
    "rare",
)
FAULTS.add("has_more_is_never_true", _MORE, paging(lambda reply, query: {"hasMore": False}), "strict")
FAULTS.add(
    "sort_is_ignored",
    "list_leads/sort_orders_by_creation",
    asking(lambda query: {**query, "sort": "createdAt:desc"}),
    "lax",
)
FAULTS.add(
    "oldest_first_unless_sorted",
    "list_leads/newest_first_unless_sorted",
    asking(lambda query: {**query, "sort": "createdAt:asc"}),
    "strict",
)

_SEARCH = "list_leads/search_keeps_leads_by_name_email_or_phone"
FAULTS.add("search_is_ignored", _SEARCH, _dropping("search"), "lax")


def _searching(fields: tuple[str, ...]) -> Bend:
    """A list that searches other fields than name, e-mail and phone."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        query = dict(arguments["query"])
        text = query.pop("search", "").lower()
        keeps = listing.selection(query)
        leads = [
            lead
            for lead in listing.ordered(organization.leads, query["sort"])
            if keeps(lead) and any(text in (lead[field] or "").lower() for field in fields)
        ]
        pagination = {"limit": query["limit"], "page": 1, "totalPages": 1, "total": len(leads), "hasMore": False}
        return Reply(leads, pagination=pagination)

    return around("list_leads", run)


FAULTS.add("search_leaves_out_the_phone", _SEARCH, _searching(("name", "email")), "strict")
FAULTS.add("search_looks_into_the_note", _SEARCH, _searching(("name", "email", "phone", "note")), "lax")
FAULTS.add("fields_is_ignored", "list_leads/fields_limits_what_is_returned", _dropping("fields"), "lax")

_EQUAL = "list_leads/status_and_value_filters_keep_equal_leads"
FAULTS.add("status_filter_is_ignored", _EQUAL, _dropping("status"), "lax")
FAULTS.add("source_filter_is_ignored", _EQUAL, _dropping("source"), "lax")
FAULTS.add("value_filter_is_ignored", _EQUAL, _dropping("value"), "lax")
FAULTS.add(
    "value_filter_is_a_minimum",
    _EQUAL,
    asking(lambda query: {("value[gte]" if name == "value" else name): text for name, text in query.items()}),
    "lax",
)


def _swapping(one: str, two: str) -> Bend:
    return asking(lambda query: {{one: two}.get(name, name): value for name, value in query.items()})


_COMPARES = "list_leads/value_operators_compare_numbers"
FAULTS.add("gt_is_gte", _COMPARES, _swapping("value[gt]", "value[gte]"), "lax")
FAULTS.add("lte_is_lt", _COMPARES, _swapping("value[lte]", "value[lt]"), "strict")
FAULTS.add("lt_is_ignored", _COMPARES, _dropping("value[lt]"), "lax")


@FAULTS.breaks(_COMPARES, "shape")
def values_are_compared_as_texts(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        query = dict(arguments["query"])
        bound = query.pop("value[gte]", "")
        reply = handler(organization, query=query)
        return replace(reply, data=[lead for lead in reply.data if not bound or str(lead["value"] or "") >= bound])

    return around("list_leads", run)(api)


_MOMENTS = "list_leads/date_operators_compare_moments"
FAULTS.add("creation_operators_are_ignored", _MOMENTS, _dropping("createdAt[gte]", "createdAt[gt]"), "lax")
FAULTS.add("creation_operators_are_swapped", _MOMENTS, _swapping("createdAt[lt]", "createdAt[gt]"), "field")
FAULTS.add("operators_of_updates_are_ignored", _MOMENTS, _dropping("updatedAt[gte]", "updatedAt[gt]"), "lax")
FAULTS.add(
    "qualified_leads_are_those_updated", _MOMENTS, _swapping("qualifiedAt[exists]", "updatedAt[exists]"), "field"
)

_MATCHING = "list_leads/attribution_filters_keep_matching_leads"
FAULTS.add("click_id_filter_is_ignored", _MATCHING, _dropping("wbraid"), "lax")
FAULTS.add("utm_filter_is_ignored", _MATCHING, _dropping("utm_campaign"), "lax")
FAULTS.add(
    "exists_is_always_true",
    _MATCHING,
    asking(lambda query: {name: "true" if name.endswith("[exists]") else value for name, value in query.items()}),
    "strict",
)


# -- rarer ones --------------------------------------------------------------------------------------------

_CONTRACT = "list_leads/replies_match_the_contract"
_LIMIT = "list_leads/limit_bounds_the_page"
_PAGES = "list_leads/pages_from_1_on_hold_every_lead_once"
_REPEATS = "list_leads/pagination_repeats_limit_and_page"


@FAULTS.breaks(_CONTRACT, "rare")
def empty_pages_have_no_data(api: Api) -> Api:
    return answering(api, "list_leads", lambda leads: leads or None)


@FAULTS.breaks(_CONTRACT, "status")
def filters_by_label_are_a_server_fault(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        if "labelId" in arguments["query"]:
            raise errors.Broken("No labels.")
        return handler(organization, **arguments)

    return around("list_leads", run)(api)


FAULTS.add(
    "limit_of_one_is_two",
    _LIMIT,
    asking(lambda query: {**query, "limit": 2} if query["limit"] == 1 else query),
    "rare",
)
FAULTS.add(
    "limit_counts_from_the_second_page_on",
    _LIMIT,
    asking(lambda query: {**query, "limit": 100} if query["page"] == 1 and query["limit"] < 5 else query),
    "lax",
)
FAULTS.add(
    "last_page_is_lost_unless_full",
    _PAGES,
    _answering_leads(lambda leads, query: leads if len(leads) == query["limit"] or query["page"] == 1 else []),
    "rare",
)
FAULTS.add(
    "second_page_repeats_the_last_lead_of_the_first",
    _PAGES,
    _overlapping,
    "rare",
)
FAULTS.add(
    "pagination_says_at_most_50", _REPEATS, paging(lambda reply, query: {"limit": min(query["limit"], 50)}), "rare"
)
FAULTS.add(
    "pagination_page_is_never_past_the_last",
    _REPEATS,
    paging(lambda reply, query: {"page": query["page"] if query["limit"] > 1 else 1}),
    "rare",
)
FAULTS.add(
    "total_is_at_most_5",
    _COUNTS,
    paging(lambda reply, query: {"total": min((reply.pagination or {})["total"], 5)}),
    "rare",
)
FAULTS.add(
    "has_more_is_false_on_the_first_page",
    _MORE,
    paging(lambda reply, query: {"hasMore": (reply.pagination or {})["hasMore"] and query["page"] > 1}),
    "rare",
)
FAULTS.add(
    "has_more_is_true_on_the_last_page_of_one",
    _MORE,
    paging(lambda reply, query: {"hasMore": (reply.pagination or {})["hasMore"] or len(reply.data) == 1}),
    "lax",
)
