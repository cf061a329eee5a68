"""The table of the gate's proof counts what the journal holds, and no disturbance is taken on trust."""

from __future__ import annotations

from collections import Counter

from harness.model.exits import Exit
from tests.prove.ground import Told
from tests.prove.jobs import gate_jobs
from tests.prove.tables import clean_rows, gate_rows

HELD_UP = "answer-in-time: the harness itself was held up for 0.400 s at that moment in T02/create_batch/no-answer"


def _told(seed: int, end: Exit, *reasons: str, profile: str = "quick", beside: bool = False) -> Told:
    return Told(
        database="sqlite",
        defect="",
        scenarios="scenarios",
        entry="",
        seed=seed,
        exit=end,
        verdict="",
        findings=(),
        reasons=reasons,
        again=0,
        seconds=17.0,
        commit=f"c{seed}",
        day=f"2026-11-0{seed}",
        profile=profile,
        beside=beside,
    )


def test_reds_and_unknowns_are_counted_by_profile_and_company() -> None:
    """An unknown holds where each of its reasons names the disturbance; a red never does."""
    told = [
        _told(1, Exit.PASS),
        _told(2, Exit.UNKNOWN, HELD_UP, beside=True),
        _told(4, Exit.UNKNOWN, HELD_UP, "recovers: had no chance to fail in T01/create_batch/refused", beside=True),
        _told(1, Exit.FAIL, "doubled effect", profile="default"),
        _told(1, Exit.PASS, profile=""),
    ]
    assert [(row.name, row.value, row.n, row.holds) for row in gate_rows(told)] == [
        ("gate runs red, quick, no load added", 0, 1, True),
        ("gate runs that could not know, quick, no load added", 0, 1, True),
        ("gate runs red, quick, beside another load", 0, 2, True),
        ("gate runs that could not know, quick, beside another load", 2, 2, False),
        ("gate runs red, default, no load added", 1, 1, False),
        ("gate runs that could not know, default, no load added", 0, 1, True),
    ]
    assert [row.n for row in clean_rows(told)] == [1, 1]


def test_a_row_is_of_the_commits_and_the_day_of_its_runs() -> None:
    """Rows that are written again when others are added keep what they hold for."""
    rows = gate_rows([_told(1, Exit.PASS), _told(3, Exit.PASS), _told(2, Exit.PASS, profile="default")])
    assert [(row.name, row.commit, row.date) for row in rows if "red" in row.name] == [
        ("gate runs red, quick, no load added", "c1, c3", "2026-11-03"),
        ("gate runs red, default, no load added", "c2", "2026-11-02"),
    ]


def test_half_of_the_gate_runs_have_company() -> None:
    """A hundred runs with quick and twenty with default, by turns alone and beside another load."""
    jobs = Counter((job.profile, job.beside) for job in gate_jobs(100, 20))
    assert jobs == {
        ("quick", False): 50,
        ("quick", True): 50,
        ("default", False): 10,
        ("default", True): 10,
    }
