"""The command that records: the service behind a relay, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.cli.endings import calm, ending
from harness.cli.options import CONFIG, PATH, QUIET, TARGET, VERBOSE, with_options
from harness.cli.telling import answer, telling


@click.command("record")
@click.option("--out", "file", type=PATH, help="Where the capture is written.  [default: capture-<time>.json]")
@click.option(
    "--for",
    "seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long to record.  [default: until Ctrl-C or SIGTERM]",
)
@click.option(
    "--listen", type=click.IntRange(0, 65535), default=0, metavar="PORT", help="The port.  [default: a free one]"
)
@click.option(
    "--forward",
    multiple=True,
    metavar="NAME=URL",
    help="Where this dependency is for real. May be given again.  [default: it is played as configured]",
)
@with_options(CONFIG, *TARGET, QUIET, VERBOSE)
@click.pass_context
def record(context: click.Context, /, *, quiet: bool, verbose: bool, **given: Any) -> None:
    """Record what goes to the service and what it asks its dependencies, as a capture.

    The service is started behind a relay that passes every byte on; so are its dependencies. What clients send to the
    address that is said is recorded with bytes, times and overlap. Exit code 3: nothing was seen, nothing is written.
    """
    names = ("file", "seconds", "listen", "forward")

    def act() -> int:
        from harness import runner
        from harness.replay.taping import Taping

        taping = Taping(**{name: given.pop(name) for name in names})
        options = runner.Options(scenarios=(), **given | {"server": given["server"] or ""})
        with telling(aside=False, quiet=quiet, verbose=verbose) as progress:
            done = runner.record(options, taping, progress, _ready)
        return _said(done)

    context.exit(ending(act))


def _ready(url: str, what: str) -> None:
    answer(f"recording {url} (before {what}); Ctrl-C ends it")


def _said(done: Any) -> int:
    """Say what was recorded, and what is lost, a line each; return the exit code."""
    from harness.model.exits import Exit
    from harness.report.shown import one_line

    for loss in done.capture.losses:
        answer(one_line(calm(f"lost: {loss}"), 300))
    if done.file is None:
        answer("nothing was seen, so nothing is written: send your requests to the address that was said")
        return Exit.UNKNOWN
    calls = sum(len(exchange.calls) for exchange in done.capture.exchanges)
    answer(f"{done.file}: {len(done.capture.exchanges)} exchanges, {calls} calls")
    answer(f"next: harness incident new {Path(done.file)}")
    return Exit.PASS
