"""State that is saved, put back, compared, downloaded, and kept in a file."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import APIS
from mock_server.errors import Invalid
from mock_server.serve import sandbox
from mock_server.state.state_file import load, save, sweep
from tests.in_process import InProcess, client_of
from tests.programs import said, serving

KEY = "aura_pk_live_snapshots"
OTHER = "aura_pk_live_others"
HEADERS = {"Authorization": f"Bearer {KEY}"}


def create(client: httpx.Client, email: str, key: str = KEY) -> str:
    answer = client.post("/v1/leads", json={"email": email}, headers={"Authorization": f"Bearer {key}"})
    return str(answer.json()["data"]["id"])


def emails(client: httpx.Client, key: str = KEY) -> list[str]:
    listed = client.get("/v1/leads", headers={"Authorization": f"Bearer {key}"}).json()["data"]
    return sorted(lead["email"] for lead in listed)


def snapshot(client: httpx.Client, id: str, **query: str) -> dict[str, Any]:
    answer = client.post("/_sandbox/snapshots", json={"id": id}, params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


class TestASnapshot:
    def test_puts_leads_settings_and_clock_back(self, client: httpx.Client) -> None:
        scope = {"X-Sandbox-Key": KEY}
        lead = create(client, "a@example.com")
        client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:00Z"}, headers=scope)
        snapshot(client, "before")
        client.patch(f"/v1/leads/{lead}", json={"full_name": "Ada"}, headers=HEADERS)
        create(client, "b@example.com")
        client.patch("/_sandbox/settings", json={"aura": {"create_status": 200}}, headers=scope)
        client.post("/_sandbox/clock/advance", json={"seconds": 60}, headers=scope)

        client.put("/_sandbox/snapshots/before")

        assert emails(client) == ["a@example.com"]
        assert client.get(f"/v1/leads/{lead}", headers=HEADERS).json()["data"]["full_name"] is None
        assert client.get("/_sandbox/settings", headers=scope).json()["aura"]["create_status"] == 201
        assert client.get("/_sandbox/clock", headers=scope).json()["now"] == "2026-01-17T08:00:00.000Z"

    def test_lets_the_same_calls_give_the_same_ids_again(self, client: httpx.Client) -> None:
        create(client, "a@example.com")
        snapshot(client, "before")
        first = create(client, "b@example.com")

        client.put("/_sandbox/snapshots/before")

        assert create(client, "b@example.com") == first

    def test_keeps_what_was_recorded(self, client: httpx.Client) -> None:
        snapshot(client, "before", key=KEY)
        create(client, "a@example.com")

        client.put("/_sandbox/snapshots/before")

        assert len(client.get("/_sandbox/journal").json()["exchanges"]) == 1

    def test_of_one_organization_leaves_others_alone(self, client: httpx.Client) -> None:
        snapshot(client, "mine", key=KEY)
        create(client, "a@example.com")
        create(client, "b@example.com", OTHER)

        client.put("/_sandbox/snapshots/mine")

        assert emails(client) == []
        assert emails(client, OTHER) == ["b@example.com"]

    def test_of_all_forgets_what_was_opened_since(self, client: httpx.Client) -> None:
        create(client, "a@example.com")
        snapshot(client, "all")
        create(client, "b@example.com", OTHER)

        client.put("/_sandbox/snapshots/all")

        assert emails(client, OTHER) == []
        assert emails(client) == ["a@example.com"]

    def test_of_all_is_put_back_for_one_organization_where_one_is_named(self, client: httpx.Client) -> None:
        snapshot(client, "all")
        create(client, "a@example.com")
        create(client, "b@example.com", OTHER)
        snapshot(client, "both")
        create(client, "c@example.com")
        create(client, "d@example.com", OTHER)
        named = {"X-Sandbox-Key": KEY}

        changed = client.get("/_sandbox/snapshots/both/differences", headers=named).json()["differences"]
        held = client.get("/_sandbox/snapshots/both", headers=named).json()["organizations"]
        restored = client.put("/_sandbox/snapshots/both", headers=named).json()

        assert [each["change"] for each in changed] == ["added"]
        assert [each["key"] for each in held] == [KEY]
        assert (restored["whole"], restored["organizations"], restored["leads"]) == (False, 1, 1)
        assert emails(client) == ["a@example.com"]
        assert emails(client, OTHER) == ["b@example.com", "d@example.com"]
        assert client.put("/_sandbox/snapshots/all", headers=named).status_code == 404

    def test_without_a_name_gets_one_that_is_free(self, client: httpx.Client) -> None:
        made = [client.post("/_sandbox/snapshots", json={}).json()["id"] for _ in range(2)]
        client.delete(f"/_sandbox/snapshots/{made[0]}")

        assert client.post("/_sandbox/snapshots", json={}).json()["id"] not in made[1:]

    def test_can_be_downloaded_and_uploaded_elsewhere(self, client: httpx.Client) -> None:
        create(client, "a@example.com")
        snapshot(client, "mine", key=KEY)
        state = client.get("/_sandbox/snapshots/mine").json()
        elsewhere = client_of()

        elsewhere.post("/_sandbox/snapshots", json={"id": "theirs", "state": state})
        elsewhere.put("/_sandbox/snapshots/theirs")

        assert emails(elsewhere) == ["a@example.com"]
        assert create(elsewhere, "b@example.com") == create(client, "b@example.com")

    def test_of_more_than_the_documented_apis_would_read_can_be_uploaded(self, client: httpx.Client) -> None:
        sent = [{"email": "a@example.com", "company": "x" * 600_000}]
        for _ in range(2):
            client.post("/_sandbox/leads/aura", params={"key": KEY}, json={"leads": sent}).raise_for_status()
        snapshot(client, "mine", key=KEY)
        state = client.get("/_sandbox/snapshots/mine").json()

        answer = client.post("/_sandbox/snapshots", json={"id": "again", "state": state})
        too_large = client.post("/v1/leads", json={"email": "a@example.com", "company": "x" * 1_200_000})

        assert (answer.status_code, answer.json().get("leads")) == (200, 2)
        assert too_large.status_code == 413

    def test_is_listed_and_can_be_removed(self, client: httpx.Client) -> None:
        create(client, "a@example.com")
        snapshot(client, "one")

        listed = client.get("/_sandbox/snapshots").json()["snapshots"]
        client.delete("/_sandbox/snapshots/one")

        assert listed == [{"id": "one", "whole": True, "organizations": 1, "leads": 1}]
        assert client.put("/_sandbox/snapshots/one").status_code == 404

    def test_that_has_more_leads_than_ids_were_given_away_loses_none_to_later_ones(self, client: httpx.Client) -> None:
        made = [create(client, "a@example.com"), create(client, "b@example.com")]
        snapshot(client, "mine", key=KEY)
        state = client.get("/_sandbox/snapshots/mine").json()
        state["organizations"][0]["drawn"]["ids"] = 1
        client.post("/_sandbox/snapshots", json={"id": "lagging", "state": state})
        client.put("/_sandbox/snapshots/lagging")

        assert create(client, "c@example.com") not in made
        assert emails(client) == ["a@example.com", "b@example.com", "c@example.com"]

    @pytest.mark.parametrize("id", [".", "..", "a/b", ""])
    def test_cannot_have_a_name_that_is_no_segment_of_a_path(self, client: httpx.Client, id: str) -> None:
        assert client.post("/_sandbox/snapshots", json={"id": id}).status_code == 400

    def test_cannot_take_the_name_of_another(self, client: httpx.Client) -> None:
        snapshot(client, "one")

        assert client.post("/_sandbox/snapshots", json={"id": "one"}).status_code == 400

    @pytest.mark.parametrize(
        ("edit", "complaint"),
        [
            ({"version": 2}, "version"),
            ({"organizations": {}}, "organizations"),
            ({"key": "nonsense"}, "organizations.0.key: this opens no organization of aura"),
            ({"api": "hubspot"}, "organizations.0.api: hubspot is none of"),
            ({"settings": {"create_status": 204}}, "create_status"),
            ({"clock": {"frozen_at": -1, "shift": 0}}, "organizations.0.clock.frozen_at"),
            (
                {"clock": {"frozen_at": None, "shift": -63_000_000_000_000}},
                "organizations.0.clock.shift: the",
            ),
            (
                {"clock": {"frozen_at": None, "shift": -250_000_000_000_000}},
                "organizations.0.clock.shift: the",
            ),
            ({"leads": [{"id": "x"}]}, "organizations.0.leads.0"),
        ],
    )
    def test_that_is_uploaded_is_checked_first(
        self, client: httpx.Client, edit: dict[str, Any], complaint: str
    ) -> None:
        create(client, "a@example.com")
        snapshot(client, "mine", key=KEY)
        state = client.get("/_sandbox/snapshots/mine").json()
        (state if edit.keys() & state.keys() else state["organizations"][0]).update(edit)

        answer = client.post("/_sandbox/snapshots", json={"id": "bad", "state": state})

        assert answer.status_code == 400
        assert complaint in answer.json()["error"]
        assert [each["id"] for each in client.get("/_sandbox/snapshots").json()["snapshots"]] == ["mine"]

    @pytest.mark.parametrize("at", ["leads.0.id", "leads.0.conversation_id", "conversations.0.id"])
    def test_that_is_uploaded_with_a_uuid_in_capital_letters_is_refused(self, client: httpx.Client, at: str) -> None:
        key = APIS["vorel"].key_ring["full"]
        headers = {"Authorization": f"Bearer {key}"}
        customer = {"channel": "webform", "customer_identifier": "ada"}
        conversation = client.post("/api/v1/conversations", json=customer, headers=headers).json()["id"]
        client.post("/api/v1/leads", json={"conversation_id": conversation}, headers=headers)
        snapshot(client, "mine", key=key)
        state = client.get("/_sandbox/snapshots/mine").json()
        things, _, name = at.split(".")
        (thing,) = state["organizations"][0][things]
        thing[name] = thing[name].upper()

        answer = client.post("/_sandbox/snapshots", json={"id": "bad", "state": state})

        assert answer.json() == {
            "error": f"organizations.0.{at}: write {thing[name]} in small letters, as the sandbox does"
        }

    def test_that_is_no_json_is_refused_with_the_place(self, client: httpx.Client) -> None:
        kind = {"Content-Type": "application/json"}

        answer = client.post("/_sandbox/snapshots", content='{"id": "bad",\n "state": {]}', headers=kind)

        assert answer.status_code == 400
        assert answer.json()["error"] == "The body is not valid JSON: line 2, column 12."


class TestDifferences:
    def test_are_told_by_lead_and_field_until_now(self, client: httpx.Client) -> None:
        client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:00Z"})
        lead = create(client, "a@example.com")
        snapshot(client, "before")
        client.patch(f"/v1/leads/{lead}", json={"full_name": "Ada"}, headers=HEADERS)
        new = create(client, "b@example.com")

        changed, added = client.get("/_sandbox/snapshots/before/differences").json()["differences"]

        assert (changed["lead"], changed["change"], changed["fields"]) == (
            lead,
            "changed",
            {"full_name": [None, "Ada"]},
        )
        assert (added["lead"], added["change"], added["fields"]["email"]) == (new, "added", [None, "b@example.com"])

    def test_since_a_snapshot_of_all_are_those_of_new_organizations_too(self, client: httpx.Client) -> None:
        create(client, "a@example.com")
        snapshot(client, "all")
        snapshot(client, "mine", key=KEY)
        create(client, "b@example.com", OTHER)

        (new,) = client.get("/_sandbox/snapshots/all/differences").json()["differences"]

        assert (new["change"], new["fields"]["email"]) == ("added", [None, "b@example.com"])
        assert client.get("/_sandbox/snapshots/mine/differences").json()["differences"] == []

    def test_are_told_between_two_snapshots(self, client: httpx.Client) -> None:
        create(client, "a@example.com")
        snapshot(client, "one")
        snapshot(client, "two")
        create(client, "b@example.com")
        snapshot(client, "three")

        def between(one: str, two: str) -> list[str]:
            path = f"/_sandbox/snapshots/{one}/differences"
            return [each["change"] for each in client.get(path, params={"with": two}).json()["differences"]]

        assert (between("one", "two"), between("two", "three"), between("three", "one")) == ([], ["added"], ["removed"])


class TestTheStateFile:
    def test_is_written_at_the_end_and_begun_with_again(self, tmp_path: Path) -> None:
        path, killed = tmp_path / "state.json", tmp_path / ".state.json.abcd0123.unfinished"
        killed.touch()
        for email, number in (("a@example.com", signal.SIGTERM), ("b@example.com", signal.SIGHUP)):
            with serving("--state", str(path), "--save-state") as (root, process):
                with httpx.Client(base_url=root) as client:
                    create(client, email)
                process.send_signal(number)
                process.communicate(timeout=10)
        with serving("--state", str(path)) as (root, _), httpx.Client(base_url=root) as client:
            found = emails(client)

        assert found == ["a@example.com", "b@example.com"]
        assert not killed.exists()

    def test_is_left_as_it_was_where_it_cannot_be_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "state.json"
        path.write_text("old")

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            save(path, sandbox(APIS).world)

        assert path.read_text() == "old"
        assert list(tmp_path.iterdir()) == [path]

    def test_stays_behind_its_link_and_keeps_its_mode(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        path, link = tmp_path / "elsewhere" / "state.json", tmp_path / "link.json"
        link.symlink_to(path)
        save(link, sandbox(APIS).world)
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o640)

        save(link, sandbox(APIS).world)

        assert link.is_symlink()
        assert path.stat().st_mode & 0o777 == 0o640
        assert json.loads(path.read_text())["organizations"] == []
        assert list(path.parent.iterdir()) == [path]

    def test_of_a_killed_save_leaves_nothing_behind_once_it_is_begun_with_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path, notes = tmp_path / "state.json", tmp_path / ".state.json.notes"
        notes.touch()
        with monkeypatch.context() as killed:
            killed.setattr("os.replace", lambda *_: None)
            save(path, sandbox(APIS).world)
        assert len(list(tmp_path.iterdir())) == 2

        sweep(path)

        assert list(tmp_path.iterdir()) == [notes]

    def test_is_refused_with_line_and_reason_and_nothing_is_served(self, tmp_path: Path) -> None:
        path = tmp_path / "state.json"
        path.write_text(json.dumps({"aura": {KEY: [{"email": "a@example.com"}, {"email": "b"}]}}, indent=1))

        code, text = said("serve", "--port", "0", "--state", str(path))

        assert code == 2
        assert text.startswith(f"lead-mock: {path}:8: aura.{KEY}.1.email: ")

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ('{\n "aura": {\n', ":3: this is not valid JSON."),
            ('{"aura":\n {"KEY": [{"full_name": "\\ud800"}]}}', ":2: this is not valid JSON"),
            ('{"aura": {"KEY": [{"metadata":\n {"k": NaN}}]}}', ":2: this is not valid JSON: line 2, column 8."),
            ('{"aura": {"KEY": [], "KEY": []}}', ":1: this names a key twice in one object."),
            ('{"aura": {"a": [],\n "\\u0061": []}}', ":2: this names a key twice in one object."),
            ('{"a": [{"a": ":"}],\n"b":\n {"a": 1, "[": 2, "a": 3}}', ":3: this names a key twice in one object."),
            ("\n[[]," + "[\n" * 105 + "]" * 106, ":105: this is nested too deeply."),
            ("[" * 104 + '\n"\\"[[", [' + "]" * 105, ":2: this is nested too deeply."),
            ("[\n" * 100_000, ":105: this is nested too deeply."),
            ('{"aura": {"KEY": [{"metadata": {"1e400": [1e40,\n1e400]}}]}}', ":2: this is not valid JSON."),
            ('{"aura": {"KEY": [{"metadata":\n {"k":\n -' + "9" * 5000 + "}}]}}", ":3: this is not valid JSON."),
            ('{"aura":\n {"KEY": [{"email":\n "\udcff@example.com"}]}}', ":3: this is not valid JSON."),
            ("", ":1: this is not valid JSON."),
        ],
    )
    def test_that_holds_what_no_body_may_is_refused_with_the_place(
        self, text: str, complaint: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "state.json"
        path.write_text(text.replace("KEY", KEY), errors="surrogateescape")

        with pytest.raises(Invalid) as refused:
            load(path, APIS, sandbox(APIS).world)

        assert str(refused.value).startswith(f"{path}{complaint}")

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ('{\n\t"aura": {\n\t\t"KEY": [\n\t\t\t{"email": "b"}]}}', 4),
            ('{"aura": {"KEY": [{"email":\n "\x7fb"}]}}', 2),
            ('{"aura": {"KEY": [{"email": "a@b.co", "metadata": {"LONG": 1}},\n\n{"email": 1}]}}', 3),
            ('{"octanist": {"a.b.c.d.0": [], "a.b.c.d.0.f": [\n{"name": "[1]", "custom":\n 5, "status": \n7}]}}', 4),
            ('{"aura": {"KEY": [\n"lead"]}}', 1),
            ('{"aura": {}, "hubspot":\n {}}', 2),
            ("\n[]", 2),
        ],
    )
    def test_names_the_line_however_it_is_written(self, text: str, line: int, tmp_path: Path) -> None:
        path = tmp_path / "state.json"
        path.write_text(text.replace("KEY", KEY).replace("LONG", "k" * 2000))

        with pytest.raises(Invalid) as refused:
            load(path, APIS, sandbox(APIS).world)

        assert str(refused.value).startswith(f"{path}:{line}: ")

    def test_takes_back_the_deepest_lead_that_a_call_may_store(self, tmp_path: Path) -> None:
        path, here, there = tmp_path / "state.json", sandbox(APIS), sandbox(APIS)
        deep = '{"email": "a@example.com", "metadata": ' + '{"a": ' * 99 + "1" + "}" * 100
        with httpx.Client(transport=InProcess(here), base_url="http://sandbox", headers=HEADERS) as client:
            kind = {"Content-Type": "application/json"}
            assert client.post("/v1/leads", content=deep, headers=kind).status_code == 201
        save(path, here.world)

        load(path, APIS, there.world)

        assert list(there.world.organization("aura", KEY).leads) == list(here.world.organization("aura", KEY).leads)

    def test_of_a_clock_that_runs_at_the_end_of_time_is_taken_back(self, tmp_path: Path) -> None:
        path, here, there = tmp_path / "state.json", sandbox(APIS), sandbox(APIS)
        with httpx.Client(transport=InProcess(here), base_url="http://sandbox", headers=HEADERS) as client:
            latest = {"now": "9892-03-08T12:26:40Z", "frozen": False}
            client.put("/_sandbox/clock", json=latest, headers={"X-Sandbox-Key": KEY}).raise_for_status()
            for email in ("a@example.com", "b@example.com", "c@example.com"):  # which takes milliseconds
                create(client, email)
        save(path, here.world)

        load(path, APIS, there.world)

        times = [lead["created_at"] for lead in there.world.organization("aura", KEY).leads]
        assert times == ["9892-03-08T12:26:40.000Z"] * 3

    def test_is_written_by_one_sandbox_only(self, tmp_path: Path) -> None:
        path, link = tmp_path / "state.json", tmp_path / "link.json"
        path.write_text("{}")
        link.symlink_to(path)
        with serving("--state", str(path), "--save-state"):
            second = said("serve", "--port", "0", "--state", str(link), "--save-state")
            with serving("--state", str(path)):
                pass  # who only reads it may
        with serving("--state", str(path), "--save-state") as (_, process):  # the one that held it was killed
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=10)

        complaint = f"lead-mock: {link} is written by another sandbox; give this one a file of its own\n"
        assert second == (2, complaint)
        assert process.returncode == 0
        assert sorted(tmp_path.iterdir()) == [link, path]

    def test_must_be_named_to_be_written(self) -> None:
        code, text = said("serve", "--port", "0", "--save-state")

        assert (code, text.splitlines()[-1]) == (2, "lead-mock: --save-state needs a file to write to: --state FILE")
