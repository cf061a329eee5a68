"""The journal of the runs, so that a proof which was interrupted goes on where it stopped."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from pydantic import TypeAdapter

from tests.prove.ground import Told
from tests.prove.jobs import Job

LINE = TypeAdapter(Told)


def read_told(path: Path) -> list[Told]:
    """Read what earlier runs told; none where there is no journal."""
    return [LINE.validate_json(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def add_told(path: Path, told: Told) -> None:
    """Append a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as out:
        out.write(LINE.dump_json(told) + b"\n")


def is_of(told: Told, job: Job) -> bool:
    """Tell whether this is what came of that job."""
    return all(getattr(told, field.name) == getattr(job, field.name) for field in fields(job))
