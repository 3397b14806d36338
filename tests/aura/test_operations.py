"""What Aura's handlers do, called directly."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from mock_server.aura import API
from mock_server.errors import Invalid, NotFound
from mock_server.store import Organization
from tests.in_process import organization_of


@pytest.fixture
def organization() -> Organization:
    return organization_of(API)


def create(organization: Organization, **fields: Any) -> dict[str, Any]:
    body = {"email": "john@example.com", **fields}
    return dict(API.handlers["create_lead"](organization, body=body).data)


def update(organization: Organization, id: str, **fields: Any) -> dict[str, Any]:
    return dict(API.handlers["update_lead"](organization, id=id, body=fields).data)


class TestCreating:
    def test_a_new_lead_has_all_documented_keys_and_status_new(self, organization: Organization) -> None:
        lead = create(organization)

        assert lead.keys() == API.contract["components"]["schemas"]["Lead"]["properties"].keys()
        assert lead["status"] == "new"
        assert lead["created_at"] == lead["updated_at"] == "2026-01-17T08:00:00.000Z"

    def test_status_and_notes_cannot_be_sent(self, organization: Organization) -> None:
        lead = create(organization, status="qualified", notes=[{"content": "x"}])

        assert (lead["status"], lead["notes"]) == ("new", [])

    def test_unknown_metadata_is_kept(self, organization: Organization) -> None:
        assert create(organization, metadata={"own": [1]})["metadata"] == {"own": [1]}

    def test_null_metadata_is_as_if_it_were_left_out(self, organization: Organization) -> None:
        assert create(organization, metadata=None)["metadata"] is None

    def test_source_is_taken_from_the_metadata(self, organization: Organization) -> None:
        lead = create(organization, metadata={"utmSource": "google", "referrer": "https://acme.com", "utmTerm": 7})

        assert lead["source"] == {
            "utm_source": "google",
            "utm_medium": None,
            "utm_campaign": None,
            "utm_term": None,
            "utm_content": None,
            "referrer": "https://acme.com",
        }

    def test_source_is_null_without_any_of_its_members(self, organization: Organization) -> None:
        assert create(organization, metadata={"city": "Boston"})["source"] is None


class TestReading:
    def test_a_lead_is_found_by_its_id_in_any_case(self, organization: Organization) -> None:
        lead = create(organization)

        assert API.handlers["get_lead"](organization, id=lead["id"].upper()).data == lead

    def test_another_id_is_not_found(self, organization: Organization) -> None:
        with pytest.raises(NotFound, match="Lead not found"):
            API.handlers["get_lead"](organization, id="550e8400-e29b-41d4-a716-446655440000")


class TestUpdating:
    def test_omitted_fields_stay(self, organization: Organization) -> None:
        lead = create(organization, full_name="John Doe", company="Acme")

        updated = update(organization, lead["id"], company="Other")

        assert updated == {**lead, "company": "Other"}

    def test_an_empty_body_changes_nothing_not_even_updated_at(self, organization: Organization) -> None:
        lead = create(organization)
        organization.clock.advance(1000)

        assert update(organization, lead["id"]) == lead

    def test_a_change_moves_updated_at(self, organization: Organization) -> None:
        lead = create(organization)
        organization.clock.advance(1000)

        assert update(organization, lead["id"], status="qualified")["updated_at"] == "2026-01-17T08:00:01.000Z"

    def test_notes_are_replaced_as_a_whole(self, organization: Organization) -> None:
        lead = create(organization)
        update(organization, lead["id"], notes=[{"content": "a", "created_at": "2026-05-08T14:23:11Z", "color": "red"}])

        notes = update(organization, lead["id"], notes=[{"content": "b", "created_at": "2026-05-08T14:23:11Z"}])[
            "notes"
        ]

        assert notes == [{"content": "b", "created_at": "2026-05-08T14:23:11Z"}]

    def test_null_notes_are_skipped(self, organization: Organization) -> None:
        lead = create(organization)
        note = {"content": "a", "created_at": "2026-05-08T14:23:11Z"}
        update(organization, lead["id"], notes=[note])

        assert update(organization, lead["id"], notes=None)["notes"] == [note]

    def test_only_the_seven_documented_fields_change(self, organization: Organization) -> None:
        lead = create(organization, metadata={"city": "Boston"})
        body = {name: "changed" for name in lead if name != "notes"}

        updated = API.handlers["update_lead"](organization, id=lead["id"], body=body).data

        changed = {name for name in lead if lead[name] != updated[name]}
        assert changed == {"full_name", "email", "phone", "company", "status", "timezone"}


class TestListing:
    def pages(self, organization: Organization, **query: str) -> list[list[str]]:
        pages: list[list[str]] = []
        cursor: dict[str, str] = {}
        while True:
            reply = API.handlers["list_leads"](organization, query={"limit": "2", **query, **cursor})
            pages.append([lead["email"] for lead in reply.data])
            assert reply.pagination is not None
            if not reply.pagination["has_more"]:
                assert reply.pagination["next_cursor"] is None
                return pages
            cursor = {"cursor": reply.pagination["next_cursor"]}

    def test_the_newest_come_first_and_each_once(self, organization: Organization) -> None:
        for at in range(5):
            create(organization, email=f"{at}@example.com")

        pages = self.pages(organization)

        assert pages == [["4@example.com", "3@example.com"], ["2@example.com", "1@example.com"], ["0@example.com"]]

    def test_filters_select(self, organization: Organization) -> None:
        create(organization, email="a@example.com", metadata={"utmSource": "google"})
        update(organization, create(organization, email="b@example.com")["id"], status="qualified")

        assert self.pages(organization, status="qualified") == [["b@example.com"]]
        assert self.pages(organization, source="google") == [["a@example.com"]]
        assert self.pages(organization, assigned_to_id="user_1") == [[]]

    @pytest.mark.parametrize(
        "query",
        [
            {"limit": "0"},
            {"limit": "ten"},
            {"cursor": "?"},
            {"cursor": base64.urlsafe_b64encode(b"[" * 5000).decode()},
            {"assigned_to_id": "me"},
        ],
    )
    def test_what_cannot_be_asked_is_refused(self, organization: Organization, query: dict[str, str]) -> None:
        with pytest.raises(Invalid):
            self.pages(organization, **query)
