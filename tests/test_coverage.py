"""Which documented behaviours a client's own tests have met: what counts, for whom, and how it is told."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import openapi
from mock_server import APIS
from mock_server.cli import main
from mock_server.coverage import documented
from mock_server.on_demand.armed import documented_errors
from mock_server.reports import badge
from mock_server.reports.document import Difference, checked, compared, merged
from mock_server.reports.html import page
from mock_server.reports.junit import junit
from mock_server.reports.text import text
from mock_server.serve import sandbox
from openapi import EVERY_OPERATION
from tests.in_process import InProcess, client_of
from tests.programs import serving

KEY = "vapk_live_" + "a" * 48
OTHER = "vapk_live_" + "b" * 48

_ID = "550e8400-e29b-41d4-a716-446655440000"

each_api = pytest.mark.parametrize("api", openapi.APIS)


def call(client: httpx.Client, method: str, path: str, key: str = KEY, **options: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", **options.pop("headers", {})}
    return client.request(method, f"{client.base_url}/api/v1{path}", headers=headers, **options)


def covered(client: httpx.Client, **query: Any) -> dict[str, Any]:
    return dict(client.get("/_sandbox/coverage", params=query).json()["apis"])


def met(client: httpx.Client, **query: Any) -> dict[str, int]:
    """By id, how often a behaviour of Vorel was met; without those that never were."""
    told = covered(client, **query).get("vorel", {"behaviours": []})
    return {each["id"]: each["times"] for each in told["behaviours"] if each["times"]}


def _said_by(api: str, operation_id: str) -> set[str]:
    """The names that a module of behaviours gives something to, but for those of its own use."""
    source = files("mock_server").joinpath(api, "behaviours", f"{operation_id}.py").read_text()
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return {name for name in names if not name.startswith("_") and not name.isupper()}


def _cannot(api: str, operation_id: str) -> dict[str, str]:
    told: dict[str, str] = import_module(f"mock_server.{api}.behaviours.{operation_id}").UNMEETABLE
    return told


class TestTheRegister:
    """Whoever adds a requirement or an open point says how a call shows that it was met, or why none can."""

    @each_api
    def test_has_a_behaviour_or_a_reason_for_each_requirement_and_no_more(self, api: str) -> None:
        contract = openapi.read(api)
        for operation_id in (EVERY_OPERATION, *contract.operations):
            slugs = {each.slug for each in contract.requirements.values() if each.operation_id == operation_id}
            excused = {name for name in _cannot(api, operation_id) if not name.isdigit()}

            assert _said_by(api, operation_id) == slugs - excused, operation_id
            assert excused <= slugs, operation_id

    @each_api
    def test_has_a_behaviour_or_a_reason_for_each_open_point_and_no_more(self, api: str) -> None:
        names = {id.lower().replace("-", "_") for id in openapi.read(api).open_points}
        excused = _cannot(api, "open_points").keys()

        assert _said_by(api, "open_points") == names - excused
        assert excused <= names

    @each_api
    def test_excuses_errors_that_are_documented_only_and_says_why(self, api: str) -> None:
        for operation_id in (EVERY_OPERATION, *openapi.read(api).operations):
            errors = {name for name in _cannot(api, operation_id) if name.isdigit()}
            known = documented_errors(api, operation_id) if operation_id != EVERY_OPERATION else ()

            assert errors <= {str(status) for status in known}, operation_id
            assert all(_cannot(api, operation_id).values())

    @each_api
    def test_names_what_counts_once(self, api: str) -> None:
        ids = [each.id for each in documented(api)]

        assert len(ids) == len(set(ids))
        assert all(each.text and each.source for each in documented(api))

    def test_counts_requirements_errors_and_every_reading_of_a_setting(self) -> None:
        kinds = {each.id: each.kind for each in documented("vorel")}

        assert kinds["vorel/update_lead/null_clears_a_nullable_field"] == "requirement"
        assert kinds["vorel/create_lead/409"] == "error"
        assert kinds["vorel/VO-25/201"] == kinds["vorel/VO-25/200"] == kinds["vorel/VO-41"] == "reading"
        assert "vorel/get_lead/403" not in kinds
        assert "vorel/VO-08" not in kinds

    def test_spells_a_reading_as_its_setting_is_written(self) -> None:
        told = {each.id: each.text for each in documented("vorel")}

        assert told["vorel/VO-33/true"].endswith(" Here: true.")
        assert "vorel/VO-33/True" not in told


class TestCoverage:
    def test_counts_calls_and_names_the_first(self, client: httpx.Client) -> None:
        first, _ = call(client, "GET", "/leads/1"), call(client, "GET", "/leads/1")

        behaviours = {each["id"]: each for each in covered(client)["vorel"]["behaviours"]}
        point = behaviours["vorel/VO-05"]
        assert (point["times"], point["example"]) == (2, first.headers["X-Sandbox-Exchange"])
        assert point["call"] == "GET /api/v1/leads/1 400"
        assert behaviours["vorel/VO-41"]["times"] == 0
        assert behaviours["vorel/VO-41"]["example"] == behaviours["vorel/VO-41"]["call"] == ""

    def test_is_of_one_key_or_of_all_together(self, client: httpx.Client) -> None:
        call(client, "GET", "/leads")
        call(client, "GET", "/leads", OTHER)
        call(client, "GET", "/leads/1", OTHER)

        shape = "vorel/list_leads/a_page_has_its_three_keys"
        assert (met(client, key=KEY)[shape], met(client, key=OTHER)[shape], met(client)[shape]) == (1, 1, 2)
        assert "vorel/VO-05" not in met(client, key=KEY)
        assert {"vorel/VO-05"} <= met(client, key=OTHER).keys() & met(client).keys()
        assert covered(client)["vorel"]["calls"] == 3

    def test_is_of_an_organization_by_its_id(self, client: httpx.Client) -> None:
        id = call(client, "GET", "/leads").headers["X-Sandbox-Exchange"].rpartition("-")[0]

        assert met(client, organization=id) == met(client, key=KEY) != {}

    def test_of_an_api_in_which_the_key_opens_nothing_is_refused(self, client: httpx.Client) -> None:
        answer = client.get("/_sandbox/coverage", params={"key": "my-own-test-key", "api": "aura"})

        assert (answer.status_code, "no well-formed credential of aura" in answer.json()["error"]) == (400, True)

    def test_names_calls_with_the_credential_masked(self, client: httpx.Client) -> None:
        call(client, "GET", f"/leads/{KEY}?api_key={KEY}")

        met = [each["call"] for each in covered(client)["vorel"]["behaviours"] if each["times"]]
        assert set(met) == {"GET /api/v1/leads/vapk_live_...aaaa?api_key=vapk_live_...aaaa 400"}

    def test_of_all_has_the_calls_without_a_good_key(self, client: httpx.Client) -> None:
        client.get("/api/v1/leads")

        assert met(client)["vorel/list_leads/401"] == 1

    def test_leaves_out_what_was_never_called_unless_it_is_asked_for(self, client: httpx.Client) -> None:
        call(client, "GET", "/leads")

        assert covered(client).keys() == {"vorel"}
        assert covered(client, api="aura")["aura"]["met"] == 0

    def test_survives_a_reset_and_can_be_started_anew(self, client: httpx.Client) -> None:
        call(client, "GET", "/leads")
        before = met(client)

        client.post("/_sandbox/reset")
        client.post("/_sandbox/reset", params={"key": KEY})

        assert met(client) == met(client, key=KEY) == before != {}
        assert client.delete("/_sandbox/coverage").json() == {"forgotten": 1}
        assert covered(client) == {}

    def test_names_no_later_call_as_its_example_after_a_reset(self, client: httpx.Client) -> None:
        example = call(client, "GET", "/leads/1").headers["X-Sandbox-Exchange"]
        client.post("/_sandbox/reset", params={"key": KEY})
        call(client, "GET", "/leads")

        point = next(each for each in covered(client)["vorel"]["behaviours"] if each["id"] == "vorel/VO-05")
        assert point["example"] == example
        assert client.get(f"/_sandbox/explain/{example}").status_code == 404

    def test_that_is_started_anew_takes_no_room_for_keys_that_are_forgotten(self) -> None:
        app = sandbox(APIS)
        client = httpx.Client(transport=InProcess(app), base_url="http://sandbox")
        call(client, "GET", "/leads")
        client.get("/_sandbox/journal", params={"key": OTHER})
        assert len(app.world.coverage("vorel")) == 1

        client.post("/_sandbox/reset")
        assert len(app.world.coverage("vorel")) == 1

        client.delete("/_sandbox/coverage")
        assert app.world.coverage("vorel") == []

    def test_that_is_started_anew_counts_on_for_keys_that_are_open(self, client: httpx.Client) -> None:
        call(client, "GET", "/leads")
        client.delete("/_sandbox/coverage")
        call(client, "GET", "/leads")

        assert met(client) == met(client, key=KEY) != {}

    def test_of_one_key_can_be_started_anew(self, client: httpx.Client) -> None:
        call(client, "GET", "/leads")
        call(client, "GET", "/leads", OTHER)

        client.delete("/_sandbox/coverage", params={"key": KEY})

        assert (met(client, key=KEY), met(client)) == ({}, met(client, key=OTHER))

    @pytest.mark.parametrize("fault", ["error=404", "status=503", "content_type=text/html", "truncated", "delay=0.001"])
    def test_is_not_gained_by_an_answer_with_a_fault_in_it(self, client: httpx.Client, fault: str) -> None:
        path = "/leads/3c90c3cc-0d44-4b50-8888-8dd25736052a"
        call(client, "GET", path, headers={"X-Sandbox-Fault": fault})

        assert met(client) == {}
        assert covered(client)["vorel"]["calls"] == 1

    def test_of_rate_limits_is_gained_by_real_ones(self, client: httpx.Client) -> None:
        client.patch("/_sandbox/settings", params={"key": KEY}, json={"vorel": {"rate_limits": True}})
        for _ in range(201):
            call(client, "GET", "/leads")

        assert met(client)["vorel/list_leads/429"] == 1


class TestWhatOthersHave:
    """The same id or contact is another's, or nobody's: of that, too, each call shows what it has met."""

    @staticmethod
    def _shows_anothers(client: httpx.Client) -> bool:
        """Whether a call that reads the lead with a key that has none meets that it is another organization's."""
        answer = client.get(f"/v1/leads/{_ID}", headers={"Authorization": f"Bearer {APIS['aura'].key_ring['other']}"})
        (exchange,) = client.get("/_sandbox/journal", params={"exchange": answer.headers["X-Sandbox-Exchange"]}).json()[
            "exchanges"
        ]
        return "aura/get_lead/a_lead_of_another_organization_is_not_shown" in exchange["requirements"]

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "reset"),
            ("POST", f"reset?key={APIS['aura'].key_ring['full']}"),
            ("PUT", "snapshots/all"),
            ("PUT", "snapshots/one"),
        ],
    )
    def test_is_forgotten_with_the_leads(self, client: httpx.Client, method: str, path: str) -> None:
        whose = {"key": APIS["aura"].key_ring["full"]}
        client.post("/_sandbox/snapshots", json={"id": "all"}).raise_for_status()
        client.put("/_sandbox/clock", params=whose, json={"frozen": False})
        client.post("/_sandbox/snapshots", params=whose, json={"id": "one"}).raise_for_status()
        body = {"leads": [{"id": _ID, "email": "a@example.com"}]}
        client.post("/_sandbox/leads/aura", params=whose, json=body).raise_for_status()
        assert self._shows_anothers(client)

        client.request(method, f"/_sandbox/{path}").raise_for_status()
        assert not self._shows_anothers(client)

    def test_is_there_again_with_the_leads(self, client: httpx.Client) -> None:
        body = {"leads": [{"id": _ID, "email": "a@example.com"}]}
        client.post("/_sandbox/leads/aura", params={"key": APIS["aura"].key_ring["full"]}, json=body)
        client.post("/_sandbox/snapshots", json={"id": "all"})
        client.post("/_sandbox/reset")

        client.put("/_sandbox/snapshots/all")

        assert self._shows_anothers(client)

    @pytest.mark.parametrize(
        ("api", "method", "path"),
        [
            ("aura", "GET", f"/v1/leads/{_ID}"),
            ("aura", "GET", "/v1/leads"),
            ("octanist", "PATCH", "/api/leads"),
            ("vorel", "GET", "/api/v1/leads"),
        ],
    )
    def test_takes_no_longer_to_find_out_the_more_others_there_are(self, api: str, method: str, path: str) -> None:
        app = sandbox({api: APIS[api]})
        client = httpx.Client(transport=InProcess(app), base_url="http://sandbox")
        sent = APIS[api].key_ring["full"]
        headers = {"X-API-KEY": sent} if api == "octanist" else {"Authorization": f"Bearer {sent}"}
        request = client.build_request(method, path, headers=headers, json={"email": "a@example.com", "status": "won"})

        def functions_called() -> int:
            called: list[str] = []
            sys.setprofile(lambda frame, event, argument: called.append(event) if event == "call" else None)
            try:
                client.send(request)
            finally:
                sys.setprofile(None)
            return len(called)

        client.send(request)
        alone = functions_called()
        for number in range(500):
            app.world.organization(api, f"somebody {number}")

        assert functions_called() < alone + 50


