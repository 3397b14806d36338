"""The small parts that everything stands on: clock, store, schemas, bodies."""

from __future__ import annotations

import pytest

from mock_server.body import parse
from mock_server.census import Census
from mock_server.clock import Clock, format_instant, parse_instant
from mock_server.errors import MalformedBody, WrongMediaType
from mock_server.schema import Validator
from mock_server.store import Leads


class TestInstants:
    @pytest.mark.parametrize(
        ("text", "milliseconds"),
        [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-01-17T08:00:00Z", 1_768_636_800_000),
            ("2026-01-17T09:00:00.25+01:00", 1_768_636_800_250),
            ("2026-01-17t08:00:00.0009z", 1_768_636_800_000),
        ],
    )
    def test_are_read_with_any_offset_and_precision(self, text: str, milliseconds: int) -> None:
        assert parse_instant(text) == milliseconds

    def test_are_written_in_utc_with_milliseconds(self) -> None:
        assert format_instant(1_768_636_800_007) == "2026-01-17T08:00:00.007Z"

    @pytest.mark.parametrize("text", ["2026-01-17", "2026-01-17T08:00:00", "2026-13-17T08:00:00Z", "now", ""])
    def test_are_nothing_else(self, text: str) -> None:
        with pytest.raises(ValueError, match="date-time"):
            parse_instant(text)


class TestAClock:
    def test_that_stands_still_shows_one_time(self) -> None:
        clock = Clock(frozen_at=0)

        assert [clock.now(), clock.now()] == ["1970-01-01T00:00:00.000Z"] * 2

    def test_that_is_advanced_shows_a_later_time(self) -> None:
        clock = Clock(frozen_at=0)
        clock.advance(61_001)

        assert clock.now() == "1970-01-01T00:01:01.001Z"

    def test_that_runs_can_be_shifted(self) -> None:
        clock = Clock()
        before = clock.instant()
        clock.advance(3_600_000)

        assert 3_600_000 <= clock.instant() - before < 3_660_000

    def test_can_be_copied_without_being_tied(self) -> None:
        clock = Clock(frozen_at=0)
        twin = clock.copy()
        clock.advance(1000)

        assert (clock.instant(), twin.instant()) == (1000, 0)

    def test_does_not_leave_the_years_that_can_be_written(self) -> None:
        clock = Clock(frozen_at=249_999_999_999_500)

        assert (clock.reaches(500), clock.reaches(501)) == (True, False)


class TestTheStore:
    def test_finds_leads_by_any_spelling_of_an_indexed_value(self) -> None:
        leads = Leads({"email": str.lower}, Census())
        lead = leads.add({"id": "1", "email": "John@Example.com"})

        assert leads.find("email", "JOHN@example.COM") == [lead]

    def test_takes_no_lead_in_the_place_of_another(self) -> None:
        leads = Leads({"email": str.lower}, Census())
        first = leads.add({"id": "1", "email": "john@example.com"})

        with pytest.raises(ValueError, match="there is a lead 1 already"):
            leads.add({"id": "1", "email": "ada@example.com"})

        assert list(leads) == [first]

    def test_finds_a_changed_lead_by_its_new_value_only(self) -> None:
        leads = Leads({"email": str.lower}, Census())
        lead = leads.add({"id": "1", "email": "old@example.com"})
        leads.change(lead, {"email": "new@example.com"})

        assert leads.find("email", "old@example.com") == []
        assert leads.find("email", "new@example.com") == [lead]

    def test_finds_all_that_share_a_value_oldest_first(self) -> None:
        leads = Leads({"phone": str}, Census())
        made = [leads.add({"id": str(at), "phone": "+12"}) for at in (3, 1, 2)]

        assert leads.find("phone", "+12") == made

    def test_does_not_index_what_is_not_there(self) -> None:
        leads = Leads({"phone": str}, Census())
        lead = leads.add({"id": "1", "phone": None})
        leads.change(lead, {"phone": "+12"})
        leads.change(lead, {"phone": None})

        assert leads.find("phone", "+12") == []
        assert list(leads) == [lead]

    def test_knows_what_leads_there_are_elsewhere(self) -> None:
        census = Census()
        ours, theirs = (Leads({"phone": str}, census) for _ in range(2))
        ours.add({"id": "1", "phone": "+1"})
        assert not ours.elsewhere("1") and not ours.found_elsewhere("phone", "+1") and not ours.not_alone
        assert theirs.elsewhere("1") and theirs.found_elsewhere("phone", "+1") and theirs.not_alone

        same = theirs.add({"id": "1", "phone": "+1"})
        theirs.add({"id": "2", "phone": "+1"})
        assert ours.elsewhere("1") and ours.found_elsewhere("phone", "+1") and ours.not_alone

        theirs.change(same, {"phone": "+2"})
        assert ours.found_elsewhere("phone", "+1") and ours.found_elsewhere("phone", "+2")

        theirs.remove(same)
        assert not ours.elsewhere("1") and not ours.found_elsewhere("phone", "+2")

        begun_anew = theirs.emptied()
        assert not ours.elsewhere("2") and not ours.found_elsewhere("phone", "+1") and not ours.not_alone
        assert begun_anew.elsewhere("1")

        ours.leave()
        assert census == Census()


