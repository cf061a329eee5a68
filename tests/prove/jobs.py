"""What there is to prove: every defect against its entry, and the clean app against everything, seed by seed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import yaml

from tests.prove.rows import ROOT

DatabaseKind = Literal["sqlite", "postgresql"]

OF_TIME = frozenset({"timeout", "load"})
SUITES = ("scenarios", "scenarios/deep")


@dataclass(frozen=True, kw_only=True, slots=True)
class Planted:
    """A defect as the app's own list tells it; ``entry`` is empty where nobody can find it yet."""

    name: str
    family: str
    entry: str
    check: str
    combination: bool
    story: str
    only_on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One run to carry out; ``defect`` and ``entry`` are empty for the clean app against everything.

    ``profile`` is that of a gate; elsewhere nothing is deferred. ``beside``: another load is on the machine meanwhile.
    """

    database: DatabaseKind
    seed: int
    scenarios: str
    defect: str = ""
    entry: str = ""
    profile: str = ""
    beside: bool = False


def planted() -> tuple[Planted, ...]:
    """Ask the app for its list of defects."""
    listed = subprocess.run(
        [sys.executable, "-m", "sample_app.defects"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(Planted(**defect) for defect in json.loads(listed.stdout))


def matrix_jobs(databases: tuple[DatabaseKind, ...], *, of_time: bool) -> Iterator[Job]:
    """Run every defect against the entry that is named for it; an open miss against the default suite.

    ``of_time``: those of the families that judge times, which another run beside them would excuse; or the others.
    """
    for defect in planted():
        if (defect.family in OF_TIME) != of_time:
            continue
        place = file_of(defect.entry) if defect.entry else SUITES[0]
        for database in databases:
            if defect.only_on in ("", database):
                yield Job(database=database, seed=1, scenarios=place, defect=defect.name, entry=defect.entry)


def gate_jobs(quick: int, default: int) -> Iterator[Job]:
    """Run the clean app as a gate does, so many times with each profile; every other time beside another load."""
    for profile, runs in (("quick", quick), ("default", default)):
        for seed in range(1, runs + 1):
            yield Job(database="sqlite", seed=seed, scenarios=SUITES[0], profile=profile, beside=seed % 2 == 0)


def file_of(entry: str) -> str:
    """Return the scenario file that names an entry, of the default suite before the deep one."""
    for suite in SUITES:
        for file in sorted((ROOT / suite).glob("*.yaml")):
            entries = yaml.safe_load(file.read_text())["entries"]
            if entry in {each["id"] if isinstance(each, dict) else each for each in entries}:
                return str(file.relative_to(ROOT))
    raise LookupError(f"no scenario names {entry}")


def clean_jobs(databases: tuple[DatabaseKind, ...], seeds: int, scenarios: str) -> Iterator[Job]:
    """Run the clean app against all entries of a suite, the databases by turns."""
    for seed in range(1, seeds + 1):
        for database in databases:
            yield Job(database=database, seed=seed, scenarios=scenarios)
