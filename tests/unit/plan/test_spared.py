"""What one try has shown needs no other."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case, Family, Omission, Plan
from harness.plan.spared import spared

FIRST = Case(
    id="kept/1",
    entry="D02",
    family=Family.DUPLICATE,
    scenario="kept",
    operation="create",
    title="t",
    trouble="at once",
    steps=(),
)
SECOND, THIRD = (replace(FIRST, id=f"kept/{number}") for number in (2, 3))
OTHER = replace(FIRST, id="other/1", scenario="other")
LEFT = Omission(entry="D04", scenario="gone", operation="create", reason="none")


def test_only_what_comes_after_and_is_the_same_is_spared() -> None:
    """What was carried out stays, and so do other incidents and what was left out before."""
    plan = Plan(seed=1, cases=(FIRST, SECOND, OTHER, THIRD), omissions=(LEFT,))
    reason = "kept/2 has shown the finding: no further try was needed"
    gone = Omission(entry="D02", scenario="kept", operation="create", reason=reason, deferred=1)
    assert spared(plan, SECOND) == Plan(seed=1, cases=(FIRST, SECOND, OTHER), omissions=(LEFT, gone))


def test_after_the_last_try_nothing_is_to_be_spared() -> None:
    """The plan is the same one, and says nothing that is not so."""
    plan = Plan(seed=1, cases=(FIRST, SECOND, OTHER))
    assert spared(plan, SECOND) is plan
