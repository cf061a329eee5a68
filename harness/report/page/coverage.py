"""The denominator as tables: families, then every entry with its cases and what was left out."""

from __future__ import annotations

from collections.abc import Mapping

from harness.report.format import Count, Coverage, EntryCoverage, Report
from harness.report.page.markup import Child, Html, fold, join, table, tag
from harness.report.page.words import FAMILY, duration, verdict

_HEAD = ("possible", "planned", "run", "deferred", "not applicable", "not run")


def coverage(report: Report) -> Html:
    """Return the section of the coverage."""
    covered = report.coverage
    rows: list[tuple[Child, ...]] = [
        (FAMILY[f.family], *_numbers(f.count), verdict(f.verdict)) for f in covered.families
    ]
    rows.append((tag("strong", "Together"), *_numbers(covered.total), verdict(report.verdict)))
    marks = {finding.fingerprint: finding.symptom for finding in report.findings}
    return tag(
        "section",
        tag("h2", "What was run"),
        table(("family", *_HEAD, "verdict"), rows, numbers=range(1, 7), caption="Cases by family"),
        tag("p", "possible = run + deferred to another profile + not applicable + not run", class_="facts"),
        _left_out(covered),
        [_family(covered, family.family.value, marks) for family in covered.families],
        id="coverage",
    )


def _numbers(count: Count) -> tuple[str, ...]:
    """Return a count's cells."""
    left = (count.deferred, count.not_applicable, count.not_run)
    return tuple(f"{n:,}" for n in (count.possible, count.planned, count.run, *left))


def _left_out(covered: Coverage) -> Html | None:
    """Return what was deferred, not applicable or not run, and why."""
    lines = [(entry, reason) for entry in covered.entries for reason in entry.left_out]
    if not lines:
        return None
    rows = [(entry.entry, entry.operation, f"{reason.count:,}", reason.text) for entry, reason in lines]
    left = table(("entry", "operation", "cases", "why"), rows, numbers=(2,), caption="Left out")
    return fold(f"Left out, and why ({sum(reason.count for _, reason in lines):,})", left)


def _family(covered: Coverage, family: str, marks: Mapping[str, str]) -> Html:
    """Return every entry of a family."""
    entries = [entry for entry in covered.entries if entry.family.value == family]
    rows = [_entry(entry, marks) for entry in entries]
    head = ("entry", "what", *_HEAD, "verdict", "findings")
    name = FAMILY[entries[0].family]
    listed = table(head, rows, numbers=range(2, 8), caption=f"{name}: entries")
    cases = [_cases(entry) for entry in entries if entry.cases]
    return fold(
        f"{name}: {len(entries)} {'entry' if len(entries) == 1 else 'entries'}", listed, fold("Every case", cases)
    )


def _entry(entry: EntryCoverage, marks: Mapping[str, str]) -> tuple[Child, ...]:
    """Return the row of an entry."""
    links = [tag("a", marks[mark], href=f"#finding-{mark}") for mark in entry.findings if mark in marks]
    return (
        tag("code", entry.entry),
        f"{entry.title} ({entry.operation})" if entry.operation else entry.title,
        *_numbers(entry.count),
        verdict(entry.verdict),
        join([join(link, " ") for link in links]) if links else "–",
    )


def _cases(entry: EntryCoverage) -> Html:
    """Return every case of an entry."""
    rows = [
        (
            tag("code", case.id),
            case.title,
            duration(case.took) if case.took else "–",
            verdict(case.verdict),
            case.not_run or _attempts(case.attempts),
        )
        for case in entry.cases
    ]
    return table(("case", "what", "took", "verdict", "remark"), rows, numbers=(2,), caption=f"Cases of {entry.entry}")


def _attempts(attempts: int) -> str:
    """Say that a case was carried out more than once; nothing where it was not."""
    return f"attempt {attempts}: the machine disturbed the one before" if attempts > 1 else ""
