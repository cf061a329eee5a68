"""The options that several commands share, and the words that they take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

FAMILIES = ("malformed-payload", "duplicate-event", "timeout", "load", "version-compatibility")
"""As in :class:`harness.model.cases.Family`, which costs too much for ``--help``; a test holds the two together."""
SEVERITIES = ("critical", "major", "minor", "note")
"""As in :class:`harness.model.verdicts.Severity`, which ``--help`` need not import; a test holds the two together."""
SERVERS = ("gunicorn", "waitress", "wsgi")
"""Servers that ``--server`` can put instead of the configured one; a command or a URL needs the configuration."""
FORMATS = ("json", "html", "junit", "markdown", "sarif", "annotations")
"""As in :data:`harness.report.formats.table.FORMATS`; a test holds the two together."""
IMPORTS = ("capture", "vcr", "har", "log", "raw", "curl")
"""As in :data:`harness.exchange.formats.FORMATS`; a test holds the two together."""
EXPORTS = ("curl", "har", "vcr", "pytest")
"""As in :data:`harness.replay.handing.EXPORTS`; a test holds the two together."""
PROFILES = ("quick", "default", "deep")
"""As in :mod:`harness.plan.profiles`, from the smallest; a test holds the two together."""


class _Named(click.Path):
    """A path that names something: an empty one, most often an unset variable, would mean the current directory."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail(_EMPTY, param, ctx)
        return super().convert(value, param, ctx)


def named(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """Refuse an empty text: it would mean that the option was not given."""
    if value == "":
        raise click.BadParameter(_EMPTY, context, parameter)
    return value or ""


def variables(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return what was given as ``NAME=VALUE``, an empty value included."""
    for text in given:
        if "=" not in text:
            raise click.BadParameter(f"'{text}': expected NAME=VALUE")
    return dict(text.split("=", 1) for text in given)


_EMPTY = "it is empty; is a variable not set?"
PATH = _Named(path_type=Path, readable=False)
QUIET = click.option("-q", "--quiet", is_flag=True, help="Nothing but the last screen.")
VERBOSE = click.option("-v", "--verbose", is_flag=True, help="A line for every case, and the whole last screen.")
JSON = click.option(
    "--json", "as_json", is_flag=True, help="Write report.json to standard output, the rest to standard error."
)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Write the report in this form to standard output, the rest to standard error.",
)
CONFIG = click.option("--config", type=PATH, default=Path("harness.yaml"), show_default=True, help="The configuration.")
FILES = (
    CONFIG,
    click.option(
        "--scenarios",
        type=PATH,
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
TARGET = (
    click.option("--server", type=click.Choice(SERVERS), help="Run the service on this server."),
    click.option(
        "--url", callback=named, metavar="URL", help="Test the service that runs at http://HOST:PORT already."
    ),
    click.option(
        "--allow-remote", multiple=True, metavar="HOST", help="Allow this host though it is not loopback. Repeatable."
    ),
)
LANDING = (
    click.option("--seed", type=click.IntRange(min=0), help="Plan the same run again; without it one is drawn."),
    click.option("--out", type=PATH, help="Where the run lands.  [default: reports/<time>-<seed>]"),
)
NARROWING = (
    *FILES,
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
    *LANDING,
    *TARGET,
)
REACHING = (CONFIG, *LANDING, *TARGET)


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return a decorator that adds ``options`` in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add
