"""The key is the tenant: every credential has a world of its own, and the same seed gives the same world."""

from __future__ import annotations

import httpx

from mock_server import APIS
from tests.in_process import client_of

RING = APIS["aura"].key_ring


def as_(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def transcript(client: httpx.Client, key: str) -> list[bytes]:
    """What a fixed list of calls answers."""
    answers = [client.post("/v1/leads", json={"email": f"{at}@example.com"}, headers=as_(key)) for at in range(3)]
    id = answers[0].json()["data"]["id"]
    answers.append(client.patch(f"/v1/leads/{id}", json={"status": "qualified"}, headers=as_(key)))
    answers.append(client.patch(f"/v1/leads/{id}", json={"phone": "1"}, headers=as_(key)))
    answers.append(client.get("/v1/leads", params={"limit": "2"}, headers=as_(key)))
    return [answer.content for answer in answers]


class TestAnOrganization:
    def test_opens_empty_for_any_well_formed_key(self, client: httpx.Client) -> None:
        answer = client.get("/v1/leads", headers=as_("aura_pk_live_neverSeenBefore"))

        assert (answer.status_code, answer.json()["data"]) == (200, [])

    def test_sees_no_other_organizations_leads(self, client: httpx.Client) -> None:
        id = client.post("/v1/leads", json={"email": "a@example.com"}, headers=as_(RING["full"])).json()["data"]["id"]

        theirs = client.get(f"/v1/leads/{id}", headers=as_(RING["other"]))
        nobodys = client.get("/v1/leads/550e8400-e29b-41d4-a716-446655440000", headers=as_(RING["other"]))

        assert theirs.status_code == nobodys.status_code == 404
        assert {**theirs.json(), "requestId": ""} == {**nobodys.json(), "requestId": ""}

    def test_of_callers_without_a_key_is_one_for_all(self, client: httpx.Client) -> None:
        id = client.post("/v1/leads", json={"email": "a@example.com"}).json()["data"]["id"]

        assert client.get(f"/v1/leads/{id}").status_code == 200
        assert client.get(f"/v1/leads/{id}", headers=as_(RING["full"])).status_code == 404

    def test_of_callers_without_a_key_closes_with_the_setting(self, client: httpx.Client) -> None:
        client.patch("/_sandbox/settings", json={"aura": {"require_key": True}})

        answer = client.get("/v1/leads")

        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")

    def test_is_closed_to_revoked_and_malformed_keys(self, client: httpx.Client) -> None:
        for header in (RING["revoked"], RING["malformed"], "", "aura_pk_live_", "aura_pk_live_a b", "x" * 5000):
            answer = client.get("/v1/leads", headers=as_(header))
            assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED"), header
        assert client.get("/v1/leads", headers={"Authorization": f"Basic {RING['full']}"}).status_code == 401


class TestTheSameSeed:
    def test_gives_the_same_answers_to_the_byte(self) -> None:
        seen = []
        for seed in (7, 7, 8):
            with client_of(seed=seed, frozen_at=1_768_636_800_000) as client:
                seen.append(transcript(client, RING["full"]))

        assert seen[0] == seen[1]
        assert seen[0] != seen[2]

    def test_gives_each_organization_ids_of_its_own(self) -> None:
        with client_of(frozen_at=1_768_636_800_000) as client:
            assert transcript(client, RING["full"]) != transcript(client, RING["other"])

    def test_gives_the_same_answers_whatever_other_organizations_do(self) -> None:
        with client_of(frozen_at=1_768_636_800_000) as client:
            alone = transcript(client, RING["full"])
        with client_of(frozen_at=1_768_636_800_000) as client:
            transcript(client, RING["other"])
            client.get("/v1/nothing")
            assert transcript(client, RING["full"]) == alone
