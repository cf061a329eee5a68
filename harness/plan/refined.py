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
    reasons = {case.id: _reason(case, references) for case in plan.cases}
    left_out = tuple(_omission(case, reasons[case.id], references) for case in plan.cases if reasons[case.id])
    kept = tuple(case for case in plan.cases if not reasons[case.id])
    return replace(plan, cases=kept, omissions=plan.omissions + tuple(dict.fromkeys(left_out)))


def _reason(case: Case, references: Mapping[str, Reference]) -> str:
    """Return why a case cannot show anything; empty where it can."""
    reference = references.get(case.operation)
    if case.family is Family.REFERENCE or reference is None:
        return ""
    return reference.trouble or _never_called(case, reference) or _no_bystander(case, references.get(case.bystander))


def _never_called(case: Case, reference: Reference) -> str:
    """Say that the operation makes none of the calls that the case's faults could strike."""
    faults = case.faults() if case.only_if_called else ()
    if not faults or any(_can_strike(case, call) for call in reference.calls):
        return ""
    places = ", ".join(f"{fault.dependency} {fault.call}".strip() for fault in faults)
    return f"clean runs of {case.operation} never call {places}"


def _no_bystander(case: Case, reference: Reference | None) -> str:
    """Say that the other operation of the case is none that can stand by: it makes such a call itself."""
    if not case.bystander:
        return ""
    if reference is None or reference.trouble:
        return reference.trouble if reference else f"{case.bystander} was not run clean"
    failing = {fault.dependency for fault in case.faults()}
    called = sorted(failing & {call.split(" ", 1)[0] for call in reference.calls})
    return f"clean runs of {case.bystander} call {', '.join(called)} as well" if called else ""


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
