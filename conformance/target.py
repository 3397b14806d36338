"""The only road to a target."""

from __future__ import annotations

import json
import random
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

import openapi
from conformance.compare import canonical
from conformance.config import TargetConfig
from conformance.exchange import Exchange, Request, Response, visible
from conformance.generation import from_the_seed_alone
from conformance.live.budget import Budget
from conformance.outcomes import CannotTry, HeldBack, TargetFault, Violation
from conformance.redaction import Redactor
from conformance.transport import TIMEOUT, Answer, Transport
from conformance.values import NOBODYS_AREAS

T = TypeVar("T")

_ABOUT_FORM = ("replies_", "errors_", "preflight")
"""How the names begin of what is about the form of answers: there, an answer that is no JSON is the target's own."""

EXAMPLES = {"quick": 5, "standard": 20, "deep": 150}
"""How many values stand for "any", by effort."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"[\W_]*\d[\W_\d]*")
_CONTACTS = ("email", "phone", "customer_identifier")
"""The fields by which somebody can be reached."""

_SHOWN_HEADERS = ("content-type", "allow", "retry-after", "location", "www-authenticate")
NOT_OFFERED = (404, 405, 501)

_ANOTHER_REASON = (401, 403, 404, 405, 429)
"""Refusals that say something else than that a request breaks a rule."""

_MOMENT = 0.5
"""Seconds after which a read is no longer behind."""

ROUNDS = {"quick": 3, "standard": 10, "deep": 50}
"""How often several clients call at once, by effort: what they do to each other shows only now and then."""

from_the_seed_alone()


class Call(NamedTuple):
    """A request that has not been sent. Credentials in `headers` are written `{name of the key}`."""

    operation_id: str
    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes | None


class Target(ABC):
    """One API of a deployment, spoken to in the words of its contract.

    Everything is sent by `send`, which notes it in `trace`: the calls of the check that is running. `made_up` are
    the texts by which that check tells its leads from all others. `sent` are all fields of bodies that were sent, each
    with its value. Each API has a subclass that knows how to arrange leads and read them back. `greeted` is the status
    that the preflight was answered; None before it.
    """

    api = ""

    def __init__(
        self,
        config: TargetConfig,
        client: httpx.Client,
        *,
        seed: int = 0,
        effort: str = "standard",
        nonce: str = "",
        budget: Budget | None = None,
        timeout: float = TIMEOUT,
        shrinks: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`client` is closed by whoever made it. `nonce` keeps the values of this run apart from earlier ones.

        Without a `budget`, nothing limits what is sent. `timeout` is in seconds. Where a target does not shrink, a
        failure stays as it was found: for who wants to know of it, and not to look at it.
        """
        self.config = config
        self.contract = openapi.read(self.api)
        self.effort = effort
        self.seed = seed
        self.phases = [Phase.generate, Phase.shrink] if shrinks else [Phase.generate]
        self.trace: list[Exchange] = []
        self.made_up: list[str] = []
        self.journal: list[Exchange] = []
        self.sent: set[tuple[str, str]] = set()
        self._begun: list[tuple[int, list[str]]] = []
        self.readings: dict[str, set[str]] = {}
        self.unread: dict[str, str] = {}
        self.budget = budget or Budget()
        self._transport = Transport(client, self.budget, timeout=timeout, sleep=sleep)
        self._form_is_tried = False
        self.greeted: int | None = None
        self._lent = 0
        self._nonce = nonce
        self._keys = {**config.keys, **_in_other_case(config.keys)}
        self._redactor = Redactor(self._keys, config.base_url)
        self._sleep = sleep
        self._random = random.Random(seed)
        self._examples = random.Random(seed)
        self._serial = 0
        self._offers: dict[str, str] = {}
        self._closed: dict[str, str] = {}
        self._behind = False
        self._last_read: tuple[Call, Exchange] | None = None

    @property
    def requests(self) -> int:
        """How many requests were sent to the target, repeated ones among them."""
        return self._transport.requests

    # -- one check ---------------------------------------------------------------------------------------

    def begin(self, name: str, *, again: bool = False) -> None:
        """Start a check: an empty trace, and values that depend on its name and the seed alone.

        When it is tried again, what it makes up is new: what it made up before may be there already.
        """
        self.trace = []
        self.made_up = []
        self._begun.append((len(self.journal), self.made_up))
        self._form_is_tried = name.rpartition("/")[2].startswith(_ABOUT_FORM)
        self._lent = 0
        self._random = random.Random(f"{self.seed}/{name}{self._nonce}{'/again' if again else ''}")
        self._examples = random.Random(f"{self.seed}/{name}")
        self._serial = 0

    def story(self) -> tuple[list[Exchange], list[str]]:
        """All that the check sent which made the last call of the trace, up to that call, and what it made up.

        That is more than the trace where a check has tried other values before, or asked what the target offers.
        """
        end = next(at for at in reversed(range(len(self.journal))) if self.journal[at] is self.trace[-1])
        start, made_up = next(each for each in reversed(self._begun) if each[0] <= end)
        return self.journal[start : end + 1], made_up

    def for_each(self, values: Iterable[T], body: Callable[[T], None]) -> None:
        """Run `body` with each of the values."""
        for value in values:
            body(value)

    def for_any(
        self,
        strategy: SearchStrategy[T],
        body: Callable[[T], None],
        *,
        always: Iterable[T] = (),
        examples: int | None = None,
    ) -> None:
        """Run `body` with the values that are always tried, then with values of a strategy.

        A failure is shrunk; of the values that were made up on the way, only the last is in the trace.
        """
        self.for_each(always, body)
        before = list(self.trace)

        stopped: list[Exception] = []
        found: list[tuple[Violation, list[Exchange]]] = []

        @seed(self._examples.getrandbits(64))
        @settings(
            max_examples=examples or EXAMPLES[self.effort],
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            print_blob=False,
            phases=self.phases,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def run(value: T) -> None:
            if stopped:
                return
            self.trace = list(before)
            try:
                body(value)
            except Violation as violation:
                found.append((violation, self.trace))
                raise
            except (CannotTry, HeldBack, TargetFault) as reason:
                stopped.append(reason)  # nothing to shrink: it says nothing about the value

        try:
            run()
        except Flaky:
            if not stopped:
                raise
        if stopped and found:  # what was being shrunk is no less a violation
            violation, self.trace = found[-1]
            raise violation
        if stopped:
            raise stopped[0]

    @contextmanager
    def arranging(self) -> Iterator[None]:
        """While what a check needs is being arranged, a departure is another requirement's business."""
        try:
            yield
        except Violation as violation:
            raise CannotTry(f"what it needs could not be arranged: {violation}") from violation

    @contextmanager
    def suspecting(self, *slugs: str) -> Iterator[None]:
        """What goes wrong here is only a consequence, if one of these requirements is broken."""
        try:
            yield
        except Violation as violation:
            ids = (*violation.suspects, *(f"{self.api}/{slug}" for slug in slugs))
            raise Violation(violation.expected, violation.got, suspects=ids, field=violation.field) from violation

    def reading(self, open_point: str, reading: str) -> None:
        """Note which reading of an open point the target follows."""
        self.readings.setdefault(open_point, set()).add(self.redacted(reading))

    def pause(self, seconds: float) -> None:
        """Let time pass, where a check is about time."""
        self._sleep(seconds)

    # -- values that nobody else uses --------------------------------------------------------------------

    def token(self) -> str:
        """A text that no other lead has: letters and digits."""
        self._serial += 1
        self.made_up.append(f"{self._random.getrandbits(40):010x}{self._serial:02x}")
        return self.made_up[-1]

    def email(self) -> str:
        """An e-mail address that no other lead has, below a domain that is reserved for this."""
        return f"conformance-{self.token()}@example.com"

    def phone(self) -> str:
        """An E.164 number that no other lead has, in one of the area codes that are set aside and nobody's."""
        area = self._random.choice(NOBODYS_AREAS)
        self.made_up.append(f"1{area}{self._random.randrange(2 * 10**6, 10**7)}")
        return f"+{self.made_up[-1]}"

    def uuid(self) -> str:
        """A version 4 UUID that names nothing."""
        digits = f"{self._random.getrandbits(128):032x}"
        self.made_up.append(f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}")
        return self.made_up[-1]

    # -- calls -------------------------------------------------------------------------------------------

    def call(
        self,
        operation_id: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = ...,
        raw: bytes | None = None,
        content_type: str | None = "application/json",
        key: str | None = "full",
    ) -> Exchange:
        """Call an operation. `body` is sent as JSON, `raw` as it is; `key` names the credential, None sends none.

        Raises CannotTry where the target file lacks that credential, TargetFault where nothing comes back.
        """
        content = raw if body is ... else json.dumps(body).encode()
        return self.send(*self._addressed(operation_id, path, query, content, content_type, key))

    def _addressed(
        self,
        operation_id: str,
        path: Mapping[str, str] | None,
        query: Mapping[str, Any] | None,
        content: bytes | None,
        content_type: str | None,
        key: str | None,
    ) -> Call:
        """A call of an operation, not sent yet. Raises CannotTry where the target file lacks that credential."""
        operation = self.contract.operations[operation_id]
        place = operation.path
        for name, value in (path or {}).items():
            place = place.replace("{" + name + "}", quote(value, safe="", errors="surrogatepass"))
        if query:
            place += "?" + urlencode(query)
        headers = self.credential(key)
        if content is not None and content_type is not None:
            headers["Content-Type"] = content_type
        return Call(operation_id, operation.method, place, headers, content)

    def send(
        self, operation_id: str, method: str, path: str, headers: Mapping[str, str], content: bytes | None
    ) -> Exchange:
        """Send a request to a path below the base. Credentials in `headers` are written `{name of the key}`."""
        call = Call(operation_id, method, path, headers, content)
        exchange = self._exchanged(call)
        self._last_read = (call, exchange) if method == "GET" else self._last_read
        self._note(exchange, content)
        return exchange

    def at_once(
        self, operation_id: str, bodies: Iterable[Mapping[str, Any]], *, path: Mapping[str, str] | None = None
    ) -> list[Exchange]:
        """Call an operation with these bodies at the same time; the exchanges, in the order of the bodies.

        What is sent is the same each time, but not who comes first: the answers have to fit some order of the calls.
        """
        contents = [json.dumps(body).encode() for body in bodies]
        calls = [self._addressed(operation_id, path, None, each, "application/json", "full") for each in contents]
        with ThreadPoolExecutor(len(calls)) as pool:
            exchanges = list(pool.map(self._exchanged, calls))
        for call, exchange in zip(calls, exchanges, strict=True):
            self._note(exchange, call.content)
        return exchanges

    def reads_late(self) -> bool:
        """Whether a read is answered otherwise a moment later, as by a replica that was behind: the last one of the
        trace, or that of a new lead.

        Then each read that follows a write is given that moment from now on.
        """
        if self._behind or not self.trace:
            return False
        trace = self.trace
        with suppress(CannotTry, TargetFault, HeldBack, Violation):
            if self._last_read is None or self._last_read[1] is not trace[-1]:
                self.call("get_lead", path={"id": self.new_lead()["id"]})
            assert self._last_read is not None
            call, shown = self._last_read
            self.pause(_MOMENT)
            self._behind = _shown_by(self._exchanged(call)) != _shown_by(shown)
        self.trace = trace
        return self._behind

    def _note(self, exchange: Exchange, content: bytes | None) -> None:
        with suppress(ValueError, RecursionError):
            body = json.loads(content or b"null")
            self.sent |= {(name, canonical(value)) for name, value in body.items()} if isinstance(body, dict) else set()
        self.trace.append(exchange)
        self.journal.append(exchange)

    def _exchanged(self, call: Call) -> Exchange:
        """A call and its answer, which are noted nowhere yet."""
        operation_id, method, path, headers, content = call
        if method == "GET" and self._behind and self.trace and self.trace[-1].request.method != "GET":
            self.pause(_MOMENT)
        self.budget.permit(operation_id, method)
        url = httpx.URL(self.config.base_url + path)
        sent = {name: self._filled(value) for name, value in headers.items()}
        started, clock = time.time(), time.monotonic()
        keyless = not any(named in value for named in ("{full}", "{other}") for value in headers.values())
        try:
            answer = self._transport.answer(method, url, sent, content, judged=self._form_is_tried, keyless=keyless)
        except TargetFault as fault:
            raise type(fault)(f"{method} {self.redacted(path)[:200]}: {self.redacted(str(fault))}"[:500]) from None
        seconds = time.monotonic() - clock
        request, response = self._shown_request(method, path, headers, content), self._captured(answer)
        return Exchange(operation_id, request, response, started, seconds)

    def credential(self, key: str | None) -> dict[str, str]:
        """The header that carries the key of that name; without any, no header."""
        if key is None:
            return {}
        if key not in self._keys:
            raise CannotTry(f"the target file has no key {key!r} (keys.{key})")
        return self.key_header("{" + key + "}")

    @abstractmethod
    def key_header(self, value: str) -> dict[str, str]:
        """The header in which this API expects a credential."""

    def has_key(self, key: str) -> bool:
        """Whether there is a credential of that name: of the target file, or `other_case`, which must open nothing."""
        return key in self._keys

    def offers(self, operation_id: str) -> bool:
        """Whether the target has this operation: as its file says, or as it answers when it is asked."""
        if operation_id in self.config.capabilities:
            return self.config.capabilities[operation_id]
        if operation_id in self._closed:
            raise CannotTry(self._closed[operation_id])
        if operation_id not in self._offers:
            before = list(self.trace)
            try:
                status = self.probe(operation_id)
            except CannotTry as reason:
                self._closed[operation_id] = str(reason)
                raise
            self.trace = before
            operation = self.contract.operations[operation_id]
            lacking = f"{operation.method} {operation.path} was answered {status}"
            self._offers[operation_id] = lacking if status in NOT_OFFERED else ""
        return not self._offers[operation_id]

    def needs(self, *operation_ids: str) -> None:
        """Raises CannotTry unless the target has these operations."""
        for operation_id in operation_ids:
            if not self.offers(operation_id):
                raise CannotTry(f"the target does not offer {operation_id} ({self.lacking(operation_id)})")

    def lacking(self, operation_id: str) -> str:
        """Why `offers` says that the target does not have this operation."""
        return self._offers.get(operation_id) or f"capabilities.{operation_id} is false"

    @abstractmethod
    def probe(self, operation_id: str) -> int:
        """A harmless request to the operation; the status of its answer."""

    @abstractmethod
    def greet(self) -> Exchange:
        """The first request of a run: about something that does not exist."""

    @abstractmethod
    def greetings(self) -> Iterator[Exchange]:
        """Further harmless requests, to see whether anything at all is answered with JSON."""

    def operation_id(self, method: str, path: str) -> str:
        """The operation at a method and path of the contract."""
        return next(
            each.id for each in self.contract.operations.values() if (each.method, each.path) == (method.upper(), path)
        )

    def path_of_a_lead(self, operation_id: str) -> dict[str, str]:
        """Path parameters that lead an operation to something that exists; none where it has none."""
        return {"id": self.new_lead()["id"]} if "{id}" in self.contract.operations[operation_id].path else {}

    def aimed(self, operation_id: str, body: Any) -> Any:
        """A generated body, made to concern something that exists, and nobody else's, where the body says that."""
        return {**body, **self.own_contact(body)} if isinstance(body, dict) else body

    def own_contact(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Addresses and numbers of the suite in the place of generated ones: these might be somebody's."""
        contact = {}
        for name in _CONTACTS:
            value = body.get(name)
            if not isinstance(value, str):
                continue
            if _EMAIL.fullmatch(value):
                contact[name] = self.email()
            elif _NUMBER.fullmatch(value):
                contact[name] = self.phone()
        return contact

    def lent(self, fields: Mapping[str, Any]) -> str:
        """The id of another one of the target file's leads, as it is: for a run that changes nothing."""
        if fields:
            raise CannotTry(f"--read-only: it takes a lead with a given {', '.join(fields)}")
        if self._lent >= len(self.config.lead_ids):
            raise CannotTry(f"--read-only: it takes more than {self._lent} leads (fixtures.lead_ids)")
        self._lent += 1
        return self.config.lead_ids[self._lent - 1]

    @abstractmethod
    def new_lead(self, **fields: Any) -> dict[str, Any]:
        """A lead with these fields."""

    def made(self) -> list[str]:
        """The ids of the leads that this run has made in its own organization, the earliest first."""
        own = self.key_header(f"${self.api.upper()}_FULL").items()
        creates = (
            each for each in self.journal if each.operation_id == "create_lead" and own <= each.request.headers.items()
        )
        bodies = (each.json for each in creates if 200 <= each.status < 300 and isinstance(each.json, dict))
        leads = (body.get("data", body) for body in bodies)  # in an envelope, or by itself
        return list(
            dict.fromkeys(lead["id"] for lead in leads if isinstance(lead, dict) and isinstance(lead.get("id"), str))
        )

    # -- evidence ----------------------------------------------------------------------------------------

    def _filled(self, value: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda match: self._keys.get(match[1], match[0]), value)

    def _shown_request(self, method: str, path: str, headers: Mapping[str, str], content: bytes | None) -> Request:
        base = self.api.upper()
        shown = {
            name: re.sub(r"\{(\w+)\}", lambda m: f"${base}_{m[1].upper()}", self.redacted(v))
            for name, v in headers.items()
        }
        sent = None if content is None else self._redactor.data(content)
        return Request(method, f"{base}_URL", self.redacted(path), shown, sent)

    def _captured(self, answer: Answer) -> Response:
        shown = [name for name in answer.headers if name in _SHOWN_HEADERS or name.startswith("x-ratelimit-")]
        headers = {name: self.redacted(answer.headers[name]) for name in shown}
        body = answer.content
        return Response(answer.status_code, headers, body, self._redactor.data(body))

    def redacted(self, text: str) -> str:
        """A text without the keys of the target, however they are written; a malformed key is no secret."""
        return self._redactor.text(text)


def _shown_by(exchange: Exchange) -> Any:
    """What a read shows, without what is new in each answer; of an error, its status."""
    body = exchange.json
    if exchange.status != 200:
        return exchange.status
    return body.get("data", body) if isinstance(body, dict) else body


def _in_other_case(keys: Mapping[str, str]) -> dict[str, str]:
    """The key `full` with small letters for capitals and the other way round: a key that nobody was given."""
    other = keys.get("full", "").swapcase()
    return {} if other in keys.values() or not other else {"other_case": other}


def expect(holds: bool, expected: str, got: Any, *, field: str = "") -> None:
    """Raises Violation unless `holds`. Both texts finish sentences: "expected ...", "got ...".

    `field` names the field of a lead whose value that is, where it is one.
    """
    if not holds:
        raise Violation(expected, brief(got), field=field)


def expect_status(exchange: Exchange, expected: str, *statuses: int) -> None:
    """Raises Violation unless the answer has one of the statuses; `expected` says of what."""
    if exchange.status not in statuses:
        wanted = " or ".join(map(str, statuses))
        raise Violation(f"{expected}: status {wanted}", f"status {exchange.status}")


def told(exchange: Exchange) -> str:
    """What was asked and answered, for a sentence that gives a reason."""
    return f"{exchange.request.method} {exchange.request.path} was answered {exchange.status}"


def refuses(exchange: Exchange) -> bool:
    """Whether the answer is a 4xx that says that the request is not good: 400 or 422, or the like."""
    return 400 <= exchange.status < 500 and exchange.status not in _ANOTHER_REASON


def expect_refusal(exchange: Exchange, what: str) -> None:
    """Raises Violation unless the answer says that the request is not good."""
    if not refuses(exchange):
        raise Violation(f"{what} is refused with 400 or 422", f"status {exchange.status}")


def expect_error(exchange: Exchange, what: str) -> None:
    """Raises Violation unless the answer is a 4xx."""
    if not 400 <= exchange.status < 500:
        raise Violation(f"{what} is answered with a 4xx", f"status {exchange.status}")


def brief(value: Any) -> str:
    """A value for a sentence: JSON, not too long; of a text its characters, where it has any."""
    try:
        text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    except TypeError:
        text = repr(value)
    text = visible(text)
    return text if len(text) <= 300 else text[:300] + "..."
