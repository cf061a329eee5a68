"""``harness replay --against``: two builds side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.options import PATH, named
from harness.cli.telling import answer

if TYPE_CHECKING:
    from harness.replay.against import Against
    from harness.report.progress import Progress

AGAINST = (
    click.option(
        "--against",
        "revision",
        callback=named,
        metavar="REVISION",
        help="Compare with the build of this git revision: only declared changes pass.",
    ),
    click.option(
        "--against-config", type=PATH, help="Compare with the build that this configuration starts, or finds running."
    ),
    click.option(
        "--changes", type=PATH, help="The declared changes.  [default: changes.yaml beside the configuration]"
    ),
)
"""The options that make a replay a comparison."""


def asked(given: dict[str, Any]) -> Against | None:
    """Take the options of a comparison out of ``given``; None: none is asked for. UsageError where they do not fit."""
    revision, config, changes = (given.pop(name) for name in ("revision", "against_config", "changes"))
    if revision and config is not None:
        raise click.UsageError("--against and --against-config each name the other build: give one of them")
    if not revision and config is None:
        if changes is not None:
            raise click.UsageError("--changes is about a comparison: name the other build with --against")
        return None
    from harness.replay.against import Against

    return Against(revision=revision, config=config, changes=changes)


def told_against(options: Any, other: Against, files: Sequence[Path], progress: Progress) -> int:
    """Compare, say what differs, and return the exit code."""
    from harness import runner
    from harness.report.comparisons import as_lines
    from harness.report.shown import harmless

    done = runner.compare(options, other, files, progress)
    told = "\n".join((*as_lines(done.comparison), f"old beside new: {done.directory / done.page}"))
    answer(harmless(told))
    return done.exit
