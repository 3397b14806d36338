"""A client of the sandbox's control API: `SandboxClient`, and `AsyncSandboxClient` which is awaited.

Both have one method for each operation of the control API, named as the operation, and return what it answers as
dataclasses. Each method is written once, in `_Operations`, as the request to send and the type of its answer.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload
from urllib.parse import quote

import httpx
import msgspec

T = TypeVar("T")
P = ParamSpec("P")

Lead = dict[str, Any]
"""A lead as its API shows it."""

Settings = dict[str, dict[str, Any]]
"""By API and name, what is chosen where the documents are silent."""


class SandboxError(Exception):
    """The sandbox refused a control call, or did not answer. The text is the sandbox's own sentence.

    `status` is that of the answer, 0 where there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Health:
    """That the sandbox lives: `status` is ``ok``."""

    status: str


@dataclass(frozen=True)
class ApiInfo:
    """Where an API is served, and from which contract."""

    base_path: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Info:
    """What the sandbox is: by API, its contract, its keys by what they are for, and its settings."""

    version: str
    apis: dict[str, ApiInfo]
    key_ring: dict[str, dict[str, str]]
    settings: Settings


@dataclass(frozen=True)
class Reset:
    """The seed and the time after a reset."""

    seed: int
    now: str


@dataclass(frozen=True)
class Clock:
    """The time as an RFC 3339 text, and whether it stands still."""

    now: str
    frozen: bool


@dataclass(frozen=True)
class StoredLeads:
    """The leads that one credential's organization holds, oldest first."""

    key: str
    leads: list[Lead]


@dataclass(frozen=True)
class Organization:
    """An organization that was opened; `key` is its credential, masked."""

    id: str
    api: str
    key: str
    leads: int
    exchanges: int
    dropped: int
    now: str
    frozen: bool
    settings: dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    method: str
    target: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Response:
    """What it was answered."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Exchange:
    """One call and its answer.

    `at` is the organization's time and `operation` empty where the call is no documented one. `requirements` are the
    ids of those that the call met; `open_points` the readings of those that it touched; `changes` the values before
    and after, by lead and field. `refusal` says why it was refused, `fault` what spoilt the answer on purpose.
    """

    id: str
    at: str
    seconds: float
    api: str
    key: str
    operation: str
    request: Request
    response: Response
    requirements: list[str]
    open_points: dict[str, str]
    changes: dict[str, dict[str, list[Any]]]
    refusal: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Journal:
    """The latest exchanges, oldest first, and how many earlier ones it no longer holds."""

    exchanges: list[Exchange]
    dropped: int


@dataclass(frozen=True)
class Explanation:
    """Why an exchange was answered as it was; `sentences` says the same for people."""

    exchange: str
    status: int
    requirements: list[dict[str, str]]
    open_points: list[dict[str, Any]]
    sentences: list[str]


@dataclass(frozen=True)
class Scenario:
    """A situation that a good client survives: what it takes to meet it, and the rules of survival.

    `apis` has, by API, the `operations` in which it can be met, the usual one first, and its `sources`.
    """

    id: str
    title: str
    text: str
    trigger: str
    apis: dict[str, dict[str, list[str]]]
    rules: list[dict[str, Any]]


@dataclass(frozen=True)
class Trial:
    """A scenario that is armed for an organization. `verdict` is survived, failed or incomplete, for that `reason`.

    `trigger` is the exchange that met the situation, or empty; `rules` has the outcome of each rule since.
    """

    organization: str
    scenario: str
    api: str
    operation: str
    verdict: str
    reason: str
    trigger: str
    rules: list[dict[str, Any]]


@dataclass(frozen=True)
class Scenarios:
    """Every scenario, and those that are armed."""

    scenarios: list[Scenario]
    armed: list[Trial]


@dataclass(frozen=True)
class Fault:
    """A fault that waits for calls: `left` of them, None until it is removed."""

    id: str
    api: str
    operation: str
    fault: str
    left: int | None
    organization: str


@dataclass(frozen=True)
class Faults:
    """The faults in the order in which they were armed; `possible` says what a fault can be made of."""

    faults: list[Fault]
    possible: dict[str, str]


@dataclass(frozen=True)
class Snapshot:
    """A snapshot; `whole` where it holds every organization there was."""

    id: str
    whole: bool
    organizations: int
    leads: int


@dataclass(frozen=True)
class Difference:
    """A lead that was ``added``, ``removed`` or ``changed``; by field, the value before and after."""

    api: str
    lead: str
    change: str
    fields: dict[str, list[Any]]


@dataclass(frozen=True)
class Behaviour:
    """A documented behaviour, how many calls have met it, and the first exchange that did (empty where none has).

    `kind` is ``requirement``, ``error`` or ``reading``; `call` says what that exchange was, in short.
    """

    id: str
    kind: str
    operation: str
    text: str
    source: str
    times: int
    example: str
    call: str


@dataclass(frozen=True)
class ApiCoverage:
    """How many of an API's documented behaviours so many calls have met."""

    met: int
    total: int
    calls: int
    behaviours: list[Behaviour]


