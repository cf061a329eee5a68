"""A case is carried out again only where the machine, and nothing else, kept it from its verdict."""

from __future__ import annotations

import pytest

from harness.model.judgements import Finding, Judgement
from harness.model.verdicts import Severity
from harness.stage.performing import worth_repeating

FINDING = Finding(
    check="c",
    case="x",
    entry="L01",
    operation="o",
    trouble="load",
    symptom="p(95) too high",
    severity=Severity.MAJOR,
    happened="",
    expected="",
    why="",
)
PASSED = Judgement(check="a", case="x", opportunities=1)
DISTURBED = Judgement(check="b", case="x", opportunities=1, unknown=("busy",), disturbed=True)
UNKNOWN = Judgement(check="b", case="x", opportunities=0, unknown=("never sent",))
FOUND = Judgement(check="c", case="x", opportunities=1, findings=(FINDING,))


@pytest.mark.parametrize(
    ("judgements", "again"),
    [((PASSED, DISTURBED), True), ((PASSED,), False), ((PASSED, UNKNOWN), False), ((DISTURBED, FOUND), False)],
    ids=["disturbed", "passed", "unknown for another reason", "found something"],
)
def test_only_a_disturbance_asks_for_another_attempt(judgements: tuple[Judgement, ...], again: bool) -> None:
    """A finding stands, and what no quiet machine would mend is not tried again."""
    assert worth_repeating(judgements) is again
