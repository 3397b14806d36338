"""GET /leads/{id} (adjacent)."""

from __future__ import annotations

from typing import Any

from conformance import contract_layer
from conformance.target import expect_status
from conformance.vorel import NULLABLE, Lead, Vorel, shows, unchanged
from conformance.vorel.fields import everything, neighbour_of, one_by_one


def replies_match_the_contract(vorel: Vorel) -> None:
    contract_layer.check(vorel, "get_lead")


def the_reply_is_the_lead_of_the_path(vorel: Vorel) -> None:
    leads = vorel.new_leads(3)
    for at, lead in enumerate(leads):
        vorel.update(lead, {"name": f"Lead {at}"})
    for at in (2, 0, 1, 0):
        shows(_read(vorel, leads[at]), id=leads[at]["id"], name=f"Lead {at}")


def a_read_shows_the_last_update(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    values = everything(vorel)
    cleared: dict[str, Any] = dict.fromkeys(NULLABLE)
    for changes in (*one_by_one(values), cleared, values, {"attributes": {"area": None, "floor": 2}}):
        unchanged(vorel.update(lead, changes), _read(vorel, lead), but=())


def an_unknown_lead_is_answered_404(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    for id in (vorel.uuid(), neighbour_of(lead["id"])):
        for _ in range(2):
            exchange = vorel.call("get_lead", path={"id": id})
            expect_status(exchange, "an unknown lead is not found", 404)


def the_read_scope_opens_a_read(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")
    shows(_read(vorel, lead, key="read_only"), id=lead["id"], name="Ada Lovelace")


def _read(vorel: Vorel, lead: Lead, *, key: str = "full") -> Lead:
    """Read a lead, which must be there."""
    exchange = vorel.call("get_lead", path={"id": lead["id"]}, key=key)
    expect_status(exchange, "the lead is found", 200)
    return vorel.lead_in(exchange)
