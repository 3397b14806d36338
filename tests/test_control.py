"""The control API below /_sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

import openapi
from mock_server import APIS
from tests.in_process import client_of

AURA = APIS["aura"].key_ring["full"]
OTHER = APIS["aura"].key_ring["other"]

_OTHERS = "550e8400-e29b-41d4-a716-446655440000"


def create(client: httpx.Client, key: str = AURA, **fields: Any) -> dict[str, Any]:
    answer = client.post(
        "/v1/leads", json={"email": "john@example.com", **fields}, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json()["data"])


def leads(client: httpx.Client, key: str) -> list[Any]:
    (organization,) = client.get("/_sandbox/leads/aura", params={"key": key}).json()["organizations"]
    return list(organization["leads"])


class TestInfo:
    def test_health_is_ok(self, client: httpx.Client) -> None:
        assert client.get("/_sandbox/health").json() == {"status": "ok"}

    def test_names_versions_key_ring_and_settings(self, client: httpx.Client) -> None:
        info = client.get("/_sandbox/info").json()

        assert info["apis"]["vorel"]["base_path"] == "/api/v1"
        assert info["apis"]["aura"]["sha256"] == openapi.read("aura").sha256
        assert info["key_ring"] == {name: dict(api.key_ring) for name, api in APIS.items()}
        assert info["settings"]["octanist"]["bulk_updates"] == {"values": [False, True], "open_points": ["OC-06"]}
        assert info["settings"]["vorel"]["unknown_fields"]["open_points"] == ["VO-12", "VO-13"]


class TestAParameter:
    @pytest.mark.parametrize(
        ("method", "path", "complaint"),
        [
            ("POST", "reset?kee=x", "'kee' is no parameter of reset, but key, organization are"),
            (
                "GET",
                "journal?key=x&state=200",
                "'state' is no parameter of get_journal, but api, operation, method, status,",
            ),
            ("GET", "coverage?kee=x", "but key, organization, api are"),
            ("GET", "info?key=x", "'key' is no parameter of info, which takes none"),
            ("GET", "health?a", "'a' is no parameter of health"),
        ],
    )
    def test_that_does_not_exist_is_refused_with_those_that_do(
        self, client: httpx.Client, method: str, path: str, complaint: str
    ) -> None:
        create(client)

        answer = client.request(method, f"/_sandbox/{path}")

        assert answer.status_code == 400
        assert complaint in answer.json()["error"]
        assert len(leads(client, AURA)) == 1

    def test_of_the_documented_apis_is_ignored_as_ever(self, client: httpx.Client) -> None:
        assert client.get("/v1/leads?kee=x").status_code == 200


class TestReset:
    def test_forgets_everything(self, client: httpx.Client) -> None:
        create(client)
        create(client, OTHER)

        client.post("/_sandbox/reset")

        assert client.get("/_sandbox/leads/aura").json() == {"organizations": []}

    def test_of_one_key_touches_no_other(self, client: httpx.Client) -> None:
        create(client)
        kept = create(client, OTHER)

        client.post("/_sandbox/reset", headers={"X-Sandbox-Key": AURA})

        assert leads(client, AURA) == []
        assert leads(client, OTHER) == [kept]

    def test_with_a_seed_and_a_clock_repeats_ids_and_times(self, client: httpx.Client) -> None:
        made = []
        for _ in range(2):
            client.post("/_sandbox/reset", json={"seed": 7, "clock": "2026-01-17T08:00:00Z"})
            made.append(create(client))
        client.post("/_sandbox/reset", json={"seed": 8})

        assert made[0] == made[1]
        assert made[0]["created_at"] == "2026-01-17T08:00:00.000Z"
        assert create(client)["id"] != made[0]["id"]

    def test_of_one_key_with_a_seed_repeats_its_ids(self, client: httpx.Client) -> None:
        made = []
        for _ in range(2):
            client.post("/_sandbox/reset", params={"key": AURA}, json={"seed": 7})
            made.append(create(client)["id"])

        assert made[0] == made[1]

    def test_of_one_key_tells_the_time_of_its_organization(self, client: httpx.Client) -> None:
        client.put("/_sandbox/clock", json={"now": "2030-01-01T00:00:00Z"})

        real = client.post("/_sandbox/reset", params={"key": AURA}, json={}).json()["now"]
        frozen = client.post("/_sandbox/reset", params={"key": AURA}, json={"clock": "2026-01-17T08:00:00Z"}).json()

        assert not real.startswith("2030")
        assert frozen["now"] == "2026-01-17T08:00:00.000Z"

    def test_of_all_tells_the_time_of_the_sandbox(self, client: httpx.Client) -> None:
        client.put("/_sandbox/clock", json={"now": "2030-01-01T00:00:00Z"})

        assert not client.post("/_sandbox/reset", json={}).json()["now"].startswith("2030")

    def test_brings_the_settings_of_the_start_back(self, client: httpx.Client) -> None:
        client.patch("/_sandbox/settings", json={"aura": {"create_status": 200}})
        client.post("/_sandbox/reset")

        settings = client.get("/_sandbox/settings").json()
        assert settings["aura"]["create_status"] == 201
        assert set(settings) == set(openapi.APIS)

    @pytest.mark.parametrize("body", [{"seed": -1}, {"clock": "tomorrow"}, {"sed": 1}, {"seed": "1"}])
    def test_refuses_what_it_does_not_know_and_forgets_nothing(self, client: httpx.Client, body: Any) -> None:
        create(client)

        answer = client.post("/_sandbox/reset", json=body)

        assert answer.status_code == 400
        assert answer.json()["error"]
        assert len(leads(client, AURA)) == 1


class TestSettings:
    def test_hold_for_all_organizations_present_and_future(self, client: httpx.Client) -> None:
        create(client)
        client.patch("/_sandbox/settings", json={"aura": {"create_status": 200}})

        for key in (AURA, OTHER):
            header = {"Authorization": f"Bearer {key}"}
            assert client.post("/v1/leads", json={"email": "a@example.com"}, headers=header).status_code == 200

    def test_hold_for_one_organization_only_with_its_key(self, client: httpx.Client) -> None:
        client.patch("/_sandbox/settings", json={"aura": {"create_status": 200}}, headers={"X-Sandbox-Key": AURA})

        answers = [
            client.post("/v1/leads", json={"email": "a@example.com"}, headers={"Authorization": f"Bearer {key}"})
            for key in (AURA, OTHER)
        ]

        assert [answer.status_code for answer in answers] == [200, 201]

    def test_of_another_api_than_the_keys_are_refused_and_nothing_is_changed(self, client: httpx.Client) -> None:
        key = APIS["vorel"].key_ring["full"]
        body = {"vorel": {"rate_limits": True}, "aura": {"create_status": 200}}

        answer = client.patch("/_sandbox/settings", json=body, params={"key": key})

        assert answer.status_code == 400
        assert answer.json()["error"] == "settings: the organization that was named is none of aura"
        assert client.get("/_sandbox/settings", params={"key": key}).json()["vorel"]["rate_limits"] is False
        assert client.get("/_sandbox/organizations").json() == {"organizations": []}

    @pytest.mark.parametrize(
        ("body", "names"),
        [
            ({"aura": {"create_state": 200}}, "create_status"),
            ({"aura": {"create_status": 204}}, "201 or 200"),
            ({"aura": {"require_key": 0}}, "aura.require_key can be false or true, not 0"),
            ({"octane": {}}, "octane is no API; the APIs are aura, octanist, vorel"),
            ({"aura": 1}, "aura"),
        ],
    )
    def test_that_do_not_exist_are_refused_with_those_that_do(
        self, client: httpx.Client, body: Any, names: str
    ) -> None:
        answer = client.patch("/_sandbox/settings", json=body)

        assert answer.status_code == 400
        assert names in answer.json()["error"]


class TestLeads:
    def test_can_be_put_in_with_fields_that_the_api_cannot_set(self, client: httpx.Client) -> None:
        sent = {"email": "john@example.com", "payment_count": 3, "disqualification_data": {"booking_link_id": "b"}}

        (made,) = client.post("/_sandbox/leads/aura", params={"key": AURA}, json={"leads": [sent]}).json()["leads"]
        read = client.get(f"/v1/leads/{made['id']}", headers={"Authorization": f"Bearer {AURA}"}).json()["data"]

        assert read == made
        assert sent.items() <= read.items()

    def test_are_put_in_all_or_none(self, client: httpx.Client) -> None:
        sent = [{"email": "john@example.com"}, {"email": "john@example.com", "payment_count": "three"}]

        answer = client.post("/_sandbox/leads/aura", params={"key": AURA}, json={"leads": sent})

        assert answer.status_code == 400
        assert answer.json()["error"].startswith("leads.1.payment_count")
        assert leads(client, AURA) == []

    def test_that_are_refused_use_no_ids_up(self, client: httpx.Client) -> None:
        untouched = client_of()

        client.post("/_sandbox/leads/aura", params={"key": AURA}, json={"leads": [{"payment_count": "three"}]})

        assert create(client)["id"] == create(untouched)["id"]

    def test_of_the_same_id_are_refused(self, client: httpx.Client) -> None:
        id = create(client)["id"]

        answer = client.post(
            "/_sandbox/leads/aura", params={"key": AURA}, json={"leads": [{"id": id, "email": "a@example.com"}]}
        )

        assert answer.json() == {"error": f"leads.0.id: {id} is taken"}

    @pytest.mark.parametrize(
        ("api", "key", "draw"),
        [
            ("aura", AURA, {"email": "a@example.com"}),
            ("octanist", "my-own-test-key", {"email": "a@example.com"}),
            ("vorel", "vapk_live_" + "3" * 48, {}),
        ],
    )
    def test_stay_where_a_later_one_would_have_got_their_id(
        self, client: httpx.Client, api: str, key: str, draw: dict[str, Any]
    ) -> None:
        put = partial(client.post, f"/_sandbox/leads/{api}", params={"key": key})
        made = put(json={"leads": [draw] * 3}).json()["leads"]
        client.post("/_sandbox/reset", params={"key": key})
        ids = [name for name in ("id", "conversation_id") if name in made[0]]
        kept = put(json={"leads": [{**draw, **{name: made[2][name] for name in ids}}]}).json()["leads"]

        later = [put(json={"leads": [draw]}).json()["leads"][0] for _ in range(4)]

        taken = [lead[name] for lead in [*kept, *later] for name in ids]
        assert len(set(taken)) == len(taken)
        (found,) = client.get(f"/_sandbox/leads/{api}", params={"key": key}).json()["organizations"]
        assert found["leads"] == [*kept, *later]

    def test_of_the_same_conversation_are_refused(self, client: httpx.Client) -> None:
        put, key = "/_sandbox/leads/vorel", {"key": APIS["vorel"].key_ring["full"]}
        (first,) = client.post(put, params=key, json={"leads": [{}]}).json()["leads"]
        conversation = first["conversation_id"]

        again = client.post(put, params=key, json={"leads": [{"conversation_id": conversation.upper()}]})
        twins = client.post(put, params=key, json={"leads": [{"conversation_id": _OTHERS}] * 2})

        assert again.json() == {"error": f"leads.0.conversation_id: {conversation} is taken"}
        assert twins.json() == {"error": f"leads.1.conversation_id: {_OTHERS} is taken"}

    def test_need_a_key_that_says_whose_they_are(self, client: httpx.Client) -> None:
        for params in ({}, {"key": "?"}):
            answer = client.post("/_sandbox/leads/aura", params=params, json={"leads": []})
            assert (answer.status_code, answer.json()["error"][:4]) == (400, "key:")

    def test_of_an_unknown_api_are_refused(self, client: httpx.Client) -> None:
        assert client.get("/_sandbox/leads/hubspot").status_code == 400


class TestClock:
    def test_stands_still_where_it_is_set(self, client: httpx.Client) -> None:
        set_to = client.put("/_sandbox/clock", json={"now": "2026-01-17T09:00:00+01:00"}).json()

        assert set_to == {"now": "2026-01-17T08:00:00.000Z", "frozen": True}
        assert create(client)["created_at"] == "2026-01-17T08:00:00.000Z"

    def test_moves_forward_by_what_is_asked(self, client: httpx.Client) -> None:
        client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:00Z"})

        moved = client.post("/_sandbox/clock/advance", json={"seconds": 90.5}).json()

        assert moved["now"] == "2026-01-17T08:01:30.500Z"

    def test_is_each_organizations_own(self, client: httpx.Client) -> None:
        client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:00Z"}, params={"key": AURA})

        assert create(client)["created_at"] == "2026-01-17T08:00:00.000Z"
        assert create(client, OTHER)["created_at"] != "2026-01-17T08:00:00.000Z"

    def test_runs_again_when_it_is_let(self, client: httpx.Client) -> None:
        client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:00Z"})

        running = client.put("/_sandbox/clock", json={"frozen": False}).json()

        assert running["frozen"] is False
        assert running["now"].startswith("2026-01-17T08:00:0")

    def test_is_not_stopped_by_saying_nothing(self, client: httpx.Client) -> None:
        answer = client.put("/_sandbox/clock", json={})

        assert answer.status_code == 400
        assert '{"frozen": false} lets it run' in answer.json()["error"]
        assert client.get("/_sandbox/clock").json()["frozen"] is False

    def test_moves_by_every_millisecond_that_is_asked(self, client: httpx.Client) -> None:
        client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:00Z"})

        for _ in range(10):
            moved = client.post("/_sandbox/clock/advance", json={"seconds": 1.001}).json()

        assert moved["now"] == "2026-01-17T08:00:10.010Z"

    def test_moves_on_where_every_other_does_and_nowhere_else(self, client: httpx.Client) -> None:
        create(client, OTHER)
        create(client)
        client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:00Z"})
        client.put("/_sandbox/clock", json={"now": "9892-03-01T00:00:00Z"}, params={"key": AURA})

        answer = client.post("/_sandbox/clock/advance", json={"seconds": 31_536_000})

        shown = [client.get("/_sandbox/clock", params=params).json()["now"] for params in ({}, {"key": OTHER})]
        assert answer.json() == {"error": "seconds: the clock cannot go beyond the year 9892"}
        assert shown == ["2026-01-17T08:00:00.000Z"] * 2

    @pytest.mark.parametrize("seconds", [-1, "60", 1e12])
    def test_refuses_to_go_back_or_out_of_time(self, client: httpx.Client, seconds: Any) -> None:
        assert client.post("/_sandbox/clock/advance", json={"seconds": seconds}).status_code == 400


class TestAWholeSandbox:
    def test_shows_its_time_and_settings_also_to_strangers(self, client: httpx.Client) -> None:
        client.get("/api/leads")
        client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:00Z"})
        client.get("/api/v1/leads")
        client.patch("/_sandbox/settings", json={"vorel": {"error_shape": "flat"}})

        assert client.get("/api/leads").json()["meta"]["timestamp"] == "2026-01-17T08:00:00.000Z"
        assert client.get("/api/v1/leads").json()["error"] == "unauthorized"

    @pytest.mark.parametrize("params", [{"key": ""}, {}])
    def test_is_not_meant_by_an_empty_key(self, client: httpx.Client, params: dict[str, str]) -> None:
        create(client)

        answer = client.post("/_sandbox/reset", params=params, headers={} if params else {"X-Sandbox-Key": ""})

        assert answer.status_code == 400
        assert len(leads(client, AURA)) == 1

    @pytest.mark.parametrize("api", ["aura", "vorel"])
    def test_opens_no_organization_of_another_api_by_a_key(self, client: httpx.Client, api: str) -> None:
        keys = [*APIS[api].key_ring.values(), "anonymous"]

        for key in keys:
            client.patch("/_sandbox/settings", json={}, params={"key": key})

        opened = client.get("/_sandbox/organizations").json()["organizations"]
        assert {each["api"] for each in opened} == {"aura", api}

    @pytest.mark.parametrize("now", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z"])
    def test_keeps_its_time_where_it_is_set_to_one_that_cannot_be_written(self, client: httpx.Client, now: str) -> None:
        assert client.put("/_sandbox/clock", json={"now": now}).status_code == 400
        assert client.get("/_sandbox/clock").json()["frozen"] is False

    def test_takes_no_lead_that_it_could_not_show(self, client: httpx.Client) -> None:
        key = APIS["octanist"].key_ring["full"]
        lead = {"createdAt": "2016-12-31T23:59:60Z"}

        answer = client.post("/_sandbox/leads/octanist", params={"key": key}, json={"leads": [lead]})

        assert answer.status_code == 400

    def test_finds_a_lead_that_was_put_in_with_capital_letters(self, client: httpx.Client) -> None:
        id = "550E8400-E29B-41D4-A716-446655440000"
        sent = {"leads": [{"id": id, "email": "a@example.com"}]}
        client.post("/_sandbox/leads/aura", params={"key": AURA}, json=sent)

        assert client.get(f"/v1/leads/{id}", headers={"Authorization": f"Bearer {AURA}"}).status_code == 200


class TestACredentialThatHasOpenedNothing:
    KEY = "vapk_live_" + "7" * 48

    def opened(self, client: httpx.Client) -> list[str]:
        return [each["api"] for each in client.get("/_sandbox/organizations").json()["organizations"]]

    @pytest.mark.parametrize(
        "path",
        [
            *("settings", "clock", "journal", "coverage?api=vorel", "faults", "scenarios", "organizations"),
            *("leads/vorel", "snapshots"),
        ],
    )
    def test_opens_nothing_where_it_is_looked_at(self, client: httpx.Client, path: str) -> None:
        assert client.get(f"/_sandbox/{path}", headers={"X-Sandbox-Key": self.KEY}).status_code == 200

        assert self.opened(client) == []

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "reset", {}),
            ("PATCH", "settings", {"vorel": {}}),
            ("PUT", "clock", {"frozen": True}),
            ("POST", "clock/advance", {"seconds": 60}),
            ("POST", "leads/vorel", {"leads": []}),
            ("POST", "faults", {"api": "vorel", "fault": "status=503"}),
            ("POST", "scenarios", {"api": "vorel", "scenario": "rate_limited_once"}),
        ],
    )
    def test_opens_its_own_organization_where_that_is_changed(
        self, client: httpx.Client, method: str, path: str, body: dict[str, Any]
    ) -> None:
        headers = {"X-Sandbox-Key": self.KEY}

        assert client.request(method, f"/_sandbox/{path}", json=body, headers=headers).status_code == 200

        assert self.opened(client) == ["vorel"]


class TestTheAdminToken:
    @pytest.fixture
    def client(self) -> Iterator[httpx.Client]:
        with client_of(admin_token="secret") as client:
            yield client

    @pytest.mark.parametrize("token", [None, "Bearer", "Bearer wrong", "secret", "Basic secret", "Bearer secret "])
    def test_is_asked_for(self, client: httpx.Client, token: str | None) -> None:
        answer = client.post("/_sandbox/reset", headers={"Authorization": token} if token else {})

        assert answer.status_code == 401
        assert "admin token" in answer.json()["error"]
        assert "secret" not in answer.text

    def test_opens_the_control_api(self, client: httpx.Client) -> None:
        assert client.get("/_sandbox/info", headers={"Authorization": "Bearer secret"}).status_code == 200

    def test_is_not_asked_for_to_see_whether_it_lives(self, client: httpx.Client) -> None:
        assert client.get("/_sandbox/health").status_code == 200

    def test_is_not_asked_for_by_the_documented_apis(self, client: httpx.Client) -> None:
        assert create(client)
