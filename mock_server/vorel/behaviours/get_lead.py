"""GET /leads/{id} (adjacent)."""

from __future__ import annotations

from mock_server.behaviours import found_nothing, on_success, succeeded
from mock_server.call import Call
from mock_server.vorel.behaviours.facts import lead_of

UNMEETABLE = {"403": "every key of the sandbox has the scope read"}

replies_match_the_contract = succeeded
the_reply_is_the_lead_of_the_path = succeeded


@on_success
def a_read_shows_the_last_update(call: Call) -> bool:
    lead = lead_of(call)
    return lead is not None and call.organization is not None and lead["id"] in call.organization.leads.changed


an_unknown_lead_is_answered_404 = found_nothing


@on_success
def the_read_scope_opens_a_read(call: Call) -> bool:
    return call.scopes == {"read"}
