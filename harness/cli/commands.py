"""The commands and their options; every room is imported inside the command that needs it.

So ``harness --help`` takes a fraction of a second, and a broken extra breaks only the command that uses it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.cli.endings import calm, ending
from harness.cli.github import tell_github
from harness.cli.telling import answer, telling, told

Command = TypeVar("Command", bound=Callable[..., Any])

FAMILIES = ("malformed-payload", "duplicate-event", "timeout", "load", "version-compatibility")
"""As in :class:`harness.model.cases.Family`, which costs too much for ``--help``; a test holds the two together."""
SEVERITIES = ("critical", "major", "minor", "note")
"""As in :class:`harness.model.verdicts.Severity`, which ``--help`` need not import; a test holds the two together."""
SERVERS = ("gunicorn", "waitress", "wsgi")
"""Servers that ``--server`` can put instead of the configured one; a command or a URL needs the configuration."""
FORMATS = ("json", "html", "junit", "markdown", "sarif", "annotations")
"""As in :data:`harness.report.formats.table.FORMATS`; a test holds the two together."""
PROFILES = ("quick", "default", "deep")
"""As in :mod:`harness.plan.profiles`, from the smallest; a test holds the two together."""


class _Named(click.Path):
    """A path that names something: an empty one, most often an unset variable, would mean the current directory."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail(_EMPTY, param, ctx)
        return super().convert(value, param, ctx)


def _given(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """Refuse an empty text: it would mean that the option was not given."""
    if value == "":
        raise click.BadParameter(_EMPTY, context, parameter)
    return value or ""


_EMPTY = "it is empty; is a variable not set?"
_PATH = _Named(path_type=Path, readable=False)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="Nothing but the last screen.")
_VERBOSE = click.option("-v", "--verbose", is_flag=True, help="A line for every case.")
_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Write report.json to standard output, the rest to standard error."
)
_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Write the report in this form to standard output, the rest to standard error.",
)
_FILES = (
    click.option("--config", type=_PATH, default=Path("harness.yaml"), show_default=True, help="The configuration."),
    click.option(
        "--scenarios",
        type=_PATH,
        multiple=True,
        help="A scenario file, or a directory of them. May be given again.  [default: those of the profile]",
    ),
    click.option(
        "--profile",
        type=click.Choice(PROFILES),
        default="default",
        show_default=True,
        help="How much of it: a few cases of the entries that show most, some of every entry, or all there is.",
    ),
)
_TARGET = (
    click.option("--server", type=click.Choice(SERVERS), help="Run the service on this server."),
    click.option(
        "--url", callback=_given, metavar="URL", help="Test the service that runs at http://HOST:PORT already."
    ),
    click.option(
        "--allow-remote", multiple=True, metavar="HOST", help="Allow this host though it is not loopback. Repeatable."
    ),
)
_NARROWING = (
    *_FILES,
    click.option(
        "--family", "families", type=click.Choice(FAMILIES), multiple=True, help="Only this family. May be given again."
    ),
    click.option(
        "--scenario",
        "select",
        multiple=True,
        metavar="NAME",
        help="Only this scenario file (by its name) or this entry (by its id). May be given again.",
    ),
    click.option(
        "--operation", "operations", multiple=True, metavar="NAME", help="Only this operation. May be given again."
    ),
    click.option("--seed", type=click.IntRange(min=0), help="Plan the same run again; without it one is drawn."),
    click.option("--out", type=_PATH, help="Where the run lands.  [default: reports/<time>-<seed>]"),
    *_TARGET,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="reliability-harness", prog_name="harness")
def main() -> None:
    """Put malformed payloads, duplicate events, failing dependencies and load on a service, and say the truth.

    Exit codes: 0 pass, 1 fail, 2 usage or configuration, 3 unknown, 4 the service could not be started or reached,
    70 a bug of the harness, 130 interrupted.
    """


def _with(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return a decorator that adds ``options`` in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@main.command()
@_with(*_NARROWING, _JSON)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="major",
    show_default=True,
    help="The least severity of a finding that fails the gate.",
)
@click.option("--waivers", type=_PATH, help="The waivers.  [default: waivers.yaml beside the configuration]")
@click.option("--baseline", type=_PATH, help="Only findings that are not in it fail.  [default: reports/baseline.json]")
@click.option(
    "--reruns",
    type=click.IntRange(0, 9),
    default=2,
    show_default=True,
    metavar="NUMBER",
    help="How often the case of a finding that fails the gate is carried out again.",
)
@click.option("--list", "listed", is_flag=True, help="Show what would be possible; start nothing.")
@click.option("--dry-run", is_flag=True, help="Start the service, learn its contract, show the cases, send none.")
@_with(_QUIET, _VERBOSE)
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
@click.argument("directory", type=_PATH)
@_with(_JSON, _QUIET, _VERBOSE)
@click.pass_context
def check(context: click.Context, /, *, directory: Path, as_json: bool, **speech: bool) -> None:
    """Judge the run in DIRECTORY again from its history; no server is started. The verdict is the exit code."""
    context.exit(_again("check", directory, "json" if as_json else "", **speech))


@main.command()
@click.argument("directory", type=_PATH)
@_with(_JSON, _FORMAT, _QUIET, _VERBOSE)
@click.pass_context
def report(context: click.Context, /, *, directory: Path, as_json: bool, form: str | None, **speech: bool) -> None:
    """Render the reports of the run in DIRECTORY again. The verdict is the exit code."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} each ask for another output: give one of them")
    context.exit(_again("report", directory, "json" if as_json else form or "", **speech))


@main.command()
@_with(*_FILES, *_TARGET)
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
@click.argument("book", type=_PATH)
@click.option("--config", type=_PATH, default=Path("harness.yaml"), show_default=True, help="The configuration.")
@click.option("--server", type=click.Choice(SERVERS), help="Run the service on this server.")
@_with(_QUIET, _VERBOSE)
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
@click.argument("directory", type=_PATH)
@click.option("--baseline", "file", type=_PATH, help="The file to write.  [default: reports/baseline.json]")
@click.pass_context
def update(context: click.Context, /, *, directory: Path, file: Path | None) -> None:
    """Write what the run in DIRECTORY has shown into the baseline; what it did not look at stays."""

    def act() -> int:
        from harness import runner

        answer(runner.update_baseline(directory, file))
        return 0

    context.exit(ending(act))
