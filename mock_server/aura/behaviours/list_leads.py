"""GET /v1/leads (adjacent)."""

from __future__ import annotations

from mock_server.aura.behaviours.facts import has_more
from mock_server.behaviours import asked, listed, not_the_only_one_with_leads, on_success, succeeded
from mock_server.call import Call

UNMEETABLE: dict[str, str] = {}

replies_match_the_contract = succeeded


@on_success
def a_new_lead_is_listed(call: Call) -> bool:
    return bool(listed(call))


@on_success
def limit_bounds_the_page(call: Call) -> bool:
    """What shows it is that there would have been more leads."""
    return bool(listed(call)) and has_more(call) is True and "limit" in asked(call)


@on_success
def the_cursor_leads_to_the_next_page(call: Call) -> bool:
    return "cursor" in call.query and bool(listed(call))


@on_success
def has_more_is_false_on_the_last_page(call: Call) -> bool:
    return "cursor" in call.query and has_more(call) is False


@on_success
def the_status_filter_selects(call: Call) -> bool:
    return "status" in call.query and bool(listed(call))


a_listed_lead_is_the_lead = a_new_lead_is_listed
leads_of_another_organization_are_not_listed = not_the_only_one_with_leads


@on_success
def a_page_has_at_most_100_leads(call: Call) -> bool:
    """What shows it is that there would have been more leads."""
    return len(listed(call)) == 100 and has_more(call) is True
