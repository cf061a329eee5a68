"""A baseline brought up to date by a run: what was seen comes in, what is mended goes, the rest was not looked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness.model.cases import Plan
from harness.model.gates import Baseline, Gate, KnownFinding, Standing
from harness.model.judgements import Judgement
from harness.model.records import record
from harness.verdict.deciding import Group, decide
from harness.verdict.gate import held, notices


@record
class Updated:
    """The new baseline, and how many of its findings are new, were there before, or went because they are mended."""

    baseline: Baseline
    new: int
    kept: int
    mended: int


def updated(old: Baseline, gate: Gate, day: str, plan: Plan, judgements: Iterable[Judgement]) -> Updated:
    """Return ``old`` as a run that began on ``day`` (ISO 8601) and was held against ``gate`` leaves it.

    A finding comes in where it reaches the gate and is not waived, for a waiver ends on its day. One that the run did
    not look for stays; one that was known keeps the day on which it was first seen.
    """
    gate = replace(gate, baseline=old)
    counted = held(judgements, gate, day)
    groups = decide(plan, counted).groups
    mended = {n.fingerprint for n in notices(gate, day, plan, counted, whole=False) if n.kind == "mended"}
    kept = {known.fingerprint: known for known in old.findings if known.fingerprint not in mended}
    seen = {
        group.fingerprint: _known(group, kept.get(group.fingerprint), day, plan)
        for group in groups
        if group.finding.reaches_gate and group.finding.standing is not Standing.WAIVED
    }
    findings = sorted((kept | seen).values(), key=lambda known: (known.entry, known.operation, known.fingerprint))
    return Updated(
        baseline=Baseline(findings=tuple(findings)), new=len(seen.keys() - kept), kept=len(kept), mended=len(mended)
    )


def _known(group: Group, before: KnownFinding | None, day: str, plan: Plan) -> KnownFinding:
    """Return a finding as the baseline keeps it; ``before`` is what it held of it already."""
    finding = group.finding
    case = next((case for case in plan.cases if case.id == finding.case), None)
    return KnownFinding(
        fingerprint=group.fingerprint,
        check=finding.check,
        severity=finding.severity,
        operation=finding.operation,
        trouble=finding.trouble,
        symptom=finding.symptom,
        call=finding.call,
        entry=finding.entry,
        title=case.title if case else finding.trouble,
        cases=tuple(sorted({*group.witnesses, *(before.cases if before else ())})),
        first_seen=before.first_seen if before else day,
    )
