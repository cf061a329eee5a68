"""Waivers are read as strictly as the configuration: every mistake at once, with its place and the right spelling."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.config import load_waivers
from harness.config.waivers import WAIVER
from harness.model.errors import ScenarioError
from harness.model.gates import Waiver

PAGE = (Path(__file__).parents[3] / "docs" / "gate.md").read_text(encoding="utf-8")

RIGHT = """\
format: 1
waivers:
  - fingerprint: b70766b2f394
    reason: the ledger team mends it with release 7
    until: 2027-01-31
    entry: D01
    operation: create_batch
  - fingerprint: 123456789012
    reason: it is only in the old client
    until: "2027-02-28"
"""


def problems(tmp_path: Path, text: str) -> list[tuple[int, int, str, str, str]]:
    """Return what is told of a file: line, column, key, message, nearest."""
    path = tmp_path / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_waivers(path)
    return [(one.line, one.column, one.key, one.message, one.nearest) for one in caught.value.problems]


def test_a_right_file_is_read_whole(tmp_path: Path) -> None:
    """Every key, and a fingerprint that YAML would take for a number."""
    path = tmp_path / "waivers.yaml"
    path.write_text(RIGHT, encoding="utf-8")
    assert load_waivers(path) == (
        Waiver(
            fingerprint="b70766b2f394",
            reason="the ledger team mends it with release 7",
            until="2027-01-31",
            entry="D01",
            operation="create_batch",
            file=str(path),
            line=3,
        ),
        Waiver(
            fingerprint="123456789012",
            reason="it is only in the old client",
            until="2027-02-28",
            file=str(path),
            line=8,
        ),
    )


WRONG_PRINT = "expected the twelve hex digits that the report shows as 'fingerprint'"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "    until: 2027-01-31\n    entry",
            "    untill: 2027-01-31\n    entrie",
            [
                (3, 5, "waivers[0].until", "missing", ""),
                (5, 5, "waivers[0].untill", "unknown key", "until"),
                (6, 5, "waivers[0].entrie", "unknown key", "entry"),
            ],
        ),
        (
            "2027-01-31",
            "31.01.2027",
            [(5, 12, "waivers[0].until", "expected the last day as YYYY-MM-DD", "")],
        ),
        (
            "2027-01-31",
            "2027-02-30",
            [(5, 12, "waivers[0].until", "there is no such day", "")],
        ),
        ("b70766b2f394", "B70766B2F394", [(3, 18, "waivers[0].fingerprint", WRONG_PRINT, "b70766b2f394")]),
        ("b70766b2f394", "b70766b2", [(3, 18, "waivers[0].fingerprint", WRONG_PRINT, "")]),
        (
            "it is only in the old client",
            '""',
            [(9, 13, "waivers[1].reason", "expected text, found an empty one", "")],
        ),
        (
            "format: 1",
            "format: 2",
            [(1, 9, "format", "this version of the harness reads format 1, not 2", "1")],
        ),
        ("waivers:\n", "waiver:\n", [(1, 1, "waivers", "missing", ""), (2, 1, "waiver", "unknown key", "waivers")]),
    ],
    ids=["keys", "a day of another kind", "no such day", "capitals", "too short", "empty", "format", "top"],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, told: list[tuple[int, int, str, str, str]]
) -> None:
    """An unknown key, a missing one, no such day, what is no fingerprint: line, column, key, and the right one."""
    assert before in RIGHT
    assert problems(tmp_path, RIGHT.replace(before, after, 1)) == told


def test_a_finding_is_waived_once(tmp_path: Path) -> None:
    """Two waivers of one finding could end on two days."""
    assert problems(tmp_path, RIGHT.replace("123456789012", "b70766b2f394")) == [
        (8, 18, "waivers[1].fingerprint", "this fingerprint stands in line 3 already", "")
    ]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Naming a file that does not exist is a mistake, with what to do now."""
    with pytest.raises(ScenarioError) as caught:
        load_waivers(tmp_path / "no.yaml")
    assert [one.message for one in caught.value.problems] == [
        "no such file; name yours with --waivers; docs/gate.md shows one"
    ]


def test_the_page_holds_every_key_and_a_right_example(tmp_path: Path) -> None:
    """docs/gate.md lists the keys of a waiver, none missing, none invented; its example can be pasted."""
    section = PAGE.split("\n## Waivers", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(WAIVER)
    (example,) = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    path = tmp_path / "waivers.yaml"
    path.write_text(example, encoding="utf-8")
    assert [waiver.fingerprint for waiver in load_waivers(path)] == ["b70766b2f394"]
