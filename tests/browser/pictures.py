"""Pictures of the page for the README: ``python -m tests.browser.pictures GREEN RED...`` with run directories.

The findings of several narrowed runs, each with another planted defect, become one red report. Needs Chromium.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.model.codec import from_json
from harness.model.verdicts import SEVERITY_RANK, Verdict, merge
from harness.report.coverage import total
from harness.report.format import CheckLine, Coverage, EntryCoverage, FamilyCoverage, Report
from harness.report.html import render
from harness.report.summary import sentence
from tests.browser.conftest import CHROMIUM, FLAGS

DOCS = Path(__file__).parents[2] / "docs"
WIDTH, HEIGHT = 1100, 1250
"""What a README shows of a page, in pixels."""


def merged(reports: Sequence[Report]) -> Report:
    """Return one report of the findings, the coverage and the numbers of several runs."""
    first = reports[0]
    by_print = {finding.fingerprint: finding for report in reports for finding in report.findings}
    order = sorted(by_print.values(), key=lambda f: (not f.fails_gate, -SEVERITY_RANK[f.severity]))
    places: dict[tuple[str, str, str], EntryCoverage] = {}
    for report in reports:
        for entry in report.coverage.entries:
            places.setdefault((entry.scenario, entry.entry, entry.operation), entry)
    entries = tuple(places.values())
    families = tuple(
        FamilyCoverage(
            family=family,
            count=total(entry.count for entry in entries if entry.family is family),
            verdict=merge(e.verdict for e in entries if e.family is family and e.verdict is not None),
        )
        for family in dict.fromkeys(entry.family for entry in entries)
    )
    names = sorted({line.check for report in reports for line in report.checks})
    covered = Coverage(total=total(entry.count for entry in entries), families=families, entries=entries)
    told = replace(
        first,
        run=replace(first.run, selected="", took=sum(report.run.took for report in reports)),
        verdict=Verdict.FAIL,
        reasons=tuple(f"{f.operation}: {f.symptom}" for f in order if f.fails_gate),
        coverage=covered,
        findings=tuple(order),
        checks=tuple(_together([c for report in reports for c in report.checks if c.check == name]) for name in names),
        loads=tuple(load for report in reports for load in report.loads),
        fields=tuple(line for report in reports for line in report.fields),
        servers=tuple(line for report in reports for line in report.servers),
    )
    return replace(told, sentence=sentence(told.verdict, told.reasons, covered.total, told.findings, ""))


def _together(lines: Sequence[CheckLine]) -> CheckLine:
    """Return what one check said over several runs."""
    counts = ("cases", "opportunities", "passed", "failed", "unknown", "not_applicable")
    return replace(lines[0], **{name: sum(getattr(line, name) for line in lines) for name in counts})


def photograph(report: Report, file: Path) -> None:
    """Write the first screen of a report's page as a PNG."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        page_file = Path(place) / "report.html"
        page_file.write_text(render(report), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.screenshot(path=file)
        browser.close()


def main(directories: Sequence[str]) -> None:
    """Photograph the first run as the green one, the others together as the red one."""
    green, *red = [from_json(Report, (Path(d) / "report.json").read_text(encoding="utf-8")) for d in directories]
    photograph(green, DOCS / "report-green.png")
    photograph(merged(red), DOCS / "report-red.png")


if __name__ == "__main__":
    main(sys.argv[1:])
