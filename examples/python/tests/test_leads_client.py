"""Our client does its work, also on a bad day."""

from __future__ import annotations

import pytest
from leads_client import ApiError, Contact, Leads, Uncertain

from mock_server.testing import LeadWorld

ADA = Contact("ada@example.com", "Ada Lovelace", "+14155552671")


def in_aura(world: LeadWorld) -> list[dict[str, object]]:
    (stored,) = world.aura.control.get_leads("aura")
    return stored.leads


class TestAGoodDay:
    def test_a_contact_becomes_a_lead_in_both(self, leads: Leads, lead_world: LeadWorld) -> None:
        aura, vorel = leads.add(ADA)

        assert lead_world.aura.client.get(f"/v1/leads/{aura}").json()["data"]["full_name"] == ADA.name
        assert lead_world.vorel.client.get(f"/leads/{vorel}").json()["phone"] == ADA.phone

    def test_a_score_is_kept(self, leads: Leads) -> None:
        _, lead = leads.add(ADA)
        leads.qualify(lead, 80)

        assert leads.score(lead) == 80

    def test_a_phone_number_is_removed(self, leads: Leads, lead_world: LeadWorld) -> None:
        _, lead = leads.add(ADA)
        leads.forget_phone(lead)

        assert lead_world.vorel.client.get(f"/leads/{lead}").json()["phone"] is None

    def test_a_sale_is_told(self, leads: Leads, lead_world: LeadWorld) -> None:
        lead_world.octanist.control.put_leads("octanist", [{"email": ADA.email}])

        assert leads.sold(ADA.email, 199.5)

    @pytest.mark.parametrize("known", [0, 2])
    def test_a_sale_of_nobody_or_of_several_is_not_told(self, leads: Leads, lead_world: LeadWorld, known: int) -> None:
        lead_world.octanist.control.put_leads("octanist", [{"email": ADA.email}] * known)

        assert not leads.sold(ADA.email, 199.5)

    def test_a_lead_that_is_gone_has_no_score(self, leads: Leads) -> None:
        assert leads.score("3c90c3cc-0d44-4b50-8888-8dd25736052a") is None


class TestABadDay:
    def test_waits_as_long_as_it_is_told_to(self, leads: Leads, lead_world: LeadWorld, waits: list[float]) -> None:
        lead_world.faults.arm("vorel", "error=429", operation="create_lead")

        leads.add(ADA)

        assert waits == [40.0]
        assert lead_world.clock.now() == "2026-01-17T08:01:00.000Z"

    def test_repeats_an_update_that_failed(self, leads: Leads, lead_world: LeadWorld, waits: list[float]) -> None:
        _, lead = leads.add(ADA)
        lead_world.faults.arm("vorel", "status=503", operation="update_lead", times=2)

        leads.qualify(lead, 80)

        assert (leads.score(lead), waits) == (80, [2.0, 4.0])

    def test_repeats_an_update_whose_answer_was_lost(self, leads: Leads, lead_world: LeadWorld) -> None:
        _, lead = leads.add(ADA)
        lead_world.faults.arm("vorel", "close=after", operation="update_lead")

        leads.qualify(lead, 80)

        assert leads.score(lead) == 80

    def test_makes_nothing_twice(self, leads: Leads, lead_world: LeadWorld) -> None:
        lead_world.faults.arm("aura", "close=after", operation="create_lead")

        with pytest.raises(Uncertain):
            leads.add(ADA)

        assert len(in_aura(lead_world)) == 1

    def test_gives_up_in_the_end(self, leads: Leads, lead_world: LeadWorld) -> None:
        lead_world.faults.arm("vorel", "status=500", operation="get_lead", times=None)

        with pytest.raises(Uncertain):
            leads.score("3c90c3cc-0d44-4b50-8888-8dd25736052a")

    def test_says_what_was_wrong_with_a_contact(self, leads: Leads, allowed: list[str]) -> None:
        allowed.append("aura/create_lead/400")

        with pytest.raises(ApiError, match="email"):
            leads.add(Contact("not an address", "Nobody"))
