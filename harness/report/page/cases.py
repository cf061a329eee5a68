"""The cases as rows: every one of a run of ordinary size; of a big one those that did not pass, up to a limit.

A page of a hundred thousand rows opens in no browser. What is not shown is counted, and the page says where it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.records import record
from harness.model.verdicts import Verdict
from harness.report.format import CaseLine, Coverage, EntryCoverage
from harness.report.page.markup import Html, fold, join, table, tag
from harness.report.page.words import MARK, duration

ALL = 1_200
"""Planned cases up to which each has a row."""
MOST = 1_000
"""Rows of a run with more cases: the first of those that did not pass."""

Place = tuple[str, str, str]


@record
class Listed:
    """Which cases have a row: by scenario, entry and operation; ``sentence`` tells what has none."""

    rows: dict[Place, tuple[CaseLine, ...]]
    sentence: str

    def of(self, entry: EntryCoverage) -> tuple[CaseLine, ...]:
        """Return the cases of an entry that have a row."""
        return self.rows.get((entry.scenario, entry.entry, entry.operation), ())

    def place(self, entry: EntryCoverage) -> str:
        """Return the id of the rows of an entry; empty: there are none."""
        return f"in-{entry.scenario}/{entry.entry}/{entry.operation}" if self.of(entry) else ""


def listed(covered: Coverage) -> Listed:
    """Return which cases are shown, failed ones first where not all can be."""
    every = {(entry.scenario, entry.entry, entry.operation): entry.cases for entry in covered.entries}
    planned = sum(map(len, every.values()))
    if planned <= ALL:
        return Listed(rows=every, sentence="")
    held: dict[Place, list[CaseLine]] = {}
    room = MOST
    for wanted in (Verdict.FAIL, Verdict.UNKNOWN):
        for place, lines in every.items():
            chosen = [line for line in lines if line.verdict is wanted][:room]
            room -= len(chosen)
            held.setdefault(place, []).extend(chosen)
    return Listed(rows={place: tuple(lines) for place, lines in held.items()}, sentence=_sentence(every, MOST - room))


def _sentence(every: dict[Place, tuple[CaseLine, ...]], shown: int) -> str:
    """Tell how many cases have no row, and where they are."""
    verdicts = [line.verdict for lines in every.values() for line in lines]
    bad = sum(verdict in (Verdict.FAIL, Verdict.UNKNOWN) for verdict in verdicts)
    which = f"all {bad:,} that did not pass" if shown == bad else f"the first {shown:,} of {bad:,} that did not pass"
    return (
        f"Of {len(verdicts):,} cases, {which} have a row of their own here; the other {len(verdicts) - shown:,} are in "
        "report.json in the run directory, under coverage, entries, cases."
    )


def cases(entries: Sequence[EntryCoverage], family: str, shown: Listed) -> Html | None:
    """Return the rows of a family's cases in one table, a group an entry and operation; None: there are no rows."""
    bodies = [_group(entry, shown) for entry in entries if shown.of(entry)]
    if not bodies:
        return None
    number = sum(len(shown.of(entry)) for entry in entries)
    head = ("case", "what", "took", "verdict", "remark")
    inside = table(head, [join(bodies)], caption=f"{family}: cases", style="cases")
    return fold(f"{number:,} {'case' if number == 1 else 'cases'}", inside)


def _group(entry: EntryCoverage, shown: Listed) -> Html:
    """Return the rows of one entry at one operation, under its name."""
    where = f" at {entry.operation}" if entry.operation else ""
    name = tag("tr", tag("th", f"{entry.entry}{where}: {entry.title}", colspan="5", scope="rowgroup"))
    rows = [_row(case, entry) for case in shown.of(entry)]
    return tag("tbody", name, rows, id=shown.place(entry), data_operation=entry.operation, data_prefix=_prefix(entry))


def _row(case: CaseLine, entry: EntryCoverage) -> Html:
    """Return one case; what stands above its group is not said again, and the script gives it its name for links."""
    variant = case.id.removeprefix(_prefix(entry))
    title = case.title.removeprefix(f"{entry.title}: ")
    remark = case.not_run or _attempts(case.attempts)
    return tag(
        "tr",
        tag("td", variant),
        tag("td", "" if title in (variant, entry.title) else title),
        tag("td", duration(case.took) if case.took else "–"),
        tag("td", f"{MARK[case.verdict]} {case.verdict or 'not applicable'}", class_=_STYLE.get(case.verdict)),
        tag("td", remark) if remark else None,
    )


_STYLE = {Verdict.FAIL: "fail", Verdict.UNKNOWN: "unknown", None: "none"}
"""Classes of verdicts; a pass has none: it is what nearly every row is."""


def _prefix(entry: EntryCoverage) -> str:
    """Return what the ids of an entry's cases begin with."""
    return f"{entry.entry}/{entry.operation}/"


def _attempts(attempts: int) -> str:
    """Say that a case was carried out more than once; nothing where it was not."""
    return f"attempt {attempts}: the machine disturbed the one before" if attempts > 1 else ""