class TestASchema:
    def complaint(self, value: object, **schema: object) -> str | None:
        return Validator(schema).complaint(value)

    def test_may_be_null_when_it_says_so(self) -> None:
        assert self.complaint(None, type="string", nullable=True) is None
        assert self.complaint(None, type="string", nullable=True, enum=["a"]) is None
        assert self.complaint(None, type="string") == 'body: null is not of type "string"'

    def test_takes_a_float_for_an_integer_where_it_is_whole(self) -> None:
        assert self.complaint(1.0, type="integer") is None
        assert self.complaint(1.5, type="integer") is not None
        assert self.complaint(10**30, type="integer") is None

    def test_knows_what_a_uuid_is(self) -> None:
        assert self.complaint("550e8400-e29b-41d4-a716-446655440000", type="string", format="uuid") is None
        assert self.complaint("550e8400", type="string", format="uuid") == 'body: "550e8400" is not a valid uuid'

    @pytest.mark.parametrize("email", ["a@b.co", "first.last+tag@mail.example.com"])
    def test_takes_plain_addresses_for_emails(self, email: str) -> None:
        assert self.complaint(email, type="string", format="email") is None

    @pytest.mark.parametrize("text", ["", "a", "a@b", "@b.co", "a@", "a b@c.de", "a@b..co", "a@@b.co", "a@b.co\n"])
    def test_takes_nothing_else_for_an_email(self, text: str) -> None:
        assert self.complaint(text, type="string", format="email") is not None

    def test_names_the_alternatives_that_are_missing(self) -> None:
        complaint = self.complaint({}, type="object", anyOf=[{"required": ["id"]}, {"required": ["email"]}])

        assert complaint == "body: at least one of id, email is needed"

    def test_keeps_its_complaints_short(self) -> None:
        assert len(self.complaint("x" * 100_000, type="integer") or "") <= 300


class TestABody:
    def test_is_counted_member_by_member_to_find_twins(self) -> None:
        body = b'{"a": "x:y", "b": [{"c": 1}, {"c": 2}], "d": {"a": {"a": 1}}}'

        assert parse(body, b"application/json") == {
            "a": "x:y",
            "b": [{"c": 1}, {"c": 2}],
            "d": {"a": {"a": 1}},
        }

    def test_with_a_twin_among_colons_is_refused(self) -> None:
        with pytest.raises(MalformedBody, match="twice"):
            parse(b'{"a": "::", "a": 1}', b"application/json")

    @pytest.mark.parametrize("kind", [None, b"", b"text/json", b"application/jsonp", b"application/json+patch"])
    def test_must_be_declared_as_json(self, kind: bytes | None) -> None:
        with pytest.raises(WrongMediaType):
            parse(b"{}", kind)
