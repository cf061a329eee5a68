"""The denominator: what was possible, planned, run, not applicable, and not run and why.

The numbers close: ``possible = run + deferred + not_applicable + not_run``, for the run, each family and each entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from harness.model.cases import Case, Family, Omission, Plan
from harness.model.judgements import Judgement
from harness.model.runs import Run
from harness.model.scope import SECOND, Scope
from harness.model.verdicts import Verdict, merge
from harness.report.format import CaseLine, Count, Coverage, EntryCoverage, FamilyCoverage, Reason
from harness.report.shown import visible

Place = tuple[Family, str, str, str]
"""Family, scenario, entry, operation: one line of the coverage."""


def coverage(run: Run, plan: Plan, judgements: Iterable[Judgement], scopes: Mapping[str, Scope]) -> Coverage:
    """Return the coverage of a run, by family and in each in the order of the plan, omitted entries last."""
    judged: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        judged.setdefault(judgement.case, []).append(judgement)
    places = _places(run, plan)
    entries = tuple(_entry(run, place, cases, left, judged, scopes) for place, (cases, left) in places.items())
    families = tuple(_family(family, entries) for family in dict.fromkeys(entry.family for entry in entries))
    return Coverage(total=total(entry.count for entry in entries), families=families, entries=entries)


def total(counts: Iterable[Count]) -> Count:
    """Return the sum of ``counts``, field by field."""
    held = tuple(counts)
    return Count(
        possible=sum(c.possible for c in held),
        planned=sum(c.planned for c in held),
        run=sum(c.run for c in held),
        not_applicable=sum(c.not_applicable for c in held),
        not_run=sum(c.not_run for c in held),
        deferred=sum(c.deferred for c in held),
    )


def counted(reasons: Iterable[str]) -> tuple[Reason, ...]:
    """Return each reason once with how often it was given, in the order first given."""
    return tuple(Reason(text=text, count=count) for text, count in Counter(reasons).items())


def _places(run: Run, plan: Plan) -> dict[Place, tuple[list[Case], list[Omission]]]:
    """Return the planned cases and the omissions of every line."""
    families = {scenario.name: scenario.family for scenario in run.scenarios}
    families |= {case.scenario: case.family for case in plan.cases}
    found: dict[Place, tuple[list[Case], list[Omission]]] = {}
    for case in plan.cases:
        found.setdefault((case.family, case.scenario, case.entry, case.operation), ([], []))[0].append(case)
    for left in plan.omissions:
        family = families.get(left.scenario, Family.REFERENCE)
        found.setdefault((family, left.scenario, left.entry, left.operation), ([], []))[1].append(left)
    order = list(Family)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0][0])))


def _entry(
    run: Run,
    place: Place,
    cases: list[Case],
    left: list[Omission],
    judged: Mapping[str, list[Judgement]],
    scopes: Mapping[str, Scope],
) -> EntryCoverage:
    """Return one line of the coverage."""
    family, scenario, entry, operation = place
    lines = tuple(_case(case, judged.get(case.id, []), scopes.get(case.id)) for case in cases)
    required = [omission for omission in left if omission.required]
    deferred = [omission for omission in left if omission.deferred]
    shown = [line.verdict for line in lines if line.verdict is not None] + [Verdict.UNKNOWN for _ in required]
    not_run = [line.not_run for line in lines if line.not_run]
    findings = (finding.fingerprint for case in cases for j in judged.get(case.id, []) for finding in j.findings)
    return EntryCoverage(
        entry=entry,
        title=_title(run, place, cases),
        family=family,
        scenario=scenario,
        operation=operation,
        count=Count(
            possible=len(cases) + sum(map(_cases_of, left)),
            planned=len(cases),
            run=len(cases) - len(not_run),
            not_applicable=len(left) - len(required) - len(deferred),
            not_run=len(not_run) + len(required),
            deferred=sum(map(_cases_of, deferred)),
        ),
        verdict=merge(shown) if shown else None,
        findings=tuple(dict.fromkeys(findings)),
        left_out=counted([*not_run, *(omission.reason for omission in left for _ in range(_cases_of(omission)))]),
        cases=lines,
    )


def _cases_of(omission: Omission) -> int:
    """Return how many cases an omission stands for."""
    return omission.deferred or 1


def _title(run: Run, place: Place, cases: list[Case]) -> str:
    """Return the author's title of an entry, else the common beginning of its cases' titles."""
    _, scenario, entry, _ = place
    own = (e.title for s in run.scenarios if s.name == scenario for e in s.entries if e.id == entry)
    return next((title for title in own if title), cases[0].title.partition(":")[0] if cases else "")


def _case(case: Case, judged: list[Judgement], scope: Scope | None) -> CaseLine:
    """Return the line of one case; a planned case that did not end is unknown whatever was judged."""
    not_run = _not_run(scope)
    shown = [judgement.verdict for judgement in judged if judgement.verdict is not None]
    shown += [Verdict.UNKNOWN] if not_run else []
    return CaseLine(
        id=case.id,
        title=case.title,
        trouble=case.trouble,
        verdict=merge(shown) if shown else None,
        took=_took(scope),
        not_run=not_run,
        attempts=scope.attempt if scope else 0,
        unknown=tuple(f"{j.check}: {visible(reason)}" for j in judged for reason in why_unknown(j)),
    )


def why_unknown(judgement: Judgement) -> tuple[str, ...]:
    """Return why a check could not know; a required one without an opportunity says so."""
    if judgement.verdict is Verdict.UNKNOWN and not judgement.unknown:
        return ("required, and never had a chance to fail",)
    return judgement.unknown


def _not_run(scope: Scope | None) -> str:
    """Say why a case did not come to its end; empty where it did."""
    if scope is None or not scope.started:
        return (scope.trouble if scope else "") or "never begun: the run ended before"
    if not scope.finished:
        return scope.trouble or "begun and not finished: the run ended before"
    return scope.trouble


def _took(scope: Scope | None) -> float:
    """Return the seconds between the first thing sent and the last answer of a case."""
    if scope is None or not (scope.exchanges or scope.requests):
        return 0.0
    starts = [e.sent for e in scope.exchanges] + [r.due for r in scope.requests]
    ends = [e.done for e in scope.exchanges] + [r.done for r in scope.requests]
    return round((max(ends) - min(starts)) / SECOND, 6)


def _family(family: Family, entries: tuple[EntryCoverage, ...]) -> FamilyCoverage:
    """Return a family's line from its entries."""
    own = [entry for entry in entries if entry.family is family]
    shown = [entry.verdict for entry in own if entry.verdict is not None]
    return FamilyCoverage(
        family=family, count=total(entry.count for entry in own), verdict=merge(shown) if shown else None
    )
