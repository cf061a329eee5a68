"""The commands that make incidents of what happened, and hand them on: ``harness incident new`` and ``export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.endings import ending
from harness.cli.options import EXPORTS, IMPORTS, PATH, QUIET, REACHING, VERBOSE, variables, with_options
from harness.cli.telling import answer, telling


def _fields(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return what was given as ``WHAT=MEMBER``; the runner knows what there is."""
    return dict(text.partition("=")[::2] for text in given)


@click.command("new")
@click.argument("files", type=PATH, nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(("auto", *IMPORTS)),
    default="auto",
    show_default=True,
    help="What the files hold; auto: as they begin.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="WHAT=MEMBER",
    callback=_fields,
    help="How a member of the log lines is called, such as method=verb. May be given again.",
)
@click.option(
    "--env",
    multiple=True,
    metavar="NAME=VALUE",
    callback=variables,
    help="A variable that the service had then, on top of the configured ones. May be given again.",
)
@click.option(
    "--sql",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Statements that put into the service's database what was there before. May be given again.",
)
@click.option("--clock", default="", metavar="MOMENT", help="When it was: the service's clock begins then (ISO 8601).")
@click.option("--check", default="", metavar="NAME", help="Keep the finding of this check.  [default: the worst]")
@click.option("--name", default="", metavar="NAME", help="The name of the file, without .json.")
@click.option("--into", type=PATH, default=Path(), show_default=True, help="The directory in which it is written.")
@with_options(*REACHING, QUIET, VERBOSE)
@click.pass_context
def new(context: click.Context, /, *, quiet: bool, verbose: bool, **given: Any) -> None:
    """Make an incident of what FILES hold: curl lines, HAR, cassettes, raw HTTP, JSON logs, captures.

    The requests are sent again to the service as it is now, as new events; a finding that this shows is written as an
    incident. Exit code 0: one is written; 3: nothing was shown.
    """
    names = ("files", "form", "fields", "env", "sql", "clock", "check", "name", "into")

    def act() -> int:
        from harness import runner
        from harness.replay.happened import Wanted

        wanted = Wanted(**{name: given.pop(name) for name in names})
        options = runner.Options(scenarios=(), **given | {"server": given["server"] or ""})
        with telling(aside=False, quiet=quiet, verbose=verbose) as progress:
            done = runner.new_incident(options, wanted, progress)
        _say(done)
        return done.exit

    context.exit(ending(act))


def _say(done: Any) -> None:
    """Say what was lost, what was found, and what came of it, a line each."""
    from harness.cli.endings import calm
    from harness.report.shown import one_line

    for loss in done.losses:
        answer(one_line(calm(f"lost: {loss}"), 300))
    for found in done.findings:
        gate = "" if found.fails_gate else " (below the gate)"
        what = f"found: {found.severity}: {found.symptom} ({found.check}){gate}: {found.happened}"
        answer(one_line(calm(what), 300))
    for line in done.told:
        answer(calm(line))


@click.command("export")
@click.argument("file", type=PATH)
@click.option("--as", "form", type=click.Choice(EXPORTS), required=True, help="The form.")
@click.option("-o", "--output", type=PATH, help="Where it is written.  [default: standard output]")
@click.pass_context
def export(context: click.Context, /, *, file: Path, form: str, output: Path | None) -> None:
    """Write the incident or capture in FILE as command lines, HAR, a cassette or a test for pytest.

    What the form cannot hold is said on standard error.
    """

    def act() -> int:
        from harness import runner
        from harness.cli.endings import calm
        from harness.report.pipes import say

        made = runner.export(file, form, output)
        for loss in made.losses:
            say(sys.stderr, calm(f"lost: {loss}"))
        if output is None:
            answer(made.text.removesuffix("\n"))
        return 0

    context.exit(ending(act))
