"""Which calls show that they have met a documented behaviour of Aura, and which only nearly do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import openapi
from mock_server import APIS
from mock_server.aura.operations import UPDATABLE
from mock_server.behaviours import succeeded
from tests.callers import Caller, Step, hostile_bodies, predicted
from tests.targets import checks, report_on, target_at

NOTE = {"content": "Called back", "created_at": "2026-05-08T14:23:11.000Z", "user_id": "user_1"}
FULL = "550e8400-e29b-41d4-a716-446655440000"
BARE = "550e8400-e29b-41d4-a716-446655440001"
THEIRS = "550e8400-e29b-41d4-a716-446655440002"
UNKNOWN = "550e8400-e29b-41d4-a716-446655440009"
LEADS: dict[str, list[dict[str, Any]]] = {
    "full": [
        {
            "id": FULL,
            "email": "john@example.com",
            "full_name": "John Doe",
            "phone": "+14155552671",
            "company": "Acme Corp",
            "timezone": "America/New_York",
            "notes": [NOTE],
            "metadata": {"utmSource": "google"},
        },
        {"id": BARE, "email": "bare@example.com"},
    ],
    "other": [{"id": THEIRS, "email": "theirs@example.com"}],
}
"""What is there before each call: a lead with everything, one with nothing, and one of another organization."""

Steps = Step | list[Any]
"""One call, or several of which the last one is meant; a mapping among them is settings to change."""


def create(body: Any = None, key: str | None = "full", **fields: Any) -> Step:
    return ("POST", "/v1/leads", {"email": "new@example.com", **fields} if body is None else body, key)


def get(id: str, key: str | None = "full") -> Step:
    return ("GET", f"/v1/leads/{id}", None, key)


def page(query: str = "", key: str | None = "full") -> Step:
    return ("GET", f"/v1/leads?{query}", None, key)


def update(id: str, body: Any, key: str | None = "full") -> Step:
    return ("PATCH", f"/v1/leads/{id}", body, key)


def phones(send: Any) -> dict[str, tuple[Steps, Steps]]:
    """The behaviours of phone numbers, which are those of creating and of updating."""
    kinds = {
        "phone_without_a_plus_sign_is_refused": ("14155552671", "+1415555267x"),
        "phone_with_spaces_or_hyphens_is_refused": ("+1 415 555 2671", "+1.415.555.2671"),
        "phone_with_a_leading_zero_is_refused": ("+04155552671", "+1"),
        "phone_with_other_characters_is_refused": ("+1(415)5552671", "+1-415"),
        "phone_of_one_digit_is_refused": ("+4", "+0"),
        "phone_of_two_digits_is_accepted": ("+49", "+491"),
        "phone_of_fifteen_digits_is_accepted": ("+123456789012345", "+12345678901234"),
        "phone_of_sixteen_digits_is_refused": ("+1234567890123456", "+12345678901234567"),
    }
    return {slug: (send(phone), send(other)) for slug, (phone, other) in kinds.items()}


CREATES: dict[str, tuple[Steps, Steps]] = {
    "email_alone_is_enough": (create(), create(company="Acme")),
    "missing_email_is_refused": (create({"company": "Acme"}), create({"email": None})),
    "null_email_is_refused": (create(email=None), create({})),
    "empty_email_is_refused": (create(email=""), create(email="plain")),
    "invalid_email_is_refused": (create(email="plain"), create(email="")),
    "a_body_that_is_not_json_is_refused": (create(b"{"), create([])),
    "full_name_is_stored": (create(full_name="Ada"), create(full_name=5)),
    "company_is_stored": (create(company="Acme"), create(company=None)),
    "phone_is_stored": (create(phone="+14155552671"), create(phone="14155552671")),
    "timezone_is_stored": (create(timezone="Europe/Berlin"), create(timezone=1)),
    "new_leads_have_status_new": (create(), create(status="qualified")),
    **phones(lambda phone: create(phone=phone)),
    "documented_metadata_keys_are_kept": (create(metadata={"utmTerm": "x"}), create(metadata={"own": 1})),
    "unknown_metadata_keys_are_accepted": (create(metadata={"own": 1}), create(metadata={"utmTerm": "x"})),
    "null_metadata_is_skipped": (create(metadata=None), create()),
    "every_lead_has_an_id_of_its_own": (create(), create(email="bare@example.com")),
    "a_created_lead_can_be_read": ([create(), get(BARE)], get(BARE)),
    "the_other_leads_stay_as_they_are": (create(), create(key="aura_pk_live_nobody")),
}
"""By requirement of creating: a call that meets it, and one that nearly does."""

UPDATES: dict[str, tuple[Steps, Steps]] = {
    "full_name_is_updated": (update(FULL, {"full_name": "Ada"}), update(FULL, {"full_name": "John Doe"})),
    "email_is_updated": (update(FULL, {"email": "ada@example.com"}), update(FULL, {"email": "ada"})),
    "phone_is_updated": (update(FULL, {"phone": "+4930123456"}), update(FULL, {"phone": "+14155552671"})),
    "company_is_updated": (update(BARE, {"company": "Acme"}), update(BARE, {"company": None})),
    "status_is_updated": (update(FULL, {"status": "qualified"}), update(FULL, {"status": "new"})),
    "timezone_is_updated": (update(FULL, {"timezone": "UTC"}), update(FULL, {"company": "UTC"})),
    "notes_are_updated": (update(BARE, {"notes": [NOTE]}), update(BARE, {"notes": [{"content": "x"}]})),
    "several_fields_are_updated_together": (
        update(FULL, {"full_name": "Ada", "company": "Other"}),
        update(FULL, {"full_name": "Ada", "company": "Acme Corp"}),
    ),
    "omitted_fields_stay_as_they_are": (
        update(BARE, {"company": "Acme"}),
        update(BARE, {"email": "ada@example.com", "status": "qualified"}),
    ),
    "an_update_can_be_read_back": ([update(FULL, {"company": "Other"}), get(FULL)], get(FULL)),
    "an_empty_update_is_accepted": (update(FULL, {}), update(FULL, {"own": 1})),
    "notes_replace_the_stored_notes": (
        update(FULL, {"notes": [{"content": "x"}]}),
        update(BARE, {"notes": [{"content": "x"}]}),
    ),
    "an_empty_list_removes_the_notes": (update(FULL, {"notes": []}), update(BARE, {"notes": []})),
    "null_notes_are_skipped": (update(FULL, {"notes": None}), update(BARE, {"notes": None})),
    "null_never_clears_email_or_status": (update(FULL, {"status": None}), update(UNKNOWN, {"status": None})),
    "null_notes_leave_other_changes_in_force": (
        update(BARE, {"notes": None, "company": "Acme"}),
        update(FULL, {"notes": None, "company": "Acme Corp"}),
    ),
    "omitted_notes_stay": (update(FULL, {"company": "Other"}), update(BARE, {"company": "Other"})),
    "a_note_without_user_id_is_accepted": (
        update(BARE, {"notes": [{"content": "x", "created_at": NOTE["created_at"]}]}),
        update(BARE, {"notes": [{"content": "x"}]}),
    ),
    "metadata_is_not_updatable": (
        update(FULL, {"metadata": {"utmSource": "bing"}}),
        update(FULL, {"metadata": {"utmSource": "google"}}),
    ),
    "source_is_not_updatable": (update(FULL, {"source": {"referrer": "x"}}), update(FULL, {"source": None})),
    "id_is_not_updatable": (update(FULL, {"id": BARE}), update(FULL, {"id": FULL})),
    "timestamps_are_not_updatable": (
        update(FULL, {"created_at": "2001-01-01T00:00:00Z"}),
        update(FULL, {"createdAt": "2001-01-01T00:00:00Z"}),
    ),
    "payment_fields_are_not_updatable": (
        update(FULL, {"payment_count": 7}),
        update(FULL, {"payment_count": 0}),
    ),
    "disqualification_data_is_not_updatable": (
        update(FULL, {"disqualification_data": {"evaluated_at": "x"}}),
        update(FULL, {"disqualification_data": None}),
    ),
    "invalid_email_is_refused": (update(FULL, {"email": "plain"}), update(FULL, {"email": None})),
    **phones(lambda phone: update(FULL, {"phone": phone})),
    "a_body_that_is_not_json_is_refused": (update(FULL, b"{"), update(FULL, b"")),
    "a_refused_update_changes_nothing": (
        update(FULL, {"phone": "1", "company": "Other"}),
        update(FULL, {"phone": "1", "company": "Acme Corp"}),
    ),
    "the_other_leads_stay_as_they_are": (
        update(FULL, {"company": "Other"}),
        update(THEIRS, {"company": "Other"}, "other"),
    ),
    "unknown_lead_is_not_found": (update(UNKNOWN, {}), update(BARE, {})),
    "malformed_id_is_refused": (update("1", {}), update(UNKNOWN, {"id": "1"})),
    "a_lead_of_another_organization_is_not_updated": (update(THEIRS, {}), update(UNKNOWN, {})),
}
"""By requirement of updating: the same."""

OTHERS: dict[str, tuple[Steps, Steps]] = {
    "every_operation/errors_use_the_flat_envelope": (get("1"), get(FULL)),
    "every_operation/a_malformed_key_is_refused": (get(FULL, "malformed"), get(FULL, "revoked")),
    "every_operation/a_revoked_key_is_refused": (get(FULL, "revoked"), get(FULL, "malformed")),
    "every_operation/rate_limits_are_announced_in_headers": ([{"rate_limits": True}, get(FULL)], get(FULL)),
    "get_lead/contact_fields_are_shown": (get(FULL), get(BARE)),
    "get_lead/status_and_notes_are_shown": (get(FULL), get(BARE)),
    "get_lead/metadata_is_shown": (
        get(FULL),
        [update(FULL, {"metadata": None}), get(BARE)],
    ),
    "get_lead/unknown_lead_is_not_found": (get(UNKNOWN), get("1")),
    "get_lead/malformed_id_is_refused": (get("1"), get(UNKNOWN)),
    "get_lead/a_lead_of_another_organization_is_not_shown": (get(THEIRS), get(UNKNOWN)),
    "list_leads/a_new_lead_is_listed": (page(), page("status=booked")),
    "list_leads/limit_bounds_the_page": (page("limit=1"), page("limit=2")),
    "list_leads/the_cursor_leads_to_the_next_page": (
        page("cursor=eyJpZCI6ICI1NTBlODQwMC1lMjliLTQxZDQtYTcxNi00NDY2NTU0NDAwMDEifQ=="),
        page("cursor=1"),
    ),
    "list_leads/has_more_is_false_on_the_last_page": (
        page("cursor=eyJpZCI6ICI1NTBlODQwMC1lMjliLTQxZDQtYTcxNi00NDY2NTU0NDAwMDEifQ=="),
        page(),
    ),
    "list_leads/the_status_filter_selects": (page("status=new"), page("status=booked")),
    "list_leads/a_listed_lead_is_the_lead": (page(), page("limit=0")),
    "list_leads/leads_of_another_organization_are_not_listed": (page(), page(key="malformed")),
    "AU-01": (create(), create({})),
    "AU-02": (create({}), get(UNKNOWN)),
    "AU-03": (create({}), get("1")),
    "AU-04": (get(UNKNOWN), ("GET", "/v1/leads/1/2")),
    "AU-05": (get("1"), page("limit=0")),
    "AU-06": (get(FULL, None), get(FULL)),
    "AU-07": (get(THEIRS), get(UNKNOWN)),
    "AU-09": (update(FULL, {"company": None}), update(FULL, {"status": None})),
    "AU-11": (update(FULL, {}), create({})),
    "AU-12": (update(FULL, {"company": "Acme Corp"}), update(FULL, {"company": "Other"})),
    "AU-13": (update(FULL, {"company": "Other"}), update(FULL, {"company": "Acme Corp"})),
    "AU-14": (create(own=1), create(source=None)),
    "AU-15": (update(FULL, {"source": None}), update(FULL, {"own": None})),
    "AU-16": (create(notes=[NOTE]), create(source=None)),
    "AU-17": (update(FULL, {"status": "booked"}), update(FULL, {"status": "qualified"})),
    "AU-18": (update(FULL, {"notes": [{"content": "x"}]}), update(FULL, {"notes": [NOTE]})),
    "AU-19": (update(FULL, {"notes": ["x"]}), update(FULL, {"notes": None, "phone": "x"})),
    "AU-20": (get(BARE), get(FULL)),
    "AU-21": (update(FULL, {"notes": [{**NOTE, "own": 1}]}), update(FULL, {"notes": [NOTE]})),
    "AU-22": (get(BARE), get(UNKNOWN)),
    "AU-23": (get(FULL), page("status=booked")),
    "AU-24": (page(), page("limit=0")),
    "AU-25": (create(metadata={"own": 1}), create(metadata={})),
    "AU-26": (create(metadata={"latitude": "42"}), create(metadata={"latitude": 42})),
    "AU-27": (create(metadata={"utmSource": "x"}), create(metadata={"gclid": "x"})),
    "AU-28": (create(email="BARE@example.com"), create()),
    "AU-29": (update(FULL, {"email": "Ada@example.com"}), update(FULL, {"email": "ada@example.com"})),
    "AU-30": (create(phone="x"), create(phone=5)),
    "AU-31": (create(timezone="my zone"), create(timezone="America/Argentina/Buenos_Aires")),
    "AU-32": (update(FULL, {"full_name": ""}), update(FULL, {"full_name": "", "phone": "x"})),
    "AU-33": (get(UNKNOWN), get(FULL)),
    "AU-34": (get(FULL), page()),
    "AU-35": (page(), page("limit=0")),
    "AU-36": (page("limit=101"), page("limit=100")),
    "AU-37": (page(), page("limit=1")),
    "AU-38": (page("limit=2"), page("limit=1")),
    "AU-39": (page("assigned_to_id=me"), page("assigned_to_id=me&limit=0")),
    "AU-40": (page("source=google"), page("status=new")),
    "AU-44": (get(UNKNOWN), get(UNKNOWN, "malformed")),
    "AU-45": (create(b"{"), create({})),
}
"""By requirement of any other operation, or open point: the same."""

SPECIAL = {
    **{f"create_lead/{slug}": calls for slug, calls in CREATES.items()},
    **{f"update_lead/{slug}": calls for slug, calls in UPDATES.items()},
    **OTHERS,
}


@pytest.fixture(scope="module")
def _caller() -> Caller:
    return Caller("aura")


@pytest.fixture
def caller(_caller: Caller) -> Caller:
    """A sandbox as if new, with the leads."""
    _caller.begin_anew(LEADS)
    return _caller


def _steps(steps: Steps) -> Sequence[Any]:
    return steps if isinstance(steps, list) else [steps]


class TestACall:
    @pytest.mark.parametrize("id", SPECIAL)
    def test_shows_what_it_has_met(self, caller: Caller, id: str) -> None:
        caller.play(_steps(SPECIAL[id][0]))

        assert id in caller.met()

    @pytest.mark.parametrize("id", SPECIAL)
    def test_shows_nothing_that_it_has_only_nearly_met(self, caller: Caller, id: str) -> None:
        caller.play(_steps(SPECIAL[id][1]))

        assert id not in caller.met()

    @pytest.mark.parametrize("step", [create(), get(FULL), page(), update(FULL, {})], ids=lambda step: step[0])
    def test_meets_what_any_success_does(self, caller: Caller, step: Step) -> None:
        caller.play([step])
        successful = caller.met()
        caller.play([(*step[:3], "revoked")])

        general = {id for id in _general() if id.split("/")[0] in _operations(step)}
        assert general <= successful
        assert not general & caller.met()

    def test_is_json_whatever_it_is(self, caller: Caller) -> None:
        for step in (get(FULL), get("1"), ("PUT", "/v1/leads")):
            caller.play([step])
            assert "every_operation/replies_are_json" in caller.met()

    def test_is_one_too_many(self, caller: Caller) -> None:
        limited = "every_operation/the_hundred_and_first_call_in_a_minute_is_limited"
        caller.freeze()
        caller.configure(rate_limits=True)
        caller.play([get(FULL)] * 100)
        assert limited not in caller.met()

        caller.play([get(FULL)])

        assert limited in caller.met()

    def test_for_a_page_of_a_hundred_leads_needs_more_than_a_hundred(self, caller: Caller) -> None:
        most = "list_leads/a_page_has_at_most_100_leads"
        caller.begin_anew({"full": [{"email": "a@example.com"}] * 100})
        caller.play([page("limit=200")])
        assert most not in caller.met()

        caller.play([create(), page("limit=200")])

        assert most in caller.met()

    def test_without_a_key_counts_as_the_reading_of_whoever_makes_it(self, caller: Caller) -> None:
        anonymous = {"key": "anonymous"}
        caller.http.patch("/_sandbox/settings", params=anonymous, json={"aura": {"require_key": True}})
        caller.play([get(FULL, None)])

        assert {"AU-06/true", "AU-06/false"} & set(caller.never()) == {"AU-06/false"}


class TestNoBehaviourRaises:
    """One that did would take the answer with it: the client in process raises what the sandbox does."""

    @given(body=hostile_bodies(*UPDATABLE, "id", "metadata", "content", "created_at", "utmSource", "latitude", "own"))
    @settings(
        max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_whatever_is_sent_about_a_lead_that_exists(self, caller: Caller, body: Any) -> None:
        new = {**body, "email": "ada@example.com"} if isinstance(body, dict) else body

        for step in (update(FULL, body), ("POST", "/v1/leads", new), get(FULL), page()):
            caller.play([step])

        assert "every_operation/replies_are_json" in caller.met()


def _general() -> set[str]:
    """The requirements that any success of their operation meets."""
    behaviours = {id: each for several in APIS["aura"].behaviours.values() for id, each in several.items()}
    return {id.removeprefix("aura/") for id, each in behaviours.items() if each is succeeded}


def _operations(step: Step) -> set[str]:
    method, path = step[0], step[1]
    return {
        {"POST": "create_lead", "PATCH": "update_lead"}.get(method) or ("list_leads" if "?" in path else "get_lead")
    }


def test_every_behaviour_of_aura_is_tried_above() -> None:
    contract = openapi.read("aura")
    alone = {
        "every_operation/replies_are_json",
        "every_operation/a_sequence_of_calls_is_answered_as_documented",
        "every_operation/the_hundred_and_first_call_in_a_minute_is_limited",
        "list_leads/a_page_has_at_most_100_leads",
    }
    requirements = {id.removeprefix("aura/") for id in contract.requirements}

    assert SPECIAL.keys() | _general() | alone == requirements | contract.open_points.keys()
    assert not SPECIAL.keys() & _general()


SCRIPT: list[Step] = [
    create(full_name="Ada", phone="+4930123456", metadata={"utmSource": "google"}),
    create(),
    create({}),
    create(email="plain"),
    get(BARE),
    get(FULL),
    get(UNKNOWN),
    get("1"),
    get(FULL, "revoked"),
    page(),
    page("limit=1"),
    update(FULL, {"full_name": "Grace", "company": "Other"}),
    update(FULL, {"status": "booked", "timezone": "Europe/Berlin", "phone": "+4930123456"}),
    update(FULL, {"company": None}),
    update(FULL, {"notes": [NOTE, {"content": "x", "created_at": NOTE["created_at"]}]}),
    update(FULL, {"notes": None}),
    update(FULL, {}),
    update(FULL, {"id": BARE}),
    update(FULL, {"phone": "123"}),
    update(THEIRS, {"company": "Ours"}),
    get(FULL),
]
"""What an integrator's tests may do."""