def _fields(api: str, operation: openapi.Operation) -> list[str]:
    """What a body of an operation may have, and something that none may."""
    contract = openapi.read(api)
    body = contract.document["paths"][operation.path][operation.method.lower()].get("requestBody")
    schema = contract.inlined(body)["content"]["application/json"]["schema"] if body else {}
    parts = [schema, *schema.get("allOf", [])]
    return sorted({name for part in parts for name in part.get("properties", {})} | {"notes", "own", ""})


_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**20, "", "50", "new", "a@localhost", "\u00fc" * 150, "x" * 300),
    *([], [[]], [None], [{"a": None}], {}, {"a": None}, {"a": {}}, {"a": {"b": [None]}}, {"a": []}, {"a": "\u00fc"}),
)
"""Values of which each is wrong for most fields."""

_VALUES = st.sampled_from(_ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab") | st.text(), inner, max_size=3),
    max_leaves=6,
)

_QUERY = sorted(
    {
        parameter["name"]
        for api in openapi.APIS
        for item in openapi.read(api).document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", [])
        if parameter.get("in") == "query"
    }
)


@cache
def _steady() -> tuple[httpx.Client, dict[str, str]]:
    """A sandbox, and the id of one lead in each API."""
    http, ids = client_of(), {}
    for api in openapi.APIS:
        lead: dict[str, Any] = {"attributes": {"a": {"b": 1}}} if api == "vorel" else {"email": "a@b.example.com"}
        params = {"key": APIS[api].key_ring["full"]}
        put = http.post(f"/_sandbox/leads/{api}", params=params, json={"leads": [lead]})
        ids[api] = put.json()["leads"][0]["id"]
    return http, ids


