"""The sandbox as a process of its own: ``lead-mock serve``."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from mock_server import APIS, FAULTS
from tests.programs import lead_mock, said, serving, wait_until

KEY = APIS["aura"].key_ring["full"]


def port_of(root: str) -> int:
    return int(root.rpartition(":")[2])


def ends_soon_and_quietly(root: str, process: subprocess.Popen[str]) -> None:
    for _ in range(5):  # what was sent before has come by then
        httpx.get(f"{root}/_sandbox/health").raise_for_status()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)

    assert process.returncode == 0
    assert err.endswith("Ctrl-C ends the sandbox.\n"), "it says so where it has waited for its connections"


class TestServing:
    def test_prints_one_line_for_programs_and_the_key_ring_for_people(self) -> None:
        with serving() as (root, process):
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=10)

        assert out == ""
        assert f"vorel     {root}/api/v1\n" in err
        assert all(key in err for api in APIS.values() for key in api.key_ring.values())

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_is_ended_by_a_signal_as_soon_as_it_is_ready(self, number: signal.Signals) -> None:
        program = f"""if True:
            import signal
            from mock_server.serve import listening_socket, run, sandbox

            run(sandbox({{}}), listening_socket("127.0.0.1", 0), ready=lambda: signal.raise_signal({int(number)}))
        """

        assert subprocess.run([sys.executable, "-c", program], timeout=20, check=False).returncode == 0

    def test_outlives_its_terminal_where_it_is_told_to(self) -> None:
        ignored = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            with serving() as (root, process):
                process.send_signal(signal.SIGHUP)
                for _ in range(5):
                    httpx.get(f"{root}/_sandbox/health").raise_for_status()
                assert process.poll() is None
        finally:
            signal.signal(signal.SIGHUP, ignored)

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_ends_cleanly(self, number: signal.Signals) -> None:
        with serving() as (root, process), httpx.Client() as client:
            client.get(f"{root}/_sandbox/health")
            process.send_signal(number)
            _, err = process.communicate(timeout=10)

        assert process.returncode == 0
        assert "Traceback" not in err

    def test_ends_at_once_and_quietly_while_an_answer_is_held_back(self) -> None:
        with serving() as (root, process), httpx.Client() as client:
            client.post(f"{root}/_sandbox/faults", json={"api": "aura", "fault": "delay=30"}).raise_for_status()
            with socket.create_connection(("127.0.0.1", port_of(root))) as wire:
                wire.sendall(b"GET /v1/leads HTTP/1.1\r\nHost: localhost\r\n\r\n")
                wait_until(lambda: client.get(f"{root}/_sandbox/journal").json()["exchanges"])
                process.send_signal(signal.SIGINT)
                got = wire.recv(1000)
                _, err = process.communicate(timeout=10)

        assert (process.returncode, got) == (0, b"")
        assert err.endswith("Ctrl-C ends the sandbox.\n"), "it says so where it has waited for its connections"

    def test_ends_soon_and_quietly_while_half_a_request_has_come(self) -> None:
        with serving() as (root, process), socket.create_connection(("127.0.0.1", port_of(root))) as wire:
            wire.sendall(
                b"POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: 100\r\n\r\n{"
            )
            ends_soon_and_quietly(root, process)

    def test_ends_soon_and_quietly_while_nobody_reads_its_events(self) -> None:
        lead = {"email": "john@example.com", "company": "x" * 1_000_000}
        with serving() as (root, process), socket.socket() as wire, httpx.Client() as client:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            wire.connect(("127.0.0.1", port_of(root)))
            wire.sendall(b"GET /_sandbox/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            wire.recv(1)
            for _ in range(8):
                client.post(f"{root}/v1/leads", json=lead).raise_for_status()
            ends_soon_and_quietly(root, process)

    def test_ends_with_its_input_where_it_is_told_to(self) -> None:
        command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--until-eof"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None and process.stdin is not None
            assert process.stdout.readline().startswith("listening ")
            process.stdin.close()

            assert process.wait(10) == 0

    def test_serves_a_fault_by_name(self) -> None:
        with serving("--fault", "aura/creates_without_an_email") as (root, _):
            assert httpx.post(f"{root}/v1/leads", json={"company": "Acme"}).status_code == 201

    def test_begins_with_settings_and_state(self, tmp_path: Path) -> None:
        settings, state = tmp_path / "settings.toml", tmp_path / "state.json"
        settings.write_text("[aura]\ncreate_status = 200\n")
        state.write_text(json.dumps({"aura": {KEY: [{"email": "john@example.com", "payment_count": 2}]}}))

        with serving("--settings", str(settings), "--state", str(state)) as (root, _):
            header = {"Authorization": f"Bearer {KEY}"}
            (lead,) = httpx.get(f"{root}/v1/leads", headers=header).json()["data"]
            created = httpx.post(f"{root}/v1/leads", json={"email": "a@example.com"}, headers=header)

        assert (lead["email"], lead["payment_count"]) == ("john@example.com", 2)
        assert created.status_code == 200

    def test_keeps_as_much_in_its_journal_as_it_is_told_to(self) -> None:
        lead = {"email": "john@example.com", "company": "x" * 700_000}
        with serving("--journal-exchanges", "2", "--journal-megabytes", "1") as (root, _), httpx.Client() as client:
            for _ in range(3):
                client.get(f"{root}/v1/leads")
            of_small_ones = client.get(f"{root}/_sandbox/journal").json()
            client.post(f"{root}/v1/leads", json=lead)
            of_a_large_one = client.get(f"{root}/_sandbox/journal").json()

        assert (len(of_small_ones["exchanges"]), of_small_ones["dropped"]) == (2, 1)
        assert (len(of_a_large_one["exchanges"]), of_a_large_one["dropped"]) == (2, 2)

    def test_is_not_reached_by_a_name_that_a_stranger_could_lend_it(self) -> None:
        with serving("--allow-host", "Sandbox.example.com:4020") as (root, _), httpx.Client() as client:
            answers = {
                host: client.get(f"{root}/v1/leads", headers={"Host": host}).status_code
                for host in ("localhost:4020", "sandbox", "sandbox.example.com", "host.docker.internal", "evil.example")
            }

        assert list(answers.values()) == [200, 200, 200, 200, 403]

    def test_asks_for_a_token_off_the_loopback(self) -> None:
        process = lead_mock("serve", "--port", "0", "--host", "0.0.0.0")
        try:
            assert process.stdout is not None
            port = process.stdout.readline().rpartition(":")[2].strip()
            url = f"http://127.0.0.1:{port}/_sandbox/info"
            refused = httpx.get(url)
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=10)
        finally:
            process.kill()
            process.communicate()

        assert refused.status_code == 401
        assert "admin token" in err

    def test_refuses_a_large_body_before_it_has_come(self) -> None:
        with serving() as (root, _), socket.create_connection(("127.0.0.1", port_of(root))) as wire:
            wire.settimeout(5)
            wire.sendall(
                b"POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: 20000000\r\n\r\n{"
            )
            assert wire.recv(4096).startswith(b"HTTP/1.1 413 ")

    def test_refuses_a_large_body_of_unknown_length_once_it_is_too_large(self) -> None:
        with serving() as (root, _), socket.create_connection(("127.0.0.1", port_of(root))) as wire:
            wire.settimeout(5)
            wire.sendall(
                b"POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n"
            )
            chunk = b"40000\r\n" + b" " * 0x40000 + b"\r\n"
            for _ in range(5):
                wire.sendall(chunk)
            assert wire.recv(4096).startswith(b"HTTP/1.1 413 ")


class TestWhatCannotBeServed:
    def test_a_port_that_is_taken(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            code, text = said("serve", "--port", str(taken.getsockname()[1]))

        assert code == 2
        assert "cannot listen" in text and "try --port 0" in text

    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            (["serve", "--port", "70000"], "no port"),
            (["serve", "--port", "http"], "no port"),
            (["serve", "--host", "nowhere.invalid"], "cannot listen"),
            (["serve", "--fault", "null_clears_the_note"], "did you mean null_clears_the_notes"),
            (["serve", "--fault", "ignores_the_limit"], "exists in several APIs; write api/name"),
            (["serve", "--settings", "/nothing"], "cannot read the settings"),
            (["serve", "--state", "/nothing"], "/nothing: No such file"),
            (["serve", "--admin-token", "s\u00e9same"], "write it in ASCII"),
            (["serve", "--admin-token", ""], "is empty, which would let everybody in"),
            (["serve", "--allow-host", "http://sandbox.test"], "'http://sandbox.test' is no host name"),
            (["serve", "--seed", "-1"], "'-1' is no seed; 0 or a whole number above it"),
            (["serve", "--journal-exchanges", "0"], "'0' is no whole number from 1 to 1000000"),
            (["serve", "--journal-megabytes", "many"], "'many' is no whole number"),
            (["sevre"], "invalid choice"),
            ([], "COMMAND"),
        ],
    )
    def test_is_told_in_one_sentence(self, arguments: list[str], complaint: str) -> None:
        code, text = said(*arguments)

        assert code == 2
        assert complaint in text
        assert "Traceback" not in text

    @pytest.mark.parametrize(
        ("settings", "complaint"),
        [
            ("[aura]\ncreate_status = 204\n", "201 or 200"),
            ("[aura]\nnothing = 1\n", "aura has no setting nothing"),
            ("[hubspot]\n", "hubspot is no API; the APIs are aura, octanist, vorel"),
            ("aura = 1\n", "aura needs names with values, below [aura]"),
            ("aura", "is not TOML"),
        ],
    )
    def test_settings_are_checked_before_anything_is_served(
        self, settings: str, complaint: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "settings.toml"
        path.write_text(settings)

        code, text = said("serve", "--port", "0", "--settings", str(path))

        assert code == 2
        assert complaint in text

    @pytest.mark.parametrize(
        ("state", "complaint"),
        [
            ("{", "state.json:1: this is not valid JSON"),
            ("[]", "an object of APIs is expected"),
            ('{"hubspot": {}}', "hubspot: this is none of"),
            ('{"aura": {"short": []}}', "no well-formed credential"),
            ('{"aura": {"anonymous": [{"email": 1}]}}', "anonymous.0.email"),
        ],
    )
    def test_a_state_is_checked_before_anything_is_served(self, state: str, complaint: str, tmp_path: Path) -> None:
        path = tmp_path / "state.json"
        path.write_text(state)

        code, text = said("serve", "--port", "0", "--state", str(path))

        assert code == 2
        assert complaint in text


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        ("faults", {"connexion", "uvicorn"}),
        ("scenarios", {"connexion", "uvicorn", "mock_server.apis"}),
    ],
)
def test_a_command_imports_nothing_that_only_serving_needs(command: str, unneeded: set[str]) -> None:
    code = f"import sys; from mock_server.cli import main; main(['{command}']); sys.exit({unneeded} & set(sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr == "set()\n"


def test_every_fault_is_listed() -> None:
    code, text = said("faults")

    assert code == 0
    assert len(text.splitlines()) == len(FAULTS)
