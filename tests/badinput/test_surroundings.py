"""Closed streams, full disks, odd terminals and bare environments change what is shown, never what is true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.model.exits import Exit

from .commands import Said, harness, shell

LISTED = """\
malformed-payload: 1 entry
  MJ01  malformed  empty body

1 entry in 1 scenario
"""
FULL = "No space left on device"

QUICK: tuple[tuple[str, str, Said], ...] = (
    ("standard input closed", "$H run --list <&-", (0, LISTED, "")),
    ("standard output closed", "$H run --list >&-", (0, "", "")),
    ("standard error closed", "$H run --config no.yaml 2>&-", (2, "", "")),
    ("everything closed", "$H run --config no.yaml <&- >&- 2>&-", (2, "", "")),
    (
        "the output on a full disk",
        "$H run --list >/dev/full",
        (2, "", f"harness: standard output cannot be written: {FULL}\n"),
    ),
    (
        "the help on a full disk",
        "$H --help >/dev/full",
        (2, "", f"harness: standard output cannot be written: {FULL}\n"),
    ),
    ("the help with nobody who reads it", "{ $H run --help; echo $? >&2; } | true", (0, "", "0\n")),
    ("an error on a full disk", "$H run --config no.yaml 2>/dev/full", (2, "", "")),
    ("a usage error on a full disk", "$H run --no-such-option 2>/dev/full", (2, "", "")),
    ("the first line alone", "{ $H run --list; echo $? >&2; } | head -1", (0, LISTED.splitlines(True)[0], "0\n")),
    ("no home", "env -u HOME $H run --list", (0, LISTED, "")),
    ("a home that is not there", "HOME=/nonexistent $H run --list", (0, LISTED, "")),
    ("a dumb terminal", "TERM=dumb $H run --list", (0, LISTED, "")),
    ("a narrow terminal", "COLUMNS=20 $H run --list", (0, LISTED, "")),
    ("a terminal without a number of columns", "COLUMNS=wide $H run --list", (0, LISTED, "")),
    ("no environment at all", "env -i $H run --list", (0, LISTED, "")),
)
"""What is odd; the script; how it ends."""


@pytest.mark.parametrize(("script", "ended"), [row[1:] for row in QUICK], ids=[row[0] for row in QUICK])
def test_an_odd_surrounding_changes_no_exit_code(script: str, ended: Said, small: Path) -> None:
    """The exit code and every word of both streams, as far as they can be heard."""
    assert shell(script) == ended


ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}


def test_a_locale_without_letters_of_the_world(small: Path) -> None:
    """What is said is UTF-8 wherever it is said: a locale that has only ASCII makes no message fail."""
    config = small / "harness.yaml"
    config.write_text("formät: 1\n“service”: 2\n", encoding="utf-8")
    assert harness("run", env=ASCII) == (
        Exit.USAGE,
        "",
        (
            "harness: nothing was run; 5 things are wrong:\n"
            "harness.yaml:1:1: format: missing\n"
            "harness.yaml:1:1: formät: unknown key; did you mean 'format'?\n"
            "harness.yaml:1:1: operations: missing\n"
            "harness.yaml:1:1: service: missing\n"
            "harness.yaml:2:1: “service”: unknown key; did you mean 'service'?\n"
        ),
    )


def test_what_nobody_can_see_is_shown(small: Path) -> None:
    """A key that only looks right, and an escape of the terminal, stand in the message as what they are."""
    (small / "harness.yaml").write_text(
        'format: 1\nser\u200bvice: {app: a:b}\n"\\e[2J": 1\noperations: {a: {request: GET /}}\n', encoding="utf-8"
    )
    code, _, told = harness("run", "--list")
    assert (code, told.splitlines()[2:]) == (
        Exit.USAGE,
        [
            "harness.yaml:2:1: ser\\u200bvice: unknown key; did you mean 'service'?",
            "harness.yaml:3:1: \\x1b[2J: unknown key; the keys here are dependencies, format, not_secret, operations, secrets, service, watch",
        ],
    )


def test_many_problems_are_cut_and_counted(small: Path) -> None:
    """A file in which everything is wrong does not flood the terminal."""
    names = "".join(f"  x{number}: {{}}\n" for number in range(1000))
    (small / "harness.yaml").write_text(f"format: 1\nservice: {{app: a:b}}\noperations:\n{names}", encoding="utf-8")
    code, _, told = harness("run", "--list")
    lines = told.splitlines()
    assert (code, len(lines), lines[0], lines[1], lines[-1]) == (
        Exit.USAGE,
        102,
        "harness: nothing was run; 1000 things are wrong:",
        "harness.yaml:4:3: operations.x0.request: missing",
        "... and 900 more",
    )


RUNS: tuple[tuple[str, str, tuple[int, str]], ...] = (
    ("nothing in the environment", "env -i TMPDIR=/nonexistent $H run --out out --seed 1 -q >said", (0, "")),
    ("closed streams", "$H run --out out --seed 1 <&- >&-", (0, "")),
    (
        "a full disk for what is said",
        "$H run --out out --seed 1 >/dev/full",
        (0, f"harness: the output cannot be written any further: {FULL}; the work goes on\n"),
    ),
)
"""What is odd; the script; its exit code and what is said on standard error."""


@pytest.mark.server
@pytest.mark.parametrize(("script", "ended"), [row[1:] for row in RUNS], ids=[row[0] for row in RUNS])
def test_an_odd_surrounding_loses_no_run(script: str, ended: tuple[int, str], small: Path) -> None:
    """The run goes on to its verdict, and its report is whole."""
    code, _, err = shell(script)
    report = json.loads((small / "out" / "report.json").read_text(encoding="utf-8"))
    assert ((code, err), report["verdict"]) == (ended, "pass")


@pytest.mark.server
def test_a_report_that_cannot_be_handed_over_is_said_to_lie_elsewhere(small: Path) -> None:
    """``--json`` on a full disk is no success: who reads it would read a part. The run itself is kept."""
    code, _, err = shell("$H run --out out --seed 1 --json -q >/dev/full")
    told = f"harness: standard output cannot be written: {FULL}; the report lies in out/report.json"
    assert (code, err.splitlines()[-1]) == (Exit.USAGE, told)
    assert json.loads((small / "out" / "report.json").read_text(encoding="utf-8"))["verdict"] == "pass"
