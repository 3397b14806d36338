"""Debian's Chromium for tests of pages: what it complains of, and what a person without a mouse or eyes would."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CONTRAST = """(hidden) => {
  const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const color = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, alpha = 1] = color(getComputedStyle(each).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
  };
  const ratios = {};
  for (const element of document.body.querySelectorAll("*:not(script, noscript, noscript *)")) {
    const speaks = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!speaks || !(hidden || element.checkVisibility())) continue;
    const [one, two] = [color(getComputedStyle(element).color), behind(element)].map(luminance);
    const name = `${element.tagName}.${element.className} on ${behind(element)}`;
    ratios[name] = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  }
  return ratios;
}"""
"""The contrast of each kind of element with text of its own, as WCAG computes it."""

READABLE = 4.5
"""The contrast that WCAG AA asks for."""

FLAWS = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  const text = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("");
  const named = (each) => each.getAttribute("aria-label") || text(each.getAttribute("aria-labelledby") ?? "")
    || [...(each.labels ?? [])].map((label) => label.textContent).join("")
    || (/^(BUTTON|A|SUMMARY)$/.test(each.tagName) && each.textContent.trim());
  const levels = all("h1, h2, h3, h4").map((each) => Number(each.tagName[1]));
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  return {
    language: document.documentElement.lang === "en" ? [] : ["none"],
    landmarks: ["header", "main", "nav"].filter((each) => !all(each).length),
    nameless: all("button, input, select, textarea, a, summary, progress, dialog, [role=region], nav, aside, section")
      .filter((each) => !named(each)).map((each) => each.outerHTML.slice(0, 200)),
    skipped: levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1 && at > 0),
    twice: ids.filter((id, at) => ids.indexOf(id) !== at),
    astray: [...document.querySelectorAll("[aria-controls], [aria-labelledby], [aria-describedby]")].filter((each) =>
      ["aria-controls", "aria-labelledby", "aria-describedby"].some((name) => each.hasAttribute(name)
        && each.getAttribute(name).split(" ").some((id) => !document.getElementById(id))))
      .map((each) => each.outerHTML.slice(0, 200)),
    cells: all("th:not([scope])").length ? ["th without scope"] : [],
    wide: document.documentElement.scrollWidth > innerWidth ? [document.documentElement.scrollWidth] : [],
  };
}"""
"""What a screen reader would stumble over, by kind, and whether the page is wider than the window."""


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Chromium without a window; the test fails where none is installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *arguments])
        yield browser
        browser.close()


def contrast(page: Page, *, hidden: bool = False) -> dict[str, float]:
    """The contrast of each kind of element that has text of its own, also of those that are not to be seen now."""
    ratios: dict[str, float] = page.evaluate(CONTRAST, hidden)
    return ratios


class Opened:
    """A page, with what the browser complained of."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complain(message.text, message.location.get("url", "")))
        self.page.on("pageerror", lambda error: self.complain(str(error), ""))
        self.page.goto(url)

    def complain(self, text: str, url: str) -> None:
        """Note a complaint; that the sandbox knows of no coverage is none, and neither is the answer to a try."""
        if "status of 4" not in text or ("/_sandbox/" in url):
            self.complaints.append(f"{text} {url}")

    def flaws(self) -> dict[str, list[Any]]:
        """What is wrong with the page for people who cannot see it well, or at all."""
        found: dict[str, list[Any]] = self.page.evaluate(FLAWS)
        found["contrast"] = [name for name, ratio in contrast(self.page).items() if ratio < READABLE]
        return {kind: each for kind, each in found.items() if each}
