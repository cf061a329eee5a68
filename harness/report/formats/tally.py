"""The numbers that every format carries, so that no two of them tell of different runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.model.records import record
from harness.model.verdicts import Verdict
from harness.report.format import CaseLine, Report
from harness.report.summary import plural


@record
class Tally:
    """Planned cases by verdict, and findings by what they do to the gate.

    ``nothing`` counts cases to which no check applied, ``failing`` the findings that fail the gate, ``advice`` the
    others.
    """

    cases: int
    passed: int
    failed: int
    unknown: int
    nothing: int
    failing: int
    advice: int


def tally(report: Report) -> Tally:
    """Return the numbers of a report."""
    verdicts = Counter(case.verdict for case in cases(report))
    failing = len(report.gating)
    return Tally(
        cases=verdicts.total(),
        passed=verdicts[Verdict.PASS],
        failed=verdicts[Verdict.FAIL],
        unknown=verdicts[Verdict.UNKNOWN],
        nothing=verdicts[None],
        failing=failing,
        advice=len(report.findings) - failing,
    )


def cases(report: Report) -> Iterator[CaseLine]:
    """Yield every planned case."""
    return (case for entry in report.coverage.entries for case in entry.cases)


def counted(report: Report) -> str:
    """Return the numbers as a sentence without its full stop."""
    held = tally(report)
    return (
        f"{plural(held.cases, 'planned case')}: {held.passed} pass, {held.failed} fail, {held.unknown} unknown,"
        f" {held.nothing} without a check that applies;"
        f" {plural(held.failing + held.advice, 'finding')}: {held.failing} fail the gate, {held.advice} do not"
    )