@dataclass(frozen=True)
class Asked(Generic[T]):
    """A control call that is yet to be sent: what to send, and how its answer is read.

    `member` is the member of the answer that is wanted; empty for the whole of it.
    """

    method: str
    path: str
    answer: Any
    member: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    accept: str = "application/json"

    def options(self) -> dict[str, Any]:
        """The arguments of httpx's `request` and `stream`; what is None is left out."""
        query = {name: value for name, value in self.query.items() if value is not None}
        return {
            "method": self.method,
            "url": f"/_sandbox/{self.path}",
            "params": query,
            "headers": {"Accept": self.accept},
            **({} if self.body is None else {"json": self.body}),
        }

    def read(self, response: httpx.Response) -> T:
        """What the sandbox answered. Raises SandboxError where it refused."""
        if not response.is_success:
            raise _refusal(response)
        try:
            answer = msgspec.json.decode(response.content)
            found: T = msgspec.convert(answer[self.member] if self.member else answer, type=self.answer)
        except (msgspec.MsgspecError, KeyError, TypeError) as error:
            raise SandboxError(f"{response.url} answered what no sandbox of this version does: {error}") from None
        return found


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


def _given(**values: Any) -> dict[str, Any]:
    """The members that were given."""
    return {name: value for name, value in values.items() if value is not None}


class _Operations:
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
    def reset(self, *, seed: int | None = None, clock: str | None = None) -> Asked[Reset]:
        """Forget what the organizations of the key hold, or everything. Time stands still at `clock`, if given."""
        return Asked("POST", "reset", Reset, body=_given(seed=seed, clock=clock))

    @operation
    def get_organizations(self) -> Asked[list[Organization]]:
        """Every organization that was opened, oldest first."""
        return Asked("GET", "organizations", list[Organization], "organizations")

    @operation
    def get_settings(self) -> Asked[Settings]:
        """The settings in force."""
        return Asked("GET", "settings", Settings)

    @operation
    def change_settings(self, settings: Mapping[str, Mapping[str, Any]]) -> Asked[Settings]:
        """Change settings, such as ``{"octanist": {"bulk_updates": True}}``."""
        return Asked("PATCH", "settings", Settings, body=settings)

    @operation
    def get_leads(self, api: str) -> Asked[list[StoredLeads]]:
        """The stored leads of each organization of an API."""
        return Asked("GET", f"leads/{quote(api, safe='')}", list[StoredLeads], "organizations")

    @operation
    def put_leads(self, api: str, leads: Sequence[Mapping[str, Any]]) -> Asked[list[Lead]]:
        """Put leads into the organization of the key, also with fields that the API cannot set; all or none."""
        return Asked("POST", f"leads/{quote(api, safe='')}", list[Lead], "leads", body={"leads": leads})

    @operation
    def get_clock(self) -> Asked[Clock]:
        """What time it is."""
        return Asked("GET", "clock", Clock)

    @operation
    def set_clock(self, now: str | None = None, *, frozen: bool = True) -> Asked[Clock]:
        """Set the time, to the present where `now` is left out; it stands still unless `frozen` is false."""
        return Asked("PUT", "clock", Clock, body={**_given(now=now), "frozen": frozen})

    @operation
    def advance_clock(self, seconds: float) -> Asked[Clock]:
        """Move the time forward."""
        return Asked("POST", "clock/advance", Clock, body={"seconds": seconds})

    @operation
    def get_journal(
        self,
        *,
        api: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        status: int | None = None,
        requirement: str | None = None,
        organization: str | None = None,
        limit: int | None = None,
        credentials: str | None = None,
    ) -> Asked[Journal]:
        """The latest exchanges that fit; credentials are masked unless `credentials` is ``shown``."""
        query = {"api": api, "operation": operation, "method": method, "status": status, "requirement": requirement}
        more = {"organization": organization, "limit": limit, "credentials": credentials}
        return Asked("GET", "journal", Journal, query={**query, **more})

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
        body = {"api": api, "fault": fault, **_given(operation=operation, times=times)}
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
        return Asked("POST", "snapshots", Snapshot, query=query, body=_given(id=id, state=state))

    @operation
    def get_snapshot(self, snapshot: str) -> Asked[dict[str, Any]]:
        """The state that a snapshot holds, with credentials."""
        return Asked("GET", f"snapshots/{quote(snapshot, safe='')}", dict[str, Any])

    @operation
    def restore_snapshot(self, snapshot: str) -> Asked[Snapshot]:
        """Put back what a snapshot holds."""
        return Asked("PUT", f"snapshots/{quote(snapshot, safe='')}", Snapshot)

    @operation
    def remove_snapshot(self, snapshot: str) -> Asked[Snapshot]:
        """Forget a snapshot."""
        return Asked("DELETE", f"snapshots/{quote(snapshot, safe='')}", Snapshot)

    @operation
    def compare_snapshot(self, snapshot: str, *, until: str | None = None) -> Asked[list[Difference]]:
        """What changed since a snapshot, until another one or until now."""
        path = f"snapshots/{quote(snapshot, safe='')}/differences"
        return Asked("GET", path, list[Difference], "differences", query={"with": until})

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
        body = {"scenario": scenario, "api": api, **_given(operation=operation)}
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


