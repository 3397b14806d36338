"""Octanist's manners: who a key is, the envelopes, and how errors look (adj O5)."""

from __future__ import annotations

import re
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Caller, Headers, Reply
from mock_server.store import Organization, World

KEY_RING = {
    "full": "octanist_full_sandbox_key_0000001",
    "other": "octanist_other_sandbox_key_000002",
    "revoked": "octanist_revoked_sandbox_key_0003",
    "malformed": "not a key",
}
"""Constants, so that a client can write them into its configuration."""

_KEY = re.compile(r"(?!aura_|vapk_|anonymous$)[A-Za-z0-9._-]{8,128}")
"""No page says how a key looks; one that is plainly for Aura or Vorel opens nothing here."""

_ERRORS: dict[type[errors.CallRefused], tuple[int, str]] = {
    errors.Unauthorized: (401, "UNAUTHORIZED"),
    errors.Forbidden: (403, "FORBIDDEN"),
    errors.NotFound: (404, "NOT_FOUND"),
    errors.UnknownPath: (404, "NOT_FOUND"),
    errors.MethodNotAllowed: (405, "VALIDATION_ERROR"),
    errors.TooLarge: (413, "VALIDATION_ERROR"),
    errors.WrongMediaType: (400, "VALIDATION_ERROR"),
    errors.MalformedBody: (400, "VALIDATION_ERROR"),
    errors.InvalidFilter: (400, "INVALID_FILTER"),
    errors.InvalidDate: (400, "INVALID_DATE"),
    errors.Invalid: (400, "VALIDATION_ERROR"),
    errors.Conflict: (409, "CONFLICT"),
    errors.CallRefused: (500, "INTERNAL_ERROR"),
}
"""No other codes are documented; where none fits, it is VALIDATION_ERROR (OC-35, OC-36, OC-43)."""


def tenant_of(credential: str) -> str | None:
    """The organization's key, also for its revoked one; None for what is no Octanist key."""
    if credential == KEY_RING["revoked"]:
        return KEY_RING["full"]
    return credential if _KEY.fullmatch(credential) else None


def identify(world: World, headers: Headers) -> Caller:
    """The organization of the key in X-API-KEY; how a key looks is the sandbox's own choice."""
    key = headers.get(b"x-api-key", b"").decode("latin-1")
    if not _KEY.fullmatch(key) or key == KEY_RING["revoked"]:
        raise errors.Unauthorized("Missing or invalid API key.", tenant_of(key))
    return Caller(world.organization("octanist", key), key=key)


def render(organization: Organization, reply: Reply) -> Answer:
    """`{success, data, meta}`, where meta holds the pagination of a list; `{success}` where there is no data."""
    if reply.data is None:
        return Answer(200, {"success": True})
    status = organization.settings["create_status"] if reply.created else 200
    paging = {} if reply.pagination is None else {"pagination": reply.pagination}
    return Answer(status, {"success": True, "data": reply.data, "meta": {**paging, **_meta(organization)}})


def render_error(organization: Organization, error: errors.CallRefused) -> Answer:
    """The nested envelope: `{success: false, error: {code, message, details}, meta}`."""
    status, code = next(_ERRORS[kind] for kind in type(error).__mro__ if kind in _ERRORS)
    content = {
        "success": False,
        "error": {"code": code, "message": error.message, "details": {}},
        "meta": _meta(organization),
    }
    return Answer(status, content, errors.headers(error))


def _meta(organization: Organization) -> dict[str, Any]:
    """An id of the request (OC-33) and the time."""
    return {"requestId": organization.new_request_id(), "timestamp": organization.clock.now()}
