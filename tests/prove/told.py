"""The journals of the proofs, so that one which was interrupted goes on where it stopped."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from tests.prove.ground import Told
from tests.prove.jobs import Job

Line = TypeVar("Line")


def read_journal(path: Path, kind: type[Line]) -> list[Line]:
    """Read what earlier runs told; none where there is no journal."""
    line = TypeAdapter(kind)
    return [line.validate_json(text) for text in path.read_bytes().splitlines()] if path.exists() else []


def add_line(path: Path, told: object) -> None:
    """Append a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as out:
        out.write(TypeAdapter(type(told)).dump_json(told) + b"\n")


def is_of(told: Told, job: Job) -> bool:
    """Tell whether this is what came of that job."""
    return all(getattr(told, field.name) == getattr(job, field.name) for field in fields(job))
