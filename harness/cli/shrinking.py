"""The command that makes an incident smaller: what its finding does not need is taken away from its case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.endings import ending
from harness.cli.options import CONFIG, PATH, QUIET, TARGET, VERBOSE, with_options
from harness.cli.telling import answer, telling

if TYPE_CHECKING:
    from harness.replay.shrinking import Made


@click.command()
@click.argument("file", type=PATH)
@click.option("-o", "--into", type=PATH, help="The directory to write it to.  [default: in place of FILE]")
@click.option(
    "--seconds", type=click.FloatRange(min=1), default=120, show_default=True, help="How long to search at most."
)
@click.option(
    "--runs", type=click.IntRange(min=1), default=2000, show_default=True, help="How many runs of a case at most."
)
@with_options(CONFIG, *TARGET, QUIET, VERBOSE)
@click.pass_context
def shrink(
    context: click.Context,
    /,
    *,
    file: Path,
    into: Path | None,
    seconds: float,
    runs: int,
    quiet: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """Carry out the incident in FILE, then smaller ones, and write the smallest that still fails.

    A search that was ended goes on where it stopped. Exit code 0: it fails here, and the smallest so far is written.
    """

    def act() -> int:
        from harness import runner

        options = runner.Options(**given | {"server": given["server"] or ""})
        with telling(aside=False, quiet=quiet, verbose=verbose) as progress:
            made, place = runner.shrink(options, file, into, (seconds, runs), progress)
        for line in _told(made, place):
            answer(line)
        return _exit(made)

    context.exit(ending(act))


def _told(made: Made, place: Path) -> list[str]:
    """Return what became of the incident, in lines."""
    from harness.replay.replaying import Came
    from harness.report.shown import disarmed, one_line

    name, shrunk = made.incident.name, made.incident.shrunk
    if made.came is not Came.FAILING:
        told = disarmed(one_line(f"{made.came}: {name}: {made.told}", 300))
        return [told, "it was not made smaller: what does not fail here cannot show that a smaller one does"]
    if made.end is None or shrunk is None:
        return [f"{name} was not made smaller: {made.end}"]
    was, now = shrunk.before, shrunk.after
    sizes = (
        f"{now.steps} of {was.steps} steps, {now.requests} of {was.requests} requests, {now.faults} of {was.faults} "
        f"faults, {now.fields} of {was.fields} fields, {now.octets} of {was.octets} bytes"
    )
    least = "without any one of them it does not fail" if shrunk.minimal else f"the search ended early: {made.end}"
    return [f"{name}: {sizes}; {shrunk.runs} runs; {least}", f"written as {place}"]


def _exit(made: Made) -> int:
    """Return the exit code: what does not fail here has that of its replay, or of a fail where it is mended."""
    from harness.model.exits import Exit
    from harness.replay.replaying import EXITS, Came
    from harness.replay.shrinking import End

    if made.came is not Came.FAILING:
        return EXITS[made.came] or Exit.FAIL
    if made.end is End.INTERRUPTED:
        return Exit.INTERRUPTED
    return Exit.PASS if made.end is not End.LOST else Exit.UNKNOWN