def _send(api: str, operation: openapi.Operation, body: Any, id: str = "", key: str = "", query: Any = None) -> None:
    """A call that the sandbox must survive; about the steady lead unless another id is named."""
    http, ids = _steady()
    sent = (key or APIS[api].key_ring["full"]).encode()
    credential = {b"x-api-key": sent} if api == "octanist" else {b"authorization": b"Bearer " + sent}
    answer = http.request(
        operation.method,
        openapi.read(api).base_path + operation.path.replace("{id}", id or ids[api]),
        headers={**credential, b"content-type": b"application/json"},
        params=query,
        content=json.dumps(body).encode(),
    )
    assert answer.status_code < 500
    assert "X-Sandbox-Exchange" in answer.headers


OPERATIONS = [(api, id) for api in openapi.APIS for id in openapi.read(api).operations]


class TestNoBehaviourEverRaises:
    """One that raised would take the answer with it: the client in process raises what the sandbox does."""

    @pytest.mark.parametrize(("api", "operation_id"), OPERATIONS)
    def test_for_an_odd_value_in_any_field(self, api: str, operation_id: str) -> None:
        operation = openapi.read(api).operations[operation_id]
        for odd in _ODD if operation.method != "GET" else ():
            _send(api, operation, odd)
            for name in _fields(api, operation):
                _send(api, operation, {name: odd})

    @each_api
    @given(data=st.data())
    @settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    def test_whatever_is_sent(self, api: str, data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(list(openapi.read(api).operations.values())))
        ring = APIS[api].key_ring
        body = data.draw(st.dictionaries(st.sampled_from(_fields(api, operation)), _VALUES, max_size=4) | _VALUES)
        id = data.draw(st.sampled_from(["", "1", "\u00fc", "3c90c3cc-0d44-4b50-8888-8dd25736052a"]))
        key = data.draw(st.sampled_from([*[ring["full"]] * 9, *ring.values(), "\u00fc"]))
        query = data.draw(st.dictionaries(st.sampled_from(_QUERY), st.text(max_size=4), max_size=3))
        _send(api, operation, body, id, key, query)


