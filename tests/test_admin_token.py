"""The admin token of a sandbox, from the environment: one rule for every command, the client and the plugin."""

from __future__ import annotations

from collections.abc import Iterator

import httpcore  # noqa: F401  (httpx takes it at its first call: not within a run that forgets its modules)
import httpx
import pytest

from conformance.embedded import embedded_sandbox, key_ring
from mock_server import APIS
from mock_server.cli import main
from mock_server.client import SandboxClient, SandboxError
from tests.programs import serving

pytest_plugins = ["pytester"]

KEY = APIS["vorel"].key_ring["full"]
TOKEN = "correct-horse-battery"


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    """A sandbox that took its token from the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_ADMIN_TOKEN", TOKEN)
        with serving() as (root, _):
            patch.undo()
            yield root


class TestWithoutTheVariable:
    def test_nothing_below_sandbox_is_told(self, root: str) -> None:
        assert httpx.get(f"{root}/_sandbox/info").status_code == 401
        with SandboxClient(root) as client, pytest.raises(SandboxError, match="admin token"):
            client.info()

    @pytest.mark.parametrize("command", [["coverage"], ["scenarios", "verdict", "--key", KEY]])
    def test_a_command_says_where_the_token_goes(
        self, root: str, command: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([*command, "--url", root]) == 2

        assert capsys.readouterr().err == (
            "lead-mock: this sandbox asks for its admin token; "
            "put the token into the environment, as LEAD_ADMIN_TOKEN, or give --admin-token\n"
        )

    def test_a_test_run_is_told_where_it_goes_in_one_sentence(self, root: str, pytester: pytest.Pytester) -> None:
        lines = _run(pytester, root).outlines

        (said,) = [line for line in lines if line.startswith("--lead-sandbox=")]
        assert said.endswith("; put the token into the environment, as LEAD_ADMIN_TOKEN")
        assert "Authorization" not in said


class TestWithTheVariable:
    @pytest.fixture(autouse=True)
    def variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LEAD_ADMIN_TOKEN", TOKEN)

    def test_commands_and_clients_are_let_in(self, root: str) -> None:
        assert main(["coverage", "--url", root]) == 0
        assert main(["scenarios", "verdict", "--url", root, "--key", KEY]) == 3
        with SandboxClient(root) as client:
            assert client.health().status == "ok"
            assert client.info().version

    def test_a_test_run_is_let_in(self, root: str, pytester: pytest.Pytester) -> None:
        _run(pytester, root).assert_outcomes(passed=1)

    def test_what_is_given_counts_before_it(self, root: str) -> None:
        assert main(["coverage", "--url", root, "--admin-token", "another"]) == 2
        with SandboxClient(root, admin_token="another") as client, pytest.raises(SandboxError):
            client.info()

    def test_the_suites_own_sandbox_is_not_locked_by_it(self) -> None:
        with embedded_sandbox(0) as own, httpx.Client() as client:
            assert key_ring(own, client)

    @pytest.mark.parametrize("command", [["serve"], ["coverage"], ["scenarios", "verdict"]])
    def test_the_help_names_it_and_not_what_it_holds(
        self, command: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            main([*command, "--help"])

        told = capsys.readouterr().out
        assert "$LEAD_ADMIN_TOKEN" in told
        assert TOKEN not in told


def test_a_sandbox_does_not_print_the_token_that_it_was_given() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_ADMIN_TOKEN", TOKEN)
        with serving() as (_, process):
            process.terminate()
            out, err = process.communicate(timeout=10)

    assert TOKEN not in out + err


def _run(pytester: pytest.Pytester, root: str) -> pytest.RunResult:
    """A run of one test against the sandbox."""
    pytester.makepyfile("def test_one(lead_world): lead_world.vorel")
    options = ["-p", "mock_server.pytest_plugin", "-p", "no:cacheprovider", f"--lead-sandbox={root}"]
    return pytester.runpytest_inprocess(*options)
