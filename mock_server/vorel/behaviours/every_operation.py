"""What holds for every Vorel operation."""

from __future__ import annotations

from mock_server.behaviours import consequence, found_anothers, on_refusal
from mock_server.call import Call
from mock_server.errors import RateLimited, Unauthorized
from mock_server.vorel.behaviours.facts import WRITES
from mock_server.vorel.wire import tenant_of

UNMEETABLE: dict[str, str] = {
    "a_sequence_of_calls_is_answered_as_documented": "every sequence shows it; its single calls are counted",
}


@on_refusal
def a_request_without_a_key_is_refused(call: Call) -> bool:
    return call.status in (401, 403) and b"authorization" not in call.headers


@on_refusal
def a_malformed_key_is_refused(call: Call) -> bool:
    if call.status not in (401, 403) or b"authorization" not in call.headers:
        return False
    scheme, _, key = call.headers[b"authorization"].decode("latin-1").partition(" ")
    return scheme.lower() == "bearer" and tenant_of(key.strip()) is None


@on_refusal
def a_revoked_key_is_refused(call: Call) -> bool:
    return isinstance(call.error, Unauthorized) and call.error.tenant is not None


@on_refusal
def a_missing_write_scope_is_answered_403(call: Call) -> bool:
    return call.status == 403 and call.operation_id in WRITES and isinstance(call.content, dict)


another_tenants_lead_is_answered_like_a_nonexistent_one = found_anothers


@consequence
@on_refusal
def errors_are_json_objects(call: Call) -> bool:
    return 400 <= call.status < 500 and isinstance(call.content, dict)


@on_refusal
def a_rate_limited_answer_says_when_to_retry(call: Call) -> bool:
    return isinstance(call.error, RateLimited)


the_two_hundred_and_first_call_in_a_minute_is_limited = a_rate_limited_answer_says_when_to_retry
