"""How a command ends: each error by whose fault it is, as a message and an exit code from the one table."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable

import click

from harness.cli.signals import interrupted

DETAIL_LINES = 20
"""Lines of what the service itself said that are shown below an error."""
PROBLEM_LINES = 100
"""Problems of files that are shown; whoever has more begins with these."""


def ending(act: Callable[[], int]) -> int:
    """Carry out ``act`` and return its exit code, or that of the error that ended it, told on standard error."""
    try:
        return int(act())
    except KeyboardInterrupt:
        return interrupted()
    except click.ClickException:
        raise
    except Exception as error:  # noqa: BLE001 whatever it is, the user learns whose fault it is and CI a code that says so
        return _told(error)


def _told(error: Exception) -> int:
    """Tell an error and return its exit code."""
    from harness.model import errors
    from harness.model.exits import Exit
    from harness.report.pipes import say

    table: tuple[tuple[type[Exception], Exit], ...] = (
        (errors.ScenarioError, Exit.USAGE),
        (errors.UsageError, Exit.USAGE),
        (errors.UnsavedError, Exit.UNKNOWN),
        (errors.RunDirectoryError, Exit.USAGE),
        (errors.TargetError, Exit.TARGET),
    )
    code = next((code for kind, code in table if isinstance(error, kind)), Exit.BUG)
    told = _bug(error) if code is Exit.BUG else f"harness: {calm(_words(error))}{_detail(error)}"
    say(sys.stderr, told)
    return code


def _words(error: Exception) -> str:
    """Return what an error says; of several problems each on a line that editors can follow, below their number."""
    problems = getattr(error, "problems", ())
    if len(problems) < 2:
        return str(error)
    left_out = [f"... and {len(problems) - PROBLEM_LINES} more"] if len(problems) > PROBLEM_LINES else []
    told = [str(problem) for problem in problems[:PROBLEM_LINES]]
    return "\n".join([f"nothing was run; {len(problems)} things are wrong:", *told, *left_out])


def calm(text: str) -> str:
    """Return text that may quote the service, without its secrets, terminal escapes and orders to a CI."""
    from harness.redaction.redact import redact_text
    from harness.report.shown import harmless, visible

    return harmless(visible(redact_text(text)))


def _detail(error: Exception) -> str:
    """Return the last lines of what the service itself said, each on an indented line; empty where there is nothing."""
    lines = calm(getattr(error, "detail", "")).rstrip().splitlines()
    shown = lines[-DETAIL_LINES:]
    left_out = [f"... {len(lines) - len(shown)} lines before"] if len(shown) < len(lines) else []
    return "".join(f"\n    {line[:200]}" for line in (*left_out, *shown))


def _bug(error: Exception) -> str:
    """Write the traceback to a file and return what to say; the message alone where no file can be written."""
    told = f"harness: this is a bug of the harness, not of your service: {type(error).__name__}: {calm(str(error))}"
    try:
        handle, name = tempfile.mkstemp(prefix="harness-bug-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(calm("".join(traceback.format_exception(error))))
    except OSError as refused:
        return f"{told}\nIts traceback could not be written: {refused}"
    return f"{told}\nPlease report it with its traceback: {name}"
