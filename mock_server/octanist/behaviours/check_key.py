"""POST /check (adjacent)."""

from __future__ import annotations

from mock_server.behaviours import answered, on_refusal, succeeded

UNMEETABLE: dict[str, str] = {}

replies_match_the_contract = succeeded
a_valid_key_is_confirmed = succeeded
a_missing_or_invalid_key_is_refused = on_refusal(answered(401))
