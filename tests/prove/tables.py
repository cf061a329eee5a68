"""From the journal of the runs to rows and to the tables of docs/proof.md. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.model.exits import Exit
from tests.badinput.damaged import Damaged
from tests.fire.shots import Shot
from tests.prove.ground import Told
from tests.prove.jobs import Planted
from tests.prove.rows import Row, rate_interval

FAMILIES = ("malformed-payload", "duplicate-event", "timeout", "load", "version-compatibility")
DATABASES = ("sqlite", "postgresql")


DISTURBANCES = (
    "the harness itself was held up",
    "to keep one page at that moment",
    "of the machine's processors",
)
"""What a reason says where the machine, and not the service, kept a check from knowing."""

NAMED = "the disturbance named"


def was_found(told: Told, defect: Planted) -> bool:
    """Tell whether a run found the defect as its entry and check promise."""
    return told.exit == Exit.FAIL and (defect.entry, defect.check) in told.findings


def matrix_rows(told: Sequence[Told], defects: Sequence[Planted]) -> list[Row]:
    """Count what was found, a row a family and database, and one for each database."""
    named = {defect.name: defect for defect in defects}
    latest = {(run.defect, run.database): run for run in told if run.defect in named}
    rows = []
    for database in DATABASES:
        runs = [run for run in latest.values() if run.database == database]
        for family in (*FAMILIES, "all families"):
            mine = [run for run in runs if family in (named[run.defect].family, "all families")]
            hits = sum(was_found(run, named[run.defect]) for run in mine)
            rows.append(rate(f"defects found, {family}, {database}", hits, mine, bound="every one that has an entry"))
    return [row for row in rows if row.n]


def clean_rows(told: Sequence[Told]) -> list[Row]:
    """Count false alarms and runs that could not know, for each database and set of scenarios."""
    rows = []
    clean = [run for run in told if not (run.defect or run.profile)]
    for database in DATABASES:
        for scenarios in sorted({run.scenarios for run in clean}):
            runs = [run for run in clean if (run.database, run.scenarios) == (database, scenarios)]
            where = f"{scenarios}, {database}"
            rows.append(rate(f"false alarms, {where}", sum(r.exit == Exit.FAIL for r in runs), runs, bound="0"))
            unknown = [run for run in runs if run.exit not in (Exit.PASS, Exit.FAIL)]
            row = rate(f"runs that could not know, {where}", len(unknown), runs, bound=NAMED)
            rows.append(replace(row, holds=all(map(names_disturbance, unknown))))
    return [row for row in rows if row.n]


def fire_rows(told: Sequence[tuple[Shot, Sequence[str]]]) -> list[Row]:
    """Count the runs that a signal ended otherwise than promised, a row a signal."""
    rows = []
    for first in dict.fromkeys(shot.first for shot, _ in told):
        complained = [complaints for shot, complaints in told if shot.first is first]
        name = f"runs ended by {first.name} that left or lost something"
        rows.append(ratio(name, sum(map(bool, complained)), len(complained), bound="0"))
    return rows


def files_rows(seen: Sequence[Damaged]) -> list[Row]:
    """Count the damaged files that were neither read nor refused with their place, a row a kind."""
    rows = []
    for kind in dict.fromkeys(each.kind for each in seen):
        mine = [each for each in seen if each.kind == kind]
        name = f"damaged files that broke their reader or hung it, {kind}"
        rows.append(ratio(name, sum(bool(each.complaint) for each in mine), len(mine), bound="0"))
    return rows


def gate_rows(told: Sequence[Told]) -> list[Row]:
    """Count reds of the clean app's gate, and runs that could not know: for each profile, with a load added and without."""
    rows = []
    for profile in ("quick", "default"):
        for beside in (False, True):
            runs = [run for run in told if (run.defect, run.profile, run.beside) == ("", profile, beside)]
            where = f"{profile}, {'beside another load' if beside else 'no load added'}"
            unknown = [run for run in runs if run.exit not in (Exit.PASS, Exit.FAIL)]
            row = rate(f"gate runs that could not know, {where}", len(unknown), runs, bound=NAMED)
            rows.append(rate(f"gate runs red, {where}", sum(r.exit == Exit.FAIL for r in runs), runs, bound="0"))
            rows.append(replace(row, holds=all(map(names_disturbance, unknown))))
    return [row for row in rows if row.n]


