"""GET /leads (adjacent)."""

from __future__ import annotations

from mock_server.behaviours import asked, listed, on_success, succeeded
from mock_server.call import Behaviour, Call
from mock_server.octanist.behaviours.facts import CLICK_IDS, UTM

UNMEETABLE: dict[str, str] = {}

_OPERATORS = ("gte", "gt", "lte", "lt")

replies_match_the_contract = succeeded

# -- pages ---------------------------------------------------------------------------------------------------


@on_success
def limit_bounds_the_page(call: Call) -> bool:
    """What shows it is that there would have been more leads."""
    return _in_pagination(call, "hasMore") is True and "limit" in asked(call)


@on_success
def limit_is_50_unless_given(call: Call) -> bool:
    return "limit" not in asked(call)


@on_success
def pages_from_1_on_hold_every_lead_once(call: Call) -> bool:
    """What shows it is the last one of several pages."""
    return call.query.get("page") != 1 and bool(listed(call)) and _in_pagination(call, "hasMore") is False


@on_success
def pagination_repeats_limit_and_page(call: Call) -> bool:
    return asked(call).keys() >= {"limit", "page"}


@on_success
def pagination_counts_the_matching_leads(call: Call) -> bool:
    return bool(listed(call))


@on_success
def has_more_is_true_until_the_last_page(call: Call) -> bool:
    return _in_pagination(call, "hasMore") is True


# -- order, and what is shown --------------------------------------------------------------------------------


@on_success
def sort_orders_by_creation(call: Call) -> bool:
    return len(listed(call)) > 1 and asked(call).get("sort") in ("createdAt:asc", "createdAt:desc")


@on_success
def newest_first_unless_sorted(call: Call) -> bool:
    return len(listed(call)) > 1 and "sort" not in asked(call)


@on_success
def search_keeps_leads_by_name_email_or_phone(call: Call) -> bool:
    return bool(call.query.get("search")) and bool(listed(call))


@on_success
def fields_limits_what_is_returned(call: Call) -> bool:
    fields = call.query.get("fields")
    return isinstance(fields, str) and bool(fields.replace(",", "").strip()) and bool(listed(call))


# -- filters -------------------------------------------------------------------------------------------------


def _keeping(*filters: str) -> Behaviour:
    """Something was found with one of these filters."""
    names = frozenset(filters)
    return on_success(lambda call: not names.isdisjoint(call.query) and bool(listed(call)))


status_and_value_filters_keep_equal_leads = _keeping("status", "source", "value")
value_operators_compare_numbers = _keeping(*(f"value[{each}]" for each in _OPERATORS))
date_operators_compare_moments = _keeping(
    *(f"{field}[{each}]" for field in ("createdAt", "updatedAt", "qualifiedAt") for each in (*_OPERATORS, "exists"))
)
attribution_filters_keep_matching_leads = _keeping(
    "website", *CLICK_IDS, *UTM, *(f"{each}[exists]" for each in CLICK_IDS)
)


def _in_pagination(call: Call, name: str) -> object:
    meta = call.content.get("meta") if isinstance(call.content, dict) else None
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    return pagination.get(name) if isinstance(pagination, dict) else None
