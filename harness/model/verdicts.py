"""The three verdicts, how they merge, and how bad a finding is.

The merge table follows Jepsen's ``merge-valid``: fail over unknown over pass. Nothing at all
merges to unknown: a run that judged nothing has shown nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What a run, a case or a check has shown."""

    PASS = "pass"
    UNKNOWN = "unknown"
    FAIL = "fail"


_RANK = {Verdict.PASS: 0, Verdict.UNKNOWN: 1, Verdict.FAIL: 2}


def merge(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of ``verdicts``; unknown when there are none."""
    return max(verdicts, key=_RANK.__getitem__, default=Verdict.UNKNOWN)


class Severity(StrEnum):
    """The harm that a finding stands for, worst first.

    critical: a doubled, lost or half-applied effect; one caller's data seen by another.
    major: a 500 for a client's fault, a hang, a storm of retries, no recovery, a leak.
    minor: a wrong status class, a missing field. note: worth knowing, no harm shown.
    """

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    NOTE = "note"


SEVERITY_RANK = {Severity.CRITICAL: 3, Severity.MAJOR: 2, Severity.MINOR: 1, Severity.NOTE: 0}


class Force(StrEnum):
    """How binding the rule behind an expectation is (RFC 2119 words, and the service's own policy).

    Only ``must`` can fail the gate; ``should`` is advice; ``policy`` is judged only where the
    service declares it.
    """

    MUST = "must"
    SHOULD = "should"
    POLICY = "policy"


class Blame(StrEnum):
    """The layer that a finding points at.

    ``server`` means a trivial application on the same server shows the same: such a finding fails
    the gate only where it reached the application's data.
    """

    APPLICATION = "application"
    SERVER = "server"
    CLIENT = "client to a dependency"