def behaviour(id: str, times: int = 0, **fields: str) -> dict[str, Any]:
    _, operation, _ = f"{id}//".split("/", 2)
    return {
        "id": id,
        "kind": "error" if id.rpartition("/")[2].isdigit() else "requirement",
        "operation": operation,
        "text": f"What {id} says.",
        "source": "seed 004",
        "times": times,
        "example": "vorel-00000000-1" if times else "",
        "call": "GET /api/v1/leads 200" if times else "",
        **fields,
    }


def document(*behaviours: dict[str, Any]) -> dict[str, Any]:
    told = {
        "met": sum(each["times"] > 0 for each in behaviours),
        "total": len(behaviours),
        "calls": 7,
        "behaviours": list(behaviours),
    }
    return {"schema": 1, "apis": {"vorel": told} if behaviours else {}}


NOW = document(
    behaviour("vorel/update_lead/a", 2),
    behaviour("vorel/update_lead/b"),
    behaviour("vorel/create_lead/409"),
    behaviour("vorel/VO-41", kind="reading", operation="", text="No page documents a DELETE. Here: 405."),
)
THEN = document(behaviour("vorel/update_lead/a"), behaviour("vorel/update_lead/b", 1))
CHANGED = compared(NOW, THEN)


class TestComparing:
    def test_tells_what_was_lost_and_what_was_gained(self) -> None:
        assert [each["id"] for each in CHANGED.lost] == ["vorel/update_lead/b"]
        assert [each["id"] for each in CHANGED.gained] == ["vorel/update_lead/a"]

    def test_with_nothing_loses_everything(self) -> None:
        assert [each["id"] for each in compared(document(), NOW).lost] == ["vorel/update_lead/a"]


