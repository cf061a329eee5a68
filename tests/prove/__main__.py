"""``python -m tests.prove``: carry out the long proofs, write reports/proof/*.json and docs/proof.md.

What was run at this commit already is not run again, so an interrupted proof goes on where it stopped.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

import click

from tests.badinput.damaged import damaged
from tests.fire.shots import under_fire
from tests.prove.exploring import explored, explored_rows
from tests.prove.ground import Told, carried_out, grounds
from tests.prove.guarding import Guarded, guarded, guarding_rows, guarding_table
from tests.prove.jobs import SUITES, DatabaseKind, Job, clean_jobs, gate_jobs, matrix_jobs, planted
from tests.prove.rows import ROOT, checked_out, read_rows, write_rows
from tests.prove.shrinking import MINIMA, SEEDS, Planting, planted_among, shrink_rows, shrink_table
from tests.prove.tables import clean_rows, files_rows, fire_rows, gate_rows, matrix_rows, page
from tests.prove.told import add_line, is_of, read_journal

PROOF = ROOT / "reports" / "proof"
JOURNAL = PROOF / "runs.jsonl"
GUARDED = PROOF / "incidents.jsonl"
SHRUNK = PROOF / "shrink.jsonl"
PAGE = ROOT / "docs" / "proof.md"
BOTH: tuple[DatabaseKind, ...] = ("sqlite", "postgresql")
LONG_FAULTS = {"SAMPLE_APP_FAULT_SECONDS": "20"}


ON = click.option("--database", type=click.Choice(BOTH), multiple=True, default=BOTH, show_default=True)
JOBS = click.option("--jobs", default=1, show_default=True, help="How many runs at a time.")
ONLY = click.option("--defect", "names", multiple=True, help="Only this defect.  [default: every one]")


@click.group(help=__doc__, invoke_without_command=True)
@click.pass_context
def prove(context: click.Context) -> None:
    """Run all proofs where none is named."""
    if context.invoked_subcommand is None:
        for proof in (matrix, clean, gate, incidents, shrink, files, explore, fire, alone):
            context.invoke(proof)


@prove.command()
@ON
@JOBS
@ONLY
def matrix(database: tuple[DatabaseKind, ...], jobs: int, names: tuple[str, ...]) -> None:
    """Run every planted defect against the entry that must find it; where times are judged, one at a time."""
    for of_time in (False, True):
        every = matrix_jobs(database, of_time=of_time)
        follow((job for job in every if job.defect in (names or (job.defect,))), 1 if of_time else jobs)


@prove.command()
@ON
@JOBS
@click.option("--seeds", default=20, show_default=True)
@click.option("--scenarios", type=click.Choice(SUITES), multiple=True, default=SUITES, show_default=True)
def clean(database: tuple[DatabaseKind, ...], jobs: int, seeds: int, scenarios: tuple[str, ...]) -> None:
    """Run the clean app against every scenario."""
    for suite in scenarios:
        follow(clean_jobs(database, seeds, suite), jobs)


@prove.command()
@click.option("--quick", default=100, show_default=True, help="How many runs with the profile quick.")
@click.option("--default", default=20, show_default=True, help="How many runs with the profile default.")
def gate(quick: int, default: int) -> None:
    """Run the clean app as a gate does, one run at a time, every other beside another load on the machine."""
    follow(gate_jobs(quick, default), 1)


@prove.command()
@click.option("--database", type=click.Choice(BOTH), multiple=True, default=("sqlite",), show_default=True)
@JOBS
@click.option("--times", default=10, show_default=True, help="How often each incident is carried out on each build.")
@ONLY
def incidents(database: tuple[DatabaseKind, ...], jobs: int, times: int, names: tuple[str, ...]) -> None:
    """Take each planted defect's finding as an incident, and replay it with the defect and without."""
    commit = checked_out(dirty=False)
    done = {(each.defect, each.database) for each in read_journal(GUARDED, Guarded) if each.commit == commit}
    left = [
        (defect, kind)
        for defect in planted()
        for kind in database
        if defect.entry and defect.only_on in ("", kind) and defect.name in (names or (defect.name,))
    ]
    left = [each for each in left if (each[0].name, each[1]) not in done]
    with grounds(BOTH, commit) as ground, ThreadPoolExecutor(jobs) as runners:
        running = [runners.submit(guarded, ground[kind], defect, times, commit) for defect, kind in left]
        for index, ended in enumerate(as_completed(running), start=1):
            seen = ended.result()
            add_line(GUARDED, seen)
            counts = f"fails {seen.failing} and passes {seen.mended} of {seen.times} times"
            click.echo(f"{index}/{len(left)} {seen.defect} {seen.database}: {seen.name or 'none found'}: {counts}")
            for told in seen.otherwise:
                click.echo(f"    {told}")
    write_tables()


