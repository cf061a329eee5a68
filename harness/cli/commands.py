"""The commands and their options; every room is imported inside the command that needs it.

So ``harness --help`` takes a fraction of a second, and a broken extra breaks only the command that uses it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.endings import calm, ending
from harness.cli.github import tell_github
from harness.cli.incidents import incident, replay
from harness.cli.init import init
from harness.cli.options import (
    CONFIG,
    FILES,
    FORMAT,
    JSON,
    NARROWING,
    PATH,
    QUIET,
    SERVERS,
    SEVERITIES,
    TARGET,
    VERBOSE,
    with_options,
)
from harness.cli.record import record
from harness.cli.shrinking import shrink
from harness.cli.telling import answer, telling, told


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="reliability-harness", prog_name="harness")
def main() -> None:
    """Put malformed payloads, duplicate events, failing dependencies and load on a service, and say the truth.

    Exit codes: 0 pass, 1 fail, 2 usage or configuration, 3 unknown, 4 the service could not be started or reached,
    70 a bug of the harness, 130 interrupted.
    """


@main.command()
@with_options(*NARROWING, JSON)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="major",
    show_default=True,
    help="The least severity of a finding that fails the gate.",
)
@click.option("--waivers", type=PATH, help="The waivers.  [default: waivers.yaml beside the configuration]")
@click.option("--baseline", type=PATH, help="Only findings that are not in it fail.  [default: reports/baseline.json]")
@click.option(
    "--reruns",
    type=click.IntRange(0, 9),
    default=2,
    show_default=True,
    metavar="NUMBER",
    help="How often the case of a finding that fails the gate is carried out again.",
)
@click.option(
    "--shrink",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="How long to make the cases of such findings smaller, all together.  [default: 30; quick 0, deep 120]",
)
@click.option("--list", "listed", is_flag=True, help="Show what would be possible; start nothing.")
@click.option("--dry-run", is_flag=True, help="Start the service, learn its contract, show the cases, send none.")
@with_options(QUIET, VERBOSE)
@click.pass_context
def run(context: click.Context, /, *, listed: bool, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Run the scenarios, judge what was seen, write the reports. The verdict is the exit code."""
    if sum((listed, dry_run, as_json)) > 1:
        raise click.UsageError("--list, --dry-run and --json each ask for another output: give one of them")
    speech = {name: given.pop(name) for name in ("quiet", "verbose")}

    def act() -> int:
        from harness import runner

        options = runner.Options(**given | {"server": given["server"] or ""})
        if listed:
            answer(runner.listing(options))
            return 0
        with telling(aside=as_json or dry_run, **speech) as progress:
            if dry_run:
                answer(runner.dry_run(options, progress))
                return 0
            outcome = runner.run(options, progress)
        tell_github(outcome.report, os.environ, sys.stderr if as_json else sys.stdout)
        return told(outcome, "json" if as_json else "")

    context.exit(ending(act))


def _again(name: str, directory: Path, form: str, **speech: bool) -> int:
    """Call the runner's ``check`` or ``report`` on a run directory, show ``form`` of it; return the exit code."""

    def act() -> int:
        from harness import runner

        call = {"check": runner.check, "report": runner.report}[name]
        with telling(aside=bool(form), **speech) as progress:
            return told(call(directory, progress), form)

    return ending(act)


@main.command()
@click.argument("directory", type=PATH)
@with_options(JSON, QUIET, VERBOSE)
@click.pass_context
def check(context: click.Context, /, *, directory: Path, as_json: bool, **speech: bool) -> None:
    """Judge the run in DIRECTORY again from its history; no server is started. The verdict is the exit code."""
    context.exit(_again("check", directory, "json" if as_json else "", **speech))


@main.command()
@click.argument("directory", type=PATH)
@with_options(JSON, FORMAT, QUIET, VERBOSE)
@click.pass_context
def report(context: click.Context, /, *, directory: Path, as_json: bool, form: str | None, **speech: bool) -> None:
    """Render the reports of the run in DIRECTORY again. The verdict is the exit code."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} each ask for another output: give one of them")
    context.exit(_again("report", directory, "json" if as_json else form or "", **speech))


@main.command()
@with_options(*FILES, *TARGET)
@click.pass_context
def doctor(context: click.Context, /, **given: Any) -> None:
    """Look whether a run can begin: Python, extras, files, ports, the service; say what mends what is missing."""

    def act() -> int:
        from harness import runner

        with telling(aside=True, quiet=False, verbose=False) as progress:
            found, code = runner.doctor(runner.Options(**given | {"server": given["server"] or ""}), progress)
        answer(calm(found))
        return code

    context.exit(ending(act))


@main.command("record-client")
@click.argument("book", type=PATH)
@with_options(CONFIG)
@click.option("--server", type=click.Choice(SERVERS), help="Run the service on this server.")
@with_options(QUIET, VERBOSE)
@click.pass_context
def record_client(
    context: click.Context, /, *, book: Path, config: Path, server: str | None, quiet: bool, verbose: bool
) -> None:
    """Send the requests of the answer book BOOK in two clean runs and write what both were answered into it."""

    def act() -> int:
        from harness import runner

        with telling(aside=True, quiet=quiet, verbose=verbose) as progress:
            kept = runner.record_client(
                runner.Options(config=config, scenarios=(), server=server or ""), book, progress
            )
        answer(f"{kept.file}: {len(kept.exchanges)} exchanges of {kept.client} recorded {kept.recorded}")
        return 0

    context.exit(ending(act))


@main.group()
def baseline() -> None:
    """Keep the findings that are known, so that only others fail the gate."""


@baseline.command()
@click.argument("directory", type=PATH)
@click.option("--baseline", "file", type=PATH, help="The file to write.  [default: reports/baseline.json]")
@click.pass_context
def update(context: click.Context, /, *, directory: Path, file: Path | None) -> None:
    """Write what the run in DIRECTORY has shown into the baseline; what it did not look at stays."""

    def act() -> int:
        from harness import runner

        answer(runner.update_baseline(directory, file))
        return 0

    context.exit(ending(act))


main.add_command(init)
main.add_command(record)
main.add_command(replay)
main.add_command(incident)
incident.add_command(shrink)
