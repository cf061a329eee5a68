"""The ground of a proof: one run of the command line on the sample app, on one database, and what came of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from harness.model.codec import from_json
from harness.report.format import Report
from tests.prove.burner import burning
from tests.prove.jobs import DatabaseKind, Job
from tests.prove.rows import ROOT, today
from tests.sample_app.postgres import Postgres, running_postgres

PATIENCE = 1200.0
"""Seconds after which a run counts as hanging, which is a fault of the harness."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What one run told: its exit code, and each finding that fails the gate as entry and check; ``day`` is in UTC."""

    database: DatabaseKind
    defect: str
    scenarios: str
    entry: str
    seed: int
    exit: int
    verdict: str
    findings: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    again: int
    seconds: float
    commit: str
    day: str
    profile: str = ""
    beside: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Where runs on one kind of database take place."""

    place: Path
    kind: DatabaseKind
    server: Postgres


@contextmanager
def grounds(kinds: tuple[DatabaseKind, ...], commit: str) -> Iterator[Mapping[DatabaseKind, Ground]]:
    """Give a ground for each kind of database, with the files of ``commit``; PostgreSQL runs until the block ends."""
    with tempfile.TemporaryDirectory(prefix="prove-") as home, running_postgres() as server:
        yield {kind: Ground(place=laid(Path(home) / kind, kind, commit), kind=kind, server=server) for kind in kinds}


def laid(place: Path, kind: DatabaseKind, commit: str) -> Path:
    """Lay a checkout of a commit: whatever is edited meanwhile, this is what was proven.

    On PostgreSQL the address of the database comes from the environment of each run.
    """
    place.mkdir()
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x"], cwd=place, input=packed.stdout, check=True)
    own, file = 'DATABASE_URL: "sqlite:///{tmp}/app.sqlite", ', place / "harness.yaml"
    if own not in file.read_text():
        raise AssertionError("harness.yaml no longer says where the database is in the way that this proof changes")
    if kind == "postgresql":
        file.write_text(file.read_text().replace(own, ""))
    return place


@contextmanager
def environment(ground: Ground) -> Iterator[Mapping[str, str]]:
    """Give the variables of one run: on PostgreSQL the address of a database of its own."""
    if ground.kind == "sqlite":
        yield {}
        return
    with ground.server.database() as url:
        yield {"DATABASE_URL": url}


def carried_out(ground: Ground, job: Job, commit: str) -> Told:
    """Carry out one run and read what it told."""
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="prove-run-") as out,
        environment(ground) as variables,
        burning() if job.beside else nullcontext(),
    ):
        arguments = ["run", "--out", f"{out}/run", "--seed", str(job.seed), "--scenarios", job.scenarios, "--quiet"]
        if job.profile:
            arguments += ["--profile", job.profile]
        else:
            # What comes after the verdict is proven by itself: a minute of it in each run would be many.
            arguments += ["--profile", "deep", "--reruns", "0", "--shrink", "0"]
        chosen = ("--scenario", job.entry) if job.entry else ()
        done = harness(ground, variables, job.defect, *arguments, *chosen)
        report = read_report(Path(out) / "run" / "report.json")
    gating = report.gating if report else ()
    return Told(
        database=ground.kind,
        defect=job.defect,
        scenarios=job.scenarios,
        entry=job.entry,
        seed=job.seed,
        exit=done.returncode,
        verdict=report.verdict.value if report else "none",
        findings=tuple(sorted({(finding.entry, finding.check) for finding in gating})),
        reasons=report.reasons[:5] if report else (done.stderr[-500:],),
        again=again_in(report) if report else 0,
        seconds=round(time.monotonic() - began, 1),
        commit=commit,
        day=today(),
        profile=job.profile,
        beside=job.beside,
    )


def harness(
    ground: Ground, variables: Mapping[str, str], defect: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the command with ``arguments`` on a ground, the app with ``defect`` (empty: clean)."""
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments],
        cwd=ground.place,
        env={
            **os.environ,
            "NO_COLOR": "1",
            "PYTHONPATH": str(ground.place),
            "SAMPLE_APP_DEFECT": defect,
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def again_in(report: Report) -> int:
    """Count the cases that were carried out more than once because the machine disturbed them."""
    return sum(case.attempts > 1 for entry in report.coverage.entries for case in entry.cases)


def read_report(path: Path) -> Report | None:
    """Read a report; None where the run left none."""
    return from_json(Report, path.read_bytes()) if path.exists() else None
