"""Vorel, as the suite speaks to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

import openapi
from conformance.compare import instant, is_uuid, precision, same_instant, same_json
from conformance.config import TargetConfig
from conformance.exchange import Exchange
from conformance.outcomes import CannotTry, Violation
from conformance.target import Target, brief, expect, expect_status, refuses, told

Lead = dict[str, Any]

CREATED = (200, 201)
"""What a successful create may answer (VO-25)."""

DOCUMENTED: tuple[str, ...] = tuple(openapi.read("vorel").schema("Lead")["properties"])
"""The 13 keys of a lead."""

REQUIRED: tuple[str, ...] = tuple(openapi.read("vorel").schema("Lead")["required"])
"""The six that every lead has."""

STATUSES = ("new", "qualified", "booked", "converted", "lost")

TEXTS = ("name", "email", "phone", "intent", "timeline", "source")

NULLABLE = ("name", "email", "phone", "intent", "timeline", "qualification_score", "source")

MALFORMED_IDS = ("1", "not-a-uuid", "3c90c3cc-0d44-4b50-8888", "3c90c3cc-0d44-4b50-8888-8dd25736052g")

_ENOUGH_LEADS = 6
_MOST_PAGES = 300


class Vorel(Target):
    """Arranges leads by creating them, each on a conversation of its own.

    Where the target cannot create conversations, the target file's are used; where it cannot create leads, or no
    conversation is left, leads are borrowed: the target file's and those made on its conversations.
    """

    api = "vorel"

    def __init__(self, config: TargetConfig, client: httpx.Client, **options: Any) -> None:
        super().__init__(config, client, **options)
        self._vacant = list(config.conversation_ids)
        self._pool = list(config.lead_ids)
        self._borrowings = 0
        self._shown: dict[str, Lead] = {}
        self._sent: dict[str, tuple[str, ...]] = {}

    # -- calls -------------------------------------------------------------------------------------------

    def key_header(self, value: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {value}"}

    def patch(self, lead: Lead, body: Any, *, key: str | None = "full") -> Exchange:
        """Try to update a lead."""
        exchange = self.call("update_lead", path={"id": lead["id"]}, body=body, key=key)
        self._sent[lead["id"]] = tuple(body) if isinstance(body, dict) else ()
        if exchange.status == 200 and isinstance(exchange.json, dict):
            self._shown[lead["id"]] = exchange.json
        return exchange

    def update(self, lead: Lead, changes: dict[str, Any]) -> Lead:
        """Update a lead, which must succeed; the lead in the answer. Its exact status is a matter of its own."""
        return self.updated(self.patch(lead, changes))

    def updated(self, exchange: Exchange) -> Lead:
        """The lead in the answer to an update, which must be a success."""
        if not 200 <= exchange.status < 300:
            raise Violation("the update is accepted: status 200", f"{exchange.status} {brief(exchange.json)}")
        return self.lead_in(exchange)

    def created(self, exchange: Exchange) -> Lead:
        """The lead, or the conversation, in the answer to a create, which must be a success."""
        expect_status(exchange, "it is created", *CREATED)
        return self.lead_in(exchange)

    def lead_in(self, exchange: Exchange) -> Lead:
        """The lead, or whatever else has an id, that an answer consists of."""
        body = exchange.json
        bare = isinstance(body, dict) and isinstance(body.get("id"), str)
        expect(bare, "an object with an id, without an envelope", body)
        lead: Lead = body
        return lead

    def refused(self, exchange: Exchange, what: str) -> None:
        """The request broke a rule, and the answer says so (VO-04)."""
        if not refuses(exchange):
            raise Violation(f"{what} is refused with 400 or 422", f"{exchange.status} {brief(exchange.json)}")

    def accepted(self, exchange: Exchange, what: str) -> bool:
        """Whether the request was accepted, where an open point lets it be refused as well."""
        if 200 <= exchange.status < 300:
            return True
        self.refused(exchange, f"{what}, where it is not accepted,")
        return False

    # -- what the target can do ---------------------------------------------------------------------------

    def greet(self) -> Exchange:
        if self.budget.read_only:
            return self.call("get_lead", path={"id": self.uuid()})
        return self.call("update_lead", path={"id": self.uuid()}, body={"status": "new"})

    def greetings(self) -> Iterator[Exchange]:
        yield self.call("get_lead", path={"id": self.uuid()})
        yield self.call("list_leads", query={"limit": "1"})

    def probe(self, operation_id: str) -> int:
        """Creating is asked with an empty body, listing for one lead, the others with a lead that exists."""
        match operation_id:
            case "create_lead" | "create_conversation":
                exchange = self.call(operation_id, body={})
            case "list_leads":
                exchange = self.call("list_leads", query={"limit": "1"})
            case "get_lead":
                exchange = self.call("get_lead", path={"id": self.new_lead()["id"]})
            case _:
                exchange = self.patch(self.new_lead(), {"source": "conformance"})
        if exchange.status == 403 and operation_id != "update_lead":
            raise CannotTry(f"the key 'full' lacks the scope for {operation_id} (403)")
        return exchange.status

    def can(self, operation_id: str) -> bool:
        """Whether the target has this operation, and the key `full` opens it."""
        try:
            return self.offers(operation_id)
        except CannotTry:
            return False

    def closed(self, operation_id: str) -> str:
        """Why an operation cannot be used that `can` says no of."""
        try:
            self.needs(operation_id)
        except CannotTry as reason:
            return str(reason)
        return ""

    def aimed(self, operation_id: str, body: Any) -> Any:
        """A generated create is aimed at a conversation that has no lead yet."""
        body = super().aimed(operation_id, body)
        if isinstance(body, dict) and is_uuid(body.get("conversation_id")) and self.can("create_conversation"):
            return {**body, "conversation_id": self.conversation()}
        return body

    # -- conversations and leads ----------------------------------------------------------------------------

    def conversation(self, *, key: str = "full") -> str:
        """The id of a conversation without a lead."""
        if self.can("create_conversation"):
            body = {"channel": "webform", "customer_identifier": self.email()}
            exchange = self.call("create_conversation", body=body, key=key)
            answer = exchange.json
            if exchange.status in CREATED and isinstance(answer, dict) and isinstance(answer.get("id"), str):
                return str(answer["id"])
            why = f"for the key {key!r}, {told(exchange)}"
        else:
            why = self.closed("create_conversation")
        if key != "full" or not self._vacant:
            raise CannotTry(f"no conversation can be created ({why}), and none is left (fixtures.conversation_ids)")
        return self._vacant.pop(0)

    def new_lead(self, **fields: Any) -> Lead:
        """A lead with these fields. Other fields may have any value.

        Conversations that the target file names are few: once there are leads enough, those are borrowed.
        """
        if self.budget.read_only:
            return self._as_it_is(self.lent(fields))
        fields = {"name": "Conformance", "email": self.email(), **fields}
        if self.can("create_lead") and (self.can("create_conversation") or len(self._pool) < _ENOUGH_LEADS):
            try:
                with self.arranging():
                    return self._lead_on(self.conversation(), fields)
            except CannotTry:
                if not self._pool:
                    raise
        return self._borrowed(fields)

    def _as_it_is(self, id: str) -> Lead:
        """A lead of the target file, read."""
        with self.arranging():
            exchange = self.call("get_lead", path={"id": id})
            expect_status(exchange, "the lead is found", 200)
            return self.lead_in(exchange)

    def new_leads(self, count: int, **fields: Any) -> list[Lead]:
        """Different leads with these fields."""
        leads = [self.new_lead(**fields) for _ in range(count)]
        if len({lead["id"] for lead in leads}) < count:
            raise CannotTry(f"this takes {count} leads, and the target file names fewer (fixtures.lead_ids)")
        return leads

    def foreign_lead(self, **fields: Any) -> Lead:
        """A lead of another tenant, with these fields."""
        self.needs("create_lead")
        body = {"conversation_id": self.conversation(key="other"), **fields}
        with self.arranging():
            return self.created(self.call("create_lead", body=body, key="other"))

    def _lead_on(self, conversation_id: str, fields: dict[str, Any]) -> Lead:
        """A new lead; an update adds what creating it did not, which is the business of other requirements."""
        exchange = self.call("create_lead", body={"conversation_id": conversation_id, **fields})
        if fields and exchange.status in (400, 422):
            exchange = self.call("create_lead", body={"conversation_id": conversation_id})
        lead = self.created(exchange)
        if conversation_id in self.config.conversation_ids:
            self._pool.append(lead["id"])
        self._shown[lead["id"]] = lead
        lacking = {name: value for name, value in fields.items() if not same(name, lead.get(name), value)}
        return self.update(lead, lacking) if lacking else lead

    def _borrowed(self, fields: dict[str, Any]) -> Lead:
        """A lead of the pool, each in its turn, given these fields and rid of attributes from earlier loans."""
        if not self._pool:
            why = self.closed("create_lead") or self.closed("create_conversation")
            raise CannotTry(f"no lead can be created ({why}), and the target file names none (fixtures.lead_ids)")
        id = self._pool[self._borrowings % len(self._pool)]
        self._borrowings += 1
        exchange = self.patch({"id": id}, fields or {"source": "conformance"})
        if exchange.status == 404:
            raise CannotTry(f"the target has no lead {id} (fixtures.lead_ids)")
        if not 200 <= exchange.status < 300:
            raise CannotTry(f"the lead {id} cannot be given {brief(fields)} ({told(exchange)})")
        shown = self._shown.get(id, fields)
        surplus = _attributes(shown).keys() - fields.get("attributes", _attributes(shown)).keys()
        if surplus:
            self.patch({"id": id}, {"attributes": dict.fromkeys(surplus)})
        return {**self._shown.get(id, fields), "id": id}

    def let_time_pass(self, shown: Any) -> None:
        """Wait until a clock that shows date-times like this one has moved on."""
        if instant(shown) is not None:
            self._sleep(1.1 if precision(shown) == 0 else 0.005)

    # -- reading back ---------------------------------------------------------------------------------------

    def reads(self) -> bool:
        """Whether a lead can be read without updating it."""
        return self.can("get_lead") or self.can("list_leads")

    def read_back(self, lead: Lead, *, key: str = "full") -> Lead:
        """The lead as it is stored: read, found in the list, or shown by an update that changes nothing."""
        if self.can("get_lead"):
            exchange = self.call("get_lead", path={"id": lead["id"]}, key=key)
            expect_status(exchange, "the lead is found", 200)
            return self.lead_in(exchange)
        if self.can("list_leads"):
            found = next((each for each in self.listed(key=key) if each["id"] == lead["id"]), None)
            if found is None:
                raise Violation(f"the lead {lead['id']} is listed", "it is on no page")
            return found
        return self.updated(self.patch(lead, self._without_effect(lead), key=key))

    def seen(self, lead: Lead) -> Lead:
        """The lead before something is tried: read, or as it was last shown where that takes an update."""
        return self.read_back(lead) if self.reads() else self._shown.get(lead["id"], lead)

    def _without_effect(self, lead: Lead) -> dict[str, Any]:
        """A field with the value that it has; if possible one that the last update did not mention."""
        shown = self._shown.get(lead["id"], lead)
        known = [name for name in (*TEXTS, "status") if isinstance(shown.get(name), str)]
        name = next((name for name in known if name not in self._sent.get(lead["id"], ())), "status")
        return {name: shown.get(name)}

    def listed(self, *, key: str = "full", **query: Any) -> Iterator[Lead]:
        """The leads of the list, page by page, until has_more is false."""
        cursor: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            exchange = self.call("list_leads", query={"limit": "100", **query, **cursor}, key=key)
            expect_status(exchange, "the leads are listed", 200)
            page = page_in(exchange)
            expect(page["data"] or not cursor, "leads on the page that follows has_more true", "an empty page")
            yield from page["data"]
            if not page["has_more"]:
                return
            following = page["next_cursor"]
            expect(following is not None, "a next_cursor where has_more is true", following)
            expect(following != cursor.get("cursor"), "another next_cursor on the next page", following)
            cursor = {"cursor": following}
        raise CannotTry(f"the list has more than {_MOST_PAGES} pages")


def page_in(exchange: Exchange) -> dict[str, Any]:
    """The page in an answer: data, next_cursor and has_more, each of its type."""
    page = exchange.json
    expect(isinstance(page, dict) and isinstance(page.get("data"), list), "a page with a list as data", page)
    leads = all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in page["data"])
    expect(leads, "leads with ids in data", page["data"])
    expect(isinstance(page.get("has_more"), bool), "has_more, true or false", page)
    expect("next_cursor" in page, "a next_cursor", page)
    cursor = page["next_cursor"]
    expect(cursor is None or is_uuid(cursor), "a next_cursor that is a UUID or null", cursor)
    whole: dict[str, Any] = page
    return whole


def shows(lead: Lead, **fields: Any) -> None:
    """The lead has these values."""
    for name, value in fields.items():
        expect(same(name, lead.get(name), value), f"{name} is {brief(value)}", {name: lead.get(name)}, field=name)


def unchanged(before: Lead, after: Lead, *, but: tuple[str, ...] = ("updated_at",)) -> None:
    """No documented field differs, except those named."""
    for name in DOCUMENTED:
        if name not in but:
            was, is_now = before.get(name), after.get(name)
            expect(same(name, was, is_now), f"{name} stays {brief(was)}", {name: is_now}, field=name)


def attributes_of(lead: Lead) -> dict[str, Any]:
    """The attributes of a lead, which must be an object."""
    attributes = lead.get("attributes")
    expect(isinstance(attributes, dict), "attributes that are an object", attributes)
    return _attributes(lead)


def same(name: str, one: Any, two: Any) -> bool:
    """Whether two values of a field are the same to a client.

    An unset field is null or absent (VO-14, VO-27), and nobody says how the case of e-mail addresses and UUIDs
    or the form of date-times is treated.
    """
    if name in ("email", "id", "conversation_id") and isinstance(one, str) and isinstance(two, str):
        return one.lower() == two.lower()
    if name.endswith("_at"):
        return same_instant(one, two)
    return same_json(one, two)


def _attributes(lead: Lead) -> dict[str, Any]:
    attributes = lead.get("attributes")
    return attributes if isinstance(attributes, dict) else {}


FIELDS: dict[str, tuple[str, ...]] = {
    "create_lead/sent_fields_are_stored": (*NULLABLE, "status", "attributes"),
    "get_lead/a_read_shows_the_last_update": (*NULLABLE, "status", "attributes"),
    **{f"update_lead/{name}_can_be_updated": (name,) for name in NULLABLE},
    "update_lead/status_can_be_set_to_each_of_the_five_values": ("status",),
}
"""The requirements, by their ids without the API, that say of fields that an operation keeps or shows them."""

FOUNDATIONS = (
    "create_conversation/the_reply_is_the_new_conversation",
    "create_lead/the_reply_is_the_new_lead",
    "get_lead/the_reply_is_the_lead_of_the_path",
    "create_lead/a_new_lead_can_be_read",
    "update_lead/the_reply_is_the_bare_lead",
    "update_lead/the_reply_names_the_lead_of_the_path",
    "get_lead/a_read_shows_the_last_update",
)
"""What other requirements rest on, the most basic first, by their ids without the API."""

TARGET = Vorel
