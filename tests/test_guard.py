"""No page of another site steers the sandbox, and no name that a stranger's DNS could point at it reaches it."""

from __future__ import annotations

import httpx
import pytest

from tests.in_process import client_of


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:4020",
        "localhost:4020",
        "[::1]:4020",
        "192.168.1.7",
        "sandbox",
        "api.localhost",
        "LOCALHOST",
        "host.docker.internal:4020",
    ],
)
def test_the_sandbox_is_reached_by_address_and_by_names_without_a_dot(client: httpx.Client, host: str) -> None:
    assert client.get("/_sandbox/info", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:4020", "127.0.0.1.evil.example", "localhost.evil.org", "internal.evil.example"],
)
def test_no_other_name_reaches_it(client: httpx.Client, host: str) -> None:
    answer = client.get("/_sandbox/info", headers={"Host": host})

    assert answer.status_code == 403
    assert "--allow-host" in answer.json()["error"]


def test_a_name_can_be_allowed() -> None:
    client = client_of(hosts=frozenset({"Sandbox.example.com"}))

    assert client.get("/_sandbox/info", headers={"Host": "sandbox.Example.com:4020"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_cannot_steer_it(client: httpx.Client, headers: dict[str, str]) -> None:
    client.patch("/_sandbox/settings", json={"octanist": {"bulk_updates": True}})

    answer = client.post("/_sandbox/reset", headers={"Host": "localhost:4020", **headers})

    assert answer.status_code == 403
    assert client.get("/_sandbox/settings").json()["octanist"]["bulk_updates"] is True


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://localhost:4020"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_its_own_page_and_programs_can(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.post("/_sandbox/reset", headers={"Host": "localhost:4020", **headers}).status_code == 200


class TestTheDocumentedApis:
    CALLS = (("/v1/leads", 200), ("/api/leads", 401), ("/api/v1/leads", 401), ("/v1/nothing", 404))

    @pytest.mark.parametrize(("path", "status"), CALLS)
    def test_answer_by_any_name_unless_they_are_guarded(self, client: httpx.Client, path: str, status: int) -> None:
        assert client.get(path, headers={"Host": "evil.example"}).status_code == status

    def test_answer_only_by_names_of_the_sandbox_where_they_are_guarded(self) -> None:
        client = client_of(hosts=frozenset({"sandbox.example.com"}), guarded=True)

        for path, status in self.CALLS:
            for host in ("127.0.0.1:4020", "sandbox.example.com"):
                assert client.get(path, headers={"Host": host}).status_code == status
            refused = client.get(path, headers={"Host": "evil.example"})
            assert refused.status_code == 403
            assert "--allow-host" in refused.text
            assert client.get(path).status_code == status
