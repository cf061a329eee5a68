"""A plan without the tries on which nothing hangs any more: what they were to show was shown."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case, Omission, Plan
from harness.model.judgements import Finding
from harness.model.records import record


@record
class Sought:
    """What tries are carried out for: a finding by its fingerprint, or of a check, or any that fails the gate."""

    fingerprint: str = ""
    check: str = ""

    def is_shown_by(self, found: Finding) -> bool:
        """Tell whether a finding is what is sought."""
        if self.fingerprint:
            return found.fingerprint == self.fingerprint
        return found.check == self.check if self.check else found.fails_gate


def spared(plan: Plan, shown: Case) -> Plan:
    """Return ``plan`` without the cases of the same scenario that come after ``shown``, which are counted as deferred.

    Theirs must be the same experiment: what one try has shown no other takes back.
    """
    after = plan.cases[plan.cases.index(shown) + 1 :]
    further = tuple(case for case in after if case.scenario == shown.scenario)
    if not further:
        return plan
    omission = Omission(
        entry=shown.entry,
        scenario=shown.scenario,
        operation=shown.operation,
        reason=f"{shown.id} has shown the finding: no further try was needed",
        deferred=len(further),
    )
    kept = tuple(case for case in plan.cases if case not in further)
    return replace(plan, cases=kept, omissions=(*plan.omissions, omission))
