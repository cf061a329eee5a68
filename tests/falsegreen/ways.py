"""A way in which a run can see nothing or be broken, and what the harness says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.model.codec import from_json
from harness.model.exits import Exit
from harness.report.format import Report
from tests.falsegreen.bench import Bench


@dataclass(frozen=True)
class Way:
    """One way. ``act`` leaves a run directory at the path that it is given; ``command`` is then asked about it.

    ``told`` is everything that the command says: the reasons of the report, or the error where none was written. In it
    ``{run}`` stands for the directory.
    """

    name: str
    told: tuple[str, ...]
    act: Callable[[Path], None]
    exit: Exit = Exit.UNKNOWN
    command: str = "check"

    def __str__(self) -> str:
        return self.name


def bench(**parts: object) -> Callable[[Path], None]:
    """Return the act that runs a bench with these parts."""

    def act(directory: Path) -> None:
        Bench(directory=directory, **parts).run()  # type: ignore[arg-type]

    return act


def reasons(directory: Path) -> tuple[str, ...]:
    """Return the reasons of the report in a run directory."""
    return from_json(Report, (directory / "report.json").read_text()).reasons