class TestMerging:
    def test_adds_up(self) -> None:
        two = document(*(behaviour(each["id"], 3) for each in NOW["apis"]["vorel"]["behaviours"]))

        both = merged([NOW, two])["apis"]["vorel"]
        assert (both["met"], both["total"], both["calls"]) == (4, 4, 14)
        assert [each["times"] for each in both["behaviours"]] == [5, 3, 3, 3]


class TestTheText:
    def test_says_what_was_never_met_in_plain_words(self) -> None:
        told = text(NOW, None)

        assert "vorel: 7 calls met 1 of 4 (25 %) documented behaviours" in told
        assert "  update_lead  [##########..........]  1 of 2 (50 %)" in told
        assert "  - What vorel/update_lead/b says.\n    vorel/update_lead/b (seed 004)" in told
        assert "  - never saw a 409 from create_lead\n" in told
        assert "vorel, open points: never met\n  - No page documents a DELETE. Here: 405." in told
        assert "vorel/update_lead/a says" not in told

    def test_says_what_changed(self) -> None:
        told = text(NOW, CHANGED)

        assert "Met then, and not now: 1\n  - What vorel/update_lead/b says." in told
        assert "Met now, and not then: 1\n  - What vorel/update_lead/a says." in told

    def test_says_so_where_there_is_nothing_to_tell(self) -> None:
        assert "No call has been made yet" in text(document(), None)


