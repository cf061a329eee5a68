"""A whole command line: carried out, and ended with an exit code of the table whatever click makes of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from harness.cli.commands import main


def carried_out(arguments: Sequence[str] | None) -> int:
    """Carry out a command line and return its exit code; KeyboardInterrupt where it was interrupted on the way.

    click itself would end an interrupted command with 1, which is the code of a finding.
    """
    try:
        return int(main.main(arguments, standalone_mode=False) or 0)
    except click.Abort as abort:
        raise KeyboardInterrupt from abort
    except click.ClickException as error:
        from harness.report.pipes import while_read

        with while_read(sys.stderr):
            error.show()
        return error.exit_code
    except SystemExit:  # click's own end where nobody reads the help any more; its code, 1, is that of a finding
        return 0
    except OSError as error:  # of the help alone: what a command writes is told by itself
        return _unwritten(error)


def _unwritten(error: OSError) -> int:
    """Tell that the help could not be written; return the exit code. That nobody reads it is no error."""
    from harness.model.exits import Exit
    from harness.report.pipes import lost, say

    why = lost(sys.stdout, error)
    if not why:
        return Exit.PASS
    say(sys.stderr, f"harness: standard output cannot be written: {why}")
    return Exit.USAGE
