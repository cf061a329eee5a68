"""The exit codes of every command: one table, from which the documentation is tested."""

from __future__ import annotations

from enum import IntEnum

from harness.model.verdicts import Verdict


class Exit(IntEnum):
    """Exit codes of the command line."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    UNKNOWN = 3
    TARGET = 4
    BUG = 70
    INTERRUPTED = 130


MEANING: dict[Exit, str] = {
    Exit.PASS: "everything that had to be shown was shown, and no finding fails the gate",
    Exit.FAIL: "at least one finding fails the gate",
    Exit.USAGE: "an option, the configuration, a scenario file, the waivers or the baseline is wrong; nothing was run",
    Exit.UNKNOWN: "something that had to be shown was not; the report says what",
    Exit.TARGET: "the service could not be started or reached",
    Exit.BUG: "a bug of the harness itself",
    Exit.INTERRUPTED: "interrupted by a signal; what was seen so far is saved and reported",
}

OF_VERDICT: dict[Verdict, Exit] = {
    Verdict.PASS: Exit.PASS,
    Verdict.UNKNOWN: Exit.UNKNOWN,
    Verdict.FAIL: Exit.FAIL,
}
