"""While a dependency fails, the watched routes are answered as fast as ever: what does not need it does not feel it."""

from __future__ import annotations

from harness.checks._evidence import finding, judgement
from harness.checks._timing import held_up
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.scope import SECOND, Probe, Scope
from harness.model.verdicts import Severity

NAME = "watched-routes-stay-fast"

FLOOR = 1.0
"""Seconds that a probe may always take."""

FACTOR = 10
"""How many times as long as the slowest probe of the baseline a probe may take."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each probe during a fault whose time or status can be judged.

    A route that was not answered 2xx before the fault is none to watch: what it does later shows nothing.
    """
    sick = _sick(scope)
    probes = [probe for probe in scope.probes if probe.route not in sick and _during_fault(scope, probe)]
    seen = [_seen(scope, probe) for probe in probes]
    unknown = [what for what in seen if isinstance(what, str)]
    findings = [what for what in seen if isinstance(what, Finding)]
    held = {route: _held_up_before(scope, probe) for route, probe in sick.items()}
    wrong = [held[route] or _mistaken(probe) for route, probe in sick.items()]
    disturbed = bool(unknown) or any(held.values())
    return judgement(NAME, scope, len(seen) - len(unknown), findings, [*unknown, *wrong], disturbed=disturbed)


def _during_fault(scope: Scope, probe: Probe) -> bool:
    return any(
        fault.armed <= probe.sent and (not fault.cleared or probe.sent <= fault.cleared)
        for fault in scope.faults
        if fault.firings
    )


def _before_fault(scope: Scope) -> tuple[Probe, ...]:
    armed = min((fault.armed for fault in scope.faults), default=0)
    return tuple(probe for probe in scope.probes if _ended(probe) <= armed)


def _sick(scope: Scope) -> dict[str, Probe]:
    """Return the routes that were not well before the fault, each with the first probe that shows it.

    A probe that the fault overtook counts only where no other was answered 2xx: it may have hung without a fault.
    """
    armed = min((fault.armed for fault in scope.faults), default=0)
    well = {probe.route for probe in _before_fault(scope) if _well(probe)}
    failed = [probe for probe in scope.probes if probe.sent < armed and not _well(probe)]
    shown = [probe for probe in failed if _ended(probe) <= armed or probe.route not in well]
    return {probe.route: probe for probe in reversed(shown)}


def _well(probe: Probe) -> bool:
    return probe.status // 100 == 2


def _held_up_before(scope: Scope, probe: Probe) -> str:
    """Say what kept ``probe`` from its answer though the route may be well; empty: nothing, or it was answered."""
    reason = "" if probe.status else held_up(scope, probe.sent, _ended(probe), FLOOR / 2)
    return f"a probe of {probe.route} before the fault got no answer: {reason}" if reason else ""


def _mistaken(probe: Probe) -> str:
    """Say that ``watch`` names a route that does not answer as a watched route must."""
    came = f"answered {probe.status}" if probe.status else "got no answer"
    return f"the watched route {probe.route} {came} before the fault: `watch` is for routes that always answer 2xx"


def _ended(probe: Probe) -> int:
    return probe.sent + round(probe.took * SECOND)


def _limit(scope: Scope, route: str) -> float:
    """Return the seconds that a probe of ``route`` may take."""
    return max(FLOOR, FACTOR * max((p.took for p in _before_fault(scope) if p.route == route), default=0.0))


def _seen(scope: Scope, probe: Probe) -> Finding | str | None:
    """Return a finding, why it cannot be known, or None: answered well and fast."""
    limit = _limit(scope, probe.route)
    if probe.took <= limit and probe.status:
        return None if _well(probe) else _finding(scope, probe, str(probe.status), limit)
    reason = held_up(scope, probe.sent, _ended(probe), limit / 2)
    if reason:
        return f"a probe of {probe.route} that took {probe.took:.2f} s cannot be judged: {reason}"
    return _finding(scope, probe, "slow" if probe.status else "no answer", limit)


def _finding(scope: Scope, probe: Probe, symptom: str, limit: float) -> Finding:
    kinds = ", ".join(f"{fault.fault.kind} at {fault.fault.dependency}" for fault in scope.faults if fault.firings)
    came = f"was answered {probe.status}" if probe.status else "got no answer"
    return finding(
        NAME,
        scope,
        [e for e in scope.exchanges if e.sent <= _ended(probe) and e.done >= probe.sent],
        symptom=f"{probe.route}: {symptom}",
        severity=Severity.MAJOR,
        happened=f"under {kinds}, {probe.route} {came} after {probe.took:.2f} s",
        expected=f"2xx within {limit:.2g} s: the route needs no dependency",
        why="one failing dependency takes the whole service down: it is taken out of rotation or restarted",
    )


CHECK = Check(
    name=NAME,
    title="Watched routes stay fast",
    doc=f"While a dependency fails, watched routes answer 2xx within {FLOOR:g} s or {FACTOR} times their usual.",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
    timed=True,
)