def _headers(key: str | None, admin_token: str | None) -> dict[str, str]:
    token = None if admin_token is None else f"Bearer {admin_token}"
    return {name: value for name, value in (("X-Sandbox-Key", key), ("Authorization", token)) if value is not None}


def _refusal(response: httpx.Response) -> SandboxError:
    """The sandbox's own sentence, or that something else must have answered."""
    try:
        sentence = response.json()["error"]
    except (ValueError, KeyError, TypeError):
        sentence = f"{response.url} answered {response.status_code}; is it a sandbox?"
    return SandboxError(str(sentence), response.status_code)


def _silence(error: httpx.HTTPError) -> SandboxError:
    return SandboxError(f"the sandbox does not answer: {error or type(error).__name__}")


_EVENTS: Asked[None] = Asked("GET", "events", None, accept="text/event-stream")
_PATIENCE = httpx.Timeout(10, read=30)
"""Seconds; a stream says at least every 15 that it is still there."""


def _event(line: str, name: str) -> tuple[str, Exchange | None]:
    """What a line of a stream adds: the name of the event that it belongs to, and the exchange that it holds."""
    if line.startswith("event: "):
        return line.removeprefix("event: "), None
    if name == "exchange" and line.startswith("data: "):
        return "", msgspec.json.decode(line.removeprefix("data: "), type=Exchange)
    return name, None


class SandboxClient(_Operations):
    """Steers a sandbox.

    `base_url` is the sandbox's root, such as ``http://127.0.0.1:4020``. With a `key`, every call concerns the
    organizations that this credential opens; without one, all of them. `admin_token` is what a sandbox off the
    loopback asks for. `transport` is httpx's, for a sandbox without a socket. Every method raises SandboxError.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        admin_token: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url, headers=_headers(key, admin_token), transport=transport, trust_env=False
        )

    def send(self, asked: Asked[T]) -> T:
        """Send a control call; what it was answered."""
        try:
            return asked.read(self._http.request(**asked.options()))
        except httpx.HTTPError as error:
            raise _silence(error) from None

    def get_events(self, *, organization: str | None = None) -> Iterator[Exchange]:
        """The exchanges as they happen, until the sandbox stops. It needs a sandbox behind a port."""
        options = {**_EVENTS.options(), "params": _given(organization=organization), "timeout": _PATIENCE}
        name = ""
        try:
            with self._http.stream(**options) as response:
                if not response.is_success:
                    response.read()
                    raise _refusal(response)
                for line in response.iter_lines():
                    name, exchange = _event(line, name)
                    if exchange is not None:
                        yield exchange
        except httpx.HTTPError as error:
            raise _silence(error) from None

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> SandboxClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncSandboxClient(_Operations):
    """Steers a sandbox as `SandboxClient` does; each method is awaited."""

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        admin_token: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url, headers=_headers(key, admin_token), transport=transport, trust_env=False
        )

    async def send(self, asked: Asked[T]) -> T:
        """Send a control call; what it was answered."""
        try:
            return asked.read(await self._http.request(**asked.options()))
        except httpx.HTTPError as error:
            raise _silence(error) from None

    async def get_events(self, *, organization: str | None = None) -> AsyncIterator[Exchange]:
        """The exchanges as they happen, until the sandbox stops. It needs a sandbox behind a port."""
        options = {**_EVENTS.options(), "params": _given(organization=organization), "timeout": _PATIENCE}
        name = ""
        try:
            async with self._http.stream(**options) as response:
                if not response.is_success:
                    await response.aread()
                    raise _refusal(response)
                async for line in response.aiter_lines():
                    name, exchange = _event(line, name)
                    if exchange is not None:
                        yield exchange
        except httpx.HTTPError as error:
            raise _silence(error) from None

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> AsyncSandboxClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
