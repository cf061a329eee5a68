"""How often a finding is seen: the cases of findings that fail the gate are carried out again.

The first evidence stands, whatever the reruns show: a defect that shows once in three times is a defect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from harness.model.cases import Case, Plan
from harness.model.gates import Notice, Ratio
from harness.model.judgements import Judgement
from harness.verdict.deciding import Group, decide

MOST = 10
"""Findings whose case is carried out again; those beyond are told without a ratio."""

Again = Mapping[str, Sequence[tuple[Judgement, ...]]]
"""What was judged of every rerun of a case, by its id."""


def worth_rerunning(plan: Plan, judgements: tuple[Judgement, ...]) -> tuple[Case, ...]:
    """Return the case of each finding that fails the gate, the worst first, at most :data:`MOST` findings."""
    failing = [group.finding.case for group in decide(plan, judgements).groups if group.finding.fails_gate]
    cases = {case.id: case for case in plan.cases}
    return tuple(cases[case] for case in dict.fromkeys(failing[:MOST]) if case in cases)


def with_ratios(groups: tuple[Group, ...], again: Again) -> tuple[Group, ...]:
    """Return ``groups`` with how often each was seen, where its case was carried out again and could tell."""
    return tuple(replace(group, ratio=_ratio(group, again.get(group.finding.case, ()))) for group in groups)


def only_again(groups: tuple[Group, ...], again: Again) -> Iterator[Notice]:
    """Say each finding that fails the gate and was seen in nothing but reruns."""
    said = {group.fingerprint for group in groups}
    for case, attempts in again.items():
        for finding in (found for attempt in attempts for judgement in attempt for found in judgement.findings):
            if finding.fails_gate and finding.fingerprint not in said:
                said.add(finding.fingerprint)
                text = (
                    f"carried out again, {case} showed {finding.symptom} as well "
                    f"({finding.check}, {finding.severity}): {finding.happened}"
                )
                yield Notice(kind="again", fingerprint=finding.fingerprint, text=text)


def _ratio(group: Group, attempts: Sequence[tuple[Judgement, ...]]) -> Ratio | None:
    """Return the first time and every rerun that could tell; None: there was no such rerun."""
    told = [seen for attempt in attempts if (seen := _seen(group, attempt)) is not None]
    return Ratio(seen=1 + sum(told), of=1 + len(told)) if told else None


def _seen(group: Group, attempt: tuple[Judgement, ...]) -> bool | None:
    """Tell whether a rerun showed a finding; None: its check had no chance to, or could not know."""
    own = [judgement for judgement in attempt if judgement.check == group.finding.check]
    if any(found.fingerprint == group.fingerprint for judgement in own for found in judgement.findings):
        return True
    return False if any(judgement.opportunities and not judgement.unknown for judgement in own) else None
