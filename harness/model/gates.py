"""What the gate of a run counts: from which severity on, what is waived, what is known already.

All of it is an input of the run and kept in ``run.json``, so that an old directory is judged the same way again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from harness.model.records import record
from harness.model.verdicts import Severity

BASELINE_FORMAT: Literal[1] = 1
"""The format of a baseline file; a file of another format is refused by name."""


class Standing(StrEnum):
    """Whether a finding is counted: only a new one can fail the gate."""

    NEW = "new"
    KNOWN = "known"
    """The baseline holds it."""
    WAIVED = "waived"
    """A waiver that has not expired names it, whether or not the baseline holds it, too."""


@record
class Waiver:
    """A finding that people have looked at and take on themselves until a day.

    ``until`` is the last day on which it counts (ISO 8601, UTC). ``entry`` and ``operation`` tell where the finding was
    seen (empty: not told); ``file`` and ``line`` where the waiver stands.
    """

    fingerprint: str
    reason: str
    until: str
    entry: str = ""
    operation: str = ""
    file: str = ""
    line: int = 0

    def holds(self, day: str) -> bool:
        """Tell whether the waiver still counts on ``day`` (ISO 8601)."""
        return day <= self.until


@record
class KnownFinding:
    """A finding that a baseline holds, with what it was.

    ``entry`` and ``title`` are those of its smallest case, ``cases`` the ids of all in which it was seen,
    ``first_seen`` the day (ISO 8601, UTC) of the run that brought it in.
    """

    fingerprint: str
    check: str
    severity: Severity
    operation: str
    trouble: str
    symptom: str
    call: str = ""
    entry: str
    title: str
    cases: tuple[str, ...]
    first_seen: str


@record
class Baseline:
    """The findings that a team knows of and has yet to mend; only others fail the gate."""

    format: Literal[1] = BASELINE_FORMAT
    findings: tuple[KnownFinding, ...] = ()


@record
class Gate:
    """What a run is held against. ``baseline_file`` is where the baseline was read; empty: there is none."""

    fail_on: Severity = Severity.MAJOR
    waivers: tuple[Waiver, ...] = ()
    baseline: Baseline = Baseline()
    baseline_file: str = ""

    def waiver(self, fingerprint: str, day: str) -> Waiver | None:
        """Return the waiver that excuses a finding on ``day`` (ISO 8601)."""
        held = (waiver for waiver in self.waivers if waiver.fingerprint == fingerprint)
        return next((waiver for waiver in held if waiver.holds(day)), None)

    def known(self, fingerprint: str) -> KnownFinding | None:
        """Return what the baseline says of a finding; None: it holds no such."""
        return next((found for found in self.baseline.findings if found.fingerprint == fingerprint), None)

    def standing(self, fingerprint: str, day: str) -> Standing:
        """Return whether a finding is counted on ``day`` (ISO 8601)."""
        if self.waiver(fingerprint, day):
            return Standing.WAIVED
        return Standing.KNOWN if self.known(fingerprint) else Standing.NEW


@record
class Notice:
    """Something that the gate has to say beside its verdict; ``fingerprint`` is empty where it is about no one finding.

    ``expired`` and ``unused`` are about a waiver, ``mended`` about a finding of the baseline that was not seen though
    its cases ran, ``no-chance`` about checks that a finding which is not counted left nothing to look at, ``again``
    about a finding that would fail the gate and was seen only when a case was carried out again, ``answers-alone``
    about a run in which no effect could be seen, ``unkept`` about an incident that is not written, for it would hold a
    secret.
    """

    kind: Literal["expired", "unused", "mended", "no-chance", "again", "answers-alone", "unkept"]
    fingerprint: str = ""
    text: str


@record
class Ratio:
    """How often a finding was seen, ``of`` how many times that its case was carried out and could have shown it."""

    seen: int
    of: int
