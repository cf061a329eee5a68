"""Findings planted among forty requests and twelve faults, and what shrinking makes of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from harness.config import load_configuration
from harness.incident.reading import load_incident
from harness.incident.written import written
from harness.model.incidents import Incident
from harness.replay.replaying import Came
from tests.prove.fattened import FAULTS, REQUESTS, fattened
from tests.prove.ground import Ground, environment, harness
from tests.prove.guarding import replayed
from tests.prove.jobs import Planted, file_of
from tests.prove.rows import Row, rate_interval, today

OPERATION = "create_batch"

MINIMA: Mapping[str, tuple[int, int]] = {
    "no-dedupe": (2, 0),  # an event, and the same again
    "fingerprint-of-items": (2, 0),  # an event, and its identity with another source
    "key-and-digest": (2, 0),  # an event, and the same in another order
    "keys-by-process": (2, 0),  # an event, and the same at another worker
    "failure-kept": (3, 1),  # a failure, the way back, and the retry
    "entry-named-by-request": (3, 1),  # a lost answer, the way back, and the retry
    "key-per-attempt": (1, 1),  # a lost answer: the service itself asks again
    "failed-attempts-tidied": (3, 1),  # a lost answer, the way back, and the retry
    "refusals-passed-on": (1, 1),  # a refusal of the dependency
    "kept-connection": (2, 2),  # a late answer, and a refusal for whoever comes next
}
"""The requests and faults that each of these defects needs at least, by what it does; a wait for recovery counts."""

SEEDS = (1, 2)
SECONDS = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Planting:
    """What became of one planted combination: its sizes, before and after, and what it shows with the defect and without.

    ``wanted`` and ``got`` are requests and faults; ``told`` is what the command said where it came to nothing.
    """

    defect: str
    seed: int
    wanted: tuple[int, int]
    before: tuple[int, int]
    got: tuple[int, int]
    steps: int = 0
    fields: int = 0
    octets: int = 0
    runs: int = 0
    minimal: bool = False
    failing: bool = False
    mended: bool = False
    told: str = ""
    seconds: float = 0.0
    commit: str = ""
    day: str = field(default_factory=today)

    @property
    def right(self) -> bool:
        """Whether it came down to the known minimum, minimal, and fails and passes where it has to."""
        return self.got == self.wanted and self.minimal and self.failing and self.mended


def planted_among(ground: Ground, defect: Planted, seed: int, commit: str) -> Planting:
    """Find a defect, put its case among others, shrink that, and carry out the smallest with the defect and without."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="prove-shrink-") as home:
        place = Path(home)
        found = _found(ground, defect, place)
        if found is None:
            return _nothing(defect, seed, commit, "its entry did not find it", began)
        configuration = load_configuration(ground.place / "harness.yaml", "")
        fat = fattened(found, configuration.operation(found.case.operation), seed)
        file = place / f"{fat.name}.json"
        file.write_text(written(fat))
        with environment(ground) as variables:
            done = harness(
                *(ground, variables, defect.name, "incident", "shrink", str(file), "--into", str(place / "small")),
                *("--seconds", str(SECONDS), "--quiet"),
            )
        small = place / "small" / file.name
        if not small.exists():
            return _nothing(defect, seed, commit, (done.stdout + done.stderr)[-300:], began)
        came = {build: [kind for kind, _ in replayed(ground, build, small.parent)] for build in ("", defect.name)}
        return _planting(defect, seed, commit, load_incident(small), came, began)


def _found(ground: Ground, defect: Planted, place: Path) -> Incident | None:
    """Return the incident that the defect's entry finds at one operation, by the defect's check."""
    with environment(ground) as variables:
        harness(
            *(ground, variables, defect.name, "run", "--out", f"{place}/run", "--seed", "1", "--quiet"),
            *("--scenarios", file_of(defect.entry), "--scenario", defect.entry, "--operation", OPERATION),
            *("--reruns", "0", "--shrink", "0"),
        )
    held = (load_incident(file) for file in sorted((place / "run" / "incidents").glob("*.json")))
    return next((each for each in held if each.shows.check == defect.check), None)


def _planting(
    defect: Planted, seed: int, commit: str, small: Incident, came: Mapping[str, Sequence[str]], began: float
) -> Planting:
    shrunk = small.shrunk
    assert shrunk is not None
    return Planting(
        defect=defect.name,
        seed=seed,
        wanted=MINIMA[defect.name],
        before=(shrunk.before.requests, shrunk.before.faults),
        got=(shrunk.after.requests, shrunk.after.faults),
        steps=shrunk.after.steps,
        fields=shrunk.after.fields,
        octets=shrunk.after.octets,
        runs=shrunk.runs,
        minimal=shrunk.minimal,
        failing=came[defect.name] == [Came.FAILING],
        mended=came[""] == [Came.MENDED],
        seconds=round(time.monotonic() - began, 1),
        commit=commit,
    )


def _nothing(defect: Planted, seed: int, commit: str, told: str, began: float) -> Planting:
    return Planting(
        defect=defect.name,
        seed=seed,
        wanted=MINIMA[defect.name],
        before=(REQUESTS, FAULTS),
        got=(0, 0),
        told=told,
        seconds=round(time.monotonic() - began, 1),
        commit=commit,
    )


def latest(seen: Iterable[Planting]) -> list[Planting]:
    """Return the last line of each defect and seed."""
    return list({(each.defect, each.seed): each for each in seen}.values())


def shrink_rows(seen: Sequence[Planting]) -> list[Row]:
    """Count what came down to its known minimum, and what fails and passes where it has to."""
    mine = latest(seen)
    if not mine:
        return []
    stamp = {"commit": ", ".join(dict.fromkeys(e.commit for e in mine)), "date": max(e.day for e in mine)}
    n = len(mine)
    rows = []
    for what, hits, least in (
        ("shrunk to the known minimum", sum(each.right for each in mine), 0.9),
        ("shrunk, failing with their defect and passing without", sum(e.failing and e.mended for e in mine), 1.0),
    ):
        rows.append(
            Row(
                name=f"planted combinations of {REQUESTS} requests and {FAULTS} faults {what}",
                value=hits,
                unit=f"of {n}",
                n=n,
                interval=rate_interval(hits, n),
                bound=f"at least {least:.0%}",
                holds=hits >= least * n,
                **stamp,
            )
        )
    return rows


def shrink_table(seen: Sequence[Planting]) -> list[str]:
    """Write a line for each combination, and the median and the largest size below them."""
    mine = sorted(latest(seen), key=lambda each: (each.defect, each.seed))
    if not mine:
        return ["Not run yet."]
    lines = [
        "| defect | seed | known minimum | came to | steps | fields | bytes | runs | seconds | 1-minimal | fails | passes |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for each in mine:
        sizes = f"{_size(each.wanted)} | {_size(each.got)} | {each.steps} | {each.fields} | {each.octets} | {each.runs}"
        shown = " | ".join("yes" if one else "no" for one in (each.minimal, each.failing, each.mended))
        lines.append(f"| {each.defect} | {each.seed} | {sizes} | {each.seconds:.0f} | {shown} |")
    told = [
        f"{name}: median {median(values):g}, largest {max(values)}"
        for name, values in (
            ("steps", [each.steps for each in mine]),
            ("requests", [each.got[0] for each in mine]),
            ("faults", [each.got[1] for each in mine]),
            ("fields", [each.fields for each in mine]),
        )
    ]
    return [*lines, "", f"Shrunk sizes: {'; '.join(told)}."]


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} + {size[1]}"
