"""Odd input, at every operation that takes a body: a 4xx in the vendor's envelope, and never a changed lead."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

import openapi
from mock_server import APIS
from mock_server.call import Call
from tests.in_process import client_of


@dataclass(frozen=True)
class Place:
    """An operation that takes a body."""

    api: str
    operation_id: str

    @property
    def header(self) -> dict[str, str]:
        key = APIS[self.api].key_ring["full"]
        return {"X-API-KEY": key} if self.api == "octanist" else {"Authorization": f"Bearer {key}"}


PLACES = [
    Place(api, id)
    for api in openapi.APIS
    for id, operation in openapi.read(api).operations.items()
    if "requestBody" in openapi.read(api).document["paths"][operation.path][operation.method.lower()]
]

each_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.api}-{place.operation_id}")


class World:
    """A sandbox with one lead in each API, and requests to it."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.ids = {api: self._lead(api) for api in openapi.APIS}

    def _lead(self, api: str) -> str:
        answer = self._client.post(
            f"/_sandbox/leads/{api}",
            params={"key": APIS[api].key_ring["full"]},
            json={"leads": [LEADS[api]]},
        )
        return str(answer.json()["leads"][0]["id"])

    def leads(self) -> Any:
        return [self._client.get(f"/_sandbox/leads/{api}").json() for api in openapi.APIS]

    def send(self, place: Place, content: bytes, content_type: str | None = "application/json") -> httpx.Response:
        contract = openapi.read(place.api)
        operation = contract.operations[place.operation_id]
        url = contract.base_path + operation.path.replace("{id}", self.ids[place.api])
        headers = place.header | ({"Content-Type": content_type} if content_type else {})
        return self._client.request(operation.method, url, headers=headers, content=content)

    def get(self, url: str, place: Place, method: str = "GET") -> httpx.Response:
        return self._client.request(method, url, headers=place.header)


LEADS: dict[str, dict[str, Any]] = {
    "aura": {"email": "john@example.com"},
    "octanist": {"email": "john@example.com", "phone": "+14155552671"},
    "vorel": {"conversation_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a"},
}


@pytest.fixture
def world() -> Iterator[World]:
    with client_of() as client:
        yield World(client)


def refused(answer: httpx.Response, place: Place) -> None:
    """A 4xx in the envelope of the API."""
    body = answer.json()
    assert 400 <= answer.status_code < 500, answer.text[:200]
    assert answer.headers["content-type"] == "application/json"
    match place.api:
        case "aura":
            assert body["success"] is False
            assert all(isinstance(body[name], str) and body[name] for name in ("error", "code", "requestId"))
        case "octanist":
            assert body["success"] is False
            assert body["error"]["code"] and body["error"]["message"]
            assert body["meta"]["requestId"] and body["meta"]["timestamp"]
        case "vorel":
            assert body["error"]["code"] and body["error"]["message"]


NOT_WHAT_IS_MEANT: dict[str, bytes] = {
    "an empty body": b"",
    "white space": b"  \n ",
    "null": b"null",
    "an array": b"[]",
    "a text": b'"lead"',
    "a number": b"7",
    "true": b"true",
    "half an object": b'{"email": "a@example.com"',
    "two values": b"{} {}",
    "a trailing comma": b'{"email": "a@example.com",}',
    "single quotes": b"{'email': 'a@example.com'}",
    "a comment": b"{} // lead",
    "NaN": b'{"email": "a@example.com", "value": NaN}',
    "Infinity": b'{"email": "a@example.com", "value": -Infinity}',
    "a number beyond floats": b'{"email": "a@example.com", "value": 1e999}',
    "a number of 5000 digits": b'{"email": "a@example.com", "value": ' + b"9" * 5000 + b"}",
    "the same key twice": b'{"email": "a@example.com", "email": "b@example.com"}',
    "the same key twice, deep down": b'{"email": "a@example.com", "attributes": {"a": [{"b": 1, "b": 2}]}}',
    "the same key twice, once escaped": b'{"email": "a@example.com", "\\u0065mail": "b@example.com"}',
    "a lone high surrogate": b'{"email": "a@example.com", "name": "\\ud800"}',
    "a lone low surrogate": b'{"email": "a@example.com", "name": "\\udc00"}',
    "an encoded surrogate": b'{"email": "a@example.com", "name": "\xed\xa0\x80"}',
    "bytes that are not UTF-8": b'{"email": "a@example.com", "name": "\xff\xfe"}',
    "UTF-16": '{"email": "a@example.com"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"email": "a@example.com"}',
    "a raw control character": b'{"email": "a@example.com", "name": "a\x01b"}',
    "a raw zero byte": b'{"email": "a\x00@example.com"}',
    "arrays nested 200 deep": b'{"email": "a@example.com", "attributes": ' + b"[" * 200 + b"]" * 200 + b"}",
    "objects nested 100000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "brackets without end": b"[" * 500_000,
    "a form": b"email=a%40example.com",
    "XML": b"<lead/>",
}


class TestABodyThatIsNotWhatIsMeant:
    @each_place
    @pytest.mark.parametrize("kind", NOT_WHAT_IS_MEANT)
    def test_is_refused_and_changes_nothing(self, place: Place, kind: str, world: World) -> None:
        before = world.leads()

        refused(world.send(place, NOT_WHAT_IS_MEANT[kind]), place)

        assert world.leads() == before

    @each_place
    @pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "json", ""])
    def test_is_refused_when_it_is_not_declared_as_json(
        self, place: Place, content_type: str | None, world: World
    ) -> None:
        before = world.leads()

        refused(world.send(place, b'{"email": "a@example.com"}', content_type), place)

        assert world.leads() == before

    @each_place
    def test_is_refused_above_one_mebibyte(self, place: Place, world: World) -> None:
        before = world.leads()

        for size in (1024 * 1024 + 1, 20 * 1024 * 1024):
            answer = world.send(place, b" " * (size - 2) + b"{}")
            refused(answer, place)
            assert answer.status_code == 413

        assert world.leads() == before

    @each_place
    def test_is_read_up_to_one_mebibyte(self, place: Place, world: World) -> None:
        padded = json.dumps({"own": ""}).encode()
        answer = world.send(place, padded + b" " * (1024 * 1024 - len(padded)))

        assert answer.status_code not in (413, 500)

    @each_place
    @pytest.mark.parametrize(
        "content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json;"]
    )
    def test_is_json_however_that_is_written(self, place: Place, content_type: str, world: World) -> None:
        same = world.send(place, b"{}", content_type), world.send(place, b"{}")

        assert same[0].status_code == same[1].status_code


