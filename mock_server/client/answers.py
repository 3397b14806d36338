"""What the control API answers, as dataclasses. None shows a whole credential when it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Lead = dict[str, Any]
"""A lead as its API shows it."""

Settings = dict[str, dict[str, Any]]
"""By API and name, what is chosen where the documents are silent."""


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
    key_ring: dict[str, dict[str, str]] = field(repr=False)
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
    """The leads that one organization holds, oldest first; `key` is the credential that opens it."""

    id: str
    key: str = field(repr=False)
    leads: list[Lead]


@dataclass(frozen=True)
class Organization:
    """An organization that was opened; `key` is its credential, masked unless it was asked for.

    `name` is what the key ring calls that credential, empty where it is none of those.
    """

    id: str
    api: str
    key: str = field(repr=False)
    name: str
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

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.target.partition('?')[0]}>"


@dataclass(frozen=True)
class Response:
    """What it was answered, as it was sent: `status` is 0 where nothing was, `cut` says what a fault left out."""

    status: int
    headers: dict[str, str]
    body: str
    cut: str = ""


@dataclass(frozen=True)
class Exchange:
    """One call and its answer.

    `at` is the organization's time and `operation` empty where the call is no documented one. `requirements` are the
    ids of those that the call met, those that decided the answer first; `decided_by` is the first of these, if any.
    `open_points` has the readings of those that it touched, `changes` the values before and after, by lead and field.
    `refusal` says why it was refused, `fault` what spoilt the answer on purpose.
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
    decided_by: str = ""

    def __repr__(self) -> str:
        call = f"{self.request.method} {self.request.target.partition('?')[0]}"
        return f"<Exchange {self.id}: {call} answered {self.response.status}{self.fault and f' ({self.fault})'}>"


@dataclass(frozen=True)
class Journal:
    """The latest exchanges, oldest first, and how many earlier ones it no longer holds."""

    exchanges: list[Exchange]
    dropped: int


@dataclass(frozen=True)
class Explanation:
    """Why an exchange was answered as it was: the requirements that decided first, and `decided_by` the first of these.

    `sentences` says the same for people.
    """

    exchange: str
    status: int
    requirements: list[dict[str, str]]
    open_points: list[dict[str, Any]]
    sentences: list[str]
    decided_by: str = ""


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
    """A fault that waits for calls: `left` of them, None until it is removed.

    `scenario` is the armed scenario that it belongs to, with which it goes; empty for others.
    """

    id: str
    api: str
    operation: str
    fault: str
    left: int | None
    organization: str
    scenario: str = ""


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
