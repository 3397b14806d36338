"""What happens to a call between its credential and its operation: rate limits, and faults that wait for it."""

from __future__ import annotations

from mock_server.api import Api, Caller
from mock_server.armed import REFUSED, parsed
from mock_server.call import Call
from mock_server.rate_limits import exceeded
from mock_server.spoiling import refusal
from mock_server.store import Organization, World


def admit(api: Api, world: World, caller: Caller, call: Call) -> None:
    """Count a call against its limits and find the fault that waits for it.

    Raises RateLimited where it is one too many, Invalid for a fault in X-Sandbox-Fault that cannot be, and the error
    that the fault asks for.
    """
    organization: Organization = caller.organization
    count(api, caller, call)
    asked = call.headers.get(b"x-sandbox-fault")
    if asked is not None:
        call.fault = REFUSED
        call.fault = parsed(asked.decode("latin-1"), api.name, call.operation_id)
    else:
        call.fault = organization.armed.take(api.name, call.operation_id) or world.armed.take(
            api.name, call.operation_id
        )
    if call.fault is not None and (call.fault.error or call.fault.status or call.fault.close == "before"):
        if api.rate_limit is not None and 429 in (call.fault.error, call.fault.status):
            raise exceeded(api.rate_limit.per_key, organization.clock.instant())
        raise refusal(call.fault)


def count(api: Api, caller: Caller, call: Call) -> None:
    """Count a call against the limits, where they are switched on. Raises RateLimited where it is one too many."""
    organization: Organization = caller.organization
    if api.rate_limit is not None and organization.settings["rate_limits"]:
        call.told = organization.usage.charge(api.rate_limit, caller.key, organization.clock.instant())