class TestTheJunitFile:
    def test_has_a_case_for_each_behaviour(self) -> None:
        root = ElementTree.fromstring(junit(NOW, None))

        (suite,) = root
        assert {name: suite.get(name) for name in ("name", "tests", "failures", "skipped")} == {
            "name": "vorel",
            "tests": "4",
            "failures": "0",
            "skipped": "3",
        }
        cases = {(each.get("classname"), each.get("name")): each for each in suite}
        assert cases.keys() == {
            ("vorel.update_lead", "a"),
            ("vorel.update_lead", "b"),
            ("vorel.create_lead", "409"),
            ("vorel.open_points", "VO-41"),
        }
        assert cases["vorel.update_lead", "a"].find("skipped") is None
        skipped = cases["vorel.create_lead", "409"].find("skipped")
        assert skipped is not None and skipped.get("message") == "never met: never saw a 409 from create_lead"

    def test_has_a_failure_for_what_was_lost(self) -> None:
        (suite,) = ElementTree.fromstring(junit(NOW, CHANGED))

        failures = [each.get("message") for each in suite.iter("failure")]
        assert (suite.get("failures"), suite.get("skipped")) == ("1", "2")
        assert failures == ["met before, and not now: What vorel/update_lead/b says."]

    def test_has_a_failure_for_what_is_lost_with_an_api_that_was_not_called_again(self) -> None:
        now = document()

        (suite,) = ElementTree.fromstring(junit(now, compared(now, NOW)))

        assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("vorel", "1", "1")
        assert [each.get("message") for each in suite.iter("failure")] == [
            "met before, and not now: What vorel/update_lead/a says."
        ]

    def test_is_xml_whatever_was_called(self) -> None:
        odd = document(behaviour("vorel/update_lead/a", 1, call="GET /\x00<&\u2028 200"))

        assert ElementTree.fromstring(junit(odd, None)) is not None


class TestThePage:
    def test_has_the_sentences_escaped_and_no_script(self) -> None:
        odd = behaviour("vorel/update_lead/a", text="<script>alert(1)</script> & so on", source="\"'")
        told = page(document(odd, behaviour("vorel/update_lead/b", 1, call="GET /<b> 200")), None)

        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; so on" in told
        assert "GET /&lt;b&gt; 200" in told
        assert "<script" not in told and "<b>" not in told and "style=" not in told
        assert "default-src 'none'; style-src 'sha256-" in told

    def test_says_what_changed(self) -> None:
        assert "<h3>1 lost</h3>" in page(NOW, CHANGED)
        assert "Compared with" not in page(NOW, None)
        assert "0 lost" in page(NOW, Difference((), ()))


class TestTheBadge:
    @pytest.mark.parametrize(
        ("met", "message", "colour"),
        [(0, "0 %", "red"), (2, "66.6 %", "yellow"), (3, "100 %", "brightgreen")],
    )
    def test_is_what_shields_asks_for(self, met: int, message: str, colour: str) -> None:
        told = badge.endpoint(document(*(behaviour(f"vorel/update_lead/{at}a", int(at < met)) for at in range(3))))

        assert json.loads(told) == {
            "schemaVersion": 1,
            "label": "lead API coverage",
            "message": message,
            "color": colour,
        }

    def test_is_a_picture_with_a_title(self) -> None:
        root = ElementTree.fromstring(badge.svg(NOW))

        assert root.findtext("{http://www.w3.org/2000/svg}title") == "lead API coverage: 25 %"


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    """A sandbox of its own process; each test uses a key of its own."""
    with serving() as (root, _):
        yield root


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return f"vapk_live_{sha256(request.node.name.encode()).hexdigest()[:48]}"


def tell(root: str, *arguments: str) -> int:
    return main(["coverage", "--url", root, *arguments])


