"""The command that begins: a first configuration of an application, and scenarios that fit any service."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from harness.cli.endings import calm, ending
from harness.cli.options import IMPORTS, PATH, QUIET, VERBOSE, variables, with_options
from harness.cli.telling import answer, telling

USUAL = Path("harness.yaml")


@click.command("init")
@click.argument("app", default="")
@click.option("--out", "file", type=PATH, default=USUAL, show_default=True, help="The file to write.")
@click.option(
    "--from",
    "files",
    type=PATH,
    multiple=True,
    help="A file of requests that the service takes, such as curl lines or HAR: its examples. May be given again.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("auto", *IMPORTS)),
    default="auto",
    show_default=True,
    help="The format of these files.",
)
@click.option(
    "--env",
    multiple=True,
    metavar="NAME=VALUE",
    callback=variables,
    help="A variable that the service needs, as it is or with {tmp}. May be given again.",
)
@click.option("--again", is_flag=True, help="Go on from the file that is there: add what is seen beside what it says.")
@with_options(QUIET, VERBOSE)
@click.pass_context
def init(context: click.Context, /, *, quiet: bool, verbose: bool, **given: Any) -> None:
    """Write a first harness.yaml of the Flask application APP (MODULE:NAME, or MODULE:FACTORY()).

    Its source is read, it is started, and a valid example of each route that changes something is sent to it: what is
    seen is written down, what is guessed is marked. Without APP it is looked for beside the file. Exit code 3: an
    example was not taken, and the file says where to put a better one.
    """

    def act() -> int:
        from harness import runner
        from harness.draft.drafting import Beginning

        with telling(aside=True, quiet=quiet, verbose=verbose) as progress:
            done = runner.init(Beginning(**given), progress)
        answer(_told(done))
        return done.exit

    context.exit(ending(act))


def _told(done: Any) -> str:
    """Say what was written and seen, what is to be decided, and what comes next."""
    draft = done.draft
    lines = [f"{done.file}: {draft.configuration.service.app}"]
    for operation in draft.configuration.operations:
        what = done.shown[operation.name]
        calls = ", ".join(dict.fromkeys(f"{call.dependency} {call.call}".strip() for call in what.calls))
        taken = f"accepted{f', calls {calls}' if calls else ', calls nobody'}" if what.accepted else what.told()
        lines.append(f"  {operation.route}: {taken}")
    lines += [f"{path}: fits any service" for path in done.scenarios]
    open_ones = [(done.lines.get(note.place, 1), note.text) for note in draft.notes if note.decide]
    if open_ones:
        lines += ["", "to decide:", *(f"  {done.file}:{line}: {text}" for line, text in sorted(open_ones))]
    lines += ["", f"next: {_next(done)}"]
    return calm("\n".join(lines))


def _next(done: Any) -> str:
    """Return the commands that come next, of a file elsewhere with its name."""
    named = "" if done.file == USUAL else f" {shlex.quote(str(done.file))}"
    config, out = (f" {option}{named}" if named else "" for option in ("--config", "--out"))
    if done.exit:
        return f"harness init --again{out}, once that is better"
    return f"harness doctor{config}, then harness run{config}"
