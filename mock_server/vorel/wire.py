"""Vorel's manners: who a key is and what it may do, bare replies, and how errors look."""

from __future__ import annotations

import re
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Caller, Headers, Reply
from mock_server.rate_limits import RateLimit
from mock_server.store import Organization, World

KEY_RING = {
    "full": "vapk_live_000000000000000000000000000000000000000000000001",
    "other": "vapk_live_000000000000000000000000000000000000000000000002",
    "read_only": "vapk_live_000000000000000000000000000000000000000000000003",
    "other_scope": "vapk_live_000000000000000000000000000000000000000000000004",
    "revoked": "vapk_live_000000000000000000000000000000000000000000000005",
    "malformed": "vapk_test_malformed",
}
"""Constants, so that a client can write them into its configuration."""

SCOPES = frozenset({"read", "leads:write", "appointments:write", "offerings:write", "conversations:write", "crm:write"})
"""All six scopes of the newer pages (VO-34); a key that is not in the ring has them all."""

_SCOPES_OF = {
    KEY_RING["read_only"]: frozenset({"read"}),
    KEY_RING["other_scope"]: frozenset({"read", "appointments:write"}),
}
_OF_THE_FULL_KEYS_TENANT = frozenset(KEY_RING[name] for name in ("read_only", "other_scope", "revoked"))

RATE_LIMIT = RateLimit(per_key=200, per_organization=5000)
"""Calls a minute (adj V8)."""

_KEY = re.compile(r"vapk_live_[0-9a-fA-F]{48}")

_ERRORS: dict[type[errors.CallRefused], tuple[int, str]] = {
    errors.Unauthorized: (401, "unauthorized"),
    errors.Forbidden: (403, "forbidden"),
    errors.NotFound: (404, "not_found"),
    errors.UnknownPath: (404, "not_found"),
    errors.MethodNotAllowed: (405, "method_not_allowed"),
    errors.Conflict: (409, "conflict"),
    errors.TooLarge: (413, "payload_too_large"),
    errors.WrongMediaType: (415, "unsupported_media_type"),
    errors.RateLimited: (429, "rate_limited"),
    errors.MalformedBody: (400, "validation_error"),
    errors.Invalid: (400, "validation_error"),
    errors.CallRefused: (500, "internal_error"),
}
"""Only rate_limited is documented, by another page; these codes follow its spelling (VO-03)."""


def tenant_of(credential: str) -> str | None:
    """The tenant's full key, also for its other keys; None for what is no Vorel key (VO-01)."""
    if not _KEY.fullmatch(credential):
        return None
    key = credential.lower()
    return KEY_RING["full"] if key in _OF_THE_FULL_KEYS_TENANT else key


def identify(world: World, headers: Headers) -> Caller:
    """The tenant of a bearer key, and the key's scopes (seed 004, Authorizations)."""
    header = headers.get(b"authorization")
    if header is None:
        raise errors.Unauthorized("A bearer key is required.")
    scheme, _, credential = header.decode("latin-1").partition(" ")
    key = credential.strip().lower()
    tenant = tenant_of(credential.strip())
    if scheme.lower() != "bearer" or tenant is None:
        raise errors.Unauthorized("The credential is not a Vorel key: vapk_live_ and 48 hexadecimal digits.")
    if key == KEY_RING["revoked"]:
        raise errors.Unauthorized("The key has been revoked.", tenant)
    return Caller(world.organization("vorel", tenant), _SCOPES_OF.get(key, SCOPES), key)


def render(organization: Organization, reply: Reply) -> Answer:
    """The bare lead or conversation (seed 004, Response); a page has its list as `data` (adj V4)."""
    if reply.pagination is not None:
        return Answer(200, {"data": reply.data, **reply.pagination})
    return Answer(organization.settings["create_status"] if reply.created else 200, reply.data)


def render_error(organization: Organization, error: errors.CallRefused) -> Answer:
    """The envelope, in the shape that the setting `error_shape` names (VO-02)."""
    status, code = next(_ERRORS[kind] for kind in type(error).__mro__ if kind in _ERRORS)
    if isinstance(error, errors.Invalid) and not _has_a_documented_status(error):
        status = organization.settings["validation_status"]
    return Answer(status, _envelope(organization.settings["error_shape"], code, error.message), errors.headers(error))


def _has_a_documented_status(error: errors.Invalid) -> bool:
    """Of all validations, only that of `stale_for_days` has a documented status (VO-04)."""
    return error.parameter == "stale_for_days"


def _envelope(shape: str, code: str, message: str) -> dict[str, Any]:
    match shape:
        case "flat":
            return {"error": code, "message": message}
        case "code":
            return {"code": code, "message": message}
        case _:
            return {"error": {"code": code, "message": message}}