class TestACallThatIsRefused:
    @pytest.mark.parametrize(
        ("method", "path", "body", "fault", "status"),
        [
            ("PATCH", "/v1/leads/550e8400-e29b-41d4-a716-446655440000", b'{"company": "Acme"}', "", 404),
            ("POST", "/v1/leads", b'{"email": 5}', "", 400),
            ("POST", "/v1/leads", b'{"email",', "", 400),
            ("POST", "/v1/leads", b'{"email": "a@example.com", "email": "b@example.com"}', "", 400),
            ("POST", "/v1/leads", b'{"email": "a@example.com"}', "status=503", 503),
        ],
    )
    def test_is_out_of_memory_before_the_collector_comes(
        self, client: httpx.Client, method: str, path: str, body: bytes, fault: str, status: int
    ) -> None:
        headers = {"Content-Type": "application/json", **({"X-Sandbox-Fault": fault} if fault else {})}
        gc.collect()
        gc.disable()
        try:
            assert client.request(method, path, content=body, headers=headers).status_code == status
            assert not [each for each in gc.get_objects() if isinstance(each, Call)]
        finally:
            gc.enable()


class TestAPath:
    @pytest.mark.parametrize("api", openapi.APIS)
    @pytest.mark.parametrize(
        "tail",
        [
            "/leads/%zz",
            "/leads/%",
            "/leads/%ff%fe",
            "/leads/%00",
            "/leads/..%2f..%2fetc",
            "/leads/" + "a" * 20_000,
            "/leads/1/2/3",
            "/leads/",
            "//leads",
            "/nothing",
            "",
            "/",
        ],
        ids=lambda tail: tail[:20] or "nothing",
    )
    def test_that_leads_nowhere_is_refused_in_the_envelope(self, api: str, tail: str, world: World) -> None:
        place = Place(api, "")

        refused(world.get(APIS[api].prefix + tail, place), place)

    @pytest.mark.parametrize("api", openapi.APIS)
    @pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "LINK"])
    def test_does_not_answer_to_a_method_that_is_not_documented(self, api: str, method: str, world: World) -> None:
        place, before = Place(api, ""), world.leads()

        answer = world.get(f"{APIS[api].prefix}/leads", place, method)

        assert answer.status_code == 405
        assert "POST" in answer.headers["allow"]
        if method != "HEAD":
            refused(answer, place)
        assert world.leads() == before

    def test_that_no_api_owns_is_not_in_a_vendors_envelope(self, world: World) -> None:
        answer = world.get("/elsewhere", Place("aura", ""))

        assert (answer.status_code, answer.json()) == (404, {"error": "Nothing is documented at this path."})


class TestAnAnswer:
    @pytest.mark.parametrize("number", ["12345678901234567890123", "-98765432109876543210", "0.1", "1e5", "-0.0"])
    def test_keeps_numbers_of_any_size(self, number: str, world: World) -> None:
        place = Place("vorel", "update_lead")

        answer = world.send(place, f'{{"attributes": {{"n": {number}}}}}'.encode())

        assert json.loads(answer.text)["attributes"]["n"] == json.loads(number)

    @pytest.mark.parametrize("text", ["👩‍👩‍👧‍👦", "e\u0301", "\u202eabc", "\u0000", "\\u0041", "</script>"])
    def test_keeps_text_to_the_letter(self, text: str, world: World) -> None:
        place = Place("vorel", "update_lead")

        answer = world.send(place, json.dumps({"name": text}).encode())

        assert answer.json()["name"] == text


def test_every_api_is_represented() -> None:
    assert {place.api for place in PLACES} == set(openapi.APIS)
    assert len(PLACES) == 7