NEVER = """
    every_operation/
        a_malformed_key_is_refused rate_limits_are_announced_in_headers
        the_hundred_and_first_call_in_a_minute_is_limited
    create_lead/
        null_email_is_refused empty_email_is_refused company_is_stored timezone_is_stored
        phone_without_a_plus_sign_is_refused phone_with_spaces_or_hyphens_is_refused
        phone_with_a_leading_zero_is_refused phone_with_other_characters_is_refused phone_of_one_digit_is_refused
        phone_of_two_digits_is_accepted phone_of_fifteen_digits_is_accepted phone_of_sixteen_digits_is_refused
        unknown_metadata_keys_are_accepted null_metadata_is_skipped a_body_that_is_not_json_is_refused
    list_leads/
        the_cursor_leads_to_the_next_page has_more_is_false_on_the_last_page the_status_filter_selects
        a_page_has_at_most_100_leads
    get_lead/ a_lead_of_another_organization_is_not_shown
    update_lead/
        email_is_updated an_empty_list_removes_the_notes null_notes_leave_other_changes_in_force
        null_never_clears_email_or_status a_body_that_is_not_json_is_refused
        metadata_is_not_updatable source_is_not_updatable timestamps_are_not_updatable
        payment_fields_are_not_updatable disqualification_data_is_not_updatable invalid_email_is_refused
        phone_with_spaces_or_hyphens_is_refused phone_with_a_leading_zero_is_refused
        phone_with_other_characters_is_refused phone_of_one_digit_is_refused phone_of_two_digits_is_accepted
        phone_of_fifteen_digits_is_accepted phone_of_sixteen_digits_is_refused a_refused_update_changes_nothing
        malformed_id_is_refused
    AU-01/200 AU-03/422 AU-06/false AU-06/true AU-14 AU-16 AU-18 AU-19 AU-21 AU-25 AU-26 AU-29 AU-31 AU-32 AU-36 AU-39
    AU-40 AU-44/true AU-45
"""
"""What these calls never meet, predicted: an operation, then what is below it."""

