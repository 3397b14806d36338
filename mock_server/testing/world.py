"""The world of one test: an empty organization in each API, which no other test sees."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import httpx

import openapi
from mock_server.client import ApiCoverage, Exchange, Fault, SandboxClient, SandboxError
from mock_server.client.asked import HIDDEN
from mock_server.masking import masked
from mock_server.testing.violations import Violation, told, violations_of

if TYPE_CHECKING:
    from mock_server.testing.sandbox import LeadSandbox

__tracebackhide__ = HIDDEN


@dataclass(frozen=True)
class _Credential:
    """How an API's credential looks: so many digits after a prefix, in a header after a scheme."""

    header: str
    scheme: str
    prefix: str
    digits: int


_CREDENTIALS = {
    "aura": _Credential("Authorization", "Bearer ", "aura_pk_live_", 32),
    "octanist": _Credential("X-API-KEY", "", "octanist_test_", 32),
    "vorel": _Credential("Authorization", "Bearer ", "vapk_live_", 48),
}


class ApiWorld:
    """One API as one test sees it.

    `key` opens the test's own organization and `headers` are what sends it. `control` steers this organization only.
    """

    def __init__(self, sandbox: LeadSandbox, name: str, world: str) -> None:
        credential = _CREDENTIALS[name]
        digits = sha256(f"{sandbox.seed}/{name}/{world}".encode()).hexdigest()
        self._sandbox = sandbox
        self._base_path = openapi.read(name).base_path
        self.name = name
        self.key = credential.prefix + digits[: credential.digits]
        self.headers = {credential.header: credential.scheme + self.key}
        self.control: SandboxClient = sandbox.control_of(self.key)
        self.control.reset(seed=sandbox.seed)
        self.control.clear_coverage()
        self._client: httpx.Client | None = None
        self._opening = threading.Lock()

    def __repr__(self) -> str:
        return f"<ApiWorld {self.name} below {self._base_path or '/'}, key {masked(self.key)}>"

    @property
    def base_url(self) -> str:
        """What the documentation calls the base URL, for any client: it leads to a real port."""
        return self._sandbox.base_url + self._base_path

    @property
    def transport(self) -> httpx.BaseTransport | None:
        """For an httpx client of one's own; every URL leads to the sandbox, without a socket where that is possible."""
        return self._sandbox.transport

    @property
    def async_transport(self) -> httpx.AsyncBaseTransport | None:
        """The same for an async client."""
        return self._sandbox.async_transport

    @property
    def client(self) -> httpx.Client:
        """An httpx client with base URL and credential, the same for all threads, closed when the test ends."""
        with self._opening:
            self._client = self._client or httpx.Client(**self._options, transport=self.transport)
        return self._client

    @property
    def async_client(self) -> httpx.AsyncClient:
        """A new async httpx client with base URL and credential, to be used in ``async with``."""
        return httpx.AsyncClient(**self._options, transport=self.async_transport)

    @property
    def _options(self) -> dict[str, Any]:
        """X-Sandbox-Key lets the sandbox know whose call it is also where the credential is missing."""
        headers = {**self.headers, "X-Sandbox-Key": self.key}
        return {"base_url": self._sandbox.inner_url + self._base_path, "headers": headers, "trust_env": False}

    @property
    def journal(self) -> list[Exchange]:
        """The test's exchanges with this API, oldest first."""
        return self.control.get_journal(api=self.name, limit=10_000).exchanges

    @property
    def dropped(self) -> int:
        """So many earlier exchanges the journal no longer holds."""
        return self.control.get_journal(api=self.name, limit=1).dropped

    @property
    def coverage(self) -> ApiCoverage:
        """Which documented behaviours of this API the test has met."""
        return self.control.get_coverage(api=self.name)[self.name]

    def close(self) -> None:
        """Close the clients."""
        self.control.close()
        if self._client:
            self._client.close()


