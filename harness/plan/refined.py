"""A plan once the operations were run clean: what the clean runs rule out is left out, and says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.model.cases import Case, Family, Omission, Plan
from harness.model.scope import Reference


def refined(plan: Plan, references: Mapping[str, Reference]) -> Plan:
    """Return ``plan`` without the cases that the clean runs rule out, each among the omissions with its reason.

    An operation without a reference can show nothing: that is required, so the run is unknown. A fault at a call that
    the operation does not make cannot strike: not applicable.
    """
    reasons = {case.id: _reason(case, references.get(case.operation)) for case in plan.cases}
    left_out = tuple(_omission(case, reasons[case.id], references) for case in plan.cases if reasons[case.id])
    kept = tuple(case for case in plan.cases if not reasons[case.id])
    return replace(plan, cases=kept, omissions=plan.omissions + tuple(dict.fromkeys(left_out)))


def _reason(case: Case, reference: Reference | None) -> str:
    """Return why a case cannot show anything; empty where it can."""
    if case.family is Family.REFERENCE or reference is None:
        return ""
    if reference.trouble:
        return reference.trouble
    if not case.only_if_called or any(_can_strike(case, call) for call in reference.calls):
        return ""
    places = ", ".join(f"{fault.dependency} {fault.call}".strip() for fault in case.faults())
    return f"clean runs of {case.operation} never call {places}"


def _can_strike(case: Case, call: str) -> bool:
    """Tell whether a fault of the case could strike ``call`` (``<dependency> <route>``)."""
    return any(
        call == f"{f.dependency} {f.call}" if f.call else call.startswith(f"{f.dependency} ") for f in case.faults()
    )


def _omission(case: Case, reason: str, references: Mapping[str, Reference]) -> Omission:
    required = bool(references[case.operation].trouble)
    return Omission(
        entry=case.entry, scenario=case.scenario, operation=case.operation, reason=reason, required=required
    )