FURTHER: dict[str, Step] = {
    # By behaviour: the one further call that meets it and nothing else that was not met.
    "update_lead/an_empty_list_removes_the_notes": update(FULL, {"notes": []}),
    "update_lead/null_notes_leave_other_changes_in_force": update(FULL, {"notes": None, "company": "Third"}),
    "update_lead/source_is_not_updatable": update(FULL, {"source": {"referrer": "x"}}),
    "update_lead/phone_of_two_digits_is_accepted": update(FULL, {"phone": "+49"}),
    "create_lead/null_metadata_is_skipped": create(metadata=None),
    "create_lead/null_email_is_refused": create(email=None),
    "list_leads/the_status_filter_selects": page("status=new"),
    "AU-40": page("source=google"),
    "AU-45": (*create(), {"Content-Type": "text/plain"}),
    "AU-18": update(FULL, {"notes": [{"content": "x"}]}),
}


class TestAClientsTests:
    def test_have_never_met_exactly_what_was_predicted(self, caller: Caller) -> None:
        caller.play(SCRIPT)

        assert sorted(caller.never()) == sorted(predicted(NEVER))

    @pytest.mark.parametrize("id", FURTHER)
    def test_with_one_call_more_lack_exactly_one_line_less(self, caller: Caller, id: str) -> None:
        caller.play(SCRIPT)
        before = caller.never()

        caller.play([FURTHER[id]])

        assert set(before) - set(caller.never()) == {id}

    def test_with_an_unknown_lead_lack_the_error_and_the_requirement_that_speaks_of_it(self, caller: Caller) -> None:
        """Each 404 of Aura is that of a requirement, so no call adds the error alone."""
        caller.play([each for each in SCRIPT if each != get(UNKNOWN)])
        before = caller.never()

        caller.play([get(UNKNOWN)])

        assert set(before) - set(caller.never()) == {"get_lead/404", "get_lead/unknown_lead_is_not_found"}

    def test_meet_the_other_reading_of_an_open_point_where_it_is_set(self, caller: Caller) -> None:
        caller.play(SCRIPT)
        before = caller.never()

        caller.configure(create_status=200)
        caller.play([create()])

        assert set(before) - set(caller.never()) == {"AU-01/200"}


