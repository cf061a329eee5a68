"""The command that explains a finding: ``harness incident explain``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.endings import ending
from harness.cli.options import PATH, QUIET, REACHING, VERBOSE, with_options
from harness.cli.telling import WIDEST, answer, telling


@click.command("explain")
@click.argument("what", type=PATH, metavar="FILE_OR_RUN")
@click.argument("finding", default="")
@with_options(*REACHING, QUIET, VERBOSE)
@click.pass_context
def explain(context: click.Context, /, *, what: Path, finding: str, quiet: bool, verbose: bool, **given: Any) -> None:
    """Tell how a finding came about, stage by stage, and where it leaves the course of the clean runs.

    FILE_OR_RUN is a run directory, of which nothing is started, or an incident, which is carried out. FINDING names one
    by its fingerprint, its check or its entry: the worst, or the incident's own, unless told otherwise.
    """

    def act() -> int:
        from harness import runner
        from harness.report.screen import plain, styled
        from harness.report.terminal import colour_wanted

        options = runner.Options(scenarios=(), **given | {"server": given["server"] or ""})
        width = min(shutil.get_terminal_size((80, 24)).columns, WIDEST)
        with telling(aside=True, quiet=quiet, verbose=verbose) as progress:
            done = runner.explain(options, what, finding, progress)
        style = styled if colour_wanted(sys.stdout, os.environ) else plain
        answer("\n".join(done.lines(width, style)))
        return done.exit

    context.exit(ending(act))
