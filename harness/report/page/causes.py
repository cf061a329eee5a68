"""Findings by cause: what one check saw as one symptom is one card, under however many troubles it showed."""

from __future__ import annotations

from collections.abc import Iterable

from harness.model.records import record
from harness.report.format import ReportedFinding


@record
class Cause:
    """Findings with the same check, symptom, severity, blame, force and standing at the gate.

    ``first`` is the one with the smallest case.
    """

    first: ReportedFinding
    findings: tuple[ReportedFinding, ...]

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations at which it shows."""
        return tuple(dict.fromkeys(finding.operation for finding in self.findings))

    @property
    def families(self) -> tuple[str, ...]:
        """The families of trouble under which it shows."""
        return tuple(dict.fromkeys(finding.family.value for finding in self.findings))

    @property
    def cases(self) -> int:
        """How many cases show it."""
        return len({case for finding in self.findings for case in finding.witnesses})


def causes(findings: Iterable[ReportedFinding]) -> tuple[Cause, ...]:
    """Return the causes of ``findings`` in the order in which their first ones stand there."""
    found: dict[tuple[object, ...], list[ReportedFinding]] = {}
    for finding in findings:
        what = (finding.check, finding.symptom, finding.severity, finding.blame, finding.force)
        gate = (finding.fails_gate, finding.reaches_gate, finding.standing, finding.waiver)
        found.setdefault((*what, *gate), []).append(finding)
    return tuple(Cause(first=min(held, key=_size), findings=tuple(held)) for held in found.values())


def _size(finding: ReportedFinding) -> tuple[bool, int, str]:
    """Order findings by what there is to read of their case; one without a sequence shows least."""
    return not finding.timeline, len(finding.timeline) + finding.left_out, finding.fingerprint
