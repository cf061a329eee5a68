"""Every planted defect's finding as an incident: it has to fail while the defect lives, and to pass without it."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from harness.incident.reading import load_incidents
from harness.incident.written import written
from harness.model.incidents import Incident
from harness.replay.replaying import Came
from harness.shrink.sizes import size_of
from tests.prove.ground import Ground, environment, harness
from tests.prove.jobs import DatabaseKind, Planted, file_of
from tests.prove.rows import Row, rate_interval, today

SHRINKING = "60"
"""Seconds in which the findings of the run are made smaller: what guards for ever is the smaller case."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guarded:
    """What became of the incident of one defect, carried out ``times`` times on each build.

    ``name`` is empty where the run found nothing by the defect's check. ``otherwise`` are the sentences of the times
    that came to something else. ``steps``, ``faults`` and ``fields`` are those of its case, which its run made smaller;
    ``minimal``: without any one thing it would not show the finding.
    """

    database: DatabaseKind
    defect: str
    entry: str
    check: str
    name: str
    tries: int
    steps: int
    faults: int
    times: int
    failing: int
    mended: int
    otherwise: tuple[str, ...]
    seconds: float
    commit: str
    day: str
    fields: int = 0
    minimal: bool = False


def guarded(ground: Ground, defect: Planted, times: int, commit: str) -> Guarded:
    """Take the incident of a defect from a run of its entry, and replay it with the defect and without."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="prove-incident-") as home:
        incident = found(ground, defect, Path(home))
        came: dict[str, Counter[str]] = {"": Counter(), defect.name: Counter()}
        told: list[str] = []
        if incident:
            copies = laid_out(incident, times, Path(home) / "copies")
            for build, counted in came.items():
                lines = list(replayed(ground, build, copies))
                counted.update(kind for kind, _ in lines)
                right = Came.FAILING if build else Came.MENDED
                told += [f"{build or 'clean'}: {kind}: {what}" for kind, what in lines if kind != right]
    return Guarded(
        database=ground.kind,
        defect=defect.name,
        entry=defect.entry,
        check=defect.check,
        name=incident.name if incident else "",
        tries=incident.tries if incident else 0,
        steps=len(incident.case.steps) if incident else 0,
        faults=len(incident.case.faults()) if incident else 0,
        fields=size_of(incident.case).fields if incident else 0,
        minimal=incident is not None and incident.shrunk is not None and incident.shrunk.minimal,
        times=times,
        failing=came[defect.name][Came.FAILING],
        mended=came[""][Came.MENDED],
        otherwise=tuple(told[:3]),
        seconds=round(time.monotonic() - began, 1),
        commit=commit,
        day=today(),
    )


def found(ground: Ground, defect: Planted, home: Path) -> Incident | None:
    """Return the incident that the run of the defect's entry wrote for its check; None: it found nothing by it."""
    with environment(ground) as variables:
        harness(
            *(ground, variables, defect.name, "run", "--out", f"{home}/run", "--seed", "1", "--quiet"),
            *("--scenarios", file_of(defect.entry), "--scenario", defect.entry, "--profile", "deep", "--reruns", "0"),
            *("--shrink", SHRINKING),
        )
    place = home / "run" / "incidents"
    held = load_incidents([place]) if place.is_dir() and any(place.iterdir()) else ()
    mine = (each for each in held if (each.case.entry, each.shows.check) == (defect.entry, defect.check))
    return next(mine, None)


def laid_out(incident: Incident, times: int, place: Path) -> Path:
    """Lay the incident into a directory, ``times`` times under names of their own."""
    place.mkdir()
    for number in range(1, times + 1):
        copy = replace(incident, name=f"{incident.name}-{number}")
        (place / f"{copy.name}.json").write_text(written(copy))
    return place


def replayed(ground: Ground, build: str, copies: Path) -> Iterator[tuple[str, str]]:
    """Replay the copies on a build; yield what became of each, and the sentence."""
    with environment(ground) as variables, tempfile.TemporaryDirectory(prefix="prove-replay-") as out:
        done = harness(ground, variables, build, "replay", str(copies), "--out", f"{out}/run", "--seed", "1", "--quiet")
    for line in done.stdout.splitlines():
        kind, _, rest = line.partition(": ")
        if kind in set(Came):
            yield kind, rest


def guarding_rows(seen: Sequence[Guarded]) -> list[Row]:
    """Count the defects whose incident failed and passed each time, and tell the sizes; a set of rows a database."""
    rows = []
    for database in dict.fromkeys(each.database for each in seen):
        mine = [each for each in latest(seen) if each.database == database]
        stamp = {"commit": ", ".join(dict.fromkeys(each.commit for each in mine)), "date": max(e.day for e in mine)}
        for what, right in (
            ("fail with their defect", [each for each in mine if each.name and each.failing == each.times]),
            ("pass without it", [each for each in mine if each.name and each.mended == each.times]),
        ):
            n, hits = len(mine), len(right)
            rows.append(
                Row(
                    name=f"incidents that {what} every time, {database}",
                    value=hits,
                    unit=f"of {n}",
                    n=n,
                    interval=rate_interval(hits, n),
                    bound="all",
                    holds=hits == n,
                    **stamp,
                )
            )
    return rows


def latest(seen: Iterable[Guarded]) -> list[Guarded]:
    """Return the last line of each defect and database."""
    return list({(each.defect, each.database): each for each in seen}.values())


def guarding_table(seen: Sequence[Guarded]) -> list[str]:
    """Write one line a defect, and the median and the largest size below it."""
    last = sorted(latest(seen), key=lambda each: (each.defect, each.database))
    if not last:
        return ["Not run yet."]
    lines = [
        "| defect | database | incident | steps | faults | fields | 1-minimal | tries | fails with it | passes without it |"
    ]
    lines.append("|---|---|---|---|---|---|---|---|---|---|")
    for each in last:
        counts = f"{each.failing} of {each.times} | {each.mended} of {each.times}"
        name = each.name or "none found"
        size = f"{each.steps} | {each.faults} | {each.fields} | {'yes' if each.minimal else 'no'} | {each.tries}"
        lines.append(f"| {each.defect} | {each.database} | {name} | {size} | {counts} |")
    held = [each for each in last if each.name]
    sizes = {
        "steps": [each.steps for each in held],
        "faults": [each.faults for each in held],
        "fields": [each.fields for each in held],
    }
    if held:
        told = (f"{what}: median {median(values):g}, largest {max(values)}" for what, values in sizes.items())
        lines += ["", f"Sizes: {'; '.join(told)}."]
    return lines
