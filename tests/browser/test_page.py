"""The report in a real browser: found, filtered, linked, walked by keys, read by machines, and never taken over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.report.format import Report
from tests.browser.conftest import Open, Opened
from tests.unit.report.big import big_report
from tests.unit.report.hostile import HOSTILE, hostile
from tests.unit.report.made import bad_report, good_report, unknown_report

pytestmark = [pytest.mark.browser, pytest.mark.server]

REPORTS = {"good": good_report, "bad": bad_report, "unknown": unknown_report}
PARTS = ["findings", "coverage", "fields", "load", "servers", "watch", "checks", "references", "run"]


def several() -> Report:
    """Return the report with four causes, one of them seen under two troubles, another at another operation."""
    first, second, *others = bad_report().findings
    twin = replace(first, fingerprint="0123456789ab", trouble="another trouble")
    return replace(bad_report(), findings=(first, twin, replace(second, operation="cancel_batch"), *others))


def ask(shown: Opened, text: str) -> None:
    """Type into the search and wait until the page has answered."""
    before = shown.page.locator("output").text_content()
    shown.page.fill("#search", text)
    shown.page.wait_for_function("(was) => document.querySelector('output').textContent !== was", arg=before)


@pytest.mark.parametrize("name", REPORTS)
def test_quiet(opened: Open, name: str) -> None:
    """The page asks nothing of any network, and the console has nothing to complain of."""
    shown = opened(REPORTS[name]())
    shown.page.click("text=Open all")
    assert shown.trouble == []


def test_search(opened: Open) -> None:
    """Typing leaves the causes and cases in which the words stand, opens where they are, and says how many fit."""
    shown = opened(several())
    assert shown.page.locator("output").text_content() == "4 causes, 5 cases"
    ask(shown, "Deep Nesting")
    assert shown.page.locator("output").text_content() == "1 of 4 causes and 1 of 5 cases fit"
    assert (shown.seen(".finding"), shown.seen(".cases tbody tr[id]")) == (1, 1)
    shown.page.keyboard.press("Escape")
    assert shown.page.locator("output").text_content() == "4 causes, 5 cases"
    assert (shown.seen(".finding"), shown.seen(".cases tbody tr[id]")) == (4, 0)


@pytest.mark.parametrize(
    ("name", "value", "fit"),
    [
        ("verdict", "fail", "3 of 4 causes and 3 of 5 cases fit"),
        ("verdict", "advice", "1 of 4 causes and 0 of 5 cases fit"),
        ("verdict", "unknown", "0 of 4 causes and 1 of 5 cases fit"),
        ("severity", "critical", "1 of 4 causes and 5 of 5 cases fit"),
        ("family", "timeout", "1 of 4 causes and 1 of 5 cases fit"),
        ("operation", "cancel_batch", "1 of 4 causes and 0 of 5 cases fit"),
    ],
)
def test_filters(opened: Open, name: str, value: str, fit: str) -> None:
    """Each filter leaves what is of its kind; Escape takes it back."""
    shown = opened(several())
    shown.page.select_option(f"select[name={name}]", value)
    assert shown.page.locator("output").text_content() == fit
    shown.page.keyboard.press("Escape")
    assert shown.page.locator("output").text_content() == "4 causes, 5 cases"


def test_deep_links(opened: Open) -> None:
    """A link to a finding, to one of its further troubles, or to a case opens what it is folded in and shows it."""
    report = several()
    for place in (
        f"finding-{report.findings[3].fingerprint}",
        "finding-0123456789ab",
        "case-D01/create_batch/1",
        "case-D01%2Fcreate_batch%2F1",
    ):
        shown = opened(report, place=place)
        assert shown.page.locator(".here").is_visible(), place
        assert shown.page.evaluate("document.querySelector('.here').getBoundingClientRect().top") < 900


def test_a_link_leads_out_of_a_filter(opened: Open) -> None:
    """A link to what a filter has hidden clears the filter."""
    shown = opened(several())
    ask(shown, "nothing that is there")
    assert shown.seen(".finding") == 0
    shown.page.evaluate("location.hash = '#finding-0123456789ab'")
    shown.page.wait_for_selector("#finding-0123456789ab")
    assert shown.seen(".finding") == 4


def test_keys(opened: Open) -> None:
    """`/` searches, `j` and `k` walk, Enter opens and closes, `?` helps, Escape ends: without a mouse."""
    shown = opened(several())
    at = "document.activeElement.closest('.finding')?.id"
    ids = [card.get_attribute("id") for card in shown.page.locator(".finding").all()]
    shown.page.keyboard.press("j")
    shown.page.keyboard.press("j")
    assert shown.page.evaluate(at) == ids[1]
    assert not shown.page.evaluate("document.activeElement.parentElement.open")
    shown.page.keyboard.press("Enter")
    assert shown.page.evaluate("document.activeElement.parentElement.open")
    shown.page.keyboard.press("k")
    assert shown.page.evaluate(at) == ids[0]
    shown.page.keyboard.press("?")
    assert shown.page.locator("dialog").is_visible()
    shown.page.keyboard.press("Escape")
    assert not shown.page.locator("dialog").is_visible()
    shown.page.keyboard.press("/")
    shown.page.keyboard.type("jk/?")
    assert shown.page.input_value("#search") == "jk/?"
    assert shown.trouble == []


def test_print(opened: Open) -> None:
    """On paper everything is open and nothing is there to press."""
    shown = opened(several())
    shown.page.emulate_media(media="print")
    assert shown.seen("button, input, select, nav") == 0
    assert shown.page.locator("text=Where to look").last.is_visible()
    assert shown.page.pdf()[:5] == b"%PDF-"


@pytest.mark.parametrize("size", [(1280, 900), (400, 800)])
def test_no_scrolling_sideways(opened: Open, size: tuple[int, int]) -> None:
    """The page is as wide as the window, on a telephone, too: what is wider scrolls by itself."""
    shown = opened(several(), size=size)
    shown.page.click("text=Open all")
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", REPORTS)
def test_accessible(opened: Open, name: str, scheme: str) -> None:
    """axe-core finds nothing against WCAG 2.2 AA or its best practices, light and dark, with everything open."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    shown = opened(REPORTS[name](), scheme=scheme)
    shown.page.click("text=Open all")
    found: dict[str, Any] = axe.Axe().run(shown.page).response
    broken = {rule["id"]: [node["html"][:120] for node in rule["nodes"][:3]] for rule in found["violations"]}
    assert broken == {}
    assert len(found["passes"]) > 20


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts(opened: Open, name: str) -> None:
    """Whatever a service wrote, in every place of the report: no script of it runs, and every part stays in its place."""
    shown = opened(hostile(bad_report(), HOSTILE[name]))
    shown.page.click("text=Open all")
    assert shown.trouble == []
    assert shown.page.title() != "taken"
    assert shown.page.evaluate("[...document.querySelectorAll('main > section')].map((one) => one.id)") == PARTS
    assert shown.page.evaluate("document.querySelectorAll('script, img, iframe, object, embed').length") == 1


def test_a_hundred_thousand_cases_open(opened: Open) -> None:
    """The page of a run of 100,000 cases opens, is searched, and tells what it does not show."""
    shown = opened(big_report(100_000, bad=3_000, findings=400))
    ask(shown, "a-variant-of-its-own-97001")
    assert shown.seen(".cases tbody tr[id]") == 1
    assert "the first 1,000 of 3,000 that did not pass" in shown.page.locator("#coverage").text_content()
    assert shown.trouble == []
