"""GET /leads/{id} (adjacent)."""

from __future__ import annotations

from mock_server.behaviours import found_nothing, succeeded

UNMEETABLE: dict[str, str] = {}

replies_match_the_contract = succeeded
lead_asked_for_is_returned = succeeded
unknown_id_is_404_not_found = found_nothing
