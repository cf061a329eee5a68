"""Where a finding is shown in the project: what a CI system puts beside the code must lie in a file of it."""

from __future__ import annotations

from itertools import chain
from pathlib import PurePosixPath

from harness.model.judgements import Finding
from harness.model.runs import Run
from harness.report.format import Place


def place_of(finding: Finding, scenario: str, run: Run) -> Place:
    """Return the place of a finding that was made in a case of ``scenario``.

    That is the function that answers the operation, else the entry of the scenario, else the configuration, which is
    always there.
    """
    handlers = (
        Place(file=in_project(handler.file), line=handler.line, what="handler")
        for handler in run.handlers
        if handler.operation == finding.operation
    )
    entries = (
        Place(file=in_project(held.file), line=entry.line, what="entry")
        for held in run.scenarios
        if held.name == scenario
        for entry in held.entries
        if entry.id == finding.entry and entry.line
    )
    return next(chain(handlers, entries), Place(file=in_project(run.configuration.file), line=1, what="configuration"))


def in_project(file: str) -> str:
    """Return a path as the project knows it; of an absolute one no more than its end: no path of a machine is told."""
    path = PurePosixPath(file)
    return "/".join(path.parts[1:][-2:]) if path.is_absolute() else str(path)
