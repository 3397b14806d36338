"""What happens to a call between its credential and its operation: rate limits, and faults that wait for it."""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.api import Api, Caller
from mock_server.call import Call
from mock_server.on_demand.armed import REFUSED, Armed, Arsenal, parsed
from mock_server.on_demand.spoiling import refusal
from mock_server.rate_limits import exceeded, untouched
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
        call.taken = _taken((organization.armed, world.armed), api.name, call.operation_id)
        call.fault = None if call.taken is None else call.taken[1].spec
    if call.fault is not None and call.fault.refuses:
        if api.rate_limit is not None and 429 in (call.fault.error, call.fault.status):
            call.told = ()  # the refusal says it itself
            raise exceeded(api.rate_limit.per_key, organization.clock.instant())
        raise refusal(call.fault, api.name, call.operation_id)


def _taken(arsenals: Iterable[Arsenal], api: str, operation_id: str) -> tuple[Arsenal, Armed] | None:
    """The first armed fault that waits for a call, with those that it waits among."""
    for arsenal in arsenals:
        if (armed := arsenal.take(api, operation_id)) is not None:
            return arsenal, armed
    return None


def announce(api: Api, stranger: Organization, call: Call) -> None:
    """Let the answer to a call without a good credential say, too, what the limits are, where they are switched on."""
    if api.rate_limit is not None and stranger.settings["rate_limits"]:
        call.told = untouched(api.rate_limit, stranger.clock.instant())


def count(api: Api, caller: Caller, call: Call) -> None:
    """Count a call against the limits, where they are switched on. Raises RateLimited where it is one too many."""
    organization: Organization = caller.organization
    if api.rate_limit is not None and organization.settings["rate_limits"]:
        call.told = organization.usage.charge(api.rate_limit, caller.key, organization.clock.instant())
