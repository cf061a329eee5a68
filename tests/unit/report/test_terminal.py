"""What a run says is short, plain in a pipe, within its width, and free of anything a service could smuggle in."""

from __future__ import annotations

import os
import pty
import re
import select
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from harness.report.format import Report
from harness.report.terminal import Terminal, colour_wanted
from tests.unit.report.made import CASES, FOUND, GOOD, KEPT, PLAN, RUN, bad_report, good_report, judged, unknown_report

DIRECTORY = Path("reports/x")
ESCAPE = "\x1b"


class Watch:
    """A clock that goes one second each time it is read."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        self.time += 1
        return self.time


def screen(report: Report, *, quiet: bool = False, verbose: bool = False) -> list[str]:
    """Return the lines of the last screen."""
    out = StringIO()
    Terminal(out, quiet=quiet, verbose=verbose).finished(report, DIRECTORY)
    return out.getvalue().splitlines()


def test_a_green_run() -> None:
    """A run in which everything holds ends with its denominator, its verdict and its report, and nothing else."""
    assert screen(good_report()) == [
        "",
        "cases                 possible planned    run deferred   n/a not run  verdict",
        "malformed-payload            3       2      2        0     1       0  pass",
        "duplicate-event              1       1      1        0     0       0  pass",
        "timeout                      1       1      1        0     0       0  pass",
        "load                         1       1      1        0     0       0  pass",
        "6 entries; 5 of 6 possible cases ran, 1 not applicable, 0 not run",
        "",
        "PASS: all 5 planned cases ran; every required check had its chance, and no",
        "finding reaches the gate",
        "Report: reports/x/report.html",
    ]


def test_a_finding() -> None:
    """Where there is room, a finding shows its smallest case, the command, how to repeat it and where to look."""
    lines = screen(bad_report(), verbose=True)
    start = lines.index("1. critical: doubled effect - create_batch, duplicate (D01)")
    assert lines[start + 6 : start + 12] == [
        "        0.0 ms  POST /v1/batches (first, event 1): 201 Created in 14 ms",
        "        4.0 ms  ledger <- POST /entries: 201 in 5 ms",
        "        6.0 ms  ledger * effect under key key-1",
        "       20.0 ms  POST /v1/batches (second, event 1): 201 Created in 13 ms",
        "       24.0 ms  ledger <- POST /entries: 201 in 5 ms",
        "       26.0 ms  ledger * effect under key key-2",
    ]
    assert "   repeat    harness run --scenario D01 --seed 7" in lines
    assert "   look      the application's handler of POST /v1/batches" in lines
    assert any(line.startswith('     curl -sS -i "$SUT/v1/batches"') for line in lines)


@pytest.mark.parametrize("verbose", [True, False], ids=["whole", "short"])
def test_a_finding_tells_how_to_keep_it(verbose: bool) -> None:
    """The command names the file where it lies; a finding without a file has no such line."""
    lines = screen(bad_report(), verbose=verbose)
    assert [line for line in lines if line.startswith("   keep")] == [
        f"   keep      harness incident accept reports/x/{KEPT}"
    ]


def test_reasons() -> None:
    """A run that is not a pass says every reason on the screen."""
    assert "  - 4 of 5 planned cases were not judged in MW22/create_batch/1 and 3 more" in screen(unknown_report())


def test_width() -> None:
    """Prose keeps within 80 columns; only commands, which must stay whole, are longer."""
    shown = [*screen(bad_report()), *screen(bad_report(), verbose=True)]
    long = [line for line in shown if len(line) > 80]
    assert [line for line in long if not line.startswith(("     curl", "     python3", "   keep"))] == []


def test_no_escapes() -> None:
    """No control character of a service reaches the terminal, in the run and on the last screen."""
    out = StringIO()
    terminal = Terminal(out)
    terminal.case(CASES[3], 1, 5, (judged("answer-in-time", 3, FOUND[2]),))
    terminal.finished(bad_report(), DIRECTORY)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", out.getvalue())
    assert out.getvalue().startswith("found: hang: No answer within 2.25 s <script>alert(1)</script>\\x1b[31m.\n")


def test_no_secrets() -> None:
    """A secret in a check's words is not shown."""
    out = StringIO()
    Terminal(out).case(CASES[1], 1, 5, (judged("rejected-means-no-effect", 1, FOUND[3]),))
    assert "token=[redacted] was logged" in out.getvalue()