def names_disturbance(run: Told) -> bool:
    """Tell whether a run that could not know lays each of its reasons to the machine."""
    return bool(run.reasons) and all(any(sign in reason for sign in DISTURBANCES) for reason in run.reasons)


def rate(name: str, hits: int, runs: Sequence[Told], *, bound: str) -> Row:
    """Tell how many of the runs, with their commits in order and the day of the last one."""
    commits = dict.fromkeys(run.commit for run in runs)
    day = max((run.day for run in runs), default="")
    return replace(ratio(name, hits, len(runs), bound=bound), commit=", ".join(commits), date=day)


def ratio(name: str, hits: int, n: int, *, bound: str) -> Row:
    """Tell how many of n."""
    interval = rate_interval(hits, n) if n else (0.0, 1.0)
    holds = hits == n if bound.startswith("every") else hits == 0
    return Row(name=name, value=hits, unit=f"of {n}", n=n, interval=interval, bound=bound, holds=holds)


def page(
    told: Sequence[Told],
    defects: Sequence[Planted],
    rows: Iterable[Row],
    guarding: Iterable[str],
    shrinking: Iterable[str],
) -> str:
    """Write the page of the proof.

    ``guarding`` are the lines about the defects' incidents, ``shrinking`` those about what was planted among others.
    """
    return "\n".join(
        [
            "# What was proven",
            "",
            "`make prove` wrote this page; the rows are in `reports/proof/`, the runs behind them in",
            "`reports/proof/runs.jsonl`. A rate stands with its exact 95 % interval (Clopper-Pearson).",
            "",
            *rate_table(rows),
            "",
            f"Commits of the runs: {', '.join(f'`{commit}`' for commit in dict.fromkeys(run.commit for run in told))}.",
            "",
            "## Every planted defect",
            "",
            "A defect is *found* when the run of its entry fails by its check (exit code 1); *missed* otherwise. One that",
            "no entry can see yet is an open miss, and stays here until one can.",
            "",
            *defect_table(told, defects),
            "",
            "## Every planted defect's incident",
            "",
            "The finding of each defect, as the incident file that its run wrote, carried out again and again: it has to fail",
            "each time while the defect lives, and to pass each time without it; a race within its tries.",
            "",
            *guarding,
            "",
            "## Findings among forty requests and twelve faults",
            "",
            "The case of each finding was put among other requests and faults, drawn with a seed, and `harness incident shrink`",
            "had to come down to what the defect needs at least (requests + faults, a wait for recovery counted among them), to a",
            "case without any one thing of which it does not fail, which fails with the defect and passes without it.",
            "",
            *shrinking,
            "",
        ]
    )


def rate_table(rows: Iterable[Row]) -> list[str]:
    """Write the rates."""
    lines = ["| what | value | interval | holds | day |", "|---|---|---|---|---|"]
    for row in rows:
        low, high = (f"{bound:.1%}" for bound in row.interval)
        value, holds = f"{row.value:g} {row.unit}", "yes" if row.holds else "no"
        lines.append(f"| {row.name} | {value} | {low} to {high} | {holds} | {row.date} |")
    return lines


def defect_table(told: Sequence[Told], defects: Sequence[Planted]) -> list[str]:
    """Write one line a defect."""
    lines = [
        "| defect | family | in combination | entry | check | SQLite | PostgreSQL |",
        "|---|---|---|---|---|---|---|",
    ]
    for defect in sorted(defects, key=lambda one: (FAMILIES.index(one.family), one.name)):
        seen = [state(told, defect, database) for database in DATABASES]
        lines.append(
            f"| {defect.name} | {defect.family} | {'yes' if defect.combination else 'no'} "
            f"| {defect.entry or 'none yet'} | {defect.check or 'none yet'} | {' | '.join(seen)} |"
        )
    return lines


def state(told: Sequence[Told], defect: Planted, database: str) -> str:
    """Say what the last run with a defect on a database told."""
    runs = [run for run in told if (run.defect, run.database) == (defect.name, database)]
    if defect.only_on not in ("", database):
        return "has no such fault"
    if not runs:
        return "not run"
    if not defect.entry:
        return "open miss"
    return "found" if was_found(runs[-1], defect) else "missed"
