"""``report.html`` in a browser, and ``traffic.har`` as a browser reads it."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from conformance.acceptance import Acceptance
from conformance.exchange import Exchange, Request, Response
from conformance.outcomes import Outcome, Result
from conformance.reports import Facts, write
from conformance.reports.har import archive
from conformance.reports.html import page as page_of
from conformance.run import Report
from openapi import Declaration
from tests.browser import READABLE, chromium, contrast

HOSTILE = "<script>document.title='owned'</script></style></pre>\u202egnp.exe\ud800\x1b[2J" + "x" * 10_000
MOMENT = datetime(2026, 1, 17, 8, tzinfo=UTC)
FACTS = Facts({"vorel": "https://user:hunter22@host/api/v1"}, False, "quick", MOMENT, MOMENT + timedelta(seconds=75))

ACCEPTED = Acceptance("vorel/update_lead/is_broken", "the <b>importer</b>", "crm team", date(2027, 1, 31))

STRUCTURE = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const heading = (table) => document.getElementById(table.getAttribute("aria-labelledby").split(" ")[0]);
  const aim = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));
  return {
    language: document.documentElement.lang,
    landmarks: ["body > header", "nav[aria-label]", "main", "body > footer"].map((each) => all(each).length),
    levels: all("h1, h2, h3, h4").map((each) => Number(each.tagName[1])),
    cells: all("th:not([scope])").length,
    tables: all("table").filter((each) => !heading(each)).length,
    twice: all("[id]").map((each) => each.id).filter((id, at, ids) => ids.indexOf(id) !== at),
    astray: all('a[href^="#"]').filter((each) => !aim(each)).length,
    nameless: all("input").filter((each) => !each.labels.length).length,
  };
}"""

PRINTED = """() => [...document.querySelectorAll("details .exchange")].map(
  (each) => each.checkVisibility({ contentVisibilityAuto: true })
)"""


def exchange(status: int = 200, body: bytes = b"{}", path: str = "/leads/1") -> Exchange:
    headers = {"Authorization": "Bearer $VOREL_FULL", "Content-Type": "application/json"}
    request = Request(
        "PATCH" if body else "GET", "VOREL_URL", path, headers, b'{"name": "Zo\xc3\xab"}' if body else None
    )
    return Exchange(
        "update_lead", request, Response(status, {"content-type": "application/json"}, body, body), 1.5, 0.25
    )


def result(slug: str, outcome: Outcome, level: str = "must", **more: Any) -> Result:
    place = "get_lead" if outcome is Outcome.PASSED else "update_lead"
    declaration = Declaration(
        f"vorel/{place}/{slug}", level, f"The fact {slug} holds.", "https://docs.example/x", "seed"
    )
    return Result(declaration, outcome, level == "must", **more)


@pytest.fixture(scope="module")
def report() -> Report:
    """Every outcome, and answers that would like to be more than text."""
    hostile = HOSTILE.encode("utf-8", "surrogatepass")
    failed = result(
        "is_broken",
        Outcome.FAILED,
        expected="a lead",
        got=HOSTILE,
        witness=(exchange(201, b'{"first": 1}'), exchange(200, hostile)),
    )
    minor = result("is_minor", Outcome.FAILED, "should", expected="one", got="two", witness=(exchange(),))
    results = [
        *(result(f"passes_{at}", Outcome.PASSED) for at in range(3)),
        minor,
        failed,
        result("lacks_a_key", Outcome.INCOMPLETE, detail=f"the target file has no key 'other' {HOSTILE[:90]}"),
        result("lacks_it_too", Outcome.INCOMPLETE, detail=f"the target file has no key 'other' {HOSTILE[:90]}"),
        result("is_not_seen", Outcome.UNTESTED, "may", detail="cannot be seen from outside"),
        result("stumbles", Outcome.ERROR, detail="the target does not answer"),
    ]
    seen = {"vorel": {"VO-04": {"400", HOSTILE[:80]}}}
    return Report(7, results=results, readings=seen, unread={"vorel": {"VO-05": "it was refused"}}, requests=42)