class WorldClock:
    """The time of a world, the same in all of its APIs. Instants are RFC 3339 texts."""

    def __init__(self, world: LeadWorld) -> None:
        self._world = world

    def __repr__(self) -> str:
        return f"<WorldClock of {self._world!r}>"

    def now(self) -> str:
        """What time it is."""
        return self._world.all[0].control.get_clock().now

    def freeze(self, at: str | None = None) -> None:
        """Let time stand still, at the instant given or at the present one."""
        self._set(at or self.now(), frozen=True)

    def run(self, start: str | None = None) -> None:
        """Let time run on, from the instant given or from the present one."""
        self._set(start or self.now(), frozen=False)

    def advance(self, seconds: float) -> None:
        """Move time forward; where that leads beyond the year 9892 in one of the APIs, in none."""
        # The clock that is furthest ahead goes first: where it can go so far, every other can.
        for each in sorted(self._world.all, key=lambda each: each.control.get_clock().now, reverse=True):
            each.control.advance_clock(seconds)

    def _set(self, instant: str, *, frozen: bool) -> None:
        for each in self._world.all:
            each.control.set_clock(instant, frozen=frozen)


class WorldFaults:
    """The faults on demand that wait for the calls of a world."""

    def __init__(self, world: LeadWorld) -> None:
        self._world = world

    def __repr__(self) -> str:
        return f"<WorldFaults of {self._world!r}>"

    def arm(self, api: str, fault: str, *, operation: str | None = None, times: int | None = 1) -> Fault:
        """Let the next so many calls of an operation suffer a fault such as ``error=429``, ``status=503``,
        ``delay=2`` or ``close=after``; of every operation where none is named, until disarmed where `times` is None.
        """
        return self._world.api(api).control.arm_fault(api, fault, operation=operation, times=times)

    def waiting(self) -> list[Fault]:
        """Those that no call has suffered yet."""
        return [fault for each in self._world.opened for fault in each.control.get_faults().faults]

    def disarm(self) -> None:
        """Remove all that wait."""
        for each in self._world.opened:
            each.control.disarm_faults()


class LeadWorld:
    """What the fixture `lead_world` gives. Each API's organization is opened, empty, when it is first named."""

    def __init__(self, sandbox: LeadSandbox, name: str) -> None:
        self._apis: dict[str, ApiWorld] = {}
        self._naming = threading.Lock()
        self.sandbox = sandbox
        self.name = name
        self.seed = sandbox.seed
        self.clock = WorldClock(self)
        self.faults = WorldFaults(self)

    def __repr__(self) -> str:
        named = ", ".join(self._apis) or "no API yet"
        return f"<LeadWorld {self.name!r}, seed {self.seed}: {named}>"

    def api(self, name: str) -> ApiWorld:
        """One of the APIs: ``aura``, ``octanist`` or ``vorel``. Raises SandboxError for any other name."""
        if name not in _CREDENTIALS:
            raise SandboxError(f"api: there is none called {name!r}, but {', '.join(_CREDENTIALS)}")
        with self._naming:  # whoever came second would empty the organization that the first has begun to use
            if name not in self._apis:
                self._apis[name] = ApiWorld(self.sandbox, name, self.name)
            return self._apis[name]

    @property
    def aura(self) -> ApiWorld:
        return self.api("aura")

    @property
    def octanist(self) -> ApiWorld:
        return self.api("octanist")

    @property
    def vorel(self) -> ApiWorld:
        return self.api("vorel")

    @property
    def all(self) -> list[ApiWorld]:
        """Every API."""
        return [self.api(name) for name in openapi.APIS]

    @property
    def opened(self) -> list[ApiWorld]:
        """The APIs that the test has named so far."""
        return list(self._apis.values())

    @property
    def journal(self) -> list[Exchange]:
        """The test's exchanges, oldest first; of several APIs, in the order of their organizations' time."""
        return sorted((exchange for each in self.opened for exchange in each.journal), key=lambda each: each.at)

    @property
    def coverage(self) -> dict[str, ApiCoverage]:
        """By API that the test has named, which documented behaviours it has met, and which not."""
        return {each.name: each.coverage for each in self.opened}

    def violations(self, allow: Iterable[str] = ()) -> list[Violation]:
        """What the test's client sent that the documentation does not allow.

        `allow` names expected ones by id, also with wildcards: ``vorel/update_lead/400``, ``*/unknown_field/*``.
        """
        dropped = {each.name: each.dropped for each in self.opened}
        return violations_of(self.journal, dropped, tuple(allow))

    def assert_no_violations(self, allow: Iterable[str] = ()) -> None:
        """Fail, saying which calls, where there are violations; and where the sandbox itself broke its contract."""
        __tracebackhide__ = True
        found = self.violations(allow)
        if found:
            raise AssertionError(told(found))

    def __enter__(self) -> LeadWorld:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the clients."""
        for each in self.opened:
            each.close()
