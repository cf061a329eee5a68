"""Reports of runs as big as asked for: many cases in many entries, some of which did not pass, and many findings."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Family
from harness.model.verdicts import Verdict
from harness.report.coverage import total
from harness.report.format import CaseLine, Count, Coverage, EntryCoverage, FamilyCoverage, Report
from tests.unit.report.made import bad_report

FAMILIES = (Family.MALFORMED, Family.DUPLICATE, Family.TIMEOUT, Family.VERSIONS)
EACH = 25
"""Cases of one entry at one operation at most."""


def big_report(cases: int, *, bad: int = 0, findings: int = 0) -> Report:
    """Return the report of a run of ``cases`` cases: the last ``bad`` of them failed, ``findings`` are told of them."""
    base = bad_report()
    entries = tuple(_entry(number, min(EACH, cases - number), cases - bad) for number in range(0, cases, EACH))
    families = tuple(
        FamilyCoverage(family=family, count=total(e.count for e in entries if e.family is family), verdict=Verdict.FAIL)
        for family in FAMILIES
    )
    found = tuple(
        replace(
            base.findings[number % len(base.findings)],
            fingerprint=f"{number:012x}",
            symptom=f"symptom {number // 8}",
            trouble=f"trouble-{number}",
            fails_gate=True,
        )
        for number in range(findings)
    )
    covered = Coverage(total=total(entry.count for entry in entries), families=families, entries=entries)
    return replace(base, coverage=covered, findings=found, reasons=tuple(f"reason {n}" for n in range(findings + 2)))


def _entry(first: int, number: int, good: int) -> EntryCoverage:
    """Return the entry that holds the cases from ``first`` on; those from ``good`` on failed."""
    place = first // EACH
    name, operation = f"E{place // 4:03d}", ("create_batch", "create_batch_v2", "cancel_batch", "read_batch")[place % 4]
    lines = tuple(
        CaseLine(
            id=f"{name}/{operation}/a-variant-of-its-own-{n}",
            title=f"what is wrong here: a-variant-of-its-own-{n}",
            trouble="some-trouble",
            verdict=Verdict.PASS if n < good else Verdict.FAIL,
            took=0.0123,
        )
        for n in range(first, first + number)
    )
    return EntryCoverage(
        entry=name,
        title="what is wrong here",
        family=FAMILIES[place // 4 % len(FAMILIES)],
        scenario="documents",
        operation=operation,
        count=Count(possible=number, planned=number, run=number, not_applicable=0, not_run=0),
        verdict=Verdict.PASS if first + number <= good else Verdict.FAIL,
        cases=lines,
    )
