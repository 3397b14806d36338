"""GET /v1/leads/{id} (seed 002)."""

from __future__ import annotations

from conformance import contract_layer
from conformance.aura import MALFORMED_IDS, Aura, not_found, shows, unchanged
from conformance.aura.create_lead import METADATA
from conformance.compare import instant, same_instant
from conformance.target import expect, expect_status


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
    fields = {
        "full_name": "John Doe",
        "email": aura.email(),
        "phone": aura.phone(),
        "company": "Acme Corp",
        "timezone": "Europe/Berlin",
    }
    shows(aura.read(aura.new_lead(**fields)), **fields)


def status_and_notes_are_shown(aura: Aura) -> None:
    notes = [{"content": "Called back", "created_at": "2026-05-08T14:23:11.000Z", "user_id": "user_1"}]
    shows(aura.read(aura.new_lead(status="qualified", notes=notes)), status="qualified", notes=notes)


def timestamps_are_shown(aura: Aura) -> None:
    lead = aura.new_lead()
    shown = aura.read(lead)
    for name in ("created_at", "updated_at"):
        expect(instant(shown.get(name)) is not None, f"{name} is a date-time", shown.get(name))
    same = same_instant(shown["created_at"], lead.get("created_at"))
    expect(same, f"created_at {lead.get('created_at')}, as when it was created", shown["created_at"])


def metadata_is_shown(aura: Aura) -> None:
    shown = aura.read(aura.new_lead(metadata=METADATA)).get("metadata") or {}
    for key, value in METADATA.items():
        expect(shown.get(key) == value, f"metadata.{key} is {value!r}", shown.get(key))


def reading_changes_nothing(aura: Aura) -> None:
    lead = aura.new_lead(full_name="John Doe", notes=[{"content": "x", "created_at": "2026-05-08T14:23:11Z"}])
    first, second = aura.read(lead), aura.read(lead)
    unchanged(first, second)
    same = same_instant(first.get("updated_at"), second.get("updated_at"))
    expect(same, f"updated_at stays {first.get('updated_at')}", second.get("updated_at"))


def unknown_lead_is_not_found(aura: Aura) -> None:
    aura.new_lead()
    not_found(aura.call("get_lead", path={"id": aura.uuid()}))


def malformed_id_is_refused(aura: Aura) -> None:
    def refused(id: str) -> None:
        exchange = aura.call("get_lead", path={"id": id})
        expect_status(exchange, f"the id {id!r} is refused", 400, 404, 422)

    aura.for_each(MALFORMED_IDS, refused)


def a_lead_of_another_organization_is_not_shown(aura: Aura) -> None:
    theirs = aura.foreign_lead()
    exchange = aura.call("get_lead", path={"id": theirs})
    expect_status(exchange, "another organization's lead is refused", 404, 403)
