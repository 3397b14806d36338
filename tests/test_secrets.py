"""Keys are in no output, whatever a target does with the ones that it is sent."""

from __future__ import annotations

import html
import json
import threading
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from conformance import cli
from conformance.commands import run as run_command
from conformance.outcomes import Outcome
from conformance.redaction import Redactor
from conformance.register import Requirement
from conformance.run import attempt
from conformance.target import Target
from mock_server import APIS
from openapi import Declaration
from tests.programs import conformance
from tests.targets import target_of

CANARY = 'cAnaRy/+&"%\\ k3y'
KEYS = {name: f"{CANARY} of {name}" for name in ("full", "other", "read_only", "other_scope", "revoked")}


def ways_to_write(key: str) -> dict[str, str]:
    """A key as text formats and careless servers write it."""
    told: dict[str, str] = {}
    for case, each in {"as it is": key, "in capitals": key.upper(), "in small letters": key.lower()}.items():
        raw = each.encode()
        told |= {
            case: each,
            f"{case}, percent-encoded": quote(each, safe=""),
            f"{case}, percent-encoded twice": quote(quote(each, safe=""), safe=""),
            f"{case}, in a form": quote_plus(each),
            f"{case}, every byte percent-encoded": "".join(f"%{byte:02X}" for byte in raw),
            f"{case}, in JSON": json.dumps(each)[1:-1],
            f"{case}, in JSON in JSON": json.dumps(json.dumps(each))[3:-3],
            f"{case}, in JSON escapes": "".join(f"\\u{byte:04x}" for byte in raw),
            f"{case}, in HTML": html.escape(each),
            f"{case}, in HTML by number": "".join(f"&#{byte};" for byte in raw),
            f"{case}, in base64": b64encode(raw).decode(),
            f"{case}, in base64 with a user": b64encode(b"user:" + raw + b":").decode(),
            f"{case}, in base64 after Bearer": urlsafe_b64encode(b"Bearer " + raw).decode(),
            f"{case}, in hexadecimal": raw.hex(),
            f"{case}, in UTF-16": "\0".join(each),
        }
    return told


def telling_part(written: str) -> str:
    """What of a written key must not be seen: its middle, for an encoding may share the ends with what is around."""
    return written[4:-6].lower()


class EchoServer(ThreadingHTTPServer):
    """Counts what it has answered."""

    answered = 0


class Echo(BaseHTTPRequestHandler):
    """Answers with the credentials that it got, in every place and in every way to write them."""

    server: EchoServer

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.answered += 1
        key = (self.headers.get("Authorization") or self.headers.get("X-API-KEY") or "").removeprefix("Bearer ")
        written = list(ways_to_write(key).values()) if key else []
        lead = {"id": key, "email": f"{key}@example.com", "attributes": {key: written}}
        told = {"success": True, "data": lead, **lead, "error": {"message": written, "headers": dict(self.headers)}}
        status = (200, 201, 400, 200, 404, 200, 302, 500, 422, 503)[self.server.answered % 10]
        body = "\n".join(written).encode() if self.server.answered % 7 == 0 else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if self.server.answered % 7 == 0 else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", f"https://elsewhere.example/{quote(key)}?key={quote_plus(key)}")
        self.send_header("WWW-Authenticate", f'Bearer realm="{key}"')
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def an_echo() -> Iterator[str]:
    with EchoServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def views(text: str) -> Iterator[str]:
    """A text as it is, and as a reader of HTML, XML or JSON sees it."""
    yield text.lower()
    yield html.unescape(text).lower()
    yield text.replace("\\\\", "\\").replace('\\"', '"').lower()


def seen_in(text: str) -> list[str]:
    """Which key is in a text, and how it is written there."""
    looked_at = list(views(text))
    return [
        f"{name}, {how}"
        for name, key in KEYS.items()
        for how, written in ways_to_write(key).items()
        if any(telling_part(written) in each for each in looked_at)
    ]


