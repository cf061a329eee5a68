"""From judgements to the verdict of a run: fail over unknown over pass, each with its reasons.

A run that showed nothing is unknown: no case, nothing but reference runs, no check of the service that had a
chance to fail. So is one in which a planned case was not judged or a required entry was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from harness.checks.registry import checks
from harness.model.cases import Case, Family, Omission, Plan
from harness.model.gates import Ratio
from harness.model.judgements import Finding, Judgement
from harness.model.records import record
from harness.model.verdicts import SEVERITY_RANK, Verdict, merge

NO_CHANCE = "had no chance to fail"
CUT_SHORT = "a run that was cut short does not pass, however much it had seen by then"


@record
class Group:
    """One defect: every finding with the same fingerprint.

    ``finding`` is that of the smallest case among the worst, ``witnesses`` the ids of all cases that show it,
    in the order of the plan. ``ratio`` None: its case was not carried out again.
    """

    fingerprint: str
    finding: Finding
    witnesses: tuple[str, ...]
    ratio: Ratio | None = None


@record
class RunVerdict:
    """What a run has shown.

    ``reasons`` is a sentence for each cause of a fail or an unknown, fails first; ``groups`` are all
    findings, those that fail the gate first, then those that it does not count.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()


def decide(plan: Plan, judgements: tuple[Judgement, ...], *, ended: bool = True) -> RunVerdict:
    """Return the verdict of a run that planned ``plan`` and was judged as ``judgements``.

    ``ended`` False: the run was cut short, so it does not pass, however much it had seen by then.
    """
    groups = _groups(plan, judgements)
    failing = tuple(_failing(group) for group in groups if group.finding.fails_gate)
    unknown = (
        *_empty(plan, judgements),
        *_unjudged(plan, judgements),
        *_left_out(plan),
        *_not_known(judgements),
        *(() if ended else (CUT_SHORT,)),
    )
    shown = [judgement.verdict for judgement in judgements if judgement.verdict is not None]
    verdict = merge([*shown, Verdict.UNKNOWN] if unknown else shown)
    return RunVerdict(verdict=verdict, reasons=(*failing, *unknown), groups=groups)


def size(case: Case) -> tuple[int, int, str]:
    """Return how big a case is to a reader: messages, bytes, and the id to settle ties."""
    bodies = [send.message for send in case.sends()]
    octets = sum(len(message.body if message.form == "request" else message.data) for message in bodies)
    return len(bodies), octets, case.id


def _groups(plan: Plan, judgements: Iterable[Judgement]) -> tuple[Group, ...]:
    """Return the findings by fingerprint, worst first."""
    cases = {case.id: case for case in plan.cases}
    order = {case: place for place, case in enumerate(cases)}
    by_print: dict[str, list[Finding]] = {}
    for judgement in judgements:
        for finding in judgement.findings:
            by_print.setdefault(finding.fingerprint, []).append(finding)
    groups = [
        Group(
            fingerprint=fingerprint,
            finding=min(found, key=lambda finding: _preference(finding, cases)),
            witnesses=tuple(sorted({f.case for f in found}, key=lambda case: (order.get(case, len(order)), case))),
        )
        for fingerprint, found in by_print.items()
    ]
    return tuple(sorted(groups, key=lambda group: (_badness(group.finding), group.fingerprint)))


def _badness(finding: Finding) -> tuple[bool, bool, int]:
    return not finding.fails_gate, not finding.reaches_gate, -SEVERITY_RANK[finding.severity]


def _preference(finding: Finding, cases: Mapping[str, Case]) -> tuple[bool, bool, int, tuple[int, int, str]]:
    """Order witnesses of one defect: the worst, and of these the smallest case."""
    case = cases.get(finding.case)
    return *_badness(finding), size(case) if case else (0, 0, finding.case)


def _failing(group: Group) -> str:
    found = group.finding
    return (
        f"{found.operation}: {found.symptom} ({found.trouble}; {found.check}, {found.severity}){among(group.witnesses)}"
    )