def progress(*, quiet: bool = False, verbose: bool = False) -> list[str]:
    """Return what a pipe hears of twenty cases of two families, each of a second."""
    planned = tuple(replace(CASES[0 if n <= 10 else 2], id=f"X/create_batch/{n}") for n in range(1, 21))
    out = StringIO()
    terminal = Terminal(out, clock=Watch(), quiet=quiet, verbose=verbose)
    terminal.started(RUN, replace(PLAN, cases=planned))
    terminal.phase("starting gunicorn")
    for done, case in enumerate(planned, 1):
        terminal.case(case, done, 20, GOOD[:1])
    return out.getvalue().splitlines()


def test_plain_lines() -> None:
    """A pipe hears what runs, how far it is and how long is left: a line per family and tenth of the way."""
    lines = progress()
    assert lines[:4] == [
        "gunicorn 27.0.1, 2 workers x 4 threads, seed 7: 20 cases, 1 not applicable",
        "starting gunicorn",
        "malformed-payload    1/20  about 5 s left",
        "malformed-payload    2/20  about 5 s left",
    ]
    assert (len(lines), lines[-1]) == (14, "duplicate-event     20/20")


def test_a_pipe_hears_of_a_case_when_it_became_smaller() -> None:
    """A smaller case that does not show the finding is no news."""
    out = StringIO()
    terminal = Terminal(out)
    terminal.shrinking("smaller: 3 of 4 requests", smaller=True)
    terminal.shrinking("smaller: 3 of 4 requests, 8 runs", smaller=False)
    assert out.getvalue() == "smaller: 3 of 4 requests\n"


def test_quiet_and_verbose() -> None:
    """Quiet says nothing on the way; verbose says every case."""
    assert progress(quiet=True) == []
    assert len(progress(verbose=True)) == 22
    assert screen(good_report(), quiet=True)[-1] == "Report: reports/x/report.html"


def test_found_once() -> None:
    """The same defect is told once, however many cases show it."""
    out = StringIO()
    terminal = Terminal(out)
    for done in (1, 2, 3):
        terminal.case(CASES[0], done, 5, (judged("no-server-error", 0, FOUND[1]),))
    assert out.getvalue().count("found:") == 1


def test_a_reader_that_went_away() -> None:
    """A closed pipe ends the talk and never the run."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as out:
        terminal = Terminal(out)
        terminal.phase("starting")
        terminal.finished(good_report(), DIRECTORY)
        assert os.path.samestat(os.fstat(writing), os.stat(os.devnull))


def test_on_a_terminal() -> None:
    """A terminal gets a line that moves and is gone at the end; what was found stays above it."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as out:
        terminal = Terminal(out, colour=True)
        terminal.case(CASES[0], 1, 5, (judged("no-server-error", 0, FOUND[1]),))
        terminal.finished(good_report(), DIRECTORY)
        out.flush()
        shown = b""
        while b"report.html" not in shown and select.select([ours], [], [], 5.0)[0]:
            shown += os.read(ours, 65_536)
    os.close(ours)
    text = shown.decode()
    assert "found: 500: Answered 500 to 5,000 open brackets." in text
    assert "PASS: all 5 planned cases ran" in text
    assert ESCAPE in text


def test_colour() -> None:
    """Colour needs a terminal that is not dumb, and no NO_COLOR; a pipe never gets any."""
    assert not colour_wanted(StringIO(), {})
    assert ESCAPE not in "".join(screen(bad_report()))
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as out:
        asked = [colour_wanted(out, e) for e in ({}, {"NO_COLOR": "1"}, {"NO_COLOR": ""}, {"TERM": "dumb"})]
    os.close(ours)
    assert asked == [True, False, True, False]
