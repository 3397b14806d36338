"""What holds for every Aura operation."""

from __future__ import annotations

from mock_server.behaviours import consequence, on_refusal
from mock_server.call import Call
from mock_server.errors import RateLimited, Unauthorized

UNMEETABLE: dict[str, str] = {
    "a_sequence_of_calls_is_answered_as_documented": "every sequence shows it; its single calls are counted",
}


@consequence
@on_refusal
def errors_use_the_flat_envelope(call: Call) -> bool:
    return 400 <= call.status < 500 and isinstance(call.content, dict)


@on_refusal
def a_malformed_key_is_refused(call: Call) -> bool:
    if not isinstance(call.error, Unauthorized) or call.error.tenant is not None:
        return False
    return call.headers.get(b"authorization", b"")[:7].lower() == b"bearer "


@on_refusal
def a_revoked_key_is_refused(call: Call) -> bool:
    if not isinstance(call.error, Unauthorized) or call.error.tenant is None:
        return False
    return b"authorization" in call.headers


@consequence
def replies_are_json(call: Call) -> bool:
    return isinstance(call.content, dict)


def rate_limits_are_announced_in_headers(call: Call) -> bool:
    return bool(call.told) or isinstance(call.error, RateLimited)


@on_refusal
def the_hundred_and_first_call_in_a_minute_is_limited(call: Call) -> bool:
    return isinstance(call.error, RateLimited)
