"""What a request costs grows with its size at most in proportion: four times the payload, about four times the work.

A cost is the median time above that of the small example. Its growth counts only where it is large enough to be harm
and beyond any constant: a quadratic service shows 16 for four times the size, the bound lies at 8.
"""

from __future__ import annotations

from statistics import median

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import load_of
from harness.checks._timing import held_up
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import SECOND, Scope
from harness.model.steps import Load
from harness.model.verdicts import Severity

NAME = "size-costs-in-proportion"

STEEP = 8.0
"""Growth of the cost for four times the size from which it is no proportion."""

HARM = 0.25
"""Seconds that the largest request must cost before its growth matters."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each size that is four times another."""
    step = load_of(scope)
    if step is None or NAME not in scope.case.checks:
        return judgement(NAME, scope, 0)
    small, quarter, whole = (_answered(scope, label) for label in ("", *_pair(step)))
    if not (small and quarter and whole):
        return judgement(NAME, scope, 0)
    base = _median(small)
    low, high = _median(quarter) - base, _median(whole) - base
    if high < HARM or high < STEEP * max(low, HARM / STEEP / 4):
        return judgement(NAME, scope, 1)
    if reason := held_up(scope, min(r.sent for r in whole), max(r.done for r in whole), high / 4):
        unknown = (
            f"the largest requests cost {high:.2f} s, {high / max(low, 0.001):.0f} times a quarter, but {reason}",
        )
        return judgement(NAME, scope, 1, unknown=unknown, disturbed=True)
    return judgement(NAME, scope, 1, [_finding(scope, low, high)])


def _pair(step: Load) -> tuple[str, str]:
    """Return the labels of the parts that are a quarter and the whole of the largest size."""
    labels = [part.label for part in step.parts if part.label.startswith("size")]
    return (labels[0], labels[-1]) if len(labels) > 1 else ("-", "-")


def _answered(scope: Scope, label: str) -> list[LoadRequest]:
    return [r for r in scope.requests if r.part == label and r.status]


def _median(requests: list[LoadRequest]) -> float:
    return median((r.done - r.sent) / SECOND for r in requests)


def _finding(scope: Scope, low: float, high: float) -> Finding:
    return finding(
        NAME,
        scope,
        (),
        symptom="cost grows faster than size",
        severity=Severity.MAJOR,
        happened=f"four times the payload costs {high / max(low, 0.001):.0f} times as much: {low:.3f} s and "
        f"{high:.3f} s above the small example (medians)",
        expected="the cost of a request grows at most in proportion to its size, up to the documented limit",
        why="a few large requests that the contract allows take all workers",
    )


CHECK = Check(
    name=NAME,
    title="Size costs in proportion",
    doc="Up to the documented limit the cost of a request grows at most in proportion to its size.",
    families=frozenset({Family.LOAD}),
    judge=judge,
    timed=True,
)
