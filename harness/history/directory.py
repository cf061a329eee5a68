"""A run directory: what lies where, written in stages so that a crash in a later stage loses nothing.

``run.json`` and ``plan.json`` stand before the first request, ``history.jsonl`` grows while the run goes on, a seal
(:mod:`harness.history.seal`) ends it, and everything after it (``judgements.json``, ``report.*``) can be made again
from these and the load logs. Small files are replaced whole (written beside, then renamed), so half a file is never
taken for a whole one.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from harness.model.cases import Plan
from harness.model.codec import Record, from_json, to_json
from harness.model.errors import RunDirectoryError, UnsavedError
from harness.model.events import CaseStarted, Event, Sent
from harness.model.identities import identity, salted
from harness.model.judgements import Judgement
from harness.model.runs import FORMAT, Run

RUN, PLAN, HISTORY, JUDGEMENTS = "run.json", "plan.json", "history.jsonl", "judgements.json"
INCIDENTS = "incidents"


def create(directory: Path) -> None:
    """Make a new run directory; RunDirectoryError when it holds a run already or cannot be written."""
    if (directory / RUN).exists():
        raise RunDirectoryError(f"{directory} holds a run already: name another --out, or remove it first")
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunDirectoryError(f"{directory} cannot be written: {error.strerror}: name another --out") from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise RunDirectoryError(f"{directory} cannot be written: it is read-only: name another --out")


def write_whole(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` in one step, or leave it as it is; UnsavedError when the disk refuses."""
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise UnsavedError(f"{path} cannot be written: {error.strerror}; {_now_what(path.parent)}") from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _now_what(directory: Path) -> str:
    """Say what to do where a file cannot be written."""
    if not directory.is_dir():
        return "its directory was removed, and what lay there with it"
    if not (directory / HISTORY).exists():
        return "free some space there, or name another directory"
    return f"make room there, and 'harness check {directory}' judges what was seen"


def drop_halves(directory: Path) -> None:
    """Remove what a killed run was about to put in place of a file; nobody ever reads it."""
    for half in directory.glob("*.part"):
        with suppress(OSError):
            half.unlink()


def save_run(directory: Path, run: Run) -> None:
    """Write ``run.json``."""
    write_whole(directory / RUN, to_json(run))


def save_plan(directory: Path, plan: Plan) -> None:
    """Write ``plan.json``."""
    write_whole(directory / PLAN, to_json(plan))


def save_judgements(directory: Path, judgements: tuple[Judgement, ...]) -> None:
    """Write ``judgements.json``."""
    write_whole(directory / JUDGEMENTS, to_json(judgements, tuple[Judgement, ...]))


def save_incidents(directory: Path, texts: Mapping[str, str]) -> None:
    """Write an incident file for each of ``texts`` by its name, and take away those of an earlier judgement."""
    place = directory / INCIDENTS
    for old in place.glob("*.json"):
        if old.stem not in texts:
            old.unlink()
    if texts:
        place.mkdir(exist_ok=True)
    for name, text in texts.items():
        write_whole(place / f"{name}.json", text)


def load_run(directory: Path) -> Run:
    """Read ``run.json``; RunDirectoryError when it is missing, broken, or of another format."""
    text = _read(directory, RUN)
    try:
        found = json.loads(text).get("format")
    except (ValueError, AttributeError):
        found = None
    if found != FORMAT:
        raise RunDirectoryError(f"{directory / RUN} has format {found!r}; this version reads format {FORMAT}")
    return _decoded(Run, directory / RUN, text)


def load_plan(directory: Path) -> Plan:
    """Read ``plan.json``; RunDirectoryError when it is missing or broken."""
    return _decoded(Plan, directory / PLAN, _read(directory, PLAN))


def read_history(directory: Path) -> Iterator[Event]:
    """Yield the events of ``history.jsonl`` in order; a last line cut by a crash, anywhere, is left out.

    RunDirectoryError names the line where anything else does not fit: each source numbers its events from 1 without
    a gap, so an event that was lost or put in is seen.
    """
    path = directory / HISTORY
    whole, _, _ = _read(directory, HISTORY).rpartition(b"\n")
    counts: Counter[str] = Counter()
    for number, line in enumerate(whole.split(b"\n"), start=1):
        if not line:
            continue
        event = _decoded(Event, f"{path}:{number}", line)
        counts[event.source] += 1
        if event.count != counts[event.source]:
            raise RunDirectoryError(
                f"{path}:{number} is not whole: '{event.source}' is at its event {event.count} where"
                f" {counts[event.source]} is next; a history with events missing can show nothing"
            )
        yield event


def refuse_mixed(directory: Path, run: Run, plan: Plan, history: Iterable[Event]) -> None:
    """Refuse, by RunDirectoryError, files of several runs in one directory.

    The plan has the seed of its run, and every identity that was sent is made from the salt of an attempt of it.
    """
    if plan.seed != run.seed:
        raise RunDirectoryError(f"{directory / PLAN} has seed {plan.seed}, but {RUN} has {run.seed}: not the same run")
    salt = run.salt
    for what in (event.what for event in history):
        if isinstance(what, CaseStarted):
            salt = salted(run.salt, what.attempt)
        elif isinstance(what, Sent) and what.event and what.identity != identity(salt, what.case, what.event):
            raise RunDirectoryError(f"{directory / HISTORY} is the history of another run than {RUN}")


def _read(directory: Path, name: str) -> bytes:
    path = directory / name
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RunDirectoryError(
            f"{directory} is not a whole run directory: {name} is missing; was the run stopped before it began?"
        ) from error
    except OSError as error:
        raise RunDirectoryError(f"{path} cannot be read: {error}") from error


def _decoded(kind: type[Record], place: Path | str, text: bytes) -> Record:
    try:
        return from_json(kind, text)
    except ValueError as error:
        raise RunDirectoryError(f"{place} is broken: {error}") from error
