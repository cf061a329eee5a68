"""The denominator: families as counts, then trouble by operation as a matrix, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harness.model.cases import Family
from harness.model.verdicts import Verdict, merge
from harness.report.coverage import total
from harness.report.format import Count, Coverage, EntryCoverage, Report
from harness.report.page.cases import Listed, cases, listed
from harness.report.page.markup import Child, Html, fold, join, table, tag
from harness.report.page.words import FAMILY, MARK, verdict

_HEAD = ("possible", "planned", "run", "deferred", "not applicable", "not run")
LEFT_OUT = 200
"""Lines of what was left out that are shown."""
_LEGEND = (
    "A cell holds the verdict, how many of the possible cases ran, such as ✓ 5/6, and how many of them did not pass. "
    "✓ pass, ✕ fail, ? unknown, – not applicable. "
    "possible = run + deferred + not applicable + not run."
)


_BAD = (Verdict.FAIL, Verdict.UNKNOWN)


def coverage(report: Report) -> Html:
    """Return the section of the coverage."""
    covered = report.coverage
    shown = listed(covered)
    return tag(
        "section",
        tag("h2", "What was run"),
        _families(report),
        tag("h3", "Trouble by operation"),
        tag("p", _LEGEND, class_="facts"),
        _matrix_of_families(covered),
        tag("p", shown.sentence, class_="facts") if shown.sentence else None,
        [_family(covered, family.family, report, shown) for family in covered.families],
        _left_out(covered),
        id="coverage",
    )


def _families(report: Report) -> Html:
    """Return the counts of every family and of all together."""
    rows: list[tuple[Child, ...]] = [
        (FAMILY[f.family], *_numbers(f.count), verdict(f.verdict)) for f in report.coverage.families
    ]
    rows.append((tag("strong", "Together"), *_numbers(report.coverage.total), verdict(report.verdict)))
    return table(("family", *_HEAD, "verdict"), rows, numbers=range(1, 7), caption="Cases by family")


def _numbers(count: Count) -> tuple[str, ...]:
    """Return a count's cells."""
    left = (count.deferred, count.not_applicable, count.not_run)
    return tuple(f"{n:,}" for n in (count.possible, count.planned, count.run, *left))


def operations(entries: Iterable[EntryCoverage]) -> tuple[str, ...]:
    """Return the operations of entries in the order of the plan; what is about none comes last."""
    found = dict.fromkeys(entry.operation for entry in entries)
    return (*(name for name in found if name), *(name for name in found if not name))


def _matrix_of_families(covered: Coverage) -> Html:
    """Return families by operations."""
    names = operations(covered.entries)
    by_place: dict[tuple[Family, str], list[EntryCoverage]] = {}
    for entry in covered.entries:
        by_place.setdefault((entry.family, entry.operation), []).append(entry)
    rows = [
        tag(
            "tr",
            tag("th", FAMILY[line.family], scope="row"),
            [_cell(by_place.get((line.family, name), ())) for name in names],
        )
        for line in covered.families
    ]
    head = ("family", *(name or "no operation" for name in names))
    return table(head, rows, caption="Families by operations", style="matrix")


def _cell(entries: Sequence[EntryCoverage], link: str = "") -> Html:
    """Return what the entries of one place came to: a mark and how many of how many ran."""
    if not entries:
        return tag("td", class_="empty")
    count = total(entry.count for entry in entries)
    shown = [entry.verdict for entry in entries if entry.verdict is not None]
    came = merge(shown) if shown else None
    number = sum(case.verdict is came for entry in entries for case in entry.cases) if came in _BAD else 0
    text = f"{MARK[came]} {count.run:,}/{count.possible:,}" + (f" · {number:,} {came}" if number else "")
    return tag("td", tag("a", text, href=f"#{link}") if link else text, class_=came.value if came else "none")


def _family(covered: Coverage, family: Family, report: Report, shown: Listed) -> Html:
    """Return every entry of a family by operations, and its cases."""
    entries = [entry for entry in covered.entries if entry.family is family]
    names = operations(entries)
    marks = {finding.fingerprint: finding.symptom for finding in report.findings}
    by_entry: dict[tuple[str, str], list[EntryCoverage]] = {}
    for entry in entries:
        by_entry.setdefault((entry.scenario, entry.entry), []).append(entry)
    rows = [_entry(held, names, marks, shown) for held in by_entry.values()]
    head = ("entry", "what", *(name or "no operation" for name in names), "findings")
    title = f"{FAMILY[family]}: {len(by_entry)} {'entry' if len(by_entry) == 1 else 'entries'}"
    matrix = table(head, rows, caption=f"{FAMILY[family]}: entries by operations", style="matrix")
    return tag("div", fold(title, matrix, cases(entries, FAMILY[family], shown)), data_family=family.value)


def _entry(held: Sequence[EntryCoverage], names: Sequence[str], marks: Mapping[str, str], shown: Listed) -> Html:
    """Return the row of an entry."""
    found = dict.fromkeys(mark for entry in held for mark in entry.findings if mark in marks)
    links = [tag("a", marks[mark], href=f"#finding-{mark}") for mark in list(found)[:4]]
    more = f"and {len(found) - 4} more" if len(found) > 4 else None
    worst = merge([entry.verdict for entry in held if entry.verdict is not None] or [Verdict.PASS])
    cells = []
    for name in names:
        here = [entry for entry in held if entry.operation == name]
        cells.append(_cell(here, shown.place(here[0]) if here else ""))
    return tag(
        "tr",
        tag("th", tag("code", held[0].entry), scope="row"),
        tag("td", held[0].title),
        cells,
        tag("td", [join(link, " ") for link in links], more),
        data_verdict=worst.value,
    )


def _left_out(covered: Coverage) -> Html | None:
    """Return what was deferred, not applicable or not run, and why."""
    lines = [(entry, reason) for entry in covered.entries for reason in entry.left_out]
    if not lines:
        return None
    rows = [(entry.entry, entry.operation, f"{reason.count:,}", reason.text) for entry, reason in lines[:LEFT_OUT]]
    more = len(lines) - LEFT_OUT
    return fold(
        f"Left out, and why ({sum(reason.count for _, reason in lines):,})",
        table(("entry", "operation", "cases", "why"), rows, numbers=(2,), caption="Left out"),
        tag("p", f"{more:,} more reasons are in report.json.", class_="facts") if more > 0 else None,
    )
