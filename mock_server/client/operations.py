"""The operations of the control API, each written once: what it asks, and the type of its answer."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload
from urllib.parse import quote

from mock_server.client.answers import (
    ApiCoverage,
    Clock,
    Difference,
    Explanation,
    Fault,
    Faults,
    Health,
    Info,
    Journal,
    Lead,
    Organization,
    Reset,
    Scenarios,
    Settings,
    Snapshot,
    StoredLeads,
    Trial,
)
from mock_server.client.asked import HIDDEN, Asked, given

if TYPE_CHECKING:
    from mock_server.client.clients import AsyncSandboxClient, SandboxClient

T = TypeVar("T")
P = ParamSpec("P")

__tracebackhide__ = HIDDEN


class operation(Generic[P, T]):  # noqa: N801  (a decorator)
    """Makes a function that says what to ask into a method that asks: awaited on the client that is async."""

    def __init__(self, ask: Callable[Concatenate[Any, P], Asked[T]]) -> None:
        self._ask = ask
        functools.update_wrapper(self, ask)  # type: ignore[arg-type]

    @overload
    def __get__(self, client: SandboxClient, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: AsyncSandboxClient, owner: type) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, client: None, owner: type) -> operation[P, T]: ...
    def __get__(self, client: SandboxClient | AsyncSandboxClient | None, owner: type) -> Any:
        if client is None:
            return self
        ask = self._ask.__get__(client)

        @functools.wraps(ask)
        def call(*arguments: P.args, **options: P.kwargs) -> Any:
            return client.send(ask(*arguments, **options))

        return call


class Operations:
    """What both clients can ask: the operations of the control API, by their `operationId`."""

    @operation
    def health(self) -> Asked[Health]:
        """Whether the sandbox answers."""
        return Asked("GET", "health", Health)

    @operation
    def info(self) -> Asked[Info]:
        """Versions, base paths, key ring, settings."""
        return Asked("GET", "info", Info)

    @operation
    def reset(
        self, *, seed: int | None = None, clock: str | None = None, organization: str | None = None
    ) -> Asked[Reset]:
        """Forget what the organizations of the key hold, or everything. Time stands still at `clock`, if given."""
        query = {"organization": organization}
        return Asked("POST", "reset", Reset, query=query, body=given(seed=seed, clock=clock))

    @operation
    def get_organizations(
        self, *, organization: str | None = None, credentials: str | None = None
    ) -> Asked[list[Organization]]:
        """The organizations that were opened, oldest first; masked unless `credentials` is ``shown``."""
        query = {"organization": organization, "credentials": credentials}
        return Asked("GET", "organizations", list[Organization], "organizations", query=query)

    @operation
    def get_settings(self, *, organization: str | None = None) -> Asked[Settings]:
        """The settings in force."""
        return Asked("GET", "settings", Settings, query={"organization": organization})

    @operation
    def change_settings(
        self, settings: Mapping[str, Mapping[str, Any]], *, organization: str | None = None
    ) -> Asked[Settings]:
        """Change settings, such as ``{"octanist": {"bulk_updates": True}}``."""
        return Asked("PATCH", "settings", Settings, query={"organization": organization}, body=settings)

    @operation
    def get_leads(
        self, api: str, *, organization: str | None = None, credentials: str | None = None
    ) -> Asked[list[StoredLeads]]:
        """The stored leads of each organization of an API; with its credential, unless `credentials` is ``masked``."""
        query = {"organization": organization, "credentials": credentials}
        return Asked("GET", f"leads/{quote(api, safe='')}", list[StoredLeads], "organizations", query=query)

    @operation
    def put_leads(
        self, api: str, leads: Sequence[Mapping[str, Any]], *, organization: str | None = None
    ) -> Asked[list[Lead]]:
        """Put leads into the organization of the key, also with fields that the API cannot set; all or none."""
        path, query = f"leads/{quote(api, safe='')}", {"organization": organization}
        return Asked("POST", path, list[Lead], "leads", query=query, body={"leads": leads})

    @operation
    def get_clock(self, *, organization: str | None = None) -> Asked[Clock]:
        """What time it is."""
        return Asked("GET", "clock", Clock, query={"organization": organization})

    @operation
    def set_clock(
        self, now: str | None = None, *, frozen: bool = True, organization: str | None = None
    ) -> Asked[Clock]:
        """Set the time, to the present where `now` is left out; it stands still unless `frozen` is false."""
        query = {"organization": organization}
        return Asked("PUT", "clock", Clock, query=query, body={**given(now=now), "frozen": frozen})

    @operation
    def advance_clock(self, seconds: float, *, organization: str | None = None) -> Asked[Clock]:
        """Move the time forward."""
        query = {"organization": organization}
        return Asked("POST", "clock/advance", Clock, query=query, body={"seconds": seconds})

    @operation
    def get_journal(
        self,
        *,
        api: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        status: int | None = None,
        requirement: str | None = None,
        exchange: str | None = None,
        lead: str | None = None,
        organization: str | None = None,
        limit: int | None = None,
        credentials: str | None = None,
    ) -> Asked[Journal]:
        """The latest exchanges that fit; credentials are masked unless `credentials` is ``shown``."""
        call = {"api": api, "operation": operation, "method": method, "status": status}
        about = {"requirement": requirement, "exchange": exchange, "lead": lead, "organization": organization}
        query = {**call, **about, "limit": limit, "credentials": credentials}
        return Asked("GET", "journal", Journal, query=query)

    @operation
    def get_har(self, *, organization: str | None = None, root: str | None = None) -> Asked[dict[str, Any]]:
        """The journal as a HAR; `root` is what stands before each path in it."""
        query = {"organization": organization, "root": root}
        return Asked("GET", "journal", dict[str, Any], query=query, accept="application/har+json")

    @operation
    def clear_journal(self, *, organization: str | None = None) -> Asked[int]:
        """Forget exchanges; how many there were."""
        return Asked("DELETE", "journal", int, "forgotten", query={"organization": organization})

    @operation
    def explain_exchange(self, exchange: str) -> Asked[Explanation]:
        """Why an exchange was answered as it was, by what ``X-Sandbox-Exchange`` said."""
        return Asked("GET", f"explain/{quote(exchange, safe='')}", Explanation)

    @operation
    def get_faults(self, *, organization: str | None = None) -> Asked[Faults]:
        """The faults that wait for calls."""
        return Asked("GET", "faults", Faults, query={"organization": organization})

    @operation
    def arm_fault(
        self,
        api: str,
        fault: str,
        *,
        operation: str | None = None,
        times: int | None = None,
        organization: str | None = None,
    ) -> Asked[Fault]:
        """Let the next calls of an operation, or of all, suffer a fault such as ``status=503`` or ``delay=2``."""
        body = {"api": api, "fault": fault, **given(operation=operation, times=times)}
        return Asked("POST", "faults", Fault, "fault", query={"organization": organization}, body=body)

    @operation
    def disarm_faults(self, id: str | None = None, *, organization: str | None = None) -> Asked[int]:
        """Remove one waiting fault, or all; how many there were."""
        return Asked("DELETE", "faults", int, "removed", query={"id": id, "organization": organization})

    @operation
    def get_snapshots(self) -> Asked[list[Snapshot]]:
        """Every snapshot, oldest first."""
        return Asked("GET", "snapshots", list[Snapshot], "snapshots")

    @operation
    def save_snapshot(
        self, id: str | None = None, *, state: Mapping[str, Any] | None = None, organization: str | None = None
    ) -> Asked[Snapshot]:
        """Keep the present state, or a `state` that `get_snapshot` gave."""
        query = {"organization": organization}
        return Asked("POST", "snapshots", Snapshot, query=query, body=given(id=id, state=state))

    @operation
    def get_snapshot(self, snapshot: str, *, organization: str | None = None) -> Asked[dict[str, Any]]:
        """The state that a snapshot holds of the organizations of the key, or of all, with credentials."""
        query = {"organization": organization}
        return Asked("GET", f"snapshots/{quote(snapshot, safe='')}", dict[str, Any], query=query)

    @operation
    def restore_snapshot(self, snapshot: str, *, organization: str | None = None) -> Asked[Snapshot]:
        """Put back what a snapshot holds of the organizations of the key, or all of it; what was put back."""
        query = {"organization": organization}
        return Asked("PUT", f"snapshots/{quote(snapshot, safe='')}", Snapshot, query=query)

    @operation
    def remove_snapshot(self, snapshot: str) -> Asked[Snapshot]:
        """Forget a snapshot."""
        return Asked("DELETE", f"snapshots/{quote(snapshot, safe='')}", Snapshot)

    @operation
    def compare_snapshot(
        self, snapshot: str, *, until: str | None = None, organization: str | None = None
    ) -> Asked[list[Difference]]:
        """What changed since a snapshot, until another one or until now."""
        path = f"snapshots/{quote(snapshot, safe='')}/differences"
        query = {"with": until, "organization": organization}
        return Asked("GET", path, list[Difference], "differences", query=query)

    @operation
    def get_coverage(self, *, api: str | None = None, organization: str | None = None) -> Asked[dict[str, ApiCoverage]]:
        """By API, which documented behaviours the calls so far have met, and which never."""
        query = {"api": api, "organization": organization}
        return Asked("GET", "coverage", dict[str, ApiCoverage], "apis", query=query)

    @operation
    def get_scenarios(self, *, finished: bool = False, organization: str | None = None) -> Asked[Scenarios]:
        """Every scenario, and those that are armed, with verdicts; `finished` says that the client has ended."""
        query = {"finished": "true" if finished else None, "organization": organization}
        return Asked("GET", "scenarios", Scenarios, query=query)

    @operation
    def arm_scenario(
        self, scenario: str, api: str, *, operation: str | None = None, organization: str | None = None
    ) -> Asked[Trial]:
        """Let a client meet a situation, in the usual operation or the one named."""
        body = {"scenario": scenario, "api": api, **given(operation=operation)}
        return Asked("POST", "scenarios", Trial, "armed", query={"organization": organization}, body=body)

    @operation
    def disarm_scenarios(self, scenario: str | None = None, *, organization: str | None = None) -> Asked[int]:
        """Take back one scenario, or all; how many there were."""
        query = {"scenario": scenario, "organization": organization}
        return Asked("DELETE", "scenarios", int, "removed", query=query)

    @operation
    def get_register(self, api: str) -> Asked[dict[str, Any]]:
        """The requirements and open points of an API, with their sources."""
        return Asked("GET", f"register/{quote(api, safe='')}", dict[str, Any])

    @operation
    def get_contract(self, api: str) -> Asked[dict[str, Any]]:
        """The contract of an API, an OpenAPI document without references."""
        return Asked("GET", f"contracts/{quote(api, safe='')}", dict[str, Any])

    @operation
    def clear_coverage(self, *, api: str | None = None, organization: str | None = None) -> Asked[int]:
        """Start the coverage anew; how many calls were forgotten. A reset does not do it."""
        query = {"api": api, "organization": organization}
        return Asked("DELETE", "coverage", int, "forgotten", query=query)
