"""The state: organizations, each with its own leads, clock, settings and makers of ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Any

from mock_server.census import Census, discount
from mock_server.clock import Clock
from mock_server.journal import Exchange, Journal, Limits
from mock_server.met import Coverage
from mock_server.on_demand.armed import Arsenal
from mock_server.rate_limits import Usage

if TYPE_CHECKING:
    from mock_server.scenarios.trial import Trial

Lead = dict[str, Any]
Normalizer = Callable[[str], str]
Listener = Callable[[Exchange | None], None]


class Leads:
    """The leads of one organization, found by id or by any indexed field in constant time.

    `indexed` says which fields are looked up by value, each with the function that makes two spellings equal.
    `written` lists the writes since somebody last emptied it: each lead as it was, None for a new one, and as it is.
    `changed` are the ids of those that are no longer as they were added. `census` counts what these leads and those of
    the API's other organizations have.
    """

    def __init__(self, indexed: Mapping[str, Normalizer], census: Census) -> None:
        self._indexed = indexed
        self._census = census
        self._by_id: dict[str, Lead] = {}
        self._by_value: dict[tuple[str, str], dict[str, Lead]] = {}
        self.written: list[tuple[Lead | None, Lead]] = []
        self.changed: set[str] = set()

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Lead]:
        """Oldest first."""
        return iter(self._by_id.values())

    def __reversed__(self) -> Iterator[Lead]:
        """Newest first."""
        return reversed(self._by_id.values())

    def emptied(self) -> Leads:
        """Others of the same kind, of which there are none yet; these are no longer counted."""
        census = self._census
        self.leave()
        return Leads(self._indexed, census)

    def leave(self) -> None:
        """Be counted no longer: the organization is forgotten, or begins anew."""
        census, self._census = self._census, Census()
        census.organizations -= bool(self._by_id)
        for id in self._by_id:
            discount(census.ids, id)
        for key in self._by_value:
            discount(census.values, key)

    def get(self, id: str) -> Lead | None:
        return self._by_id.get(id)

    def find(self, field: str, value: str) -> list[Lead]:
        """The leads whose indexed `field` equals `value`, oldest first."""
        return list(self._by_value.get((field, self._indexed[field](value)), {}).values())

    def elsewhere(self, id: str) -> bool:
        """Whether another organization has a lead of this id."""
        return self._census.ids[id] > (id in self._by_id)

    def found_elsewhere(self, field: str, value: str) -> bool:
        """Whether another organization has a lead whose indexed `field` equals `value`."""
        key = (field, self._indexed[field](value))
        return self._census.values[key] > (key in self._by_value)

    @property
    def not_alone(self) -> bool:
        """Whether another organization has leads."""
        return self._census.organizations > bool(self._by_id)

    def has(self, drawn: str) -> bool:
        """Whether a lead has this as its id, or in an indexed field."""
        return drawn in self._by_id or any((field, drawn) in self._by_value for field in self._indexed)

    def add(self, lead: Lead) -> Lead:
        """Store a new lead. Raises ValueError where one has its id."""
        if lead["id"] in self._by_id:
            raise ValueError(f"there is a lead {lead['id']} already")
        self.written.append((None, lead))
        self._census.ids[lead["id"]] += 1
        self._census.organizations += not self._by_id
        self._by_id[lead["id"]] = lead
        for field in self._indexed:
            self._enter(field, lead)
        return lead

    def change(self, lead: Lead, changes: Mapping[str, Any]) -> None:
        """Write `changes` into a stored lead and keep the indexes true."""
        self.written.append((lead.copy(), lead))
        self.changed.add(lead["id"])
        moved = [field for field in self._indexed if field in changes and changes[field] != lead.get(field)]
        for field in moved:
            self._leave(field, lead)
        lead.update(changes)
        for field in moved:
            self._enter(field, lead)

    def remove(self, lead: Lead) -> None:
        """Forget a stored lead. No API documents a way to; leads vanish for a scenario."""
        del self._by_id[lead["id"]]
        discount(self._census.ids, lead["id"])
        self._census.organizations -= not self._by_id
        for field in self._indexed:
            self._leave(field, lead)

    def _key(self, field: str, lead: Lead) -> tuple[str, str] | None:
        value = lead.get(field)
        return (field, self._indexed[field](value)) if isinstance(value, str) else None

    def _enter(self, field: str, lead: Lead) -> None:
        if key := self._key(field, lead):
            if key not in self._by_value:
                self._census.values[key] += 1
            self._by_value.setdefault(key, {})[lead["id"]] = lead

    def _leave(self, field: str, lead: Lead) -> None:
        if key := self._key(field, lead):
            del self._by_value[key][lead["id"]]
            if not self._by_value[key]:
                del self._by_value[key]
                discount(self._census.values, key)


class Organization:
    """What one credential sees of one API. `tenant` is the credential that opened it; `id` names it without that.

    Everything that looks random comes from `seed`: two organizations of the same seed, API and tenant that
    get the same calls give the same answers, to the byte where the clock stands still; only the names of exchanges go
    on where one follows the other in one sandbox.
    """

    def __init__(
        self,
        api: str,
        tenant: str,
        *,
        seed: int,
        clock: Clock,
        settings: Mapping[str, Any],
        indexed: Mapping[str, Normalizer],
        census: Census,
        limits: Limits,
        coverage: Coverage,
    ) -> None:
        self.api = api
        self.tenant = tenant
        self.seed = seed
        self.clock = clock
        self.settings = dict(settings)
        self.leads = Leads(indexed, census)
        self.journal = Journal(limits)
        self.usage = Usage()
        self.armed = Arsenal()
        self.trials: dict[str, Trial] = {}
        self.coverage = coverage
        self.conversations: dict[str, dict[str, Any]] = {}
        # Counted apart, so that a refused call, which has a request id only, does not shift the ids of later leads.
        self.drawn = {"ids": 0, "requests": 0}
        self.id = f"{api}-{sha256(tenant.encode()).hexdigest()[:8]}"

    def new_uuid(self) -> str:
        """A version 4 UUID that no lead has."""
        return self._unused(lambda: _uuid(self._drawn("ids", 16)))

    def new_token(self, prefix: str) -> str:
        """`prefix` and twelve hexadecimal digits, which no lead has."""
        return self._unused(lambda: prefix + self._drawn("ids", 6))

    def _unused(self, draw: Callable[[], str]) -> str:
        """The first that is drawn and not taken: leads that were put in may have ids that are still to be drawn."""
        drawn = draw()
        while self.leads.has(drawn):
            drawn = draw()
        return drawn

    def new_request_id(self) -> str:
        return f"req_{self._drawn('requests', 6)}"

    def _drawn(self, kind: str, size: int) -> str:
        """The next value of a kind: so many bytes, in hexadecimal digits."""
        self.drawn[kind] += 1
        name = f"{self.seed}/{self.api}/{self.tenant}/{kind}/{self.drawn[kind]}"
        return blake2b(name.encode(), digest_size=size).hexdigest()

    def state(self) -> dict[str, Any]:
        """Everything that decides about later answers, as JSON data of its own."""
        return {
            "api": self.api,
            "key": self.tenant,
            "seed": self.seed,
            "clock": self.clock.state(),
            "settings": dict(self.settings),
            "drawn": dict(self.drawn),
            "leads": deepcopy(list(self.leads)),
            "conversations": deepcopy(list(self.conversations.values())),
        }

    def take_up(self, state: Mapping[str, Any]) -> None:
        """Become what `state` says; what was recorded stays."""
        self.seed = state["seed"]
        self.clock = Clock.of(state["clock"])
        self.settings = {**self.settings, **state["settings"]}
        self.drawn = dict(state["drawn"])
        self.leads = self.leads.emptied()
        for lead in deepcopy(state["leads"]):
            self.leads.add(lead)
        self.conversations = {each["id"]: each for each in deepcopy(state["conversations"])}


def _uuid(digits: str) -> str:
    """32 hexadecimal digits as a version 4 UUID."""
    digits = f"{int(digits, 16) & ~(0xF << 76) & ~(0x3 << 62) | 0x4 << 76 | 0x2 << 62:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class World:
    """All organizations, made at first use.

    `settings` is what a new organization starts with and `indexed` what its leads are found by; both are by
    API name.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        frozen_at: int | None = None,
        settings: Mapping[str, Mapping[str, Any]],
        indexed: Mapping[str, Mapping[str, Normalizer]],
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._listeners: list[Listener] = []
        self._started_with = settings
        self._indexed = indexed
        self._organizations: dict[tuple[str, str], Organization] = {}
        self._coverage: dict[tuple[str, str], Coverage] = {}
        self.snapshots: dict[str, dict[str, Any]] = {}
        self._place = 0
        self._exchanges: Counter[str] = Counter()
        self._begin(seed, frozen_at)

    def _begin(self, seed: int, frozen_at: int | None) -> None:
        self.seed = seed
        self.clock = Clock(frozen_at)
        self.settings = {api: dict(values) for api, values in self._started_with.items()}
        self._census = {api: Census() for api in self._indexed}
        self.armed = Arsenal()
        self._faults = 0
        self._organizations.clear()

    def organization(self, api: str, tenant: str) -> Organization:
        """The organization that `tenant` opens in `api`."""
        found = self._organizations.get((api, tenant))
        return self._open(self.glimpse(api, tenant)) if found is None else found

    def glimpse(self, api: str, tenant: str) -> Organization:
        """The same organization to look at: one that was not opened is as it would be, and stays unopened."""
        return self._organizations.get((api, tenant)) or self._new(api, tenant, self.seed, self.clock.copy())

    def stranger(self, api: str) -> Organization:
        """Who a caller is before, or without, a good credential. Holds no leads, but its errors need ids too.

        Time and settings are those of the whole sandbox.
        """
        found = self._organizations.get((api, ""))
        if found is None:
            found = self._open(self._new(api, "", self.seed, self.clock))
            found.settings = self.settings[api]
        return found

    def twin(self) -> World:
        """An empty world that began as this one did."""
        return World(seed=self.seed, settings=self._started_with, indexed=self._indexed, limits=self._limits)

    def opened(self) -> list[Organization]:
        """Every organization that a credential has opened so far, oldest first."""
        return [each for each in self._organizations.values() if each.tenant]

    def everybody(self) -> list[Organization]:
        """Every organization, and for each API the callers without a good credential, if there were any."""
        return list(self._organizations.values())

    def coverage(self, api: str) -> list[Coverage]:
        """What each credential's calls have met of an API since the start, also of those forgotten by a reset."""
        return [each for (name, _), each in self._coverage.items() if name == api]

    def forget_coverage(self) -> None:
        """Let go of what credentials have met that have met nothing, and open nothing any more."""
        self._coverage = {key: each for key, each in self._coverage.items() if each.calls or key in self._organizations}

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with each exchange from now on, with None at the end; the function that ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def new_place(self) -> int:
        """The place of an exchange among those of all organizations."""
        self._place += 1
        return self._place

    def new_exchange_id(self, organization: str) -> str:
        """The organization's id and a number that counts its calls, also past a reset: ``aura-5f1d7a84-12``."""
        self._exchanges[organization] += 1
        return f"{organization}-{self._exchanges[organization]}"

    def new_fault_id(self) -> str:
        """An id for a fault on demand."""
        self._faults += 1
        return f"fault-{self._faults}"

    def publish(self, exchange: Exchange | None) -> None:
        """Tell whoever listens about an exchange; None says that there will be no more."""
        for listener in self._listeners:
            listener(exchange)

    def take_up(self, state: Mapping[str, Any], *, alone: bool) -> None:
        """Put back the organizations of a state; `alone` forgets every other one."""
        kept = {(each["api"], each["key"]) for each in state["organizations"]}
        for key in [key for key in self._organizations if alone and key[1] and key not in kept]:
            self._organizations.pop(key).leads.leave()
        for each in state["organizations"]:
            self.organization(each["api"], each["key"]).take_up(each)

    def reset(self, seed: int | None = None, frozen_at: int | None = None) -> None:
        """Forget every organization and go back to the settings of the start.

        A seed of None keeps the present one; an instant of None lets the clock be real again.
        """
        self._begin(self.seed if seed is None else seed, frozen_at)

    def reset_organization(self, api: str, tenant: str, seed: int | None = None, frozen_at: int | None = None) -> Clock:
        """Put an empty organization in the place of one, and give its clock; no other is touched.

        Callers without a good credential have none to begin anew: what was recorded of them is forgotten.
        """
        if not tenant:
            del self._organizations[api, tenant]
            return self.clock
        self.glimpse(api, tenant).leads.leave()
        new = self._new(api, tenant, self.seed if seed is None else seed, Clock(frozen_at))
        return self._open(new).clock

    def _open(self, organization: Organization) -> Organization:
        key = (organization.api, organization.tenant)
        self._organizations[key] = organization
        self._coverage[key] = organization.coverage
        return organization

    def _new(self, api: str, tenant: str, seed: int, clock: Clock) -> Organization:
        return Organization(
            api,
            tenant,
            seed=seed,
            clock=clock,
            settings=self.settings[api],
            indexed=self._indexed[api],
            census=self._census[api],
            limits=self._limits,
            coverage=self._coverage.get((api, tenant)) or Coverage(),
        )