BEYOND_THE_SUITE: dict[str, str] = {
    # What the suite's own traffic does not meet on a sandbox as it is started, with the reason.
    "every_operation/rate_limits_are_announced_in_headers": "rate limits are off",
    "every_operation/the_hundred_and_first_call_in_a_minute_is_limited": "rate limits are off",
    "AU-44/true": "rate limits are off",
    "AU-01/200": "a setting",
    "AU-03/422": "a setting",
    "AU-06/true": "a setting",
    "AU-06/false": "the suite sends its key wherever it has one",
    "AU-16": "the suite creates no lead with a status or notes",
    "AU-21": "the suite writes notes of documented keys",
    "AU-29": "the suite writes addresses in lower case",
    "AU-36": "the suite asks for limits in range",
    "AU-40": "the suite does not filter by source",
    **dict.fromkeys(("AU-14", "AU-19", "AU-26", "AU-31", "AU-39"), "what fuzzing the whole contract sends"),
}


def test_the_suite_itself_meets_everything_that_it_can(caller: Caller) -> None:
    """Without the fuzzing of whole contracts, which takes most of the time and may meet a little more."""
    chosen = [each for each in checks("aura").values() if not each.id.endswith("/replies_match_the_contract")]

    report_on(target_at("aura", caller.http), chosen)

    assert set(caller.never()) <= set(BEYOND_THE_SUITE)
