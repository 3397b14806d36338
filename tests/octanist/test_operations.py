"""What Octanist's handlers do, called directly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mock_server.errors import CallRefused, Conflict, Forbidden, Invalid, InvalidDate, InvalidFilter, NotFound
from mock_server.octanist import API
from mock_server.octanist.operations import number, prepare
from mock_server.store import Lead, Organization
from tests.in_process import organization_of

JOHN = {"name": "John Doe", "email": "john@example.com", "phone": "+1234567890"}
JANE = {"name": "Jane Roe", "email": "jane@example.com", "phone": "+4930123456"}
NOW = "2026-01-17T08:00:00.000Z"


@pytest.fixture
def organization() -> Organization:
    return organization_of(API)


def create(organization: Organization, **fields: Any) -> Lead:
    id = API.handlers["create_lead"](organization, body=fields).data["id"]
    lead = organization.leads.get(id)
    assert lead is not None
    return lead


def update(organization: Organization, **body: Any) -> dict[str, Any]:
    return dict(API.handlers["update_lead"](organization, body=body).data)


def listed(organization: Organization, **query: Any) -> list[Any]:
    """The names of the leads on a page."""
    full = {"limit": 50, "page": 1, "sort": "createdAt:asc", **query}
    return [lead.get("name") for lead in API.handlers["list_leads"](organization, query=full).data]


def refused(organization: Organization, kind: type[CallRefused], call: Callable[[], Any]) -> None:
    """The call is refused, and no lead has changed."""
    before = [dict(lead) for lead in organization.leads]
    with pytest.raises(kind):
        call()
    assert list(organization.leads) == before


class TestCreating:
    def test_the_answer_names_the_new_lead_and_nothing_else_of_it(self, organization: Organization) -> None:
        reply = API.handlers["create_lead"](organization, body=JOHN)

        (lead,) = organization.leads
        assert reply.data == {"id": lead["id"], "message": "Lead added"}
        assert reply.created

    def test_a_new_lead_has_every_documented_key_and_is_open(self, organization: Organization) -> None:
        lead = create(organization, **JOHN)

        assert lead.keys() == API.contract["components"]["schemas"]["LeadFields"]["properties"].keys()
        assert (lead["status"], lead["source"], lead["value"], lead["qualifiedAt"]) == ("open", "api", None, None)
        assert lead["createdAt"] == lead["updatedAt"] == NOW

    @pytest.mark.parametrize("field", ["name", "email", "phone", "custom"])
    def test_one_of_the_four_suffices(self, organization: Organization, field: str) -> None:
        assert create(organization, **{field: "x"})[field] == "x"

    @pytest.mark.parametrize("body", [{}, {"note": "x"}, {"gclid": "x"}, {"name": "", "custom": {}}])
    def test_none_of_the_four_is_refused(self, organization: Organization, body: dict[str, Any]) -> None:
        refused(organization, Invalid, lambda: API.handlers["create_lead"](organization, body=body))

    def test_leads_may_share_an_email_and_a_phone(self, organization: Organization) -> None:
        assert create(organization, **JOHN)["id"] != create(organization, **JOHN)["id"]

    def test_custom_data_is_kept_as_compact_json(self, organization: Organization) -> None:
        assert create(organization, custom={"company": "Ärzte", "tags": [1, None]})["custom"] == (
            '{"company":"Ärzte","tags":[1,null]}'
        )
        assert create(organization, custom='{"as": "sent"}')["custom"] == '{"as": "sent"}'

    def test_attribution_is_kept_unless_a_session_has_its_own(self, organization: Organization) -> None:
        sent = {**JOHN, "gclid": "g-1", "utm_source": "google", "website": "https://example.com", "ad_storage": False}

        alone, of_session = create(organization, **sent), create(organization, **sent, sessionId="s-1")

        assert [alone[name] for name in ("gclid", "utm_source", "website", "ad_storage")] == [
            "g-1",
            "google",
            "https://example.com",
            False,
        ]
        assert [of_session[name] for name in ("gclid", "utm_source", "website", "ad_storage")] == [
            None,
            None,
            None,
            False,
        ]

    def test_status_value_and_unknown_fields_cannot_be_sent(self, organization: Organization) -> None:
        lead = create(organization, **JOHN, status="won", value=1, alsoQualified=True, id="lead_own")

        assert (lead["status"], lead["value"], "alsoQualified" in lead) == ("open", None, False)
        assert lead["id"] != "lead_own"

    def test_filtering_rules_may_reject_every_lead(self) -> None:
        organization = organization_of(API, reject_new_leads=True)

        refused(organization, Forbidden, lambda: create(organization, **JOHN))


class TestWhichLeadAnUpdateMeans:
    @pytest.fixture
    def john(self, organization: Organization) -> Lead:
        return create(organization, **JOHN)

    @pytest.fixture
    def jane(self, organization: Organization, john: Lead) -> Lead:
        return create(organization, **JANE)

    @pytest.mark.parametrize("name", ["id", "email", "phone"])
    def test_each_identifier_suffices(self, organization: Organization, john: Lead, jane: Lead, name: str) -> None:
        answer = update(organization, **{name: jane[name]}, note="x")

        assert answer == {"leadId": jane["id"], "leadsUpdated": 1, "message": "Lead updated successfully"}
        assert (john["note"], jane["note"]) == (None, "x")

    @pytest.mark.parametrize(("higher", "lower"), [("id", "email"), ("id", "phone"), ("email", "phone")])
    def test_the_higher_identifier_decides(
        self, organization: Organization, john: Lead, jane: Lead, higher: str, lower: str
    ) -> None:
        update(organization, **{lower: john[lower], higher: jane[higher]}, note="x")

        assert (john["note"], jane["note"]) == (None, "x")

    def test_an_id_is_not_hindered_by_what_several_leads_share(self, organization: Organization, john: Lead) -> None:
        twin = create(organization, **JOHN)

        update(organization, id=twin["id"], email=JOHN["email"], phone=JOHN["phone"], note="x")

        assert (john["note"], twin["note"]) == (None, "x")

    def test_an_email_is_not_hindered_by_a_phone_that_several_leads_share(
        self, organization: Organization, john: Lead
    ) -> None:
        other = create(organization, **{**JOHN, "email": "other@example.com"})

        update(organization, email="other@example.com", phone=JOHN["phone"], note="x")

        assert (john["note"], other["note"]) == (None, "x")

    def test_emails_match_in_any_case_and_phones_exactly(self, organization: Organization, john: Lead) -> None:
        assert update(organization, email=" JOHN@Example.com ")["leadId"] == john["id"]
        refused(organization, NotFound, lambda: update(organization, phone="1234567890"))

    def test_identifiers_beside_the_id_are_not_written(self, organization: Organization, john: Lead) -> None:
        update(organization, id=john["id"], email="new@example.com", phone="+49")

        assert (john["email"], john["phone"]) == (JOHN["email"], JOHN["phone"])

    @pytest.mark.parametrize("body", [{}, {"status": "won"}, {"id": ""}, {"id": "", "email": " ", "phone": ""}])
    def test_without_identifier_it_is_refused(
        self, organization: Organization, john: Lead, body: dict[str, Any]
    ) -> None:
        refused(organization, Invalid, lambda: update(organization, **body))

    def test_an_empty_identifier_counts_as_missing(self, organization: Organization, john: Lead) -> None:
        assert update(organization, id="", email=john["email"])["leadId"] == john["id"]

    @pytest.mark.parametrize(
        "body", [{"id": "lead_x"}, {"email": "john@example.co"}, {"phone": "+123456789"}, {"id": "x", "email": "x"}]
    )
    def test_what_no_lead_has_is_not_found(self, organization: Organization, john: Lead, body: dict[str, Any]) -> None:
        refused(organization, NotFound, lambda: update(organization, **body, note="x"))

    def test_an_unknown_id_does_not_fall_through_to_the_email(self, organization: Organization, john: Lead) -> None:
        refused(organization, NotFound, lambda: update(organization, id="lead_x", email=john["email"], note="x"))

    def test_an_unknown_id_falls_through_where_the_setting_says_so(self) -> None:
        organization = organization_of(API, fall_through=True)
        john = create(organization, **JOHN)

        answer = update(organization, id="lead_x", email="x@example.com", phone=john["phone"], note="x")

        assert (answer["leadId"], john["note"]) == (john["id"], "x")
        refused(organization, NotFound, lambda: update(organization, id="lead_x", email="x@example.com"))


class TestSeveralMatches:
    @pytest.mark.parametrize("name", ["email", "phone"])
    def test_are_a_conflict_that_changes_none_of_them(self, organization: Organization, name: str) -> None:
        for _ in range(3):
            create(organization, **JOHN)

        refused(organization, Conflict, lambda: update(organization, **{name: JOHN[name]}, status="won", value=1))

    @pytest.mark.parametrize("name", ["email", "phone"])
    def test_are_all_updated_with_bulk_updates(self, name: str) -> None:
        organization = organization_of(API, bulk_updates=True)
        first, jane, second = create(organization, **JOHN), create(organization, **JANE), create(organization, **JOHN)

        answer = update(organization, **{name: JOHN[name]}, status="won", value="12.5", note="x")

        assert answer == {"leadId": first["id"], "leadsUpdated": 2, "message": "Leads updated successfully"}
        for lead in (first, second):
            assert (lead["status"], lead["value"], lead["note"]) == ("won", 12.5, "x")
        assert (jane["status"], jane["value"], jane["note"]) == ("open", None, None)

    def test_are_counted_also_where_nothing_was_left_to_change(self) -> None:
        organization = organization_of(API, bulk_updates=True)
        for _ in range(2):
            create(organization, **JOHN)

        update(organization, email=JOHN["email"], note="x")

        assert update(organization, email=JOHN["email"], note="x")["leadsUpdated"] == 2

    def test_get_a_loss_reason_only_where_each_is_lost(self) -> None:
        organization = organization_of(API, bulk_updates=True)
        lost, still_open = create(organization, **JOHN), create(organization, **JOHN)
        update(organization, id=lost["id"], status="lost")

        update(organization, email=JOHN["email"], lossReason="Price")

        assert (lost["lossReason"], still_open["lossReason"]) == ("Price", None)


class TestWhatAnUpdateWrites:
    @pytest.fixture
    def john(self, organization: Organization) -> Lead:
        return create(organization, **JOHN, note="First", custom="Own")

    @pytest.mark.parametrize("status", ["qualified", "won", "lost"])
    @pytest.mark.parametrize("field", ["status", "changedTo"])
    def test_the_status_under_either_name(
        self, organization: Organization, john: Lead, field: str, status: str
    ) -> None:
        update(organization, id=john["id"], **{field: status})

        assert john["status"] == status

    def test_status_before_changed_to(self, organization: Organization, john: Lead) -> None:
        update(organization, id=john["id"], changedTo="won", status="lost")

        assert john["status"] == "lost"

    @pytest.mark.parametrize("value", [5000, 12.5, 0, -3])
    def test_a_number(self, organization: Organization, john: Lead, value: float) -> None:
        update(organization, id=john["id"], value=1)
        update(organization, id=john["id"], value=value)

        assert john["value"] == value

    @pytest.mark.parametrize("text", ["", " ", "abc", "12abc", "nan", "inf", "1_000", "1,5", "0x10", "1e999", "٣"])
    def test_no_other_text_as_a_number(self, organization: Organization, john: Lead, text: str) -> None:
        refused(organization, Invalid, lambda: update(organization, id=john["id"], value=text, note="x"))

    def test_a_note_in_place_of_the_old_one(self, organization: Organization, john: Lead) -> None:
        update(organization, id=john["id"], note="Second")

        assert john["note"] == "Second"

    @pytest.mark.parametrize(
        "lost", [{"status": "lost"}, {"changedTo": "lost"}, {"status": "lost", "changedTo": "won"}]
    )
    def test_a_loss_reason_with_the_status_lost(
        self, organization: Organization, john: Lead, lost: dict[str, str]
    ) -> None:
        update(organization, id=john["id"], **lost, lossReason="Price")

        assert john["lossReason"] == "Price"

    @pytest.mark.parametrize(
        "other", [{}, {"status": "won"}, {"changedTo": "qualified"}, {"status": "won", "changedTo": "lost"}]
    )
    def test_no_loss_reason_otherwise(self, organization: Organization, john: Lead, other: dict[str, str]) -> None:
        update(organization, id=john["id"], **other, lossReason="Price")

        assert john["lossReason"] is None

    def test_a_loss_reason_alone_where_the_lead_is_lost_and_keeps_it_when_won(
        self, organization: Organization, john: Lead
    ) -> None:
        update(organization, id=john["id"], status="lost")
        update(organization, id=john["id"], lossReason="Price")
        update(organization, id=john["id"], status="won", lossReason="Other")

        assert (john["status"], john["lossReason"]) == ("won", "Price")

    @pytest.mark.parametrize("status", ["qualified", "won"])
    def test_when_the_lead_was_first_qualified(self, organization: Organization, john: Lead, status: str) -> None:
        update(organization, id=john["id"], status="lost")
        assert john["qualifiedAt"] is None

        update(organization, id=john["id"], status=status)
        organization.clock.advance(1000)
        update(organization, id=john["id"], status="lost")
        update(organization, id=john["id"], status="won")

        assert john["qualifiedAt"] == NOW

    def test_nothing_that_was_not_sent(self, organization: Organization, john: Lead) -> None:
        before = dict(john)
        organization.clock.advance(1000)

        update(organization, id=john["id"], value=5)

        assert john == {**before, "value": 5, "updatedAt": "2026-01-17T08:00:01.000Z"}

    def test_not_even_updated_at_where_nothing_changes(self, organization: Organization, john: Lead) -> None:
        before = dict(john)
        organization.clock.advance(1000)

        assert update(organization, id=john["id"], note="First", name="Ignored")["leadsUpdated"] == 1
        assert john == before

    def test_null_counts_as_left_out(self, organization: Organization) -> None:
        assert prepare(organization, {"id": "x", "note": None, "value": 0}) == {"id": "x", "value": 0}
        assert prepare(organization, [None]) == [None]
        assert prepare(organization, None) is None


class TestNumbersInTexts:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("5000", 5000),
            ("-3", -3),
            ("+7", 7),
            ("007", 7),
            ("12.50", 12.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            (" 42 ", 42),
            ("9" * 30, 1e30),
        ],
    )
    def test_are_whole_where_they_have_no_decimals(self, text: str, value: float) -> None:
        assert number(text) == value
        assert isinstance(number(text), type(value))


class TestReading:
    def test_a_lead_is_found_by_its_exact_id(self, organization: Organization) -> None:
        lead = create(organization, **JOHN)

        assert API.handlers["get_lead"](organization, id=lead["id"]).data == lead
        refused(organization, NotFound, lambda: API.handlers["get_lead"](organization, id=lead["id"].upper()))


class TestListing:
    @pytest.fixture(autouse=True)
    def leads(self, organization: Organization) -> None:
        """Three leads, a second apart: Anna, open; Bert, won for 10; Cleo, lost for 9 and found by google."""
        create(organization, name="Anna", email="anna@example.com", phone="+49111")
        organization.clock.advance(1000)
        bert = create(organization, name="Bert", email="bert@example.com", gclid="g-1", website="https://b.com")
        update(organization, id=bert["id"], status="won", value=10)
        organization.clock.advance(1000)
        cleo = create(organization, name="Cleo", utm_source="google", note="Knows Anna")
        update(organization, id=cleo["id"], status="lost", value="9")

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ({"status": "won"}, ["Bert"]),
            ({"source": "api"}, ["Anna", "Bert", "Cleo"]),
            ({"source": "gtm"}, []),
            ({"value": "10"}, ["Bert"]),
            ({"value": "10.0"}, ["Bert"]),
            ({"value[gte]": "9"}, ["Bert", "Cleo"]),
            ({"value[gt]": "9"}, ["Bert"]),
            ({"value[lte]": "9"}, ["Cleo"]),
            ({"value[lt]": "10"}, ["Cleo"]),
            ({"value[gte]": "9", "value[lt]": "10"}, ["Cleo"]),
            ({"createdAt": "2026-01-17T08:00:01Z"}, ["Bert"]),
            ({"createdAt[gt]": "2026-01-17T08:00:01Z"}, ["Cleo"]),
            ({"createdAt[lte]": "2026-01-17T09:00:01+01:00"}, ["Anna", "Bert"]),
            ({"createdAt[gte]": "2026-01-18"}, []),
            ({"updatedAt[lt]": "2026-01-18"}, ["Anna", "Bert", "Cleo"]),
            ({"qualifiedAt[exists]": "true"}, ["Bert"]),
            ({"qualifiedAt[exists]": "false"}, ["Anna", "Cleo"]),
            ({"gclid": "g-1"}, ["Bert"]),
            ({"gclid": "g"}, []),
            ({"gclid[exists]": "true"}, ["Bert"]),
            ({"gclid[exists]": "false"}, ["Anna", "Cleo"]),
            ({"website": "https://b.com"}, ["Bert"]),
            ({"utm_source": "google"}, ["Cleo"]),
            ({"search": "ANNA"}, ["Anna"]),
            ({"search": "bert@"}, ["Bert"]),
            ({"search": "+49"}, ["Anna"]),
            ({"search": ""}, ["Anna", "Bert", "Cleo"]),
            ({"sort": "createdAt:desc"}, ["Cleo", "Bert", "Anna"]),
            ({"sort": "name:desc"}, ["Cleo", "Bert", "Anna"]),
            ({"sort": "value:asc"}, ["Cleo", "Bert", "Anna"]),
            ({"sort": "value:desc"}, ["Bert", "Cleo", "Anna"]),
        ],
        ids=str,
    )
    def test_keeps_and_orders_what_was_asked_for(
        self, organization: Organization, query: dict[str, str], names: list[str]
    ) -> None:
        assert listed(organization, **query) == names

    @pytest.mark.parametrize(
        ("query", "kind"),
        [
            ({"status": "win"}, InvalidFilter),
            ({"source": "x"}, InvalidFilter),
            ({"value": "ten"}, InvalidFilter),
            ({"value[gte]": "nan"}, InvalidFilter),
            ({"gclid[exists]": "yes"}, InvalidFilter),
            ({"gclid[gte]": "a"}, InvalidFilter),
            ({"color": "red"}, InvalidFilter),
            ({"createdAt": "yesterday"}, InvalidDate),
            ({"createdAt[gt]": "2026-02-30"}, InvalidDate),
            ({"sort": "createdAt"}, Invalid),
            ({"sort": "color:asc"}, Invalid),
            ({"fields": "name,color"}, Invalid),
        ],
        ids=str,
    )
    def test_refuses_what_cannot_be_asked(
        self, organization: Organization, query: dict[str, str], kind: type[CallRefused]
    ) -> None:
        with pytest.raises(Invalid) as caught:
            listed(organization, **query)

        assert type(caught.value) is kind

    def test_leads_of_one_moment_are_in_the_order_of_their_creation(self) -> None:
        organization = organization_of(API)
        for name in ("Anna", "Bert", "Cleo"):
            create(organization, name=name)

        assert listed(organization, sort="createdAt:asc") == ["Anna", "Bert", "Cleo"]
        assert listed(organization, sort="createdAt:desc") == ["Cleo", "Bert", "Anna"]

    def test_fields_are_chosen(self, organization: Organization) -> None:
        query = {"limit": 1, "page": 1, "sort": "createdAt:asc", "fields": "name, status"}

        assert API.handlers["list_leads"](organization, query=query).data == [{"name": "Anna", "status": "open"}]

    @pytest.mark.parametrize(
        ("limit", "page", "names", "pages", "more"),
        [
            (2, 1, ["Anna", "Bert"], 2, True),
            (2, 2, ["Cleo"], 2, False),
            (2, 3, [], 2, False),
            (3, 1, ["Anna", "Bert", "Cleo"], 1, False),
            (1, 3, ["Cleo"], 3, False),
        ],
    )
    def test_pages_tell_of_one_another(
        self, organization: Organization, limit: int, page: int, names: list[str], pages: int, more: bool
    ) -> None:
        query = {"limit": limit, "page": page, "sort": "createdAt:asc"}

        reply = API.handlers["list_leads"](organization, query=query)

        assert [lead["name"] for lead in reply.data] == names
        assert reply.pagination == {
            "limit": limit,
            "page": page,
            "totalPages": pages,
            "total": 3,
            "hasMore": more,
        }

    def test_an_empty_list_has_no_pages(self) -> None:
        query = {"limit": 50, "page": 1, "sort": "createdAt:desc"}

        reply = API.handlers["list_leads"](organization_of(API), query=query)

        assert json.loads(json.dumps(reply.pagination)) == {
            "limit": 50,
            "page": 1,
            "totalPages": 0,
            "total": 0,
            "hasMore": False,
        }