@prove.command()
@click.option("--defect", "names", multiple=True, help="Only this defect.  [default: each with a known minimum]")
def shrink(names: tuple[str, ...]) -> None:
    """Put findings among forty requests and twelve faults, and shrink them to their known minimum."""
    commit = checked_out(dirty=False)
    done = {(each.defect, each.seed) for each in read_journal(SHRUNK, Planting) if each.commit == commit}
    known = [defect for defect in planted() if defect.name in (names or MINIMA)]
    left = [(defect, seed) for defect in known for seed in SEEDS if (defect.name, seed) not in done]
    with grounds(("sqlite",), commit) as ground:
        for index, (defect, seed) in enumerate(left, start=1):
            seen = planted_among(ground["sqlite"], defect, seed, commit)
            add_line(SHRUNK, seen)
            came = f"{seen.got} of {seen.wanted} in {seen.runs} runs" if not seen.told else seen.told
            click.echo(
                f"{index}/{len(left)} {defect.name} seed {seed}: {came}; {seen.seconds:.0f} s, right: {seen.right}"
            )
    write_tables()


@prove.command()
def alone() -> None:
    """Run the app by itself under each fault of its dependencies, 20 s each."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/sample_app/test_alone_under_fault.py"]
    sys.exit(subprocess.run(command, cwd=ROOT, env={**os.environ, **LONG_FAULTS}, check=False).returncode)


@prove.command()
@click.option("--times", default=50, show_default=True, help="How many runs are ended.")
@click.option("--seed", default=1, show_default=True)
def fire(times: int, seed: int) -> None:
    """End runs by SIGINT, SIGTERM and SIGKILL at random moments, and look at what is left."""
    told = []
    for index, (shot, complained) in enumerate(under_fire(times, seed), start=1):
        told.append((shot, complained))
        click.echo(f"{index}/{times} {shot}: {'; '.join(complained) or 'as promised'}")
    write_rows(PROOF / "fire.json", fire_rows(told))
    PAGE.write_text(proof_page())


@prove.command()
@click.option("--times", default=10_000, show_default=True, help="How many files are damaged.")
@click.option("--seed", default=1, show_default=True)
def files(times: int, seed: int) -> None:
    """Damage files of every kind that an incident can be or be made of, and read them."""
    seen = tuple(damaged(times, seed))
    for each in seen:
        if each.complaint:
            click.echo(f"{each.kind}: {each.complaint}: {each.data!r}")
    write_rows(PROOF / "files.json", files_rows(seen))
    PAGE.write_text(proof_page())


@prove.command()
@click.option("--rounds", default=10, show_default=True, help="How often examples are drawn anew.")
def explore(rounds: int) -> None:
    """Hold every property against other examples than those of every day."""
    complaints = []
    for number, complaint in enumerate(explored(rounds), start=1):
        complaints.append(complaint)
        click.echo(f"{number}/{rounds} {complaint or 'as promised'}")
    write_rows(PROOF / "explore.json", explored_rows(complaints))
    PAGE.write_text(proof_page())


@prove.command()
def tables() -> None:
    """Write the rows and the page from the journal, and run nothing."""
    write_tables()


def write_tables() -> None:
    """Write reports/proof/*.json and docs/proof.md."""
    told, defects = read_journal(JOURNAL, Told), planted()
    write_rows(PROOF / "matrix.json", matrix_rows(told, defects))
    write_rows(PROOF / "clean.json", clean_rows(told))
    write_rows(PROOF / "gate.json", gate_rows(told))
    write_rows(PROOF / "incidents.json", guarding_rows(read_journal(GUARDED, Guarded)))
    write_rows(PROOF / "shrink.json", shrink_rows(read_journal(SHRUNK, Planting)))
    PAGE.write_text(proof_page())


def proof_page() -> str:
    """Write the text of docs/proof.md from the journals and the rows of what is in none."""
    told, kept, defects = read_journal(JOURNAL, Told), read_journal(GUARDED, Guarded), planted()
    rows = [*matrix_rows(told, defects), *clean_rows(told), *gate_rows(told), *guarding_rows(kept)]
    small = read_journal(SHRUNK, Planting)
    rows = [*rows, *shrink_rows(small)]
    rows += [row for name in ("files", "explore", "fire") for row in read_rows(PROOF / f"{name}.json")]
    return page(told, defects, rows, guarding_table(kept), shrink_table(small))


def follow(jobs: Iterable[Job], at_a_time: int) -> None:
    """Carry out what is left of the jobs, tell each one, and write the tables."""
    commit = checked_out(dirty=False)
    done = [told for told in read_journal(JOURNAL, Told) if told.commit == commit]
    left = [job for job in jobs if not any(is_of(told, job) for told in done)]
    began = time.monotonic()
    with grounds(BOTH, commit) as ground, ThreadPoolExecutor(at_a_time) as runners:
        running = [runners.submit(carried_out, ground[job.database], job, commit) for job in left]
        for index, ended in enumerate(as_completed(running), start=1):
            told = ended.result()
            add_line(JOURNAL, told)
            rest = (time.monotonic() - began) / index * (len(left) - index) / 60
            what = f"{told.defect or 'clean'} {told.entry} {told.database} seed {told.seed}"
            click.echo(f"{index}/{len(left)} {what}: {told.verdict} {told.seconds:g} s; {rest:.0f} min left")
    write_tables()


if __name__ == "__main__":
    prove(prog_name="python -m tests.prove")
