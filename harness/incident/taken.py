"""From the findings of a judged run to incidents: the smallest case that shows each, and what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import ceil, log

from harness.incident.replaced import redaction_of
from harness.model.cases import Case, Plan
from harness.model.gates import Ratio
from harness.model.incidents import Incident, Origin, Shows
from harness.model.judgements import Finding
from harness.model.runs import Run
from harness.redaction.redact import redact_text
from harness.verdict import Group

SURE = 0.99
"""The chance with which the tries of an incident show a defect that lives."""

MOST = 50
"""Tries of one incident at most: what shows more rarely costs more than it guards."""

ONCE = Ratio(seen=1, of=1)
"""All that is known of a finding whose case was not carried out again."""

_RACING = frozenset({"together", "begin", "load"})
"""Acts that have several requests at work at once."""

_LONGEST = 60


def taken(run: Run, plan: Plan, groups: Iterable[Group]) -> tuple[Incident, ...]:
    """Return an incident for every finding, advice as well; none for what no case of the plan shows.

    The cases are those of the plan on disk, in which tokens stand for secrets.
    """
    cases = {case.id: case for case in plan.cases}
    return tuple(_incident(run, group, cases[group.finding.case]) for group in groups if group.finding.case in cases)


def _incident(run: Run, group: Group, case: Case) -> Incident:
    found = group.finding
    secrets = run.configuration.secrets
    return Incident(
        name=name_of(found),
        title=f"{case.title}: {found.symptom}",
        shows=Shows(
            fingerprint=group.fingerprint,
            check=found.check,
            severity=found.severity,
            symptom=found.symptom,
            happened=redact_text(found.happened, secrets),
            expected=redact_text(found.expected, secrets),
        ),
        origin=Origin(run=run.id, seed=run.seed, finished=run.finished, target=run.target, harness=run.harness),
        ratio=group.ratio,
        tries=tries_of(group.ratio, racing=racing(case)),
        redaction=redaction_of(case, secrets),
        case=case,
    )


def racing(case: Case) -> bool:
    """Tell whether several requests of a case are at work at once."""
    return any(step.act in _RACING for step in case.steps)


def tries_of(ratio: Ratio | None, *, racing: bool) -> int:
    """Return how often a case is tried before its defect counts as mended: once where it showed each time.

    Otherwise the tries show a living defect with the chance :data:`SURE`, where each shows it with the chance that
    the ratio lets expect: (seen + 1) / (of + 2), the rule of succession (Laplace, 1814). A race that showed each time
    may have been lucky.
    """
    known = ratio or ONCE
    if not racing and known.seen == known.of:
        return 1
    shows = (known.seen + 1) / (known.of + 2)
    return min(MOST, ceil(log(1 - SURE) / log(1 - shows)))


def name_of(found: Finding) -> str:
    """Return a name for the file: entry, operation, symptom in words, and the head of the fingerprint."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{found.entry}-{found.operation}-{found.symptom}".lower()).strip("-")
    return f"{words[:_LONGEST].rstrip('-')}-{found.fingerprint[:6]}"
