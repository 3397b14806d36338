"""What an error says that a fault on demand asks for: what the sandbox says where the same error happens by itself.

Of an error that can happen for many reasons, one is told. An error that the sandbox does not have says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping

_NOT_JSON = "The body is not valid JSON."
_NOT_IN_THE_DOCUMENTS = "This error was asked for."

_SAID: Mapping[str, str] = {
    "aura/400": _NOT_JSON,
    "aura/get_lead/400": 'id: "nonsense" is not a valid uuid',
    "aura/list_leads/400": "limit: a number from 1 to 100 is expected",
    "aura/401": "The key has been revoked.",
    "aura/404": "Lead not found",
    "octanist/400": _NOT_JSON,
    "octanist/list_leads/400": "limit: 0 is less than the minimum of 1",
    "octanist/401": "Missing or invalid API key.",
    "octanist/403": "The filtering rules of the organization reject this lead.",
    "octanist/404": "No lead found matching the provided identifiers.",
    "octanist/get_lead/404": "No lead has this id.",
    "octanist/409": "Multiple leads match; provide a more specific identifier.",
    "octanist/500": "Server error",
    "vorel/400": _NOT_JSON,
    "vorel/list_leads/400": "stale_for_days: 0 is less than the minimum of 1",
    "vorel/401": "The key has been revoked.",
    "vorel/403": "This key lacks the scope leads:write.",
    "vorel/get_lead/403": "This key lacks the scope read.",
    "vorel/list_leads/403": "This key lacks the scope read.",
    "vorel/create_conversation/403": "This key lacks the scope conversations:write.",
    "vorel/404": "No such lead.",
    "vorel/create_lead/404": "No such conversation.",
    "vorel/409": "The conversation already has a lead.",
    "vorel/create_conversation/409": "The customer already has a conversation on this channel.",
}
"""By API, operation where they differ, and status. A 429 is made from the limits."""


def message(api: str, operation_id: str, status: int) -> str:
    """The sentence in an error of this status."""
    return _SAID.get(f"{api}/{operation_id}/{status}") or _SAID.get(f"{api}/{status}") or _NOT_IN_THE_DOCUMENTS
