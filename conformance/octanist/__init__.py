"""Octanist, as the suite speaks to it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import openapi
from conformance.compare import instant, same_instant
from conformance.exchange import Exchange
from conformance.outcomes import CannotTry
from conformance.target import Target, brief, expect, expect_status, told

Lead = dict[str, Any]

CREATED = (200, 201)
"""What a successful create may answer (OC-26)."""

STATUSES = ("qualified", "won", "lost")
"""What an update can make of a status."""

IDENTIFIERS = ("id", "email", "phone")

CLICK_IDS = (
    "gclid",
    "dclid",
    "wbraid",
    "gbraid",
    "ga4cid",
    "ga4sid",
    "fbc",
    "fbp",
    "msclkid",
    "ttclid",
    "twclid",
    "rdt_cid",
    "sccid",
    "epik",
    "li_fat_id",
)
UTM = ("utm_source", "utm_medium", "utm_campaign")

CONSENT = ("ad_storage", "ad_user_data", "ad_personalization", "analytics_storage")

NOT_TOUCHED = ("source", "website", "path", *CLICK_IDS, *UTM, *CONSENT)
"""The fields of a lead that no update sends."""

_SCHEMAS = openapi.read("octanist").document["components"]["schemas"]

DOCUMENTED: tuple[str, ...] = tuple(_SCHEMAS["LeadFields"]["properties"])
"""The fields of a lead that some page names."""

_DATES = frozenset(name for name in DOCUMENTED if name.endswith("At"))
_OF_ONE_PAGE = ("dclid", "wbraid", "gbraid", "epik")
_UPDATABLE = ("status", "value", "lossReason")
_SENT = ("name", "email", "phone", "note", "custom")
_AIMED = frozenset({*IDENTIFIERS, "status", "changedTo", "value", "lossReason"})
_UNSET: tuple[Any, ...] = (None, "")
_NEWEST = 20
_MOST_PAGES = 60


class Octanist(Target):
    """Arranges leads by creating them or, where the target cannot, by updating the target file's leads.

    A lead is read back through every operation that shows leads: `views` has one reading for each of them.
    """

    api = "octanist"

    def begin(self, name: str, *, again: bool = False) -> None:
        super().begin(name, again=again)
        self._borrowings = 0
        self._aim = ""

    # -- what the core of the suite asks ------------------------------------------------------------------

    def key_header(self, value: str) -> dict[str, str]:
        return {"X-API-KEY": value}

    def greet(self) -> Exchange:
        if self.budget.read_only:
            return self.call("get_lead", path={"id": self.unknown_id()})
        return self.call("update_lead", body={"id": self.unknown_id()})

    def greetings(self) -> Iterator[Exchange]:
        yield self.call("list_leads", query={"limit": "1"})
        yield self.call("create_lead", body={})

    def probe(self, operation_id: str) -> int:
        """Writing operations are asked with an empty body, reading ones for one lead that exists.

        A 404 may be meant for what was asked; then something else is asked.
        """
        status = self._asked(operation_id)
        if status == 404:
            with suppress(CannotTry):
                return self._asked_again(operation_id)
        return status

    def _asked(self, operation_id: str) -> int:
        match operation_id:
            case "list_leads":
                return self.call("list_leads", query={"limit": "1"}).status
            case "get_lead":
                return self.call("get_lead", path={"id": self._some_id()}).status
            case "check_key":
                return self.call("check_key").status
            case _:
                return self.call(operation_id, body={}).status

    def _asked_again(self, operation_id: str) -> int:
        match operation_id:
            case "create_lead":
                return self.call("create_lead", body={"email": self.email()}).status
            case "update_lead":
                return self.call("update_lead", body={"id": self._some_id()}).status
            case "get_lead" if self.offers("list_leads") and (listed := self.page({"limit": 1})[0]):
                return self.call("get_lead", path={"id": str(listed[0].get("id"))}).status
        return 404

    def path_of_a_lead(self, operation_id: str) -> dict[str, str]:
        return {"id": self._some_id()} if operation_id == "get_lead" else {}

    def aimed(self, operation_id: str, body: Any) -> Any:
        """The body; that of an update with the id of a lead that exists, where it names one or says what to change."""
        body = super().aimed(operation_id, body)
        if operation_id != "update_lead" or not isinstance(body, dict) or not isinstance(body.get("id", ""), str):
            return body
        if not _AIMED & body.keys():
            return body
        try:
            self._aim = self._aim or self._some_id()
        except CannotTry:
            return body
        return {**body, "id": self._aim}

    # -- arranging ---------------------------------------------------------------------------------------

    def new_lead(self, *, key: str = "full", **fields: Any) -> Lead:
        """A lead with these fields, and a name, e-mail and phone of its own; a field that is None is left out.

        What only an update can set is set by one, a status never without a value (OC-23).
        """
        if self.budget.read_only:
            with self.arranging():
                return self.read(self.lent(fields))
        if key == "full" and not self.offers("create_lead"):
            return self._borrowed(fields)
        sent = {"name": f"Conformance {self.token()}", "email": self.email(), "phone": self.phone(), **fields}
        sent = {name: value for name, value in sent.items() if value is not None}
        new = {name: value for name, value in sent.items() if name not in _UPDATABLE}
        with self.arranging():
            id = self.created(self.call("create_lead", body=new, key=key))
            self._set(id, {name: value for name, value in sent.items() if name in _UPDATABLE})
        return {**sent, "id": id}

    def _set(self, id: str, fields: dict[str, Any]) -> None:
        """Update a lead that is being arranged."""
        if fields:
            self.update({"id": id, **({"value": self.amount()} if "status" in fields else {}), **fields})

    def _borrowed(self, fields: dict[str, Any]) -> Lead:
        """Another one of the target file's leads, given these fields by an update."""
        if self._borrowings >= len(self.config.lead_ids):
            why = self.lacking("create_lead")
            raise CannotTry(f"the target cannot create leads ({why}), and its file names too few (fixtures.lead_ids)")
        settable = (*_UPDATABLE, "note")
        if unsettable := sorted(fields.keys() - set(settable)):
            raise CannotTry(f"the target cannot create a lead with a given {', '.join(unsettable)}")
        id = self.config.lead_ids[self._borrowings]
        self._borrowings += 1
        with self.arranging():
            self._set(id, fields)
            return {**self.views({"id": id})[0], "id": id}

    def _some_id(self) -> str:
        if self.budget.read_only:
            return str(self.new_lead()["id"])
        if self.config.lead_ids and not self.offers("create_lead"):
            return self.config.lead_ids[0]
        return str(self.new_lead()["id"])

    def sharing(self, field: str, count: int = 3) -> tuple[str, list[Lead]]:
        """An e-mail or phone and the leads that have it: created, or else those of the target file."""
        value = self.email() if field == "email" else self.phone()
        if self.offers("create_lead"):
            leads = self._created_sharing(field, value, count)
            if leads:
                return value, leads
        return self._fixed_sharing(field)

    def _created_sharing(self, field: str, value: str, count: int) -> list[Lead]:
        """The leads; none where the target refuses or merges leads that others resemble (OC-27)."""
        leads: list[Lead] = []
        for _ in range(count):
            fields = {"name": f"Conformance {self.token()}", "email": self.email(), "phone": self.phone(), field: value}
            exchange = self.call("create_lead", body=fields)
            if leads and exchange.status == 409:
                return []
            with self.arranging():
                leads.append({**fields, "id": self.created(exchange)})
        new = len({lead["id"] for lead in leads}) == count
        return leads if new else []

    def _fixed_sharing(self, field: str) -> tuple[str, list[Lead]]:
        value = {"email": self.config.shared_email, "phone": self.config.shared_phone}[field]
        if not value:
            raise CannotTry(f"the target makes no leads that share {field}; its file may name some: shared_{field}")
        self.needs("list_leads")
        leads = [lead for lead in self.walk({"search": value}) if same(field, lead.get(field), value)]
        if len(leads) < 2:
            raise CannotTry(f"fixtures.shared_{field}: {len(leads)} leads of the list have it")
        return value, leads

    def foreign_lead(self, **fields: Any) -> Lead:
        """A lead that another organization has made."""
        if not self.offers("create_lead"):
            raise CannotTry("the target cannot create a lead of another organization")
        return self.new_lead(key="other", **fields)

    def identifier(self, lead: Lead, name: str) -> str:
        """The id, e-mail or phone of a lead. Raises CannotTry where the target file's lead has none."""
        if not lead.get(name):
            raise CannotTry(f"the lead {lead['id']} of the target file has no {name}")
        return str(lead[name])

    def attribution(self) -> dict[str, str]:
        """A website, a path, every click id and every utm field, none of which another lead has."""
        fields = {name: f"{name}-{self.token()}" for name in (*CLICK_IDS, *UTM)}
        return {"website": f"https://{self.token()}.example.com", "path": f"/{self.token()}", **fields}

    def origin(self) -> dict[str, Any]:
        """The attribution that both pages of the create name, and consent flags of both kinds."""
        fields = {name: text for name, text in self.attribution().items() if name not in _OF_ONE_PAGE}
        return {**fields, **{name: at % 2 == 0 for at, name in enumerate(CONSENT)}}

    def unknown_id(self) -> str:
        """An id of the documented form that no lead has."""
        return f"lead_{self.token()}"

    def phones_like(self, phone: str) -> list[str]:
        """Numbers that end as this one does and are nobody's: below country code 999, and of another area."""
        return [f"+999{phone[2:]}", f"{phone[:4]}{(int(phone[4]) + 1) % 10}{phone[5:]}"]

    def amount(self) -> int:
        """A value that the lead is unlikely to have already."""
        return self._random.randrange(10_000, 100_000)

    def changes(self) -> dict[str, Any]:
        """What an update may change, to values that can be told from all others."""
        return {
            "status": self._random.choice(STATUSES),
            "value": self.amount(),
            "note": f"Note {self.token()}",
        }

    # -- updating ----------------------------------------------------------------------------------------

    def update(self, body: dict[str, Any]) -> Exchange:
        """An update, which must succeed (OC-25). Raises CannotTry where others share the address of a fixture."""
        exchange = self.call("update_lead", body=body)
        if exchange.status == 409 and "id" not in body and not self.offers("create_lead"):
            raise CannotTry(f"other leads share the e-mail or phone of a fixture ({told(exchange)}): take another lead")
        expect_status(exchange, "the update is accepted", 200)
        return exchange

    def created(self, exchange: Exchange) -> str:
        """The id of the lead in the answer to a create."""
        if exchange.status == 403:
            raise CannotTry(f"the filtering rules of the organization reject new leads ({told(exchange)})")
        expect_status(exchange, "the lead is created", *CREATED)
        data = data_of(exchange)
        expect(isinstance(data.get("id"), str) and data["id"] != "", "a text as data.id", exchange.json)
        return str(data["id"])

    # -- reading back ------------------------------------------------------------------------------------

    def read(self, id: str) -> Lead:
        """A lead by its id, which must be there."""
        exchange = self.call("get_lead", path={"id": id})
        expect_status(exchange, f"the lead {id} is found", 200)
        return data_of(exchange)

    def listed(self, id: str) -> Lead | None:
        """A lead as the list shows it; None where it is not within reach."""
        return self._newest().get(id) or self._searched_for(id)

    def _newest(self) -> dict[str, Lead]:
        """The leads that the list shows first, by id."""
        return {str(lead.get("id")): lead for lead in self.page({"limit": _NEWEST})[0]}

    def _searched_for(self, id: str) -> Lead | None:
        for page in range(1, _MOST_PAGES + 1):
            leads, pagination = self.page({"limit": 100, "page": page})
            found = next((lead for lead in leads if lead.get("id") == id), None)
            if found is not None or pagination.get("hasMore") is not True:
                return found
        return None

    def views(self, lead: Lead) -> list[Lead]:
        """The lead as each operation shows it. Raises CannotTry where none can."""
        return self.views_of([lead])[0]

    def views_of(self, leads: Iterable[Lead]) -> list[list[Lead]]:
        """`views` of each lead, read from one list where it shows several."""
        ids = [lead["id"] for lead in leads]
        newest = self._newest() if ids and self.offers("list_leads") else {}
        return [self._views(id, newest) for id in ids]

    def _views(self, id: str, newest: dict[str, Lead]) -> list[Lead]:
        views = [self.read(id)] if self.offers("get_lead") else []
        if self.offers("list_leads"):
            listed = newest.get(id) or self._searched_for(id)
            views += [] if listed is None else [listed]
        if not views:
            raise CannotTry(f"no operation of the target shows the lead {id}")
        return views

    def ids_like(self, lead: Lead) -> list[str]:
        """Ids that are nearly a lead's own; only ones that nobody else can have, as numbers in a row could."""
        id = str(lead["id"])
        shorter = [id[:-1]] if len(id) > 16 else []
        return [f"{id}x", f"x{id}", *shorter, *([id.swapcase()] if id.swapcase() != id else [])]

    def glimpses(self, lead: Lead) -> list[Lead]:
        """The same, and nothing where no operation shows leads: for checks that are worth trying all the same."""
        with suppress(CannotTry):
            return self.views(lead)
        return []

    def page(self, query: dict[str, Any]) -> tuple[list[Lead], dict[str, Any]]:
        """The leads of a page, and its meta.pagination."""
        exchange = self.call("list_leads", query=query)
        expect_status(exchange, "the leads are listed", 200)
        body = exchange.json
        leads = body.get("data") if isinstance(body, dict) else None
        expect(isinstance(leads, list) and all(isinstance(lead, dict) for lead in leads), "leads as data", body)
        meta = body.get("meta")
        pagination = meta.get("pagination") if isinstance(meta, dict) else None
        expect(isinstance(pagination, dict), "meta with pagination", meta)
        return leads or [], pagination or {}

    def walk(self, query: dict[str, Any], limit: int = 100) -> list[Lead]:
        """The leads of all pages, in their order."""
        leads: list[Lead] = []
        for page in range(1, _MOST_PAGES + 1):
            more, pagination = self.page({"limit": limit, "page": page, **query})
            leads += more
            if pagination.get("hasMore") is not True or not more:
                return leads
        raise CannotTry(f"the organization has too many leads to walk through: more than {len(leads)}")

    # -- what a lead must look like ----------------------------------------------------------------------

    def shows(self, lead: Lead, **fields: Any) -> None:
        """Every operation shows the lead with these values."""
        self.all_show([lead], **fields)

    def all_show(self, leads: Iterable[Lead], **fields: Any) -> None:
        """Every operation shows each of the leads with these values."""
        for views in self.views_of(leads):
            for view in views:
                shows(view, **fields)

    def stays(self, before: list[Lead], *, only: tuple[str, ...] = DOCUMENTED, but: tuple[str, ...] = ()) -> None:
        """Nothing of `only` differs in what `views` or `glimpses` showed before, except `but`."""
        self.all_stay([before], only=tuple(name for name in only if name not in but))

    def all_stay(self, before: Iterable[list[Lead]], *, only: tuple[str, ...] = DOCUMENTED) -> list[list[Lead]]:
        """The same for several leads, each with its views; what they look like now."""
        seen = [views for views in before if views]
        now = self.views_of(views[0] for views in seen)
        for were, are in zip(seen, now, strict=True):
            got = f"{len(are)} of {len(were)}"
            expect(len(are) == len(were), "a lead that every operation still shows", got)
            for was, is_now in zip(were, are, strict=True):
                unchanged(was, is_now, only)
        return now


