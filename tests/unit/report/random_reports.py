"""Random reports: any shape that a run can have, and any text in every place that can hold one."""

from __future__ import annotations

from hypothesis import strategies as st

from harness.model.cases import Family
from harness.model.gates import Notice, Ratio, Standing, Waiver
from harness.model.verdicts import Blame, Force, Severity, Verdict
from harness.report.coverage import total
from harness.report.format import (
    CaseLine,
    CheckLine,
    Count,
    Coverage,
    EntryCoverage,
    FamilyCoverage,
    GateLine,
    Place,
    Reason,
    Report,
    ReportedFinding,
    RunFacts,
)

NASTY = (
    "<script>alert(1)</script>",
    "]]><![CDATA[",
    "\x1b[31mred\x1b[0m",
    "first\r\nsecond\n::error::forged",
    "\ud800 lone \udfff",
    "\u202eltr\u202c\u200b\ufeff",
    "nul \x00, vertical tab \x0b, next line \x85, separator \u2028, nothing \ufffe \U0001ffff",
    "```\n````\n~~~ | a | b |",
    "@octocat [click](https://evil.example) ![x](//evil.example) #1",
    "&amp; &#x3c; \"quotes\" 'and' %0A%25 {0} \\",
    "long " * 2_000,
)
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=30))
VERDICTS = st.sampled_from((None, *Verdict))
TEXT_LISTS = st.lists(TEXTS, max_size=3).map(tuple)
SECONDS = st.floats(min_value=0, max_value=100)
SMALL = st.integers(min_value=0, max_value=3)


@st.composite
def case_lines(draw: st.DrawFn, name: str) -> CaseLine:
    """Return a case whose id begins with ``name``; one that did not run is no pass."""
    not_run = draw(st.sampled_from(("", "never begun")))
    return CaseLine(
        id=f"{name}/{draw(TEXTS)}",
        title=draw(TEXTS),
        trouble=draw(TEXTS),
        verdict=draw(st.sampled_from((Verdict.UNKNOWN, Verdict.FAIL)) if not_run else VERDICTS),
        took=draw(SECONDS),
        not_run=not_run,
        unknown=draw(TEXT_LISTS),
    )


@st.composite
def entries(draw: st.DrawFn, number: int) -> EntryCoverage:
    """Return entry ``number`` with its cases; its counts are those of its cases and of what was left out."""
    cases = tuple(draw(case_lines(f"{number}/{place}")) for place in range(draw(SMALL)))
    left, required, deferred = draw(SMALL), draw(SMALL), draw(SMALL)
    not_run_cases = sum(bool(case.not_run) for case in cases)
    return EntryCoverage(
        entry=f"E{number}",
        title=draw(TEXTS),
        family=draw(st.sampled_from(Family)),
        scenario=draw(TEXTS),
        operation=draw(TEXTS),
        count=Count(
            possible=len(cases) + left + required + deferred,
            planned=len(cases),
            run=len(cases) - not_run_cases,
            not_applicable=left,
            not_run=not_run_cases + required,
            deferred=deferred,
        ),
        verdict=draw(VERDICTS),
        left_out=tuple(Reason(text=text, count=1) for text in draw(TEXT_LISTS)),
        cases=cases,
    )


@st.composite
def findings(draw: st.DrawFn, number: int, cases: tuple[str, ...]) -> ReportedFinding:
    """Return a finding of some of ``cases``."""
    seen = draw(st.lists(st.sampled_from(cases), max_size=3, unique=True)) if cases else []
    reaches, standing = draw(st.booleans()), draw(st.sampled_from(Standing))
    waived = standing is Standing.WAIVED
    return ReportedFinding(
        fingerprint=f"{number:012x}",
        check=draw(st.sampled_from(("no-server-error", "of-an-author", draw(TEXTS)))),
        severity=draw(st.sampled_from(Severity)),
        force=draw(st.sampled_from(Force)),
        blame=draw(st.sampled_from(Blame)),
        fails_gate=reaches and standing is Standing.NEW,
        reaches_gate=reaches,
        standing=standing,
        waiver=Waiver(fingerprint="0" * 12, reason=draw(TEXTS), until="2999-12-31") if waived else None,
        known_since=draw(TEXTS),
        ratio=draw(st.sampled_from((None, Ratio(seen=1, of=3), Ratio(seen=3, of=3)))),
        family=draw(st.sampled_from(Family)),
        entry=draw(TEXTS),
        scenario=draw(TEXTS),
        case=seen[0] if seen else draw(TEXTS),
        title=draw(TEXTS),
        operation=draw(TEXTS),
        trouble=draw(TEXTS),
        symptom=draw(TEXTS),
        call=draw(TEXTS),
        happened=draw(TEXTS),
        expected=draw(TEXTS),
        why=draw(TEXTS),
        witnesses=tuple(seen),
        timeline=(),
        left_out=0,
        exchanges=(),
        setup=draw(TEXT_LISTS),
        commands=draw(TEXT_LISTS),
        repeat=draw(TEXTS),
        logs=draw(TEXT_LISTS),
        look=draw(TEXT_LISTS),
        place=Place(file=draw(TEXTS), line=draw(SMALL), what=draw(st.sampled_from(("handler", "entry")))),
        incident=draw(TEXTS),
        accept=draw(TEXTS),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Return a report whose numbers agree; its texts are anything."""
    covered = tuple(draw(entries(number)) for number in range(draw(SMALL)))
    families = tuple(
        FamilyCoverage(
            family=family, count=total(e.count for e in covered if e.family is family), verdict=draw(VERDICTS)
        )
        for family in dict.fromkeys(entry.family for entry in covered)
    )
    cases = tuple(case.id for entry in covered for case in entry.cases)
    found = [draw(findings(number, cases)) for number in range(draw(SMALL))]
    return Report(
        run=RunFacts(
            id=draw(TEXTS),
            state=draw(st.sampled_from(("complete", "interrupted"))),
            started=draw(TEXTS),
            finished=draw(TEXTS),
            took=draw(SECONDS),
            seed=draw(SMALL),
            harness=draw(TEXTS),
            python=draw(TEXTS),
            target=draw(TEXTS),
            selected=draw(TEXTS),
            trouble=draw(TEXTS),
            configuration=draw(TEXTS),
            deadline=2.0,
        ),
        verdict=draw(st.sampled_from(Verdict)),
        sentence=draw(TEXTS),
        reasons=draw(TEXT_LISTS),
        gate=GateLine(
            fail_on=draw(st.sampled_from(Severity)),
            waivers=draw(SMALL),
            baseline=draw(TEXTS),
            known=draw(SMALL),
            findings_waived=draw(SMALL),
            findings_known=draw(SMALL),
        ),
        notices=tuple(Notice(kind="mended", text=text) for text in draw(TEXT_LISTS)),
        coverage=Coverage(total=total(entry.count for entry in covered), families=families, entries=covered),
        findings=tuple(sorted(found, key=lambda finding: not finding.fails_gate)),
        checks=(
            CheckLine(
                check="no-server-error",
                cases=1,
                opportunities=1,
                passed=1,
                failed=0,
                unknown=0,
                not_applicable=0,
                title=draw(TEXTS),
                promise=draw(TEXTS),
            ),
        ),
        references=(),
        watched=(),
        loads=(),
    )
