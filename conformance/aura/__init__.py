"""Aura, as the suite speaks to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openapi
from conformance.compare import instant, is_uuid, same_instant
from conformance.exchange import Exchange
from conformance.outcomes import CannotTry
from conformance.target import Target, brief, expect, expect_status
from conformance.values import LONG_TEXT, RARE_TEXTS

Lead = dict[str, Any]

CREATED = (200, 201)
"""What a successful create may answer (AU-01)."""

DOCUMENTED: tuple[str, ...] = tuple(openapi.read("aura").document["components"]["schemas"]["Lead"]["properties"])
"""The 17 keys of a lead."""

_COUNTERS = ("payment_count", "total_paid_cents")

ANY_TEXT = (*RARE_TEXTS, LONG_TEXT)
"""Texts that stand for any text, whatever else is made up."""

MALFORMED_IDS = ("1", "not-a-uuid", "550e8400-e29b-41d4-a716", "550e8400-e29b-41d4-a716-44665544000g")

NOT_JSON_BODIES = (
    b'{"company": "Acme Corp"',
    b'{company: "Acme Corp"}',
    b"company=Acme+Corp",
    b'{"company": "Acme Corp"} x',
    b'{"company": "Acme Corp",,}',
    b'{"company": Acme Corp}',
)
"""Bodies that are not JSON."""

UPDATABLE = ("full_name", "email", "phone", "company", "status", "timezone", "notes")


class Aura(Target):
    """Arranges leads by creating them or, where the target cannot, by updating the target file's leads."""

    api = "aura"
    _borrowed_leads = 0

    def begin(self, name: str, *, again: bool = False) -> None:
        super().begin(name, again=again)
        self._borrowed_leads = 0

    def key_header(self, value: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {value}"}

    def credential(self, key: str | None) -> dict[str, str]:
        """No key at all is a way to call Aura: the documented samples send none (AU-06)."""
        return {} if key == "full" and "full" not in self.config.keys else super().credential(key)

    def greet(self) -> Exchange:
        return self.call("get_lead", path={"id": self.uuid()})

    def greetings(self) -> Iterator[Exchange]:
        yield self.call("create_lead", body={"email": self.email()})

    def probe(self, operation_id: str) -> int:
        """Creating is asked with no e-mail address, listing for one lead, the others with a lead that exists."""
        match operation_id:
            case "create_lead":
                return self.call("create_lead", body={}).status
            case "list_leads":
                return self.call("list_leads", query={"limit": "1"}).status
            case "get_lead":
                return self.call("get_lead", path={"id": self.new_lead()["id"]}).status
            case _:
                return self.call("update_lead", path={"id": self.new_lead()["id"]}, body={}).status

    def new_lead(self, *, key: str = "full", **fields: Any) -> Lead:
        """A lead with these fields, and an e-mail address of its own unless one is given.

        A field that only an update can set is set by one. The name says where the lead comes from.
        """
        if self.budget.read_only:
            return self._as_it_is(self.lent(fields))
        creatable = {name: value for name, value in fields.items() if name not in ("status", "notes")}
        rest = {name: value for name, value in fields.items() if name in ("status", "notes")}
        if key == "full" and not self.offers("create_lead"):
            return self._borrowed(fields)
        with self.arranging():
            own = {"full_name": "Conformance", "email": self.email()}
            lead = self.created(self.call("create_lead", body={**own, **creatable}, key=key))
            return self.update(lead, rest) if rest else lead

    def nameless_lead(self) -> Lead:
        """A lead of which only the e-mail address was given, where the target can create leads."""
        if not self.offers("create_lead") or self.budget.read_only:
            return self.new_lead()
        with self.arranging():
            return self.created(self.call("create_lead", body={"email": self.email()}))

    def _as_it_is(self, id: str) -> Lead:
        """A lead of the target file, read."""
        with self.arranging():
            return self.read({"id": id})

    def _borrowed(self, fields: dict[str, Any]) -> Lead:
        """One of the target file's leads, given these fields by an update."""
        if not self.config.lead_ids:
            why = self.lacking("create_lead")
            raise CannotTry(f"the target cannot create leads ({why}), and its file names none (fixtures.lead_ids)")
        if unsettable := fields.keys() - set(UPDATABLE):
            raise CannotTry(f"the target cannot create a lead with {', '.join(sorted(unsettable))}")
        if self._borrowed_leads == len(self.config.lead_ids):
            raise CannotTry(f"it takes more than {self._borrowed_leads} leads (fixtures.lead_ids)")
        lead = {"id": self.config.lead_ids[self._borrowed_leads]}
        self._borrowed_leads += 1
        with self.arranging():
            return self.update(lead, {"email": self.email(), **fields})

    def leads_with_the_same_email(self, lead: Lead) -> list[Lead]:
        """Another lead with the same e-mail address; none where addresses are unique (AU-28)."""
        if not self.offers("create_lead"):
            return []
        exchange = self.call("create_lead", body={"email": lead.get("email")})
        if exchange.status not in CREATED:
            return []
        with self.arranging():
            twin = self.lead_in(exchange)
        return [] if twin["id"] == lead["id"] else [twin]

    def foreign_lead(self) -> str:
        """The id of a lead that another organization has made, with the full name Theirs."""
        return str(self.new_lead(key="other", full_name="Theirs")["id"])

    def created(self, exchange: Exchange) -> Lead:
        """The lead in the answer to a create."""
        with self.suspecting("create_lead/email_alone_is_enough"):
            expect_status(exchange, "the lead is created", *CREATED)
        return self.lead_in(exchange)

    def update(self, lead: Lead, changes: dict[str, Any]) -> Lead:
        """Update a lead, which must succeed; the lead in the answer."""
        exchange = self.call("update_lead", path={"id": lead["id"]}, body=changes)
        expect_status(exchange, "the update is accepted", 200)
        return self.lead_in(exchange)

    def read(self, lead: Lead) -> Lead:
        """Read a lead, which must be there."""
        exchange = self.call("get_lead", path={"id": lead["id"]})
        expect_status(exchange, "the lead is found", 200)
        return self.lead_in(exchange)

    def lead_in(self, exchange: Exchange) -> Lead:
        """The lead in an answer's envelope."""
        body = exchange.json
        expect(isinstance(body, dict) and isinstance(body.get("data"), dict), "a lead as data", body)
        lead: Lead = body["data"]
        expect(isinstance(lead.get("id"), str), "a lead with an id", lead)
        return lead


def unknown_ids(aura: Aura, lead: Lead) -> tuple[str, ...]:
    """UUIDs that name no lead: one that is like no other, and two that are nearly the lead's."""
    if not is_uuid(lead["id"]):
        return (aura.uuid(),)
    other, following = aura.uuid(), f"{int(lead['id'].replace('-', ''), 16) + 1:032x}"
    parts = (following[:8], following[8:12], following[12:16], following[16:20], following[20:])
    return other, lead["id"][:8] + other[8:], "-".join(parts)


def malformed_ids(lead: Lead) -> tuple[str, ...]:
    """Path ids that are no UUIDs, two of which are nearly the lead's."""
    return (*MALFORMED_IDS, lead["id"] + "0", lead["id"][:-1])


def not_found(exchange: Exchange) -> None:
    """The documented answer for a lead that does not exist."""
    expect_status(exchange, "an unknown lead is not found", 404)
    body = exchange.json
    expect(isinstance(body, dict) and body.get("code") == "NOT_FOUND", "code NOT_FOUND", body)
    expect(body.get("success") is False, "success false", body)
    expect(isinstance(body.get("error"), str), "a text as error", body)
    expect(isinstance(body.get("requestId"), str) and body["requestId"] != "", "a text as requestId", body)


def shows(lead: Lead, **fields: Any) -> None:
    """The lead has these values; its notes may have more than was sent (`completed`)."""
    for name, value in fields.items():
        shown = lead.get(name)
        wanted = completed(value, shown) if name == "notes" else value
        expect(same(name, shown, wanted), f"{name} is {brief(wanted)}", shown, field=name)


def shows_again(lead: Lead, answered: Lead, *names: str) -> None:
    """The lead shows what an answer has shown of these fields."""
    for name in names:
        shown = lead.get(name)
        expect(
            same(name, shown, answered.get(name)),
            f"{name} is {brief(answered.get(name))}, as answered",
            shown,
            field=name,
        )


def completed(sent: Any, shown: Any) -> Any:
    """Notes as they were sent, with what the server may fill in: a date-time (AU-18), and whose they are."""
    if isinstance(sent, list) and isinstance(shown, list) and len(sent) == len(shown):
        return [_filled(one, two) if isinstance(two, dict) else one for one, two in zip(sent, shown, strict=True)]
    return sent


def _filled(sent: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    date, user = shown.get("created_at"), shown.get("user_id")
    dated = {"created_at": "a date-time" if instant(date) is None else date}
    return {**dated, "user_id": user if isinstance(user, str) else None, **sent}


def unchanged(before: Lead, after: Lead, *, but: tuple[str, ...] = ()) -> None:
    """No documented field differs, except those named and updated_at (AU-12)."""
    for name in DOCUMENTED:
        if name not in but and name != "updated_at":
            was, is_now = before.get(name), after.get(name)
            expect(same(name, was, is_now), f"{name} stays {brief(was)}", is_now, field=name)


def as_set(name: str, value: Any) -> Any:
    """A value without what stands for nothing, None where it is unset.

    An unset field may be null, absent or empty, a counter also 0 (AU-22), and source an object of nulls (AU-27).
    """
    if name == "source" and isinstance(value, dict):
        value = {member: each for member, each in value.items() if each is not None}
    nothing = value in ([], {}) or (name in _COUNTERS and type(value) in (int, float) and value == 0)
    return None if nothing else value


def same(name: str, one: Any, two: Any) -> bool:
    """Whether two values of a field are the same to a client.

    An e-mail address may be normalized (AU-29), and a date-time written in another way.
    """
    one, two = as_set(name, one), as_set(name, two)
    if name == "email" and isinstance(one, str) and isinstance(two, str):
        return one.strip().lower() == two.strip().lower()
    if name.endswith("_at"):
        return same_instant(one, two)
    if name == "notes" and isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_same_note, one, two))
    return bool(one == two) and isinstance(one, bool) == isinstance(two, bool)


