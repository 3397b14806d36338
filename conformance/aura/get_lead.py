"""GET /v1/leads/{id} (seed 002)."""

from __future__ import annotations

from conformance import contract_layer
from conformance.aura import Aura, malformed_ids, not_found, shows, unchanged, unknown_ids
from conformance.aura.create_lead import METADATA, NOTHING_MUCH
from conformance.compare import instant, same_instant
from conformance.target import expect, expect_status
from conformance.values import LONG_TEXT


def replies_match_the_contract(aura: Aura) -> None:
    contract_layer.check(aura, "get_lead")


def answers_with_the_lead_and_success_true(aura: Aura) -> None:
    exchange = aura.call("get_lead", path={"id": aura.new_lead()["id"]})
    expect_status(exchange, "the lead is found", 200)
    body = exchange.json
    expect(isinstance(body, dict) and body.get("success") is True, "success true", body)
    aura.lead_in(exchange)


def the_id_selects_the_lead(aura: Aura) -> None:
    leads = [aura.new_lead(full_name=f"Lead {at}") for at in range(3)]
    for lead in [*leads, *reversed(leads)]:
        shows(aura.read(lead), id=lead["id"], full_name=lead.get("full_name"), email=lead.get("email"))


def contact_fields_are_shown(aura: Aura) -> None:
    for name, phone, company in (
        ("John Doe", aura.phone(), "Acme Corp"),
        ("X", "+49", "0"),
        ("李", "+999999999999999", LONG_TEXT),
    ):
        fields = {
            "full_name": name,
            "email": aura.email(),
            "phone": phone,
            "company": company,
            "timezone": "Europe/Berlin",
        }
        shows(aura.read(aura.new_lead(**fields)), **fields)


def status_and_notes_are_shown(aura: Aura) -> None:
    notes = [
        {"content": "Called back", "created_at": "2026-05-08T14:23:11.000Z", "user_id": "user_1"},
        {"content": "Sent the offer", "created_at": "2026-05-07T09:00:00.000Z", "user_id": "user_2"},
        {"content": LONG_TEXT, "created_at": "2026-05-09T09:00:00.000Z"},
    ]
    for some in (notes, notes[:1]):
        shows(aura.read(aura.new_lead(status="qualified", notes=some)), status="qualified", notes=some)


def timestamps_are_shown(aura: Aura) -> None:
    lead = aura.new_lead()
    for _ in range(3):
        shown = aura.read(lead)
        for name in ("created_at", "updated_at"):
            expect(instant(shown.get(name)) is not None, f"{name} is a date-time", shown.get(name))
        same = same_instant(shown["created_at"], lead.get("created_at"))
        expect(same, f"created_at {lead.get('created_at')}, as when it was created", shown["created_at"])


def metadata_is_shown(aura: Aura) -> None:
    for metadata in (METADATA, NOTHING_MUCH):
        shown = aura.read(aura.new_lead(metadata=metadata)).get("metadata") or {}
        for key, value in metadata.items():
            expect(shown.get(key) == value, f"metadata.{key} is {value!r}", shown.get(key))


def reading_changes_nothing(aura: Aura) -> None:
    lead = aura.new_lead(full_name="John Doe", notes=[{"content": "x", "created_at": "2026-05-08T14:23:11Z"}])
    first = aura.read(lead)
    for _ in range(4):
        again = aura.read(lead)
        unchanged(first, again)
        same = same_instant(first.get("updated_at"), again.get("updated_at"))
        expect(same, f"updated_at stays {first.get('updated_at')}", again.get("updated_at"))


def unknown_lead_is_not_found(aura: Aura) -> None:
    for id in unknown_ids(aura, aura.new_lead()):
        not_found(aura.call("get_lead", path={"id": id}))


def malformed_id_is_refused(aura: Aura) -> None:
    def refused(id: str) -> None:
        exchange = aura.call("get_lead", path={"id": id})
        expect_status(exchange, f"the id {id!r} is refused", 400, 404, 422)

    aura.for_each(malformed_ids(aura.new_lead()), refused)


def a_lead_of_another_organization_is_not_shown(aura: Aura) -> None:
    theirs = aura.foreign_lead()
    for _ in range(2):
        exchange = aura.call("get_lead", path={"id": theirs})
        expect_status(exchange, "another organization's lead is refused", 404, 403)