@pytest.fixture(scope="module")
def folder(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of that run."""
    path = tmp_path_factory.mktemp("report")
    write(path, report, FACTS, [exchange(path="/leads/7", body=b""), exchange(200, b"\xff\xfe\x00 no text")])
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Opened:
    """The page as it was opened, with what the browser complained of and what it asked for."""

    def __init__(self, context: BrowserContext, path: Path) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    def shown_rows(self) -> list[str]:
        """The last part of the ids of the requirements that are to be seen."""
        rows = self.page.locator(".requirements tbody tr").all()
        return [(row.get_attribute("id") or "").rpartition("/")[2] for row in rows if row.is_visible()]


@pytest.fixture
def opened(browser: Browser, folder: Path) -> Iterator[Opened]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Opened(context, folder / "report.html")
    context.close()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def either(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[Opened]:
    context = browser.new_context(java_script_enabled=request.param)
    yield Opened(context, folder / "report.html")
    context.close()


class TestThePage:
    def test_says_first_what_a_manager_asks(self, either: Opened) -> None:
        head = either.page.locator("body > header").inner_text()
        summary = either.page.locator(".counts tbody tr").inner_text()

        assert "Departs from its documentation" in head
        assert "1 violation of the documentation; 3 of 9 requirements passed." in head
        assert "The fact is_broken holds." in head and "is_minor" not in head
        assert summary.split() == ["vorel", "https://host/api/v1", "violations", "2", "1", "0", "2", "1", "3"]

    def test_shows_an_engineer_the_evidence_of_each_failure(self, opened: Opened, folder: Path) -> None:
        failures = opened.page.locator(".failure")
        first = failures.first.inner_text()

        assert failures.count() == 2
        assert "The fact is_broken holds." in first
        assert "PATCH $VOREL_URL/leads/1" in first and "Bearer $VOREL_FULL" in first
        assert "curl -sS -i -w '\\n' -X PATCH \"$VOREL_URL\"/leads/1" in first
        assert f"lead-conformance replay {folder} vorel/update_lead/is_broken" in first
        assert "should, does not decide" in failures.last.inner_text()
        assert "VOREL_URL=https://host/api/v1, VOREL_FULL=<key full>" in opened.page.inner_text("main")

    def test_groups_what_was_not_run_by_its_reason(self, opened: Opened) -> None:
        reasons = opened.page.locator(".reason")

        assert reasons.count() == 3
        assert reasons.nth(0).inner_text().startswith("error the target does not answer")
        assert reasons.nth(1).locator("li").count() == 2

    def test_lists_every_open_point_with_its_reading_or_why_there_is_none(self, opened: Opened) -> None:
        rows = {row.inner_text().split()[0]: row.inner_text() for row in opened.page.locator(".points tbody tr").all()}

        assert "400" in rows["VO-04"].splitlines()[-1]
        assert "Not seen: it was refused" in rows["VO-05"]
        assert "Not seen: this run did not ask" in rows["VO-06"]

    def test_says_how_the_run_was_made(self, opened: Opened) -> None:
        facts = opened.page.locator("section[aria-labelledby=run]").inner_text()

        assert all(each in facts for each in ("1 min 15 s", "42", "sha256", "2026-01-17 08:00:00 UTC"))
        assert "hypothesis " in facts

    def test_takes_what_a_target_says_for_text(self, opened: Opened) -> None:
        html = opened.page.content()

        assert "owned" not in opened.page.title()
        assert "<script>document.title='owned'</script>" in opened.page.locator(".failure").first.inner_text()
        assert "\u202e" not in html and "\\u202egnp.exe\\ud800\\u001b" in html
        assert opened.page.locator("script").count() == 1

    def test_needs_nothing_but_itself_and_complains_of_nothing(self, opened: Opened, folder: Path) -> None:
        opened.page.fill("#search", "broken")
        opened.page.locator(".lines button").first.click()

        assert opened.complaints == []
        assert opened.requests == [(folder / "report.html").as_uri()]

    def test_keeps_the_password_of_a_url_to_itself(self, folder: Path) -> None:
        assert not [path.name for path in folder.iterdir() if "hunter22" in path.read_text()]

    def test_can_be_made_of_a_results_file(self, folder: Path) -> None:
        results = json.loads((folder / "results.json").read_text())

        assert "vorel/update_lead/is_broken" in page_of(results)

    @pytest.mark.parametrize(("outcome", "title"), [(Outcome.PASSED, "Conformant"), (Outcome.ERROR, "Not decided")])
    def test_names_the_verdict(self, outcome: Outcome, title: str, tmp_path: Path) -> None:
        write(tmp_path, Report(7, results=[result("a_fact", outcome)]), FACTS)

        assert f"<h1>{title}</h1>" in (tmp_path / "report.html").read_text()


class TestAnAcceptedDeparture:
    """It is a failure that does not decide; where it has to go, it decides."""

    @pytest.fixture
    def opened_with(self, browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
        context = browser.new_context()

        def opened_with(*results: Result, **options: Any) -> Opened:
            write(tmp_path, Report(7, results=list(results), **options), FACTS, [])
            return Opened(context, tmp_path / "report.html")

        yield opened_with
        context.close()

    def test_is_shown_with_its_reason_owner_and_day(self, opened_with: Callable[..., Opened]) -> None:
        broken = result("is_broken", Outcome.FAILED, expected="a", got="b", witness=(exchange(),), accepted=ACCEPTED)
        opened = opened_with(broken, result("passes", Outcome.PASSED))
        row = opened.page.locator(".requirements tbody tr", has_text="is_broken").inner_text()
        failure = opened.page.locator(".failure").inner_text()
        head = opened.page.locator("body > header").inner_text()

        assert "Every required check passed, but for what is accepted: 1 of 2 requirements passed." in head
        assert "Conformant" in head and "has to hold, but for what is accepted;" in head and "is_broken" not in head
        assert "Accepted: the <b>importer</b> (crm team, until 2027-01-31). The evidence" in row
        assert "must, accepted" in failure and "the <b>importer</b> (crm team, until 2027-01-31)" in failure
        assert opened.page.locator(".counts tbody tr").inner_text().split()[2] == "conformant_except"
        assert opened.complaints == []

    def test_of_a_part_says_so_for_each_api_too(self, opened_with: Callable[..., Opened]) -> None:
        opened = opened_with(result("passes", Outcome.PASSED), selection=["vorel/get_lead"])

        assert "Tried in part" in opened.page.locator("body > header").inner_text()
        assert opened.page.locator(".counts tbody tr").inner_text().split()[2] == "partial"

    def test_that_is_stale_decides_and_leads_to_its_requirement(self, opened_with: Callable[..., Opened]) -> None:
        mended = replace(result("is_broken", Outcome.FAILED), outcome=Outcome.PASSED)
        opened = opened_with(mended, acceptances={ACCEPTED.id: ACCEPTED})
        head = opened.page.locator("body > header").inner_text()
        opened.page.locator(".decides a").click()

        assert "An acceptance is stale" in head and "1 acceptance has to be taken out or renewed" in head
        assert "vorel/update_lead/is_broken: the requirement passes again." in head
        assert "It was accepted: the <b>importer</b> (crm team, until 2027-01-31)" in head
        assert opened.page.evaluate("location.hash") == f"#{ACCEPTED.id}"
        assert opened.page.locator(".counts tbody tr").inner_text().split()[2] == "stale"

    def test_that_is_past_its_day_is_a_violation_and_stale(self, opened_with: Callable[..., Opened]) -> None:
        broken = result("is_broken", Outcome.FAILED, expected="a", got="b", witness=(exchange(),))
        opened = opened_with(broken, acceptances={ACCEPTED.id: ACCEPTED}, today=date(2027, 2, 1))
        head = opened.page.locator("body > header").inner_text()

        assert "Departs from its documentation" in head and "it was until 2027-01-31" in head
        assert opened.page.evaluate(STRUCTURE)["astray"] == 0


class TestTheFilter:
    def test_shows_one_outcome(self, either: Opened) -> None:
        assert len(either.shown_rows()) == 9
        either.page.check("#show-failed")
        assert either.shown_rows() == ["is_minor", "is_broken"]
        assert not either.page.get_by_role("heading", name="get_lead").is_visible()
        for outcome, rows in {
            "error": ["stumbles"],
            "incomplete": ["lacks_a_key", "lacks_it_too"],
            "untested": ["is_not_seen"],
            "passed": ["passes_0", "passes_1", "passes_2"],
        }.items():
            either.page.check(f"#show-{outcome}")
            assert either.shown_rows() == rows
        either.page.check("#show-all")
        assert len(either.shown_rows()) == 9

    def test_works_from_the_keyboard(self, either: Opened) -> None:
        either.page.focus("#show-all")
        either.page.keyboard.press("ArrowRight")

        assert either.shown_rows() == ["is_minor", "is_broken"]

    def test_does_not_hide_where_a_link_leads(self, opened: Opened) -> None:
        opened.page.check("#show-passed")
        opened.page.locator(".reason a", has_text="lacks_a_key").click()

        assert "lacks_a_key" in opened.shown_rows()

    def test_goes_with_a_search_for_words(self, opened: Opened) -> None:
        opened.page.check("#show-failed")
        opened.page.fill("#search", "fact MINOR")

        assert opened.shown_rows() == ["is_minor"]
        assert opened.page.inner_text("#found") == "1 of 9 requirements have these words"

    def test_offers_no_search_without_scripts(self, browser: Browser, folder: Path) -> None:
        context = browser.new_context(java_script_enabled=False)

        assert not Opened(context, folder / "report.html").page.locator("#search").is_visible()
        context.close()

    def test_copies_the_curl_lines(self, opened: Opened) -> None:
        opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        opened.page.locator(".lines button").first.click()
        opened.page.get_by_text("Copied").wait_for()

        copied = opened.page.evaluate("navigator.clipboard.readText()")
        assert copied.splitlines()[-1].startswith("curl -sS -i -w '\\n' -X PATCH")
        assert copied == opened.page.locator(".lines pre").first.text_content()


class TestReading:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_has_contrast(self, theme: Any, browser: Browser, folder: Path) -> None:
        context = browser.new_context(color_scheme=theme)
        ratios = contrast(Opened(context, folder / "report.html").page, hidden=True)
        context.close()

        assert len(ratios) > 20
        assert {name: ratio for name, ratio in ratios.items() if ratio < READABLE} == {}

    @pytest.mark.parametrize("width", [320, 390, 768, 1280])
    def test_fits_every_width(self, width: int, opened: Opened) -> None:
        opened.page.set_viewport_size({"width": width, "height": 800})

        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width

    def test_has_landmarks_headings_names_and_no_link_that_leads_nowhere(self, opened: Opened) -> None:
        found = opened.page.evaluate(STRUCTURE)
        levels = found.pop("levels")

        assert found == {
            "language": "en",
            "landmarks": [1, 1, 1, 1],
            "cells": 0,
            "tables": 0,
            "twice": [],
            "astray": 0,
            "nameless": 0,
        }
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_begins_for_the_keyboard_with_a_way_past_the_links(self, opened: Opened) -> None:
        opened.page.keyboard.press("Tab")
        focused = opened.page.evaluate(
            "[document.activeElement.textContent, getComputedStyle(document.activeElement).outlineStyle]"
        )
        opened.page.keyboard.press("Enter")

        assert focused == ["Skip to the content", "solid"]
        assert opened.page.evaluate("document.activeElement.id") == "content"

    def test_on_paper_holds_everything_and_no_controls(self, opened: Opened) -> None:
        opened.page.check("#show-failed")
        opened.page.emulate_media(media="print", color_scheme="dark")

        assert len(opened.shown_rows()) == 9
        assert not opened.page.locator(".controls, .bar, .lines button, summary").filter(visible=True).count()
        assert opened.page.evaluate(PRINTED) == [True]
        assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


class TestTheTraffic:
    def test_is_read_by_a_browser(self, browser: Browser, folder: Path) -> None:
        context = browser.new_context()
        context.route_from_har(folder / "traffic.har")
        answer = context.new_page().goto("https://host/api/v1/leads/7")
        context.close()

        assert answer is not None and answer.status == 200

    def test_has_what_har_1_2_asks_for(self, folder: Path) -> None:
        log = json.loads((folder / "traffic.har").read_text())["log"]
        entry, binary = log["entries"]

        assert log["version"] == "1.2" and log["creator"]["name"] == "leadproof"
        assert entry.keys() >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
        assert entry["startedDateTime"] == "1970-01-01T00:00:01.500Z"
        assert entry["time"] == sum(entry["timings"].values()) == 250
        assert {"name": "Authorization", "value": "Bearer $VOREL_FULL"} in entry["request"]["headers"]
        assert binary["request"]["postData"]["text"] == '{"name": "Zoë"}'
        assert b64decode(binary["response"]["content"]["text"]) == b"\xff\xfe\x00 no text"

    def test_is_kept_small_and_says_what_it_leaves_out(self) -> None:
        all_of_them = [exchange(path=f"/leads/{at}") for at in range(50)]

        log = json.loads(b"".join(archive(all_of_them, [all_of_them[-1]], FACTS, 0.003)))["log"]

        assert 1 < len(log["entries"]) < 10
        assert log["entries"][-1]["request"]["url"].endswith("/leads/49")
        assert f"{50 - len(log['entries'])} were left out" in log["comment"]

    def test_is_of_failures_alone_where_no_more_is_asked_for(self) -> None:
        all_of_them = [exchange(path=f"/leads/{at}") for at in range(50)]

        log = json.loads(b"".join(archive(all_of_them, all_of_them[7:9], FACTS, 0)))["log"]

        assert [each["request"]["url"][-1] for each in log["entries"]] == ["7", "8"]

    def test_has_the_beginning_of_a_long_body(self) -> None:
        (piece,) = list(archive([exchange(body="é".encode() * 10_000)], [], FACTS))[1:2]
        content = json.loads(piece)["response"]["content"]

        assert (content["size"], len(content["text"])) == (20_000, 5_000)
        assert content["comment"] == "the first 10000 of 20000 bytes"
