"""The verdict in one sentence, with its reason and its denominator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.model.gates import Standing
from harness.model.verdicts import SEVERITY_RANK, Severity, Verdict
from harness.report.format import Count, ReportedFinding


def sentence(
    verdict: Verdict, reasons: Sequence[str], count: Count, findings: Sequence[ReportedFinding], interrupted: str
) -> str:
    """Return why the verdict is what it is. ``interrupted`` says how the run ended early; empty: it did not."""
    end = f"{interrupted}; " if interrupted else ""
    excused = _excused(findings)
    less = f"; {excused}" if excused else ""
    if verdict is Verdict.FAIL:
        return end + _failed(findings, count) + less
    if verdict is Verdict.UNKNOWN:
        return end + _unknown(reasons, count) + less
    advice = sum(not finding.reaches_gate for finding in findings)
    also = f" ({plural(advice, 'finding')} of advice)" if advice else ""
    if excused:
        return f"{end}{ran(count)}, and no new finding reaches the gate: {excused}{also}"
    return f"{end}{ran(count)}; every required check had its chance, and no finding reaches the gate{also}"


def _excused(findings: Sequence[ReportedFinding]) -> str:
    """Return how many findings that reach the gate are not counted, and why; empty: all are."""
    tally = Counter(f.standing for f in findings if f.reaches_gate and not f.fails_gate)
    kinds = [plural(tally[kind], f"{kind} finding") for kind in (Standing.KNOWN, Standing.WAIVED) if tally[kind]]
    return f"{' and '.join(kinds)} {'is' if sum(tally.values()) == 1 else 'are'} not counted" if kinds else ""


def ran(count: Count) -> str:
    """Return how many of the planned cases were run."""
    if count.run == count.planned:
        return f"all {plural(count.run, 'planned case')} ran" if count.run != 1 else "the one planned case ran"
    return f"{count.run:,} of {plural(count.planned, 'planned case')} ran"


def plural(count: int, noun: str) -> str:
    """Return ``3 cases`` or ``1 case``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _failed(findings: Sequence[ReportedFinding], count: Count) -> str:
    """Return the sentence of a failed run: how many defects, how bad, and the worst of them."""
    gating = [finding for finding in findings if finding.fails_gate]
    if not gating:
        return f"{ran(count)}; the gate fails, see the reasons"
    tally = Counter(finding.severity for finding in gating)
    kinds = ", ".join(f"{tally[severity]} {severity}" for severity in Severity if tally[severity])
    worst = max(gating, key=lambda finding: SEVERITY_RANK[finding.severity])
    verb = "fails" if len(gating) == 1 else "fail"
    first = f"{worst.operation}: {worst.symptom} ({worst.trouble})"
    lead = "" if len(gating) == 1 else "the worst is "
    return f"{plural(len(gating), 'defect')} {verb} the gate ({kinds}): {lead}{first}; {ran(count)}"


def _unknown(reasons: Sequence[str], count: Count) -> str:
    """Return the sentence of a run that could not show what it had to."""
    if not reasons:
        return f"something that had to be shown was not; {ran(count)}"
    more = f", and {plural(len(reasons) - 1, 'further reason')}" if len(reasons) > 1 else ""
    return f"not shown: {reasons[0]}{more}; {ran(count)}"
