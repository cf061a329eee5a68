"""How the gate takes a finding, and how often it was seen, in words: the same in every form of the report."""

from __future__ import annotations

from harness.model.gates import Standing
from harness.report.format import ReportedFinding


def standing(finding: ReportedFinding) -> str:
    """Return whether a finding fails the gate, and if not, why not."""
    if finding.standing is Standing.WAIVED and finding.waiver:
        return f"waived until {finding.waiver.until}: {finding.waiver.reason}"
    if finding.standing is Standing.KNOWN:
        return f"known since {finding.known_since}"
    return "fails the gate" if finding.fails_gate else f"does not fail the gate ({finding.force}, {finding.severity})"


def repeated(finding: ReportedFinding) -> str:
    """Return how often a finding was seen; empty: its case was carried out once."""
    ratio = finding.ratio
    if ratio is None:
        return ""
    often = "" if ratio.seen == ratio.of else ": does not repeat each time"
    return f"seen {ratio.seen} of {ratio.of} times{often}"