class TestTheCommand:
    def test_tells_what_the_calls_have_met(self, root: str, key: str, capsys: pytest.CaptureFixture[str]) -> None:
        with httpx.Client(base_url=root) as client:
            call(client, "GET", "/leads", key)

        assert tell(root, "--key", key) == 0
        out = capsys.readouterr().out
        assert out.startswith("vorel: 1 call met ")
        assert "never saw a 409 from create_lead" in out
        assert key not in out

    def test_adds_up_several_keys(self, root: str, key: str, capsys: pytest.CaptureFixture[str]) -> None:
        another = key[:-1] + "f" if key[-1] != "f" else key[:-1] + "e"
        with httpx.Client(base_url=root) as client:
            call(client, "GET", "/leads", key)
            call(client, "GET", "/leads/1", another)

        assert tell(root, "--key", key, "--key", another) == 0
        assert capsys.readouterr().out.startswith("vorel: 2 calls met ")

    @pytest.mark.parametrize(("percent", "code"), [("0", 0), ("1", 0), ("90", 1), ("100", 1)])
    def test_fails_under_a_percentage(self, root: str, key: str, percent: str, code: int) -> None:
        with httpx.Client(base_url=root) as client:
            call(client, "GET", "/leads", key)

        assert tell(root, "--key", key, "--fail-under", percent) == code

    def test_fails_where_nothing_was_called_and_something_is_asked_for(self, root: str, key: str) -> None:
        assert tell(root, "--key", key, "--fail-under", "1") == 1
        assert tell(root, "--key", key) == 0

    def test_counts_the_calls_of_an_organization_once_whatever_keys_open_it(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ring = APIS["vorel"].key_ring
        with serving() as (root, _), httpx.Client(base_url=root) as client:
            call(client, "GET", "/leads", ring["full"])
            call(client, "GET", "/leads", ring["other"])
            keys = [argument for name in ("full", "full", "read_only", "other") for argument in ("--key", ring[name])]
            assert tell(root, *keys, "--format", "json") == 0

        assert json.loads(capsys.readouterr().out)["apis"]["vorel"]["calls"] == 2

    def test_fails_on_what_was_lost(
        self, root: str, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "then.json"
        with httpx.Client(base_url=root) as client:
            call(client, "GET", "/leads/1", key)
            assert tell(root, "--key", key, "--format", "json", "--output", str(file)) == 0
            assert checked(json.loads(file.read_text()))["apis"]["vorel"]["calls"] == 1
            assert tell(root, "--key", key, "--compare", str(file), "--fail-on-loss") == 0
            client.delete("/_sandbox/coverage", params={"key": key})
            call(client, "GET", "/leads", key)

        capsys.readouterr()
        assert tell(root, "--key", key, "--compare", str(file)) == 0
        assert tell(root, "--key", key, "--compare", str(file), "--fail-on-loss", "--format", "json") == 1
        told = capsys.readouterr()
        assert "vorel/VO-05" in told.err
        assert '"lost"' in told.out

    @pytest.mark.parametrize("format", ["junit", "html", "badge"])
    def test_writes_a_file(self, root: str, key: str, format: str, tmp_path: Path) -> None:
        for name in ("told", "told.svg"):
            assert tell(root, "--key", key, "--api", "vorel", "--format", format, "--output", str(tmp_path / name)) == 0

        assert (tmp_path / "told").read_text()
        assert ((tmp_path / "told.svg").read_text().startswith("<svg")) is (format == "badge")

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--key", "bad"),
            ("--key", "\u00fc"),
            ("--compare", "missing.json"),
            ("--compare", __file__),
            ("--fail-on-loss",),
            ("--output", "/missing/file"),
        ],
    )
    def test_refuses_what_it_cannot_use(
        self, root: str, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert tell(root, *arguments) == 2
        err = capsys.readouterr().err
        assert err.startswith("lead-mock: ") and err.count("\n") == 1

    @pytest.mark.parametrize("told", [[], {"schema": 2, "apis": {}}, {"schema": 1, "apis": {"vorel": {"calls": 1}}}])
    def test_compares_with_a_coverage_document_only(
        self, root: str, told: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "then.json").write_text(json.dumps(told))

        assert tell(root, "--compare", str(tmp_path / "then.json")) == 2
        assert "--format json" in capsys.readouterr().err

    @pytest.mark.parametrize("percent", ["-1", "101", "half", "nan"])
    def test_takes_a_percentage(self, percent: str) -> None:
        with pytest.raises(SystemExit) as error:
            main(["coverage", "--fail-under", percent])

        assert error.value.code == 2

    def test_needs_a_sandbox(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["coverage", "--url", "http://127.0.0.1:1"]) == 4
        assert "lead-mock serve" in capsys.readouterr().err

    def test_needs_the_admin_token_that_the_sandbox_asks_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        with serving("--admin-token", "t") as (root, _):
            assert tell(root) == 2
            assert "admin token" in capsys.readouterr().err
            assert tell(root, "--admin-token", "t") == 0
