"""What Vorel's handlers do, called directly."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.errors import Conflict, Invalid, NotFound
from mock_server.store import Organization
from mock_server.vorel import API
from mock_server.vorel.operations import merged
from tests.in_process import organization_of

UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"
NEW_VALUES: dict[str, Any] = {
    "name": "Grace Hopper",
    "email": "grace@example.com",
    "phone": "+14155550000",
    "intent": "rent",
    "timeline": "next year",
    "qualification_score": 90,
    "status": "booked",
    "source": "fair",
    "attributes": {"bedrooms": 4},
}


@pytest.fixture
def organization() -> Organization:
    return organization_of(API)


def converse(organization: Organization, customer: str = "+14155552671", **fields: Any) -> dict[str, Any]:
    body = {"channel": "whatsapp", "customer_identifier": customer, **fields}
    return dict(API.handlers["create_conversation"](organization, body=body).data)


def create(organization: Organization, customer: str = "+14155552671", **fields: Any) -> dict[str, Any]:
    body = {"conversation_id": converse(organization, customer)["id"], **fields}
    return dict(API.handlers["create_lead"](organization, body=body).data)


def update(organization: Organization, lead: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return dict(API.handlers["update_lead"](organization, id=lead["id"], body=fields).data)


def read(organization: Organization, lead: dict[str, Any]) -> dict[str, Any]:
    return dict(API.handlers["get_lead"](organization, id=lead["id"]).data)


class TestConversing:
    def test_a_new_conversation_has_all_documented_keys_and_no_message(self, organization: Organization) -> None:
        conversation = converse(organization, customer_name="Ada", customer_language="en-US")

        assert conversation.keys() == API.contract["components"]["schemas"]["Conversation"]["properties"].keys()
        assert (conversation["customer_name"], conversation["customer_language"]) == ("Ada", "en-US")
        assert conversation["first_message_at"] is conversation["last_message_at"] is None

    def test_channel_and_customer_together_are_unique(self, organization: Organization) -> None:
        first = converse(organization)

        with pytest.raises(Conflict):
            converse(organization, customer_name="Ada")

        assert converse(organization, channel="voice")["id"] != first["id"]

    def test_a_customer_has_at_most_255_characters_in_utf_16(self, organization: Organization) -> None:
        converse(organization, "x" * 253 + "👩")

        with pytest.raises(Invalid, match="customer_identifier"):
            converse(organization, "x" * 254 + "👩")


class TestCreating:
    def test_a_new_lead_has_all_documented_keys_and_status_new(self, organization: Organization) -> None:
        lead = create(organization)

        assert lead.keys() == API.contract["components"]["schemas"]["Lead"]["properties"].keys()
        assert (lead["status"], lead["attributes"], lead["name"]) == ("new", {}, None)
        assert lead["created_at"] == lead["updated_at"] == "2026-01-17T08:00:00.000Z"

    def test_it_belongs_to_the_conversation_that_was_sent(self, organization: Organization) -> None:
        conversation = converse(organization)
        body = {"conversation_id": conversation["id"].upper(), "name": "Ada", "qualification_score": 0}

        lead = API.handlers["create_lead"](organization, body=body).data

        assert (lead["conversation_id"], lead["name"], lead["qualification_score"]) == (conversation["id"], "Ada", 0)

    def test_a_conversation_has_one_lead_which_a_second_create_leaves_alone(self, organization: Organization) -> None:
        lead = create(organization, name="Ada")

        with pytest.raises(Conflict):
            API.handlers["create_lead"](
                organization, body={"conversation_id": lead["conversation_id"], "name": "Grace"}
            )

        assert read(organization, lead) == lead

    def test_the_conversation_must_exist(self, organization: Organization) -> None:
        with pytest.raises(NotFound):
            API.handlers["create_lead"](organization, body={"conversation_id": UNKNOWN})

    def test_unknown_fields_are_refused(self, organization: Organization) -> None:
        with pytest.raises(Invalid, match="notes"):
            create(organization, notes="Called back")

        assert not list(organization.leads)


class TestReading:
    def test_a_lead_is_found_by_its_id_in_any_case(self, organization: Organization) -> None:
        lead = create(organization)

        assert API.handlers["get_lead"](organization, id=lead["id"].upper()).data == lead

    def test_another_id_is_not_found(self, organization: Organization) -> None:
        with pytest.raises(NotFound):
            API.handlers["get_lead"](organization, id=UNKNOWN)


class TestUpdating:
    @pytest.mark.parametrize("field", NEW_VALUES)
    def test_a_field_that_is_sent_changes_and_the_others_stay(self, organization: Organization, field: str) -> None:
        lead = create(organization, name="Ada", phone="+14155552671", attributes={"bedrooms": 3})

        assert update(organization, lead, **{field: NEW_VALUES[field]}) == {**lead, field: NEW_VALUES[field]}

    @pytest.mark.parametrize("field", ["name", "email", "phone", "intent", "timeline", "qualification_score", "source"])
    def test_null_clears_a_field_and_no_other(self, organization: Organization, field: str) -> None:
        lead = create(organization, **NEW_VALUES)

        assert update(organization, lead, **{field: None}) == {**lead, field: None}

    @pytest.mark.parametrize("status", ["new", "qualified", "booked", "converted", "lost"])
    def test_every_status_leads_to_every_other(self, organization: Organization, status: str) -> None:
        lead = create(organization, status=status)

        for following in ("lost", "new", "converted", "qualified", "booked", status):
            assert update(organization, lead, status=following)["status"] == following

    def test_empty_texts_are_values(self, organization: Organization) -> None:
        assert update(organization, create(organization, name="Ada"), name="")["name"] == ""

    @pytest.mark.parametrize("field", ["conversation_id", "notes", "favourite_colour"])
    def test_what_is_not_updatable_is_refused(self, organization: Organization, field: str) -> None:
        lead = create(organization)

        with pytest.raises(Invalid, match=field):
            update(organization, lead, name="Grace", **{field: UNKNOWN})

        assert read(organization, lead) == lead

    def test_or_ignored_where_the_setting_says_so(self) -> None:
        organization = organization_of(API, unknown_fields="ignore")
        lead = create(organization)

        updated = update(organization, lead, name="Grace", conversation_id=UNKNOWN, notes="x", favourite_colour="red")

        assert updated == {**lead, "name": "Grace"}

    def test_a_bad_body_is_refused_before_the_lead_is_looked_for(self, organization: Organization) -> None:
        with pytest.raises(Invalid):
            update(organization, {"id": UNKNOWN}, notes="Called back")
        with pytest.raises(NotFound):
            update(organization, {"id": UNKNOWN}, name="Grace")

    @pytest.mark.parametrize(
        ("field", "longest"), {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}.items()
    )
    def test_characters_are_counted_in_utf_16(self, organization: Organization, field: str, longest: int) -> None:
        lead = create(organization)
        fitting = "x" * (longest - 2) + "👩"

        assert update(organization, lead, **{field: fitting})[field] == fitting
        with pytest.raises(Invalid, match=field):
            update(organization, lead, **{field: "x" + fitting})
        assert read(organization, lead)[field] == fitting


class TestTheTimeOfAnUpdate:
    def test_a_change_moves_updated_at_and_never_created_at(self, organization: Organization) -> None:
        lead = create(organization)
        organization.clock.advance(1000)

        updated = update(organization, lead, status="qualified")

        assert updated["updated_at"] == "2026-01-17T08:00:01.000Z"
        assert updated["created_at"] == lead["created_at"]

    @pytest.mark.parametrize("body", [{"name": "Ada"}, {"attributes": {}}, {"attributes": {"a": 1, "absent": None}}])
    def test_what_changes_nothing_leaves_it(self, organization: Organization, body: dict[str, Any]) -> None:
        lead = create(organization, name="Ada", attributes={"a": 1})
        organization.clock.advance(1000)

        assert update(organization, lead, **body) == lead

    def test_true_is_another_value_than_1(self, organization: Organization) -> None:
        lead = create(organization, attributes={"a": 1})
        organization.clock.advance(1000)

        updated = update(organization, lead, attributes={"a": True})

        assert updated["attributes"]["a"] is True
        assert updated["updated_at"] != lead["updated_at"]


class TestMergingAttributes:
    @pytest.mark.parametrize(
        ("stored", "sent", "result"),
        [
            ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
            ({"a": 1, "b": 2}, {"a": 3}, {"a": 3, "b": 2}),
            ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
            ({"a": 1}, {"a": None}, {}),
            ({"a": 1}, {"absent": None}, {"a": 1}),
            ({"a": 1}, {}, {"a": 1}),
            ({"a": {"x": 1, "y": 2}}, {"a": {"z": 3}}, {"a": {"z": 3}}),
            ({"a": {"x": 1}}, {"a": {}}, {"a": {}}),
            ({"a": [1]}, {"a": [2]}, {"a": [2]}),
            ({}, {"a": {"x": None}}, {"a": {"x": None}}),
            ({"a": 0, "b": False, "c": "", "d": []}, {"e": 0}, {"a": 0, "b": False, "c": "", "d": [], "e": 0}),
        ],
        ids=lambda value: str(value),
    )
    def test_keys_merge_null_deletes_and_nested_values_are_replaced_whole(
        self, stored: dict[str, Any], sent: dict[str, Any], result: dict[str, Any]
    ) -> None:
        assert merged(stored, sent) == result

    def test_an_update_stores_the_merge(self, organization: Organization) -> None:
        lead = create(organization, attributes={"bedrooms": 3, "area": "Old Town"})

        updated = update(organization, lead, attributes={"area": None, "garden": True})

        assert updated["attributes"] == read(organization, lead)["attributes"] == {"bedrooms": 3, "garden": True}


class TestListing:
    def pages(self, organization: Organization, **query: Any) -> list[list[str]]:
        pages: list[list[str]] = []
        cursor: dict[str, str] = {}
        while True:
            reply = API.handlers["list_leads"](organization, query={"limit": 2, **query, **cursor})
            pages.append([lead["name"] for lead in reply.data])
            assert reply.pagination is not None
            if not reply.pagination["has_more"]:
                assert reply.pagination["next_cursor"] is None
                return pages
            cursor = {"cursor": reply.pagination["next_cursor"]}

    def test_the_newest_come_first_and_each_once(self, organization: Organization) -> None:
        for at in range(5):
            create(organization, f"customer {at}", name=str(at))
            organization.clock.advance(1)

        assert self.pages(organization) == [["4", "3"], ["2", "1"], ["0"]]

    def test_leads_of_the_same_instant_come_by_descending_id(self, organization: Organization) -> None:
        leads = [create(organization, f"customer {at}", name=str(at)) for at in range(5)]

        names = [lead["name"] for lead in sorted(leads, key=lambda lead: str(lead["id"]), reverse=True)]

        assert self.pages(organization) == [names[:2], names[2:4], names[4:]]

    def test_a_cursor_outlives_a_change_of_its_lead(self, organization: Organization) -> None:
        for at in range(3):
            create(organization, f"customer {at}", name=str(at), status="qualified")
            organization.clock.advance(1)
        first = API.handlers["list_leads"](organization, query={"limit": 1, "status": "qualified"})
        update(organization, first.data[0], status="lost")
        assert first.pagination is not None

        assert self.pages(organization, status="qualified", cursor=first.pagination["next_cursor"]) == [["1", "0"]]

    def test_more_than_100_are_never_on_a_page(self, organization: Organization) -> None:
        for at in range(101):
            create(organization, f"customer {at}")

        assert len(API.handlers["list_leads"](organization, query={"limit": 500}).data) == 100

    def test_filters_select(self, organization: Organization) -> None:
        create(organization, "customer 1", name="new")
        create(organization, "customer 2", name="qualified", status="qualified")

        assert self.pages(organization, status="new") == [["new"]]
        assert self.pages(organization, stale_for_days=365) == [["qualified"]]
        assert self.pages(organization, stale_for_days=1, status="new") == [[]]

    def test_an_unknown_cursor_is_refused(self, organization: Organization) -> None:
        with pytest.raises(Invalid, match="cursor"):
            self.pages(organization, cursor=UNKNOWN)
