"""Scenarios: a good client survives each, a bad one fails exactly its own, and silence is neither."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

import openapi
from examples.readiness import bad_clients, good_client
from examples.readiness.apis import APIS, Lead
from examples.readiness.good_client import GoodClient, Refused, Unsure, work
from mock_server import APIS as APIS_OF_THE_SANDBOX
from mock_server import cli
from mock_server.scenarios.catalogue import SCENARIOS
from mock_server.scenarios.page import page
from mock_server.testing import ApiWorld, opened
from tests.in_process import client_of
from tests.programs import serving, wait_until

ROOT = Path(__file__).parent.parent
EVERYWHERE = [
    (scenario.id, api, operation)
    for scenario in SCENARIOS
    for api, place in scenario.places.items()
    for operation in place.operations
]
BAD = {
    "rate_limited_once": (bad_clients.Impatient, "vorel", "waited_as_told"),
    "server_error_once": (bad_clients.Discouraged, "octanist", "succeeded_later"),
    "slow_answer": (bad_clients.Forgetful, "vorel", "waited_or_found_out"),
    "ambiguous_email": (bad_clients.Stubborn, "octanist", "once_more_at_most"),
    "unknown_field": (bad_clients.Strict, "aura", "went_on"),
    "unknown_status": (bad_clients.Enumerating, "aura", "went_on"),
    "revoked_key": (bad_clients.Deaf, "octanist", "stopped"),
    "vanished_lead": (bad_clients.Insistent, "aura", "once_more_at_most"),
    "truncated_answer": (bad_clients.Trusting, "vorel", "found_out"),
    "dropped_connection": (bad_clients.Repeating, "aura", "no_second_lead"),
}
"""By scenario, the client that does not survive it, where, and the rule that it breaks."""

_NUMBERS = itertools.count(1000)  # the first few are those of the key ring


class Sandbox:
    """A running sandbox and a client of it, which hangs up on the next call whose method and path fit `hurried`."""

    def __init__(self, root: str, http: httpx.Client) -> None:
        self.root = root
        self.http = http
        self.hurried: re.Pattern[str] | None = None
        http.event_hooks = {"request": [self.hurry]}

    def hurry(self, request: httpx.Request) -> None:
        """Hang up once the call has taken effect, as a client does that has run out of patience."""
        if self.hurried is None or not self.hurried.fullmatch(f"{request.method} {request.url.path}"):
            return
        self.hurried = None
        before = self.last_exchange()
        with socket.create_connection(("127.0.0.1", int(self.root.rpartition(":")[2]))) as wire:
            headers = b"".join(b"%s: %s\r\n" % each for each in request.headers.raw)
            wire.sendall(b"%s %s HTTP/1.1\r\n" % (request.method.encode(), request.url.raw_path))
            wire.sendall(headers + b"\r\n" + request.content)
            wait_until(lambda: self.last_exchange() != before)
        raise httpx.ReadTimeout("no answer in time", request=request)

    def last_exchange(self) -> Any:
        """What names it."""
        return [each["id"] for each in self.http.get("/_sandbox/journal?limit=1").json()["exchanges"]]


class Trial:
    """A scenario armed for a new organization."""

    def __init__(self, sandbox: Sandbox, scenario: str, api: str, operation: str = "") -> None:
        self.sandbox = sandbox
        self.scenario = scenario
        self.api = api
        number = next(_NUMBERS)
        self.key = {"vorel": f"vapk_live_{number:048x}", "octanist": f"octanist_{number}"}.get(
            api, f"aura_pk_live_{number}"
        )
        wanted = {"scenario": scenario, "api": api, **({"operation": operation} if operation else {})}
        self.armed = self.control("POST", "scenarios", json=wanted)["armed"]

    def control(self, method: str, path: str, **options: Any) -> Any:
        headers = {"X-Sandbox-Key": self.key}
        answer = self.sandbox.http.request(method, f"/_sandbox/{path}", headers=headers, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def client(self, kind: type[GoodClient] = GoodClient) -> GoodClient:
        """A client whose waiting moves the organization's clock instead."""
        hurried = self.scenario == "slow_answer" and self.sandbox.root
        self.sandbox.hurried = self.route() if hurried else None
        return kind(APIS[self.api], self.sandbox.http, self.key, self.advance)

    def route(self) -> re.Pattern[str]:
        """What the method and path of a call look like that meets the scenario."""
        contract = openapi.read(self.api)
        operation = contract.operations[self.armed["operation"]]
        return re.compile(f"{operation.method} {contract.base_path}{operation.path}".replace("{id}", "[^/]+"))

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock/advance", json={"seconds": seconds})

    def work(self, kind: type[GoodClient] = GoodClient) -> None:
        """Let a client do its work, however it ends."""
        try:
            work(self.client(kind))
        except (Refused, Unsure, TypeError, ValueError):
            return

    def verdict(self, *, finished: bool = True) -> dict[str, Any]:
        query = {"finished": "true"} if finished else {}
        (armed,) = self.control("GET", "scenarios", params=query)["armed"]
        return dict(armed)

    def broken(self) -> list[str]:
        return [each["id"] for each in self.verdict()["rules"] if each["outcome"] == "broken"]


