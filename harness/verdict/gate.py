"""What the gate counts: the severity asked for, less what is waived and what is known already.

A finding that is not counted stays a finding. What a check could not know is never excused: only where a finding
that is not counted leaves a check nothing to look at (an accepted message shows no refusal), that is said and not
held against the run, as the finding itself is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from harness.model.cases import Plan
from harness.model.gates import Gate, KnownFinding, Notice, Waiver
from harness.model.judgements import Finding, Judgement
from harness.verdict.deciding import among


def held(judgements: Iterable[Judgement], gate: Gate, day: str) -> tuple[Judgement, ...]:
    """Return ``judgements`` as the gate counts them on ``day`` (ISO 8601)."""
    marked = [_marked(judgement, gate, day) for judgement in judgements]
    excused = {f.case for judgement in marked for f in judgement.findings if f.reaches_gate and not f.fails_gate}
    return tuple(replace(j, excused=True) if j.case in excused and j.no_chance else j for j in marked)


def notices(gate: Gate, day: str, plan: Plan, judgements: tuple[Judgement, ...], *, whole: bool) -> tuple[Notice, ...]:
    """Return what the gate has to say beside the verdict of a run that was ``held`` against it.

    ``whole``: the run was narrowed to nothing and came to its end, so that it looked wherever a waiver could match.
    """
    seen = frozenset(found.fingerprint for judgement in judgements for found in judgement.findings)
    ran = _Ran(plan, judgements)
    return (
        *(_expired(waiver) for waiver in gate.waivers if not waiver.holds(day)),
        *(
            _unused(waiver)
            for waiver in gate.waivers
            if waiver.holds(day) and waiver.fingerprint not in seen and ran.could_match(waiver, whole=whole)
        ),
        *(_mended(found) for found in gate.baseline.findings if ran.has_mended(found, seen)),
        *_no_chance(judgements),
    )


class _Ran:
    """What of the plan was looked at, and by which checks."""

    def __init__(self, plan: Plan, judgements: Iterable[Judgement]) -> None:
        self._left = {(o.entry, o.operation) for o in plan.omissions if o.required or o.deferred}
        self._cases: dict[tuple[str, str], list[str]] = {}
        for case in plan.cases:
            self._cases.setdefault((case.entry, case.operation), []).append(case.id)
        self._judged: dict[str, list[Judgement]] = {}
        for judgement in judgements:
            self._judged.setdefault(judgement.case, []).append(judgement)

    def has_mended(self, found: KnownFinding, seen: frozenset[str]) -> bool:
        """Tell whether a finding of the baseline was looked for wherever it had been seen, and is not there."""
        looked = all(self._sound(case) and self._had_a_chance(case, found.check) for case in found.cases)
        return found.fingerprint not in seen and bool(found.cases) and looked

    def could_match(self, waiver: Waiver, *, whole: bool) -> bool:
        """Tell whether the run would have shown what ``waiver`` is about."""
        everything = whole and not self._left and all(self._whole(*place) for place in self._cases)
        return self._whole(waiver.entry, waiver.operation) or everything

    def _whole(self, entry: str, operation: str) -> bool:
        """Tell whether every case of an entry ran, none was left to another run, and nothing of them is unknown."""
        cases = self._cases.get((entry, operation), ())
        return bool(cases) and (entry, operation) not in self._left and all(map(self._sound, cases))

    def _sound(self, case: str) -> bool:
        """Tell whether a case was judged and nothing of it is unknown."""
        said = self._judged.get(case, ())
        return bool(said) and not any(judgement.unknown for judgement in said)

    def _had_a_chance(self, case: str, check: str) -> bool:
        return any(said.check == check and said.opportunities for said in self._judged.get(case, ()))


def _marked(judgement: Judgement, gate: Gate, day: str) -> Judgement:
    if not judgement.findings:
        return judgement
    return replace(judgement, findings=tuple(_counted(finding, gate, day) for finding in judgement.findings))


def _counted(finding: Finding, gate: Gate, day: str) -> Finding:
    return replace(finding, fail_on=gate.fail_on, standing=gate.standing(finding.fingerprint, day))


def _expired(waiver: Waiver) -> Notice:
    return Notice(
        kind="expired",
        fingerprint=waiver.fingerprint,
        text=f"{_of(waiver)} ended with {waiver.until} and waives nothing any more: {waiver.reason}",
    )


def _unused(waiver: Waiver) -> Notice:
    told = waiver.entry and waiver.operation
    ran = f"{waiver.entry} of {waiver.operation} ran" if told else "every entry of these scenarios ran"
    return Notice(
        kind="unused",
        fingerprint=waiver.fingerprint,
        text=f"{_of(waiver)} matches nothing, though {ran}: take it out",
    )


def _of(waiver: Waiver) -> str:
    place = f" ({waiver.file}:{waiver.line})" if waiver.file else ""
    return f"the waiver of {waiver.fingerprint}{place}"


def _mended(found: KnownFinding) -> Notice:
    return Notice(
        kind="mended",
        fingerprint=found.fingerprint,
        text=(
            f"mended: {found.operation}: {found.symptom} ({found.trouble}; {found.check}) is in the baseline and was "
            "not seen, though its cases ran; 'harness baseline update' takes it out"
        ),
    )


def _no_chance(judgements: Iterable[Judgement]) -> Iterator[Notice]:
    """Say once for each check in how many cases a finding that is not counted left it nothing to look at."""
    lost: dict[str, list[str]] = {}
    for judgement in judgements:
        if judgement.excused:
            lost.setdefault(judgement.check, []).append(judgement.case)
    for check, cases in lost.items():
        text = f"{check} had no chance to fail beside a finding that is not counted{among(tuple(cases))}"
        yield Notice(kind="no-chance", text=text)