def data_of(exchange: Exchange) -> dict[str, Any]:
    """The object in an answer's envelope."""
    body = exchange.json
    data = body.get("data") if isinstance(body, dict) else None
    expect(isinstance(data, dict), "an envelope with an object as data", body)
    return data or {}


def refused(exchange: Exchange, what: str, status: int, code: str) -> None:
    """The answer is an error with the documented status and code."""
    expect_status(exchange, f"{what} is refused", status)
    body = exchange.json
    error = body.get("error") if isinstance(body, dict) else None
    expect(isinstance(error, dict) and error.get("code") == code, f"error.code {code}", body)


def shows(view: Lead, **fields: Any) -> None:
    """What was read of a lead has these values. A new note may have joined the old one (OC-18)."""
    for name, value in fields.items():
        got = view.get(name)
        holds = same(name, got, value)
        if name == "note":
            holds = isinstance(got, str) and value in got
        expect(holds, f"{name} is {brief(value)}", got, field=name)


def unchanged(before: Lead, after: Lead, names: tuple[str, ...]) -> None:
    """None of these fields differs between two readings of a lead."""
    for name in names:
        was, is_now = before.get(name), after.get(name)
        exactly = name != "updatedAt" or instant(was) == instant(is_now)
        expect(
            same(name, was, is_now) and exactly, f"{name} of {before.get('id')} stays {brief(was)}", is_now, field=name
        )


