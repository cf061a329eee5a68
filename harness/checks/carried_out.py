"""The case was carried out as planned. What was not done or did not strike cannot have shown anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks._rest import kept_from_rest, unrested
from harness.checks.registry import Check
from harness.model.cases import Case, Family
from harness.model.faults import Fault
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Scope, SeenFault
from harness.model.steps import CONTROL_ITSELF, Load, Recover, Settle, Together
from harness.model.verdicts import Severity

NAME = "carried-out"


def judge(scope: Scope) -> Judgement:
    """Return one opportunity for each planned act; what was not carried out is unknown, a death is a finding."""
    unknown = [reason for look in _LOOKS for reason in look(scope)] if scope.started else ["the case never began"]
    disturbed = bool(kept_from_rest(scope))
    return judgement(NAME, scope, _acts(scope.case), _deaths(scope), unknown, disturbed=disturbed)


def _acts(case: Case) -> int:
    return sum(len(step.sends) if isinstance(step, Together) else 1 for step in case.steps)


def _course(scope: Scope) -> Iterator[str]:
    if scope.trouble:
        yield f"the case was not carried out: {scope.trouble}"
    elif not scope.finished:
        yield "the case has no end: the history breaks off"
    if scope.unsettled:
        yield f"the case did not come to rest: {unrested(scope)}"
    if not scope.timed:
        yield "the control of timing ended before the case did: how long things really took was not watched"


def _rests(scope: Scope) -> Iterator[str]:
    """Say that the case did not wait as planned for what is still under way."""
    planned = sum(isinstance(step, Settle) for step in scope.case.steps)
    if scope.finished and not scope.trouble and scope.settles < planned:
        yield f"{planned - scope.settles} of {planned} waits for the service to come to rest have no recorded end"


def _sends(scope: Scope) -> Iterator[str]:
    """Say which planned messages were not sent, and which exchanges have no recorded end."""
    happened = {exchange.label for exchange in scope.exchanges}
    for send in scope.case.sends():
        if send.label not in happened:
            yield f"'{send.label}' was planned and never sent"
    for exchange in scope.exchanges:
        if exchange.answer is None and exchange.silence is None:
            yield f"'{exchange.label}' has no recorded end"
        elif exchange.done < exchange.sent:
            yield f"'{exchange.label}' ended before it was sent: the clock of the history was set back"


def _control(scope: Scope) -> Iterator[str]:
    """Say that the control was no control: what a dead application does not answer is no fault of its server."""
    itself = scope.control.get(CONTROL_ITSELF)
    if scope.control and (itself is None or itself.status != 200):
        came = told(itself) if itself else f"'{CONTROL_ITSELF}' was never sent"
        yield f"the control application did not answer a plain request, so nothing can be laid to the server: {came}"


def _recoveries(scope: Scope) -> Iterator[str]:
    happened = {exchange.label for exchange in scope.exchanges}
    for step in scope.case.steps:
        if isinstance(step, Recover) and f"{step.label}-1" not in happened:
            yield f"the recovery '{step.label}' was planned and never tried"


def _loads(scope: Scope) -> Iterator[str]:
    if scope.load is None:
        yield from (f"the load '{step.label}' never ran" for step in scope.case.steps if isinstance(step, Load))


def _faults(scope: Scope) -> Iterator[str]:
    """Say which planned faults were not armed or never fired."""
    seen = {fault.fault.id: fault for fault in scope.faults}
    for fault in scope.case.faults():
        yield from _not_fired(scope, fault, seen.get(fault.id))


def _not_fired(scope: Scope, fault: Fault, seen: SeenFault | None) -> Iterator[str]:
    subject = f"the fault '{fault.id}' ({fault.kind} at {fault.dependency}, {fault.call or 'any call'})"
    if seen is None:
        yield f"{subject} was never armed"
    elif not seen.firings and fault.needed:
        came = sum(
            call.dependency == fault.dependency
            and (not fault.call or call.call == fault.call)
            and call.received >= seen.armed
            and (not seen.cleared or call.received <= seen.cleared)
            for call in scope.calls
        )
        yield f"{subject} never fired: it was to strike from call {fault.first} on and {came} came while it was armed"


def _deaths(scope: Scope) -> Iterator[Finding]:
    for count, symptom, what in (
        (scope.died, "process died", "the service died"),
        (scope.lost_workers, "worker lost", "a worker process of the service died"),
    ):
        if count:
            yield finding(
                NAME,
                scope,
                scope.exchanges[-1:],
                symptom=symptom,
                severity=Severity.MAJOR,
                happened=f"{what} during the case ({count} time{'s' if count > 1 else ''})",
                expected="no message and no dependency can end a process of the service",
                why="everything that the process was working on is lost with it, and clients see resets",
            )


_LOOKS: tuple[Callable[[Scope], Iterator[str]], ...] = (_course, _rests, _sends, _control, _recoveries, _loads, _faults)

CHECK = Check(
    name=NAME,
    title="The case was carried out",
    doc="Every planned message was sent, every fault struck, the case came to rest, no process died.",
    families=frozenset(Family),
    judge=judge,
    always=True,
)