def _same_note(one: Any, two: Any) -> bool:
    """Further keys of a note may be kept or dropped (AU-21)."""
    return (
        isinstance(one, dict)
        and isinstance(two, dict)
        and one.get("content") == two.get("content")
        and one.get("user_id") == two.get("user_id")
        and same_instant(one.get("created_at"), two.get("created_at"))
    )


FIELDS: dict[str, tuple[str, ...]] = {
    "create_lead/email_is_stored": ("email",),
    "create_lead/full_name_is_stored": ("full_name",),
    "create_lead/company_is_stored": ("company",),
    "create_lead/phone_is_stored": ("phone",),
    "create_lead/timezone_is_stored": ("timezone",),
    "create_lead/documented_metadata_keys_are_kept": ("metadata",),
    "get_lead/contact_fields_are_shown": ("email", "full_name", "phone", "company"),
    "get_lead/status_and_notes_are_shown": ("status", "notes"),
    "get_lead/metadata_is_shown": ("metadata",),
    "get_lead/timestamps_are_shown": ("created_at", "updated_at"),
    "update_lead/full_name_is_updated": ("full_name",),
    "update_lead/email_is_updated": ("email",),
    "update_lead/phone_is_updated": ("phone",),
    "update_lead/company_is_updated": ("company",),
    "update_lead/status_is_updated": ("status",),
    "update_lead/timezone_is_updated": ("timezone",),
    "update_lead/notes_are_updated": ("notes",),
    "update_lead/notes_replace_the_stored_notes": ("notes",),
}
"""The requirements, by their ids without the API, that say of fields that an operation keeps or shows them."""

FOUNDATIONS = (
    "create_lead/answers_with_the_lead_and_success_true",
    "create_lead/every_lead_has_an_id_of_its_own",
    "get_lead/answers_with_the_lead_and_success_true",
    "get_lead/the_id_selects_the_lead",
    "create_lead/a_created_lead_can_be_read",
    "update_lead/answers_with_the_lead_and_success_true",
    "update_lead/the_id_selects_the_lead",
    "update_lead/an_update_can_be_read_back",
)
"""What other requirements rest on, the most basic first, by their ids without the API."""

TARGET = Aura
