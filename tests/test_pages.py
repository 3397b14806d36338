"""What the pages for people are made of, who may reach them, and what the control API tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import httpx
import pytest

import openapi
from mock_server import APIS
from tests.in_process import client_of

KEYS = {api: APIS[api].key_ring["full"] for api in APIS}
FILES = {each.name: each.read_text() for each in files("mock_server.pages").joinpath("static").iterdir()}
PATHS = ["/", "/docs", *(f"/docs/{api}" for api in openapi.APIS), *(f"/_sandbox/static/{name}" for name in FILES)]


@pytest.fixture(scope="module")
def visitor() -> Iterator[httpx.Client]:
    """A client of a sandbox that nobody changes."""
    with client_of() as client:
        yield client


def organization(client: httpx.Client, api: str, key: str = "") -> str:
    """The id of the organization that a key opens, once it has made a call."""
    headers = {"X-API-KEY": key or KEYS[api]} if api == "octanist" else {"Authorization": f"Bearer {key or KEYS[api]}"}
    path = {"aura": "/v1/leads", "octanist": "/api/leads", "vorel": "/api/v1/leads"}[api]
    return client.get(path, headers=headers).headers["X-Sandbox-Exchange"].rpartition("-")[0]


class TestThePages:
    @pytest.mark.parametrize("path", PATHS)
    def test_run_nothing_that_is_not_their_own(self, visitor: httpx.Client, path: str) -> None:
        answer = visitor.get(path)
        policy = answer.headers["Content-Security-Policy"]

        assert answer.status_code == 200
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; ")
        assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("name", FILES)
    def test_make_no_markup_of_texts_and_name_no_other_site(self, name: str) -> None:
        forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|Function\(|localStorage"
        assert not re.search(forbidden, FILES[name])
        assert not re.search(r"(src|href|import|url\()\W*(https?:)?//", FILES[name])
        assert not re.search(r"<style|<script(?! type=\"module\" src=)|\sstyle=|\son\w+=\"", FILES[name])

    @pytest.mark.parametrize("name", FILES)
    def test_refer_to_files_that_exist(self, name: str) -> None:
        named = re.findall(r"/_sandbox/static/([\w.]+)", FILES[name]) + re.findall(r'from "\./(\S+)"', FILES[name])
        assert set(named) <= FILES.keys()

    def test_answer_a_head_without_a_body(self, visitor: httpx.Client) -> None:
        answer = visitor.head("/")
        assert answer.status_code == 200 and answer.content == b""

    def test_take_no_orders(self, visitor: httpx.Client) -> None:
        answer = visitor.post("/")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")

    @pytest.mark.parametrize("path", ["/docs/hubspot", "/_sandbox/static/nothing.js", "/_sandbox/static/../guard.py"])
    def test_are_no_others(self, visitor: httpx.Client, path: str) -> None:
        assert visitor.get(path).status_code == 404

    @pytest.mark.parametrize("path", PATHS)
    def test_are_not_shown_under_a_name_that_is_not_ours(self, visitor: httpx.Client, path: str) -> None:
        answer = visitor.get(path, headers={"Host": "evil.example:4020"})
        assert answer.status_code == 403 and "--allow-host" in answer.json()["error"]

    def test_are_shown_under_a_name_that_is_allowed(self) -> None:
        client = client_of(hosts=frozenset({"sandbox.example.com"}))
        assert client.get("/", headers={"Host": "sandbox.example.com"}).status_code == 200

    def test_hold_no_secret_of_a_sandbox_with_a_token(self) -> None:
        client = client_of(admin_token="hunter22")
        pages = "".join(client.get(path).text for path in PATHS)
        assert not any(secret in pages for secret in ("hunter22", *KEYS.values()))


@pytest.mark.parametrize("api", openapi.APIS)
class TestTheRegister:
    def test_has_every_requirement_and_open_point_with_its_source(self, visitor: httpx.Client, api: str) -> None:
        register = visitor.get(f"/_sandbox/register/{api}").json()
        contract = openapi.read(api)

        assert [each["id"] for each in register["requirements"]] == list(contract.requirements)
        assert all(each["text"] and each["source"] and each["operation"] for each in register["requirements"])
        assert [each["id"] for each in register["open_points"]] == list(contract.open_points)

    def test_comes_with_the_contract_as_one_tree(self, visitor: httpx.Client, api: str) -> None:
        answer = visitor.get(f"/_sandbox/contracts/{api}")

        assert "$ref" not in answer.text
        assert list(answer.json()["paths"]) == list(openapi.read(api).document["paths"])


class TestAnOrganization:
    def test_is_steered_by_its_id(self, client: httpx.Client) -> None:
        one, two = organization(client, "octanist"), organization(client, "octanist", "another_key_of_somebody")
        chosen = {"organization": one}

        client.patch("/_sandbox/settings", params=chosen, json={"octanist": {"bulk_updates": True}})
        client.put("/_sandbox/clock", params=chosen, json={"now": "2026-01-17T08:00:00Z"})
        client.post("/_sandbox/clock/advance", params=chosen, json={"seconds": 60})

        seen = {each["id"]: each for each in client.get("/_sandbox/organizations").json()["organizations"]}
        assert seen[one]["settings"]["bulk_updates"] and not seen[two]["settings"]["bulk_updates"]
        assert (seen[one]["now"], seen[two]["frozen"]) == ("2026-01-17T08:01:00.000Z", False)

    def test_is_reset_by_its_id(self, client: httpx.Client) -> None:
        one, two = organization(client, "vorel"), organization(client, "aura")

        client.post("/_sandbox/reset", params={"organization": one}, json={})

        seen = {each["id"]: each["exchanges"] for each in client.get("/_sandbox/organizations").json()["organizations"]}
        assert seen == {one: 0, two: 1}

    def test_of_callers_without_a_good_key_is_reset_too(self, client: httpx.Client) -> None:
        client.get("/api/v1/leads")
        (nobody,) = client.get("/_sandbox/organizations").json()["organizations"]
        assert (nobody["key"], nobody["exchanges"]) == ("", 1)

        client.post("/_sandbox/reset", params={"organization": nobody["id"]}, json={})

        assert client.get("/_sandbox/organizations").json()["organizations"] == []

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("PATCH", "settings", {"octanist": {"bulk_updates": True}}),
            ("PUT", "clock", {"now": "2026-01-17T08:00:00Z"}),
            ("POST", "clock/advance", {"seconds": 60}),
            ("POST", "leads/octanist", {"leads": [{"email": "a@example.com"}]}),
            ("POST", "faults", {"api": "octanist", "fault": "status=503"}),
            ("POST", "scenarios", {"api": "octanist", "scenario": "rate_limited_once"}),
            ("POST", "reset", {"seed": 4}),
        ],
    )
    def test_of_callers_without_a_good_key_has_nothing_to_steer(
        self, client: httpx.Client, method: str, path: str, body: Any
    ) -> None:
        client.put("/_sandbox/clock", json={"now": "2020-01-17T08:00:00Z"})
        client.get("/api/leads")

        def seen() -> list[Any]:
            return [client.get(f"/_sandbox/{each}").json() for each in ("organizations", "settings", "clock", "faults")]

        before = seen()
        named = {"organization": before[0]["organizations"][0]["id"]}

        answer = client.request(method, f"/_sandbox/{path}", params=named, json=body)

        assert answer.status_code == 400
        assert "is of calls without a good key, and has nothing of its own" in answer.json()["error"]
        assert seen() == before

    def test_of_another_api_is_refused(self, client: httpx.Client) -> None:
        answer = client.get("/_sandbox/leads/aura", params={"organization": organization(client, "vorel")})
        assert answer.status_code == 400 and "is none of aura" in answer.json()["error"]

    @pytest.mark.parametrize("path", ["/_sandbox/organizations", "/_sandbox/leads/vorel"])
    def test_shows_its_credential_only_where_that_is_asked_for(self, client: httpx.Client, path: str) -> None:
        organization(client, "vorel")

        assert KEYS["vorel"] not in client.get(path, params={"credentials": "masked"}).text
        assert KEYS["vorel"] in client.get(path, params={"credentials": "shown"}).text

    def test_has_the_name_that_the_key_ring_gives_it(self, client: httpx.Client) -> None:
        organization(client, "vorel")
        organization(client, "vorel", "vapk_live_" + "a" * 48)
        client.get("/v1/leads")

        seen = client.get("/_sandbox/organizations").json()["organizations"]
        assert [(each["api"], each["name"]) for each in seen] == [
            ("vorel", "full"),
            ("vorel", ""),
            ("aura", "anonymous"),
        ]


class TestTheJournal:
    def test_is_asked_for_one_exchange_or_for_one_lead(self, client: httpx.Client) -> None:
        leads = [client.post("/v1/leads", json={"email": f"{name}@example.com"}).json()["data"]["id"] for name in "ab"]
        changed = client.patch(f"/v1/leads/{leads[0]}", json={"name": "Ada"}).headers["X-Sandbox-Exchange"]

        def found(**query: Any) -> list[str]:
            exchanges = client.get("/_sandbox/journal", params=query).json()["exchanges"]
            return [f"{each['request']['method']} {each['id'].rpartition('-')[2]}" for each in exchanges]

        assert found(exchange=changed) == ["PATCH 3"]
        assert found(lead=leads[0]) == ["POST 1", "PATCH 3"]
