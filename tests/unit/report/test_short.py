"""The last screen is a page: at most 25 lines, within its width, and no line of it is an order to the CI that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.gates import Notice, Ratio
from harness.model.verdicts import Severity
from harness.report.format import Report
from harness.report.short import LINES
from harness.report.shown import harmless
from harness.report.terminal import Terminal
from tests.unit.report.big import big_report
from tests.unit.report.hostile import hostile
from tests.unit.report.made import bad_report, good_report, unknown_report
from tests.unit.report.random_reports import reports

DIRECTORY = Path("reports/x")
NOTICES = tuple(Notice(kind="mended", text=f"mended: notice {n} " + "of many words " * 20) for n in range(20))
REASONS = tuple(f"{n} cases were not judged: " + "a reason of many words " * 8 for n in range(40))


def crowded() -> Report:
    """Return the report of a run that has much to say of every kind, each at length."""
    base = big_report(500, findings=200)
    kinds = ((True, True), (True, False), (False, False))
    found = tuple(
        replace(finding, reaches_gate=kinds[n % 3][0], fails_gate=kinds[n % 3][1], ratio=Ratio(seen=1, of=3))
        for n, finding in enumerate(base.findings)
    )
    return replace(base, findings=found, sentence="word " * 200, notices=NOTICES, reasons=REASONS * 3)


REPORTS: dict[str, Callable[[], Report]] = {
    "good": good_report,
    "bad": bad_report,
    "interrupted": unknown_report,
    "many reasons": lambda: replace(unknown_report(), reasons=REASONS),
    "crowded": crowded,
    **{f"{n} findings": partial(big_report, 500, bad=n, findings=n) for n in (0, 1, 3, 12, 200)},
}


def screen(report: Report, width: int = 80, *, verbose: bool = False) -> list[str]:
    """Return the lines of the last screen."""
    out = StringIO()
    Terminal(out, width=width, verbose=verbose).finished(report, DIRECTORY)
    return out.getvalue().removesuffix("\n").split("\n")


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", REPORTS)
def test_the_last_screen_is_a_page(name: str, width: int) -> None:
    """At most 25 lines within the width, whatever was found; it ends with where the report lies."""
    report = REPORTS[name]()
    lines = screen(report, width)
    commands = {f"     {c}" for f in report.findings for c in (*f.setup, *f.commands)}
    whole = commands | {f"   repeat    {finding.repeat}" for finding in report.findings}
    whole |= {f"   keep      harness incident accept reports/x/{f.incident}" for f in report.findings if f.incident}
    assert len(lines) <= LINES
    assert [line for line in lines if len(line) > width and line not in whole] == []
    assert lines[-1] == "Report: reports/x/report.html"
    assert any(line.startswith(report.verdict.upper()) for line in lines)


def test_the_worst_comes_first_and_the_rest_is_counted() -> None:
    """Of 200 findings the worst keeps what happened and its commands, some have a line, and all others are a number."""
    report = big_report(500, findings=200)
    told = [replace(report.findings[1], severity=Severity.MAJOR), *report.findings]
    lines = screen(replace(report, findings=tuple(told)))
    heads = [line for line in lines if line[:1].isdigit() and ". " in line[:5]]
    more = [line for line in lines if line.endswith(" more findings in the report")]
    assert heads[0].startswith("1. critical: ")
    assert lines[2].startswith("   happened  ")
    assert any(line.startswith("     curl ") for line in lines)
    assert any(line.startswith("   repeat    harness run ") for line in lines)
    assert more == [f"{201 - len(heads)} more findings in the report"]


def test_many_reasons_are_counted() -> None:
    """The first reasons stand there, and how many more the report has."""
    lines = screen(replace(unknown_report(), reasons=REASONS))
    first = [line for line in lines if line.startswith("  - ")]
    assert first[0].startswith("  - 0 cases were not judged: a reason")
    assert f"{40 - len(first)} more reasons in the report" in lines


def test_verbose_shows_the_whole() -> None:
    """Asked for, the last screen is as long as what was found."""
    assert len(screen(big_report(500, findings=12), verbose=True)) > LINES


def ordering(line: str) -> bool:
    """Tell whether GitHub Actions or Azure Pipelines would take a line of a log for an order."""
    return line.lstrip().startswith("::") or any(mark in line.lower() for mark in ("##[", "##vso["))


@pytest.mark.parametrize("order", ["::", "##[", "##VSO[", "##vso["])
@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_an_order(order: str, width: int, verbose: bool) -> None:
    """Whatever every text of the report is, and wherever it is wrapped, no line holds a CI's order."""
    for text in (f"{order}error::x", f"\n  {order}x", f"a {order}b " * 60, f"{'x' * 39}{order}" * 30):
        lines = screen(hostile(bad_report(), text), width, verbose=verbose)
        assert [line for line in lines if ordering(line)] == []


@given(reports(), st.sampled_from((40, 80, 120)))
def test_any_report_is_a_page(report: Report, width: int) -> None:
    """No report there can be makes a page longer, or gives an order."""
    lines = screen(report, width)
    assert len(lines) <= LINES
    assert [line for line in lines if ordering(line)] == []


@given(
    st.lists(st.sampled_from(("::", "##[", "##vso[", "#", "[", " ", "\t", "\n", "x", ":")), max_size=12).map("".join)
)
def test_what_is_no_order_stays(text: str) -> None:
    """Only what would be an order gets its backslash; everything else is left as it is."""
    for before, after in zip(text.split("\n"), harmless(text).split("\n"), strict=True):
        assert not ordering(after)
        assert after.replace("\\", "") == before
        assert after == before or ordering(before)
