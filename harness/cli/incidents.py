"""The commands on incidents: carry them out on the build of today, keep one for ever, list what is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.against import AGAINST, asked, told_against
from harness.cli.endings import ending
from harness.cli.explain import explain
from harness.cli.happened import export, new
from harness.cli.options import PATH, QUIET, REACHING, VERBOSE, with_options
from harness.cli.telling import answer, telling

if TYPE_CHECKING:
    from harness.replay.replaying import Replay
    from harness.report.progress import Progress

SKIP = 125
"""The exit code that ``git bisect run`` takes for "this revision cannot be tested"."""

_KEPT = Path("incidents")


def _act(call: Callable[[Any, Progress], int], *, quiet: bool, verbose: bool, given: dict[str, Any]) -> int:
    """Make options of what was given, and end as ``call`` does."""

    def act() -> int:
        from harness import runner

        options = runner.Options(scenarios=(), **given | {"server": given["server"] or ""})
        with telling(aside=False, quiet=quiet, verbose=verbose) as progress:
            return call(options, progress)

    return ending(act)


@click.command()
@click.argument("files", type=PATH, nargs=-1)
@with_options(*REACHING)
@click.option("--bisect", is_flag=True, help="Exit with 125, for 'git bisect run', where an incident cannot be shown.")
@click.option(
    "--every-way",
    is_flag=True,
    help="Carry each out in another order and at another pace, too: it must come to the same.",
)
@with_options(*AGAINST, QUIET, VERBOSE)
@click.pass_context
def replay(
    context: click.Context,
    /,
    *,
    files: tuple[Path, ...],
    bisect: bool,
    every_way: bool,
    quiet: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """Carry out the incidents in FILES (files or directories; incidents/ unless told otherwise) on the service.

    Each is mended, still failing, failing otherwise, or could not be shown. Exit code 0: all are mended. With
    --against, they and the answer books in FILES are sent to two builds, and what differs must be declared.
    """
    other = asked(given)
    if other is not None and every_way:
        raise click.UsageError("--every-way is about one build, and --against compares two: give one of them")

    def call(options: Any, progress: Progress) -> int:
        from harness import runner

        if other is not None:
            return told_against(options, other, files, progress)
        done = runner.replay(options, files or (_KEPT,), progress, every_way=every_way)
        _say(done)
        return done.exit

    code = _act(call, quiet=quiet, verbose=verbose, given=given)
    context.exit(SKIP if bisect and code not in (0, 1, 2, 130) else code)


def _say(done: Replay) -> None:
    """Say what became of each incident, a line each."""
    from harness.report.shown import disarmed, one_line

    for each in done.replayed:
        answer(f"{each.came}: {each.incident.name}: {disarmed(one_line(each.told, 300))}")
    for doubt in done.doubts:
        answer(f"order or pace decides: {doubt}")


@click.group()
def incident() -> None:
    """Keep findings as files that fail while the defect lives."""


@incident.command("accept")
@click.argument("file", type=PATH)
@click.option("--into", type=PATH, default=_KEPT, show_default=True, help="Where incidents are kept.")
@click.option("--on", default="", metavar="REVISION", help="The revision of git that it came from.  [default: today's]")
@with_options(*REACHING, QUIET, VERBOSE)
@click.pass_context
def accept(
    context: click.Context, /, *, file: Path, into: Path, on: str, quiet: bool, verbose: bool, **given: Any
) -> None:
    """Carry out the incident in FILE and keep it where it still fails: red before green."""

    def call(options: Any, progress: Progress) -> int:
        from harness import runner
        from harness.model.exits import Exit

        done, kept = runner.accept(options, file, into, progress, on)
        _say(done)
        if kept:
            answer(f"kept as {kept}")
            return Exit.PASS
        answer(f"{file} is not kept: what does not fail on the build that it comes from would guard nothing")
        return done.exit or Exit.FAIL

    context.exit(_act(call, quiet=quiet, verbose=verbose, given=given))


@incident.command("list")
@click.argument("files", type=PATH, nargs=-1)
@click.pass_context
def list_incidents(context: click.Context, /, *, files: tuple[Path, ...]) -> None:
    """Show the incidents in FILES (incidents/ unless told otherwise), a line each; nothing is started."""

    def act() -> int:
        from harness import runner
        from harness.report.shown import disarmed, one_line

        for held in runner.incidents(files or (_KEPT,)):
            told = f"{held.name}: {held.shows.severity}: {held.title} ({held.shows.check})"
            answer(disarmed(one_line(told, 200)))
        return 0

    context.exit(ending(act))


incident.add_command(new)
incident.add_command(export)
incident.add_command(explain)