def _empty(plan: Plan, judgements: Iterable[Judgement]) -> Iterator[str]:
    """Say that the run could not have found anything, where that is so."""
    if not plan.cases:
        yield f"no case was planned, so nothing was shown{_why_none(plan)}"
    elif all(case.family is Family.REFERENCE for case in plan.cases):
        yield f"nothing but reference runs was planned, so nothing was shown{_why_none(plan)}"
    elif not any(judgement.opportunities for judgement in judgements if _of_service(judgement)):
        yield "no check of the service had a chance to fail, so nothing was shown"
    elif idle := _idle(plan, judgements):
        yield f"no check of the service had a chance to fail{among(idle)}: nothing was shown there"


def _idle(plan: Plan, judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """Return the cases of which nothing is wrong and nothing unknown, only because no check had a chance in them."""
    judged = {judgement.case for judgement in judgements}
    told = {j.case for j in judgements if j.verdict in (Verdict.FAIL, Verdict.UNKNOWN)}
    shown = {j.case for j in judgements if j.opportunities and _of_service(j)}
    troubled = (case.id for case in plan.cases if case.family is not Family.REFERENCE)
    return tuple(case for case in troubled if case in judged - told - shown)


def _why_none(plan: Plan) -> str:
    """Tell why entries made no case, by the first of them and how many more; what was required is told by itself."""
    told = [omission for omission in plan.omissions if not omission.required]
    if not told:
        return ""
    first = told[0]
    more = f" and {len(told) - 1} more" if len(told) > 1 else ""
    return f": {_entry(first)}: {first.reason}{more}"


def _of_service(judgement: Judgement) -> bool:
    """Tell whether a judgement is about the service and not about whether the experiment was sound."""
    known = checks().get(judgement.check)
    return known is None or not known.always


def _unjudged(plan: Plan, judgements: Iterable[Judgement]) -> Iterator[str]:
    judged = {judgement.case for judgement in judgements}
    missing = tuple(case.id for case in plan.cases if case.id not in judged)
    if missing:
        yield f"{len(missing)} of {len(plan.cases)} planned cases were not judged{among(missing)}"


def _left_out(plan: Plan) -> Iterator[str]:
    """Say what was asked for and could not be planned, each reason once."""
    by_reason: dict[tuple[str, str], dict[str, None]] = {}
    for omission in plan.omissions:
        if omission.required:
            by_reason.setdefault((omission.operation, omission.reason), {})[omission.entry] = None
    for (operation, reason), entries in by_reason.items():
        names = list(entries)
        more = f" and {len(names) - 3} more entries" if len(names) > 3 else ""
        where = f" for {operation}" if operation else ""
        were = "was" if len(names) == 1 else "were"
        yield f"{', '.join(names[:3])}{more}{where} {were} asked for and could not be shown: {reason}"


def _entry(omission: Omission) -> str:
    return f"{omission.entry} for {omission.operation}" if omission.operation else omission.entry


def _not_known(judgements: tuple[Judgement, ...]) -> Iterator[str]:
    """Return each reason for not knowing once, with the checks and cases that gave it."""
    failed = frozenset(found.case for judgement in judgements for found in judgement.findings if found.fails_gate)
    seen: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for judgement in judgements:
        for reason in _reasons(judgement, failed):
            apart = judgement.check if reason == NO_CHANCE else ""
            checks_of, cases_of = seen.setdefault((reason, apart), ({}, {}))
            checks_of[judgement.check] = None
            if judgement.case:
                cases_of[judgement.case] = None
    for (reason, apart), (checks_of, cases_of) in seen.items():
        yield f"{', '.join(checks_of)}: {reason}{among(tuple(cases_of))}{_unseen(apart)}"


def _unseen(check: str) -> str:
    """Say what a check looks for that was not there to be seen; empty for a check that nobody wrote."""
    known = checks().get(check)
    return f": nothing was seen of what it judges ({known.doc.rstrip('.')})" if known else ""


def _reasons(judgement: Judgement, failed: frozenset[str]) -> tuple[str, ...]:
    """Return why a check could not know. In a ``failed`` case what it had no chance to see is no news.

    A hang leaves no answer to look at, an accepted malformed message no refusal: the finding says it already.
    """
    if judgement.unknown:
        return judgement.unknown
    missed = judgement.no_chance and not judgement.excused and judgement.case not in failed
    return (NO_CHANCE,) if missed else ()


def among(cases: tuple[str, ...]) -> str:
    """Return in which cases, by the first of them and how many more there are."""
    if not cases:
        return ""
    more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
    return f" in {cases[0]}{more}"
