"""Aura's manners: who a credential is, the envelope, and how errors look."""

from __future__ import annotations

import re

from mock_server import errors
from mock_server.api import Answer, Caller, Headers, Reply
from mock_server.rate_limits import RateLimit
from mock_server.store import Organization, World

KEY_RING = {
    "full": "aura_pk_live_fullSandboxKey0000000001",
    "other": "aura_pk_live_otherSandboxKey000000002",
    "revoked": "aura_pk_live_revokedSandboxKey0000003",
    "malformed": "aura_sk_test_malformed",
}
"""Constants, so that a client can write them into its configuration."""

ANONYMOUS = "anonymous"
"""The tenant of every call without a credential: the documented samples send none (AU-06)."""

RATE_LIMIT = RateLimit(per_key=100, per_organization=1000)
"""Calls a minute (adj A1)."""

_KEY = re.compile(r"aura_pk_live_[A-Za-z0-9]{1,200}")

_ERRORS: dict[type[errors.CallRefused], tuple[int, str]] = {
    errors.Unauthorized: (401, "UNAUTHORIZED"),
    errors.Forbidden: (403, "FORBIDDEN"),
    errors.NotFound: (404, "NOT_FOUND"),
    errors.UnknownPath: (404, "NOT_FOUND"),
    errors.MethodNotAllowed: (405, "METHOD_NOT_ALLOWED"),
    errors.TooLarge: (413, "PAYLOAD_TOO_LARGE"),
    errors.WrongMediaType: (415, "UNSUPPORTED_MEDIA_TYPE"),
    errors.RateLimited: (429, "RATE_LIMITED"),
    errors.MalformedBody: (400, "VALIDATION_ERROR"),
    errors.Invalid: (400, "VALIDATION_ERROR"),
    errors.CallRefused: (500, "INTERNAL_ERROR"),
}
"""Only NOT_FOUND is documented; the other codes follow its spelling (AU-02)."""


def tenant_of(credential: str) -> str | None:
    """The organization's key, also for its revoked one; None for what is no Aura key."""
    if credential == KEY_RING["revoked"]:
        return KEY_RING["full"]
    return credential if credential == ANONYMOUS or _KEY.fullmatch(credential) else None


def identify(world: World, headers: Headers) -> Caller:
    """The organization of a bearer key; without any, the anonymous one, unless `require_key` is set."""
    header = headers.get(b"authorization")
    if header is None:
        anonymous = world.organization("aura", ANONYMOUS)
        if anonymous.settings["require_key"]:
            raise errors.Unauthorized("A bearer key is required.", ANONYMOUS)
        return Caller(anonymous, key=ANONYMOUS)
    scheme, _, key = header.decode("latin-1").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not _KEY.fullmatch(key):
        raise errors.Unauthorized("The credential is not an Aura partner key.")
    if key == KEY_RING["revoked"]:
        raise errors.Unauthorized("The key has been revoked.", KEY_RING["full"])
    return Caller(world.organization("aura", key), key=key)


def render(organization: Organization, reply: Reply) -> Answer:
    """`{data, success: true}`; a page has `{data, pagination}` instead (AU-35)."""
    if reply.pagination is not None:
        return Answer(200, {"data": reply.data, "pagination": reply.pagination})
    status = organization.settings["create_status"] if reply.created else 200
    return Answer(status, {"data": reply.data, "success": True})


def render_error(organization: Organization, error: errors.CallRefused) -> Answer:
    """The flat envelope: `{success: false, error, code, requestId}`."""
    status, code = next(_ERRORS[kind] for kind in type(error).__mro__ if kind in _ERRORS)
    if isinstance(error, errors.Invalid):
        status = organization.settings["validation_status"]
    content = {"code": code, "error": error.message, "requestId": organization.new_request_id(), "success": False}
    return Answer(status, content, errors.headers(error))