def time_out(api: ApiWorld, path: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        api.client.patch(path, json={"name": "Ada"}, timeout=0.1)


def cancel(api: ApiWorld, path: str) -> None:
    async def send() -> None:
        async with api.async_client as client, asyncio.timeout(0.1):
            await client.patch(path, json={"name": "Ada"})

    with pytest.raises(TimeoutError):
        asyncio.run(send())


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serving() as (root, _), httpx.Client(base_url=root, timeout=30) as http:
        yield Sandbox(root, http)


class TestAGoodClient:
    @pytest.mark.parametrize(("scenario", "api", "operation"), EVERYWHERE)
    def test_survives(self, sandbox: Sandbox, scenario: str, api: str, operation: str) -> None:
        trial = Trial(sandbox, scenario, api, operation)
        trial.work()

        verdict = trial.verdict()
        assert verdict["verdict"] == "survived", json.dumps(verdict, indent=1)
        assert verdict["trigger"]

    def test_does_its_work_as_a_program_too(self, sandbox: Sandbox) -> None:
        good_client.main("vorel", sandbox.root, APIS_OF_THE_SANDBOX["vorel"].key_ring["full"])

        headers = {"X-Sandbox-Key": APIS_OF_THE_SANDBOX["vorel"].key_ring["full"]}
        (stored,) = sandbox.http.get("/_sandbox/leads/vorel", headers=headers).json()["organizations"]
        assert [lead["status"] for lead in stored["leads"]] == ["qualified", "qualified", "new"]


class TestABadClient:
    def test_exists_for_every_scenario(self) -> None:
        assert list(BAD) == [scenario.id for scenario in SCENARIOS]

    @pytest.mark.parametrize("own", BAD)
    def test_fails_its_own_scenario_by_the_rule_and_survives_the_others(self, sandbox: Sandbox, own: str) -> None:
        kind, api, rule = BAD[own]
        trials = {each.id: Trial(sandbox, each.id, api) for each in SCENARIOS if api in each.places}
        for trial in trials.values():
            trial.work(kind)

        verdicts = {id: trial.verdict() for id, trial in trials.items()}
        failed = {id: each for id, each in verdicts.items() if each["verdict"] != "survived"}
        assert list(failed) == [own], json.dumps(failed, indent=1)
        assert failed[own]["verdict"] == "failed"
        assert rule in failed[own]["reason"]
        (broken,) = [each for each in failed[own]["rules"] if each["id"] == rule]
        known = {each["id"] for each in trials[own].control("GET", "journal")["exchanges"]}
        assert (broken["outcome"], bool(broken["detail"])) == ("broken", True)
        assert set(broken["exchanges"]) <= known
        assert broken["exchanges"] or rule == "succeeded_later"


class TestSilence:
    @pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
    @pytest.mark.parametrize("finished", [False, True])
    def test_without_any_client_is_incomplete(self, sandbox: Sandbox, scenario: Any, finished: bool) -> None:
        trial = Trial(sandbox, scenario.id, next(iter(scenario.places)))

        verdict = trial.verdict(finished=finished)
        assert (verdict["verdict"], verdict["trigger"], verdict["rules"]) == ("incomplete", "", [])
        assert verdict["reason"].startswith("never triggered")

    def test_after_the_situation_is_incomplete_until_the_client_has_finished(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "unknown_field", "aura", "create_lead")
        trial.client().create("ada@example.com")

        assert trial.verdict(finished=False)["verdict"] == "incomplete"
        assert trial.verdict(finished=True)["verdict"] == "failed"
        assert trial.broken() == ["went_on"]

    def test_of_a_revoked_key_is_survival_once_the_client_has_finished(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "revoked_key", "aura")
        trial.work()

        assert trial.verdict(finished=False)["verdict"] == "incomplete"
        assert trial.verdict(finished=True)["verdict"] == "survived"


class TestARule:
    def test_of_waiting_is_kept_when_the_minute_of_the_limit_is_over(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "rate_limited_once", "aura")
        trial.control("PUT", "clock", json={"now": "2026-01-17T08:00:59.900Z"})
        client = trial.client()
        client.sleep = lambda seconds: trial.control("PUT", "clock", json={"now": "2026-01-17T08:01:00Z"})
        client.update(client.create("ada@example.com"), "qualified")

        assert trial.verdict()["verdict"] == "survived"

    @pytest.mark.parametrize(("waited", "verdict"), [(40, "survived"), (39, "failed")])
    def test_of_waiting_is_kept_by_waiting_while_the_organizations_clock_stands_still(
        self, client: httpx.Client, monkeypatch: pytest.MonkeyPatch, waited: float, verdict: str
    ) -> None:
        now = [0.0]
        monkeypatch.setattr("mock_server.scenarios.trial.time", SimpleNamespace(monotonic=lambda: now[0]))
        trial = Trial(Sandbox("", client), "rate_limited_once", "aura")
        trial.control("PUT", "clock", json={"now": "2026-01-17T08:00:20Z"})
        tried = trial.client()
        tried.sleep = lambda seconds: now.append(now.pop() + waited)
        tried.update(tried.create("ada@example.com"), "qualified")

        assert trial.verdict()["verdict"] == verdict

    def test_of_waiting_names_how_long_it_was_and_should_have_been(
        self, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("mock_server.scenarios.trial.time", SimpleNamespace(monotonic=lambda: 0.0))
        trial = Trial(Sandbox("", client), "rate_limited_once", "aura")
        trial.control("PUT", "clock", json={"now": "2026-01-17T08:00:20Z"})
        trial.work(bad_clients.Impatient)

        (waited, *_) = trial.verdict()["rules"]
        assert waited["detail"] == "update_lead (200) came after 0.0 s; Retry-After said 40 s"
        assert len(waited["exchanges"]) == 2

    def test_lets_a_client_wait_for_a_slow_answer(self, client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
        quicker = tuple(replace(each, fault=each.fault.replace("delay=3", "delay=0.05")) for each in SCENARIOS)
        monkeypatch.setattr("mock_server.scenarios.trial.SCENARIOS", quicker)
        trial = Trial(Sandbox("", client), "slow_answer", "octanist", "get_lead")
        trial.work()

        assert trial.verdict(finished=False)["verdict"] == "survived"
        assert trial.verdict()["rules"][0]["detail"] == "the client did not hang up"

    @pytest.mark.parametrize("where", ["in-process", "server"])
    @pytest.mark.parametrize("hang_up", [time_out, cancel])
    def test_about_a_slow_answer_is_broken_by_hanging_up_wherever_the_sandbox_lives(
        self, hang_up: Callable[[ApiWorld, str], None], where: str
    ) -> None:
        with opened(where) as sandbox, sandbox.world("hanging up") as world:
            vorel = world.vorel
            (lead,) = vorel.control.put_leads("vorel", [{}])
            vorel.control.arm_scenario("slow_answer", "vorel", operation="update_lead")
            hang_up(vorel, f"leads/{lead['id']}")

            # The sandbox may hear of it a moment later.
            assert any(vorel.control.get_scenarios(finished=True).armed[0].verdict == "failed" for _ in range(100))

    def test_about_repeated_creates_holds_for_a_slow_answer_too(self, sandbox: Sandbox) -> None:
        class Hasty(GoodClient):
            def after_silence(self, method: str, path: str, body: Any) -> Any:
                return self.once(method, path, body)

        trial = Trial(sandbox, "slow_answer", "aura", "create_lead")
        trial.work(Hasty)

        assert trial.broken() == ["no_second_lead"]

    def test_about_updates_is_not_kept_by_a_look_at_another_lead(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "dropped_connection", "octanist", "update_lead")
        client = trial.client(bad_clients.Repeating)
        ada, bob = client.create("ada@example.com"), client.create("bob@example.com")
        client.after_a_lost_connection = lambda method, path, body: {}  # type: ignore[method-assign]
        client.update(ada, "won")
        for lead in (bob, bob, bob, ada):
            client.get(lead.id)

        assert trial.verdict(finished=False)["verdict"] == "failed"
        assert trial.broken() == ["found_out"]

    def test_about_updates_is_kept_by_reading_the_lead_back(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "dropped_connection", "octanist", "update_lead")
        client = trial.client()
        client.after_a_lost_connection = lambda method, path, body: {}  # type: ignore[method-assign]
        ada = client.create("ada@example.com")
        client.update(ada, "won")
        assert client.get(ada.id).status == "won"

        assert trial.verdict(finished=False)["verdict"] == "survived"

    def test_against_sending_again_what_succeeded_sees_every_write(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "server_error_once", "vorel")
        client = trial.client()
        lead = client.create("ada@example.com")
        client.update(lead, "qualified")
        client.update(lead, "qualified")

        assert trial.broken() == ["no_write_twice"]

    def test_against_a_storm_counts_the_same_call(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "slow_answer", "octanist")
        client = trial.client()
        lead = client.create("ada@example.com")
        for status in ("won", "won", "lost"):
            client.update(lead, status)
        assert trial.broken() == []
        client.update(lead, "won")

        assert trial.broken() == ["few_times"]

    def test_is_judged_by_bodies_that_nobody_can_read_too(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "server_error_once", "octanist")
        client = trial.client()
        lead = client.create("ada@example.com")
        assert client.update(lead, "won")
        headers = {"X-API-KEY": trial.key, "Content-Type": "application/json"}
        assert sandbox.http.patch("/api/leads", content="[" * 20_000, headers=headers).status_code == 400

        assert trial.verdict()["verdict"] == "survived"

    def test_about_an_ambiguous_email_is_not_kept_by_giving_up(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "ambiguous_email", "octanist")
        client = trial.client()
        lead = client.create("ada@example.com")
        with pytest.raises(Refused, match="409"):
            client.send_update("", lead.email, "won")
        client.get(lead.id)

        assert trial.verdict(finished=False)["verdict"] == "incomplete"
        assert trial.broken() == ["used_an_id"]

    def test_takes_a_loop_around_an_unknown_field_for_a_failure(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "unknown_field", "vorel")
        client = trial.client()
        lead = client.create("ada@example.com")
        for _ in range(3):
            client.get(lead.id)

        assert trial.broken() == ["not_taken_for_a_failure"]

    def test_that_cannot_be_seen_is_not_judged(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "truncated_answer", "aura")
        trial.work()

        outcomes = {each["id"]: each["outcome"] for each in trial.verdict()["rules"]}
        assert outcomes["not_taken_for_whole"] == "not judged"


class TestASituation:
    def test_of_a_lead_that_vanishes_needs_a_client_that_has_read_it(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "vanished_lead", "aura")
        client = trial.client()
        lead = client.create("ada@example.com")

        assert client.update(lead, "qualified")
        assert client.find("ada@example.com")
        assert not client.update(lead, "qualified")
        assert trial.control("GET", "leads/aura")["organizations"][0]["leads"] == []

    @pytest.mark.parametrize("name", ["email", "phone"])
    def test_of_a_lead_that_vanishes_knows_it_by_its_body_too(self, sandbox: Sandbox, name: str) -> None:
        trial = Trial(sandbox, "vanished_lead", "octanist")
        client = trial.client()
        client.call("POST", "/leads", {name: "+31612345678"})
        client.call("GET", "/leads")

        with pytest.raises(Refused, match="404"):
            client.call("PATCH", "/leads", {name: "+31612345678", "id": None, "status": "won"})

    def test_of_a_shared_email_changes_nothing_but_that_there_are_two(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "ambiguous_email", "octanist")
        client = trial.client()
        client.create("ada@example.com")
        client.create("bob@example.com")

        with pytest.raises(Refused, match="409"):
            client.send_update("", "ada@example.com", "won")
        found = client.find("ada@example.com")
        assert [lead.status for lead in found] == ["open", "open"]
        assert found[0].id != found[1].id
        client.send_update("", "bob@example.com", "won")

    def test_of_a_shared_email_does_not_come_about_with_bulk_updates(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "ambiguous_email", "octanist")
        trial.control("PATCH", "settings", json={"octanist": {"bulk_updates": True}})
        trial.work()

        assert trial.verdict()["verdict"] == "incomplete"

    @pytest.mark.parametrize(
        ("scenario", "status", "settings"),
        [("ambiguous_email", 400, {}), ("vanished_lead", 400, {}), ("vanished_lead", 200, {"fall_through": True})],
    )
    def test_does_not_come_about_with_a_call_that_is_answered_otherwise(
        self, sandbox: Sandbox, scenario: str, status: int, settings: dict[str, bool]
    ) -> None:
        trial = Trial(sandbox, scenario, "octanist")
        trial.control("PATCH", "settings", json={"octanist": settings})
        client = trial.client()
        ids = [client.create(f"{name}@example.com").id for name in ("ada", "bob", "cleo")]
        client.call("GET", "/leads")
        leads = {lead["id"]: lead for lead in self.stored(trial)}
        named = {"email": "ada@example.com"} if scenario == "ambiguous_email" else {"id": ids[0]}
        sent = {**named, "value": "twelve"} if status == 400 else {**named, "email": "bob@example.com", "note": "x"}
        headers = {"X-API-KEY": trial.key}

        answer = sandbox.http.patch("/api/leads", json=sent, headers=headers)

        assert answer.status_code == status
        (exchange,) = trial.control("GET", "journal", params={"limit": 1})["exchanges"]
        assert list(exchange["changes"]) == ([ids[1]] if status == 200 else [])
        expected = [{**leads[id], **({"note": "x"} if id in exchange["changes"] else {})} for id in ids]
        assert [{**lead, "updatedAt": ""} for lead in self.stored(trial)] == [
            {**lead, "updatedAt": ""} for lead in expected
        ]
        assert trial.verdict()["trigger"] == ""

        again = sandbox.http.patch("/api/leads", json={**named, "status": "won"}, headers=headers)
        assert again.status_code == (409 if scenario == "ambiguous_email" else 404)
        assert trial.verdict()["trigger"] == again.headers["X-Sandbox-Exchange"]

    @staticmethod
    def stored(trial: Trial) -> list[dict[str, Any]]:
        """The leads of the organization, oldest first."""
        return list(trial.control("GET", f"leads/{trial.api}")["organizations"][0]["leads"])

    def test_of_a_lead_that_vanishes_waits_for_an_update_without_a_mistake(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "vanished_lead", "vorel")
        client = trial.client()
        lead = client.create("ada@example.com")
        assert client.get(lead.id)

        with pytest.raises(Refused, match="400"):
            client.call("PATCH", f"/leads/{lead.id}", {"name": "Ada", "nope": 1})

        assert trial.verdict()["trigger"] == ""
        assert client.get(lead.id)
        assert not client.update(lead, "qualified")

    def test_waits_for_a_success_where_it_needs_one(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "unknown_field", "aura")
        client = trial.client()
        with pytest.raises(Refused, match="404"):
            client.get("3c90c3cc-0d44-4b50-8888-8dd25736052a")

        assert trial.verdict()["trigger"] == ""
        lead = client.create("ada@example.com")
        assert client.get(lead.id)
        assert trial.verdict()["trigger"].endswith("-3")

    def test_of_a_revoked_key_is_one_for_every_operation_until_it_is_taken_back(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "revoked_key", "vorel")
        client = trial.client()
        lead = client.create("ada@example.com")
        for _ in range(2):
            with pytest.raises(Refused, match="401"):
                client.get(lead.id)

        assert trial.control("DELETE", "scenarios", params={"scenario": "revoked_key"}) == {"removed": 1}
        assert client.get(lead.id) == Lead(lead.id, "ada@example.com", "new")
        assert trial.control("GET", "faults")["faults"] == []

    def test_is_one_organizations(self, sandbox: Sandbox) -> None:
        tried, other = Trial(sandbox, "server_error_once", "aura"), Trial(sandbox, "revoked_key", "aura")
        tried.work()

        assert tried.verdict()["verdict"] == "survived"
        assert other.verdict()["trigger"] == ""


class TestArming:
    def arm(self, client: httpx.Client, key: str | None = "aura_pk_live_x", **body: Any) -> httpx.Response:
        headers = {} if key is None else {"X-Sandbox-Key": key}
        return client.post("/_sandbox/scenarios", json=body, headers=headers)

    def test_again_begins_anew(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "dropped_connection", "aura")
        trial.work(bad_clients.Repeating)
        trial.control("POST", "scenarios", json={"scenario": "dropped_connection", "api": "aura"})

        trial.control("POST", "scenarios", json={"scenario": "dropped_connection", "api": "aura"})

        assert trial.verdict()["verdict"] == "incomplete"
        assert len(trial.control("GET", "faults")["faults"]) == 1

    def test_is_not_undone_by_removing_faults(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "server_error_once", "aura")
        trial.control("POST", "faults", json={"api": "aura", "fault": "delay=9"})
        (own, _) = trial.control("GET", "faults")["faults"]

        assert trial.control("DELETE", "faults") == {"removed": 1}
        refused = sandbox.http.delete("/_sandbox/faults", params={"id": own["id"], "key": trial.key})
        assert refused.status_code == 400
        assert "part of the scenario server_error_once; DELETE /_sandbox/scenarios" in refused.json()["error"]
        assert (own["scenario"], trial.control("GET", "faults")["faults"]) == ("server_error_once", [own])
        trial.work()
        assert trial.verdict()["verdict"] == "survived"

    def test_is_forgotten_by_a_reset(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "revoked_key", "aura")
        trial.control("POST", "reset")

        assert trial.control("GET", "scenarios")["armed"] == []

    @pytest.mark.parametrize(
        ("body", "complaint"),
        [
            ({"scenario": "nonsense", "api": "aura"}, "there are rate_limited_once, "),
            ({"scenario": "ambiguous_email", "api": "aura"}, "does not happen in aura, but in octanist"),
            (
                {"scenario": "dropped_connection", "api": "aura", "operation": "get_lead"},
                "happens to create_lead, update_lead, not to 'get_lead'",
            ),
            ({"scenario": "revoked_key", "api": "aura", "operation": "get_lead"}, "none is to be named"),
            ({"scenario": "revoked_key", "api": "vorel"}, "no well-formed credential of vorel"),
            ({"scenario": "revoked_key"}, "api"),
            ({"scenario": "revoked_key", "api": "aura", "times": 2}, "times"),
            ({"scenario": "revoked_key", "api": "aura", "key": None}, "say whose client is tried"),
        ],
    )
    def test_what_cannot_be_is_refused(self, client: httpx.Client, body: dict[str, Any], complaint: str) -> None:
        answer = self.arm(client, **body)

        assert answer.status_code == 400
        assert complaint in answer.json()["error"]

    def test_what_is_not_armed_cannot_be_taken_back(self, client: httpx.Client) -> None:
        assert client.delete("/_sandbox/scenarios", params={"scenario": "revoked_key"}).status_code == 404
        assert client.delete("/_sandbox/scenarios").json() == {"removed": 0}


class TestTheCatalogue:
    def test_stands_on_requirements_and_open_points_that_exist(self) -> None:
        for scenario in SCENARIOS:
            for api, place in scenario.places.items():
                contract = openapi.read(api)
                known = {*contract.requirements, *(f"{api}/{id}" for id in contract.open_points)}
                assert place.sources and set(place.sources) <= known, scenario.id
                assert set(place.operations) <= {*contract.operations, ""}, scenario.id

    def test_is_listed_without_a_key(self, client: httpx.Client) -> None:
        listed = client.get("/_sandbox/scenarios").json()

        assert [each["id"] for each in listed["scenarios"]] == [scenario.id for scenario in SCENARIOS]
        assert all(any(rule["judged"] for rule in each["rules"]) for each in listed["scenarios"])

    def test_is_the_page(self) -> None:
        written = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")

        assert written == page(), "write it anew: lead-mock scenarios --format markdown > docs/scenarios.md"


class TestTheCommand:
    def verdict(self, trial: Trial, *more: str) -> int:
        return cli.main(["scenarios", "verdict", "--url", trial.sandbox.root, "--key", trial.key, *more])

    def test_lists_every_scenario_as_text_and_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["scenarios"]) == 0
        text = capsys.readouterr().out
        assert cli.main(["scenarios", "--format", "json"]) == 0
        listed = json.loads(capsys.readouterr().out)["scenarios"]

        assert [each["id"] for each in listed] == [scenario.id for scenario in SCENARIOS]
        assert all(f"{scenario.id}: {scenario.title}\n" in text for scenario in SCENARIOS)

    def test_ends_with_0_for_a_survivor(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        trial = Trial(sandbox, "server_error_once", "aura")
        trial.work()

        assert self.verdict(trial) == 0
        assert capsys.readouterr().out.startswith("survived: server_error_once (aura/update_lead): ")

    def test_ends_with_1_for_a_failure_and_says_why(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        trial = Trial(sandbox, "dropped_connection", "aura")
        trial.work(bad_clients.Repeating)

        assert self.verdict(trial) == 1
        said = capsys.readouterr().out
        assert "broken     no_second_lead: No two creates" in said
        assert f"both of these made a lead [{trial.armed['organization']}-1, " in said
        assert trial.key not in said

    def test_ends_with_3_for_what_did_not_happen(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        trial = Trial(sandbox, "server_error_once", "aura")

        assert self.verdict(trial, "--finished", "--format", "json") == 3
        (armed,) = json.loads(capsys.readouterr().out)["armed"]
        assert armed["verdict"] == "incomplete"
        assert self.verdict(trial, "--scenario", "slow_answer") == 3
        assert "nothing is armed" in capsys.readouterr().out

    def test_counts_silence_when_it_is_told_that_the_client_has_finished(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "unknown_field", "aura")
        trial.work(bad_clients.Strict)

        assert self.verdict(trial) == 3
        assert self.verdict(trial, "--finished") == 1

    def test_ends_with_the_worst_of_several_verdicts(self, sandbox: Sandbox) -> None:
        trial = Trial(sandbox, "server_error_once", "octanist")
        trial.control("POST", "scenarios", json={"scenario": "ambiguous_email", "api": "octanist"})
        client = trial.client(bad_clients.Discouraged)
        client.update(client.create("ada@example.com"), "won")

        assert self.verdict(trial) == 3
        assert self.verdict(trial, "--finished") == 1

    def test_ends_with_2_for_what_cannot_be_used(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        at = ["scenarios", "verdict", "--url"]

        with pytest.raises(SystemExit) as ended:
            cli.main([*at, sandbox.root, "--key", "aura_pk_live_x", "--scenario", "slow_anwser"])
        assert ended.value.code == 2
        assert "choose from 'rate_limited_once'" in capsys.readouterr().err
        assert cli.main([*at, sandbox.root, "--key", "no key"]) == 2
        assert "no well-formed credential" in capsys.readouterr().err

    def test_asks_the_usual_sandbox_where_no_url_is_given(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with client_of() as client:
            asked: list[httpx.Request] = []
            client.event_hooks = {"request": [asked.append]}
            monkeypatch.setattr(httpx, "get", client.get)

            assert cli.main(["scenarios", "verdict", "--key", "aura_pk_live_x"]) == 3
        assert [str(each.url) for each in asked] == ["http://127.0.0.1:4020/_sandbox/scenarios"]

    @pytest.mark.parametrize("command", [["coverage"], ["scenarios", "verdict"]])
    def test_asks_as_every_command_does(
        self, sandbox: Sandbox, command: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        def said(root: str) -> tuple[int, str]:
            return cli.main([*command, "--url", root, "--key", "aura_pk_live_x"]), capsys.readouterr().err

        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            silent = f"http://127.0.0.1:{bound.getsockname()[1]}"
            code, why = said(silent)
        assert code == 4
        assert why.startswith(f"lead-mock: no sandbox answers at {silent} (")
        for root in (f"{sandbox.root}/v1", f"{sandbox.root}/api"):
            told = f"what answers at {root} is no sandbox of this version; --url is its root, such as"
            assert said(root) == (4, f"lead-mock: {told} http://127.0.0.1:4020\n")
        assert said("http://999.1.1.1") == (
            2,
            "lead-mock: --url http://999.1.1.1 is no URL such as http://127.0.0.1:4020\n",
        )
        with pytest.raises(SystemExit) as ended:
            said("nonsense")
        assert ended.value.code == 2
        assert "argument --url: 'nonsense' is no URL such as http://127.0.0.1:4020" in capsys.readouterr().err

    def test_gives_an_admin_token_where_one_is_asked_for(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with client_of(admin_token="secret") as client:
            monkeypatch.setattr(httpx, "get", client.get)
            at = ["scenarios", "verdict", "--url", "http://sandbox", "--key", "aura_pk_live_x"]

            assert cli.main(at) == 2
            assert "admin token" in capsys.readouterr().err
            assert cli.main([*at, "--admin-token", "secret"]) == 3