def test_no_output_holds_a_key_that_the_target_echoes(tmp_path: Path) -> None:
    keys = [argument for name, key in KEYS.items() for argument in ("--key", f"{name}={key}")]
    with an_echo() as url:
        run = conformance(
            "run",
            "aura",
            "vorel",
            "--url",
            url,
            "--effort",
            "quick",
            "--verbose",
            "--yes",
            *keys,
            at=tmp_path,
            HYPOTHESIS_STORAGE_DIRECTORY=str(tmp_path / "hypothesis"),
            XDG_CACHE_HOME=str(tmp_path / "cache"),
        )
    assert run.returncode == 1, run.stderr
    written = {
        str(path): path.read_bytes().decode("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()
    }
    har = json.loads((tmp_path / "report" / "traffic.har").read_text())
    contents = [entry["response"]["content"] for entry in har["log"]["entries"]]
    decoded = "\n".join(b64decode(each["text"]).decode("utf-8", "replace") for each in contents if "encoding" in each)

    assert {"results.json", "junit.xml", "report.html", "traffic.har"} <= {Path(path).name for path in written}
    assert "<full key>" in json.dumps(har)
    for name, text in {**written, "output": run.stdout, "errors": run.stderr, "base64 in the HAR": decoded}.items():
        assert not seen_in(text), name


class TestAKey:
    @pytest.mark.parametrize("how", ways_to_write(CANARY))
    def test_is_replaced_in_whatever_way_it_is_written(self, how: str) -> None:
        written = ways_to_write(CANARY)[how]

        redacted = Redactor({"full": CANARY}).text(f'{{"before": "{written}", "after": 1}}')

        assert "<full key>" in redacted
        assert redacted.startswith('{"before": "') and redacted.endswith('", "after": 1}')
        assert telling_part(written) not in redacted.lower()

    def test_that_begins_like_another_is_told_from_it(self) -> None:
        assert Redactor({"full": "secret", "other": "secret-2"}).text("secret-2, secret") == "<other key>, <full key>"

    def test_is_replaced_in_bytes_that_are_no_text_and_the_rest_stays(self) -> None:
        redactor = Redactor({"full": "secret"})

        assert redactor.data(b"\xff\x01secret\xfe") == b"\xff\x01<full key>\xfe"
        assert redactor.data(b"\xff\xfe\x00\x80%\\") == b"\xff\xfe\x00\x80%\\"

    def test_that_is_malformed_is_no_secret(self) -> None:
        assert Redactor({"malformed": "not-a-key"}).text("not-a-key") == "not-a-key"

    def test_may_be_the_password_of_a_url(self) -> None:
        assert Redactor({}, "https://user:hunter22@host/").text("user:hunter22") == "user:<password>"


class TestAFailureOfTheSuite:
    def test_in_a_check_shows_no_key(self) -> None:
        target = target_of(APIS["aura"])
        key = target.config.keys["full"]

        def stumble(_: Target) -> None:
            raise KeyError(key, quote(key), key.upper())

        declaration = Declaration("aura/get_lead/a_fact", "must", "A fact holds.", "seed 002", "seed")
        result = attempt(Requirement(declaration, stumble), target)

        assert result.outcome is Outcome.ERROR
        assert result.detail.count("<full key>") == 3
        assert key.lower() not in result.detail.lower()

    @pytest.mark.parametrize("traced", [False, True])
    def test_outside_of_checks_shows_its_kind_and_only_on_demand_its_way(
        self, traced: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        def stumble(target: Target) -> None:
            raise KeyError(target.config.keys["full"])

        monkeypatch.setattr(run_command, "preflight", stumble)
        if traced:
            monkeypatch.setenv("LEAD_CONFORMANCE_TRACEBACK", "1")
        arguments = ["run", "aura", "--url", "http://127.0.0.1:1", "--key", f"full={CANARY}", "--yes"]

        code = cli.main([*arguments, "--report-dir", str(tmp_path)])
        err = capsys.readouterr().err

        assert code == 4
        assert err.startswith("lead-conformance: the suite failed: KeyError")
        assert ("in run_command" in err) is traced
        assert CANARY not in err and "Traceback" not in err
