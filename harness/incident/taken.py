"""From the findings of a judged run to incidents: the smallest case that shows each, and what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.history.redact import redact_text
from harness.model.cases import Case, Plan
from harness.model.incidents import Incident, Origin, Shows
from harness.model.judgements import Finding
from harness.model.runs import Run
from harness.verdict import Group

RACE = 5
"""How often a case that depends on what happens at the same instant is tried before its defect counts as mended."""

_RACING = frozenset({"together", "begin", "load"})
"""Acts that have several requests at work at once."""

_LONGEST = 60


def taken(run: Run, plan: Plan, groups: Iterable[Group]) -> tuple[Incident, ...]:
    """Return an incident for every finding, advice as well; none for what no case of the plan shows.

    The cases are those of the plan on disk, in which no secret stands.
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
        tries=RACE if any(step.act in _RACING for step in case.steps) else 1,
        case=case,
    )


def name_of(found: Finding) -> str:
    """Return a name for the file: entry, operation, symptom in words, and the head of the fingerprint."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{found.entry}-{found.operation}-{found.symptom}".lower()).strip("-")
    return f"{words[:_LONGEST].rstrip('-')}-{found.fingerprint[:6]}"
