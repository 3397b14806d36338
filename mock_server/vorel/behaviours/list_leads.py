"""GET /leads (adjacent)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from mock_server.behaviours import not_the_only_one_with_leads, on_refusal, on_success, succeeded
from mock_server.call import Call
from mock_server.vorel.behaviours.facts import page_of

UNMEETABLE = {"403": "every key of the sandbox has the scope read"}

replies_match_the_contract = succeeded
a_page_has_its_three_keys = succeeded


@on_success
def a_page_holds_25_leads_by_default(call: Call) -> bool:
    return len(page_of(call)) == 25 and "limit" not in _asked(call)


@on_success
def limit_bounds_the_page(call: Call) -> bool:
    """What shows it is that there would have been more leads."""
    return bool(page_of(call)) and call.content.get("has_more") is True and "limit" in _asked(call)


@on_success
def leads_come_newest_first_and_by_descending_id(call: Call) -> bool:
    return len(page_of(call)) > 1


@on_success
def the_cursor_visits_every_lead_once(call: Call) -> bool:
    """What shows it is the last page, which a cursor led to."""
    return "cursor" in call.query and bool(page_of(call)) and call.content.get("has_more") is False


@on_refusal
def stale_for_days_outside_1_to_365_is_answered_400(call: Call) -> bool:
    if call.status != 400 or call.place != "stale_for_days":
        return False
    return re.fullmatch("-?[0-9]+", _asked(call).get("stale_for_days", [""])[-1]) is not None


@on_success
def stale_for_days_yields_only_qualified_leads(call: Call) -> bool:
    return "stale_for_days" in call.query


@on_success
def a_qualified_lead_without_messages_is_stale(call: Call) -> bool:
    return "stale_for_days" in call.query and bool(page_of(call))


another_tenants_leads_are_not_listed = not_the_only_one_with_leads


@on_success
def the_read_scope_opens_the_list(call: Call) -> bool:
    return call.scopes == {"read"}


def _asked(call: Call) -> dict[str, list[str]]:
    """The parameters as they were sent, without defaults."""
    return parse_qs(call.target.partition("?")[2], keep_blank_values=True)
