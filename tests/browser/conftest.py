"""A headless Chromium that has no way out: whatever a page asks of a network is written down and refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.report.format import Report
from harness.report.html import render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@dataclass
class Opened:
    """A report in the browser. ``trouble`` is what the console complained of and what was asked of a network."""

    page: Any
    trouble: list[str] = field(default_factory=list)

    def seen(self, selector: str) -> int:
        """Return how many of the elements that ``selector`` names can be seen."""
        script = "(all) => all.filter((one) => one.checkVisibility()).length"
        return int(self.page.locator(selector).evaluate_all(script))


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Start a browser for the tests of a module; skip them where there is none."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, a development dependency")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens a report (``size`` in pixels, ``scheme`` light or dark, ``place`` after the #)."""
    contexts = []

    def open_(report: Report, *, size: tuple[int, int] = (1280, 900), scheme: str = "light", place: str = "") -> Opened:
        file = tmp_path / "report.html"
        file.write_text(render(report), encoding="utf-8")
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        contexts.append(context)
        shown = Opened(page=context.new_page())
        shown.page.on("console", lambda message: shown.trouble.append(f"console: {message.text}"))
        shown.page.on("pageerror", lambda error: shown.trouble.append(f"error: {error}"))
        shown.page.on("dialog", lambda dialog: shown.trouble.append(f"dialog: {dialog.message}"))
        shown.page.on("request", lambda request: _asked(shown, request.url, file.as_uri()))
        shown.page.goto(file.as_uri() + (f"#{place}" if place else ""))
        return shown

    yield open_
    for context in contexts:
        context.close()


def _asked(shown: Opened, url: str, own: str) -> None:
    """Write down what a page asks for beside itself."""
    if url.partition("#")[0] != own:
        shown.trouble.append(f"request: {url[:200]}")
