"""What checks return and what a run comes to.

A judgement says how often its check could have failed (opportunities), what it found, and why it
could not know. A fingerprint names a defect without values, seeds, ports or times, so that the
same defect found twice is one finding with two witnesses.
"""

from __future__ import annotations

import hashlib

from harness.model.gates import Standing
from harness.model.records import record
from harness.model.verdicts import SEVERITY_RANK, Blame, Force, Severity, Verdict


@record
class Finding:
    """The evidence of one check that does not hold in one case.

    ``symptom`` is the class of what was seen in a few fixed words (``accepted``, ``500``, ``doubled effect``);
    ``call`` the dependency call it is about, if any. ``happened`` tells what was seen with its values, ``expected``
    what a correct service does, ``why`` the harm. ``exchanges`` are the numbers of the exchanges that
    show it, the decisive one last. ``fail_on`` and ``standing`` are the gate's word on it
    (:mod:`harness.verdict.gate`).
    """

    check: str
    case: str
    entry: str
    operation: str
    trouble: str
    symptom: str
    severity: Severity
    force: Force = Force.MUST
    call: str = ""
    happened: str
    expected: str
    why: str
    blame: Blame = Blame.APPLICATION
    reached_data: bool = True
    """False where the message never reached the application's data; see :class:`Blame`."""
    exchanges: tuple[int, ...] = ()
    fail_on: Severity = Severity.MAJOR
    standing: Standing = Standing.NEW

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits over check, operation, trouble, call identity and symptom."""
        parts = (self.check, self.operation, self.trouble, self.call, self.symptom)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]

    @property
    def reaches_gate(self) -> bool:
        """Whether it is bad enough for the gate: binding, of the severity asked for, and not merely the server's."""
        harmful = SEVERITY_RANK[self.severity] >= SEVERITY_RANK[self.fail_on]
        merely_server = self.blame is Blame.SERVER and not self.reached_data
        return self.force is Force.MUST and harmful and not merely_server

    @property
    def fails_gate(self) -> bool:
        """Whether the gate fails on this finding: bad enough, neither waived nor known."""
        return self.reaches_gate and self.standing is Standing.NEW


@record
class Judgement:
    """What one check says of one case (``case`` empty: of the run).

    ``unknown`` holds the reasons why it could not know. ``required``: the plan asked for it, so
    zero opportunities are unknown; otherwise they are not applicable: counted, neutral.
    ``disturbed``: what is unknown comes from the machine and not from the service, so another attempt may tell.
    ``excused``: it had no chance beside a finding that the gate does not count (:mod:`harness.verdict.gate`).
    """

    check: str
    case: str
    opportunities: int
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()
    required: bool = False
    disturbed: bool = False
    excused: bool = False

    @property
    def no_chance(self) -> bool:
        """Whether the plan asked for it and there was nothing that could have failed, for no reason of its own."""
        return self.required and self.opportunities == 0 and not self.unknown

    @property
    def verdict(self) -> Verdict | None:
        """Fail over unknown over pass; None where the check does not apply."""
        if any(finding.fails_gate for finding in self.findings):
            return Verdict.FAIL
        if self.unknown or (self.no_chance and not self.excused):
            return Verdict.UNKNOWN
        return Verdict.PASS if self.opportunities else None