def same(name: str, one: Any, two: Any) -> bool:
    """Whether two values of a field are the same to a client.

    An unset field may be null, absent or empty (OC-42), an e-mail normalized (OC-31), and a date-time or
    number written in another way.
    """
    if one in _UNSET and two in _UNSET:
        return True
    if name == "email" and isinstance(one, str) and isinstance(two, str):
        return one.strip().lower() == two.strip().lower()
    if name in _DATES:
        return same_instant(one, two)
    if is_number(one) and is_number(two):
        return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == two) and isinstance(one, bool) == isinstance(two, bool)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


FIELDS: dict[str, tuple[str, ...]] = {
    "create_lead/contact_fields_are_stored": _SENT,
    "get_lead/lead_asked_for_is_returned": (*_SENT, *_UPDATABLE),
    "update_lead/status_can_be_set_to_qualified": ("status",),
    "update_lead/status_can_be_set_to_won": ("status",),
    "update_lead/status_can_be_set_to_lost": ("status",),
    "update_lead/changed_to_alone_sets_the_status": ("status",),
    "update_lead/number_is_stored_as_the_value": ("value",),
    "update_lead/zero_is_stored_as_the_value": ("value",),
    "update_lead/numeric_text_becomes_a_number": ("value",),
    "update_lead/note_is_stored": ("note",),
    "update_lead/loss_reason_is_stored_with_the_status_lost": ("lossReason",),
}
"""The requirements, by their ids without the API, that say of fields that an operation keeps or shows them."""

FOUNDATIONS = (
    "every_operation/replies_are_json",
    "create_lead/new_lead_is_readable_by_its_id",
    "get_lead/lead_asked_for_is_returned",
    "update_lead/id_alone_identifies_a_lead",
)
"""What other requirements rest on, the most basic first, by their ids without the API."""

TARGET = Octanist
