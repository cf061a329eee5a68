"""From a judged run to its report: pure, so that an old run directory gives the same report again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from harness.checks.registry import checks
from harness.model.cases import Plan
from harness.model.gates import Notice, Standing
from harness.model.judgements import Judgement
from harness.model.runs import Run, State
from harness.model.scope import Reference, Scope
from harness.model.verdicts import Verdict
from harness.report.coverage import counted, coverage, why_unknown
from harness.report.findings import reported
from harness.report.format import CheckLine, GateLine, ReferenceLine, Report, ReportedFinding, RunFacts
from harness.report.measures import loads, watched
from harness.report.outcomes import fields, servers
from harness.report.shown import visible, visible_throughout
from harness.report.summary import sentence
from harness.verdict import RunVerdict

__all__ = ["Report", "build"]

_ENDED_EARLY = {
    State.RUNNING: "the run was killed before it ended, or its end could not be written",
    State.INTERRUPTED: "the run was interrupted",
    State.BROKEN: "the run broke off",
    State.UNSAVED: "the run broke off",
}


def build(
    run: Run,
    plan: Plan,
    judgements: tuple[Judgement, ...],
    scopes: Mapping[str, Scope],
    verdict: RunVerdict,
    notices: Iterable[Notice] = (),
    incidents: Mapping[str, str] = MappingProxyType({}),
) -> Report:
    """Return the report of a run; every text in it is visible, whatever the service or an author wrote.

    ``incidents`` are the files that keep its findings, by their fingerprints.
    """
    covered = coverage(run, plan, judgements, scopes)
    findings = tuple(
        reported(group, run, plan, scopes, incidents.get(group.fingerprint, "")) for group in verdict.groups
    )
    reasons = tuple(visible(reason) for reason in verdict.reasons)
    early = ": ".join(part for part in (_ENDED_EARLY.get(run.state, ""), run.trouble) if part)
    report = Report(
        run=_facts(run),
        verdict=verdict.verdict,
        sentence=visible(sentence(verdict.verdict, reasons, covered.total, findings, early), keep=""),
        reasons=reasons,
        gate=_gate(run, findings),
        notices=tuple(replace(notice, text=visible(notice.text)) for notice in notices),
        coverage=covered,
        findings=findings,
        checks=_checks(judgements),
        references=_references(scopes),
        watched=watched(scopes),
        loads=loads(scopes),
        fields=fields(scopes, judgements),
        servers=servers(scopes),
    )
    return visible_throughout(report)


def _facts(run: Run) -> RunFacts:
    """Return what the report says of the run itself."""
    return RunFacts(
        id=run.id,
        state=run.state.value,
        started=run.started,
        finished=run.finished,
        took=run.took,
        seed=run.seed,
        harness=run.harness,
        python=run.python,
        target=run.target,
        selected=run.selected,
        trouble=visible(run.trouble),
        configuration=run.configuration.file,
        deadline=run.configuration.service.deadline,
        profile=run.profile,
    )


def _gate(run: Run, findings: Iterable[ReportedFinding]) -> GateLine:
    """Return what the run was held against, and what was not counted."""
    excused = Counter(finding.standing for finding in findings if finding.reaches_gate)
    return GateLine(
        fail_on=run.gate.fail_on,
        waivers=len(run.gate.waivers),
        baseline=run.gate.baseline_file,
        known=len(run.gate.baseline.findings),
        findings_waived=excused[Standing.WAIVED],
        findings_known=excused[Standing.KNOWN],
    )


def _checks(judgements: Iterable[Judgement]) -> tuple[CheckLine, ...]:
    """Return one line per check, in order of name."""
    by_check: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        by_check.setdefault(judgement.check, []).append(judgement)
    return tuple(_check(name, held) for name, held in sorted(by_check.items()))


def _check(name: str, held: list[Judgement]) -> CheckLine:
    """Return what one check said over all of its cases."""
    verdicts = [judgement.verdict for judgement in held]
    known = checks().get(name)
    return CheckLine(
        check=name,
        cases=len(held),
        opportunities=sum(judgement.opportunities for judgement in held),
        passed=verdicts.count(Verdict.PASS),
        failed=verdicts.count(Verdict.FAIL),
        unknown=verdicts.count(Verdict.UNKNOWN),
        not_applicable=verdicts.count(None),
        title=known.title if known else "",
        promise=known.doc if known else "",
        reasons=counted(visible(reason) for judgement in held for reason in why_unknown(judgement)),
    )


def _references(scopes: Mapping[str, Scope]) -> tuple[ReferenceLine, ...]:
    """Return every reference that any case was judged against, in order of operation."""
    found: dict[str, Reference] = {}
    for scope in scopes.values():
        found |= scope.references
    return tuple(_reference(found[name]) for name in sorted(found))


def _reference(reference: Reference) -> ReferenceLine:
    """Return the line of one reference."""
    return ReferenceLine(
        operation=reference.operation,
        runs=reference.runs,
        status=reference.status,
        slowest_ms=round(reference.slowest * 1000, 3),
        calls=reference.calls,
        effects=reference.effects,
        noise=reference.noise,
        trouble=visible(reference.trouble),
    )
