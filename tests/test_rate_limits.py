"""The documented rate limits, which are off until the setting says otherwise."""

from __future__ import annotations

import httpx
import pytest

from mock_server.errors import RateLimited
from mock_server.rate_limits import RateLimit, Usage

KEYS = {"aura": "aura_pk_live_limits", "vorel": "vapk_live_" + "c" * 48}
LIMITS = {"aura": 100, "vorel": 200}
PATHS = {"aura": "/v1/leads", "vorel": "/api/v1/leads"}


@pytest.fixture(params=["aura", "vorel"])
def api(request: pytest.FixtureRequest, client: httpx.Client) -> str:
    """An API with rate limits that are switched on, at 40 seconds before the end of a window."""
    api = str(request.param)
    scope = {"X-Sandbox-Key": KEYS[api]}
    client.patch("/_sandbox/settings", json={api: {"rate_limits": True}}, headers=scope)
    client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:20Z"}, headers=scope)
    return api


def get(client: httpx.Client, api: str, path: str = "") -> httpx.Response:
    return client.get(path or PATHS[api], headers={"Authorization": f"Bearer {KEYS[api]}"})


def test_without_the_setting_there_are_neither_limits_nor_headers(client: httpx.Client) -> None:
    for api, most in LIMITS.items():
        answers = [get(client, api) for _ in range(most + 1)]

        assert {answer.status_code for answer in answers} == {200}
        assert "X-RateLimit-Limit" not in answers[0].headers


def test_every_answer_tells_what_is_left(client: httpx.Client, api: str) -> None:
    found, missing, nowhere = get(client, api), get(client, api, PATHS[api] + "/1"), get(client, api, PATHS[api] + "//")

    remaining = [answer.headers["X-RateLimit-Remaining"] for answer in (found, missing, nowhere)]
    assert remaining == [str(LIMITS[api] - used) for used in (1, 2, 3)]
    assert found.headers["X-RateLimit-Limit"] == str(LIMITS[api])
    assert found.headers["X-RateLimit-Reset"] == "1768636860"


@pytest.mark.parametrize("path", ["", "/nothing/at/all"])
def test_an_answer_to_nobody_tells_the_limits_too(client: httpx.Client, api: str, path: str) -> None:
    client.patch("/_sandbox/settings", json={api: {"rate_limits": True}})
    client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:20Z"})

    answers = [client.get(PATHS[api] + path, headers={"Authorization": "Bearer nonsense"}) for _ in range(2)]

    assert answers[0].status_code == (404 if path else 401)
    for name, value in {"Limit": str(LIMITS[api]), "Remaining": str(LIMITS[api]), "Reset": "1768636860"}.items():
        assert [answer.headers[f"X-RateLimit-{name}"] for answer in answers] == [value, value]


def test_a_429_that_was_asked_for_tells_them_once(client: httpx.Client, api: str) -> None:
    headers = {"Authorization": f"Bearer {KEYS[api]}", "X-Sandbox-Fault": "status=429"}

    answer = client.get(PATHS[api], headers=headers)

    assert (answer.status_code, answer.headers.get_list("X-RateLimit-Remaining")) == (429, ["0"])


def test_one_call_too_many_is_answered_429_until_the_window_ends(client: httpx.Client, api: str) -> None:
    for _ in range(LIMITS[api]):
        assert get(client, api).status_code == 200

    refused = get(client, api)
    client.post("/_sandbox/clock/advance", json={"seconds": 39.999}, headers={"X-Sandbox-Key": KEYS[api]})
    still = get(client, api)
    client.post("/_sandbox/clock/advance", json={"seconds": 0.001}, headers={"X-Sandbox-Key": KEYS[api]})

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "40")
    assert (still.status_code, still.headers["Retry-After"]) == (429, "1")
    assert get(client, api).status_code == 200


def test_another_organization_is_not_limited_by_it(client: httpx.Client) -> None:
    client.patch("/_sandbox/settings", json={"aura": {"rate_limits": True}})
    for _ in range(100):
        get(client, "aura")

    other = client.get("/v1/leads", headers={"Authorization": "Bearer aura_pk_live_another"})

    assert get(client, "aura").status_code == 429
    assert other.status_code == 200


def test_the_limit_of_the_organization_counts_all_of_its_keys() -> None:
    usage, limit = Usage(), RateLimit(per_key=3, per_organization=4)
    for key in ("one", "one", "two", "two"):
        usage.charge(limit, key, 0)

    with pytest.raises(RateLimited):
        usage.charge(limit, "three", 59_999)
    told = dict(usage.charge(limit, "three", 60_000))
    assert (told["X-RateLimit-Limit"], told["X-RateLimit-Remaining"]) == ("3", "2")
