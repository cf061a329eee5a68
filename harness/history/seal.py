"""The seal of a run: what each of its files held when the run ended, so that none is taken for another one later.

A history that lost its end, a log of another run, a plan from which cases were struck out: each of them can look whole.
A seal keeps nobody from forging a run; it tells what was damaged, mixed up or edited by mistake.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.history.directory import HISTORY, PLAN, RUN, save_run, write_whole
from harness.model.codec import from_json, to_json
from harness.model.errors import RunDirectoryError
from harness.model.records import record
from harness.model.runs import Run, State

SEAL, REPORT = "seal.json", "report.json"
_LOADS = "load-*.jsonl"


@record
class Seal:
    """The SHA-256 of each file (hexadecimal) by its name."""

    files: Mapping[str, str]


def finish(directory: Path, run: Run) -> None:
    """Seal what a complete run wrote and save its last record; one that was cut short never passes anyway.

    In this order: a harness that is killed in between leaves a run that still takes itself for a running one.
    """
    if run.state is State.COMPLETE:
        names = (PLAN, HISTORY, *sorted(path.name for path in directory.glob(_LOADS)))
        known = {name: _digest(directory / name) for name in names if (directory / name).exists()}
        _write(directory, known | {RUN: hashlib.sha256(to_json(run).encode()).hexdigest()})
    save_run(directory, run)


def seal_report(directory: Path) -> None:
    """Add the report to the seal of a run; a run that did not end by itself has none, and needs none."""
    if (directory / SEAL).exists():
        _write(directory, {**_read(directory), REPORT: _digest(directory / REPORT)})


def refuse_changed(directory: Path, run: Run) -> None:
    """Refuse, by RunDirectoryError, a complete run of which a file is missing or not as the run left it."""
    if run.state is State.COMPLETE:
        files = _read(directory)
        _compare(directory, files, (name for name in files if name != REPORT), "it cannot be judged any more")


def refuse_other_report(directory: Path, run: Run) -> None:
    """Refuse, by RunDirectoryError, a report that is not the one that was written for ``run``."""
    if run.state is State.COMPLETE:
        how = f"'harness check {directory}' judges the run and writes its report anew"
        _compare(directory, _read(directory), (RUN, REPORT), how)


def _compare(directory: Path, files: Mapping[str, str], names: Iterable[str], what_now: str) -> None:
    for name in names:
        path = directory / name
        if not path.exists():
            raise RunDirectoryError(f"{directory} is not a whole run directory: {name} is missing; {what_now}")
        if files.get(name) != _digest(path):
            raise RunDirectoryError(f"{path} is not as this run left it: changed, or of another run; {what_now}")


def _read(directory: Path) -> Mapping[str, str]:
    path = directory / SEAL
    try:
        return from_json(Seal, path.read_text(encoding="utf-8")).files
    except FileNotFoundError as error:
        raise RunDirectoryError(
            f"{directory} is not a whole run directory: {SEAL} is missing, which a run writes when it ends"
        ) from error
    except (OSError, ValueError) as error:
        raise RunDirectoryError(f"{path} cannot be read: {error}") from error


def _write(directory: Path, files: Mapping[str, str]) -> None:
    write_whole(directory / SEAL, to_json(Seal(files=files)))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RunDirectoryError(f"{path} cannot be read: {error.strerror}") from error
