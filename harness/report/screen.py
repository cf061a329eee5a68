"""The last screen: the verdict in one line, the reasons, each finding with its smallest case, the denominator."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from harness.model.verdicts import Verdict
from harness.report.format import Coverage, Moment, Report, ReportedFinding
from harness.report.shown import ORDER, disarmed, one_line
from harness.report.standing import repeated, standing

Style = Callable[[str, str], str]
"""Puts a tone (``good``, ``bad``, ``doubt``, ``strong``, ``quiet``) on a text."""

_ROWS = 6
"""Rows of a smallest case that the screen shows."""
_REASONS = 12
_FINDINGS = 10
_NOTICES = 6
_TABLE = 80
"""Columns that the numbers of a family need."""
_TONES = {"good": "1;32", "bad": "1;31", "doubt": "1;33", "strong": "1", "quiet": "2"}
_OF_VERDICT = {Verdict.PASS: ("PASS", "good"), Verdict.FAIL: ("FAIL", "bad"), Verdict.UNKNOWN: ("UNKNOWN", "doubt")}


def plain(text: str, _tone: str) -> str:
    """Return ``text`` as it is."""
    return text


def styled(text: str, tone: str) -> str:
    """Return ``text`` in its tone (ECMA-48 select graphic rendition)."""
    return f"\x1b[{_TONES[tone]}m{text}\x1b[0m"


def last_screen(report: Report, directory: Path, width: int, style: Style) -> Iterator[str]:
    """Yield the lines of the last screen, at most ``width`` columns but for commands, which must stay whole."""
    yield ""
    yield from _findings(report, directory, width, style)
    yield from _denominator(report.coverage, width)
    yield from told_verdict(report, width, style)
    yield from _reasons(report, width)
    yield from _notices(report, width)
    yield place(directory, style)


def told_verdict(report: Report, width: int, style: Style) -> Iterator[str]:
    """Yield the verdict and its sentence."""
    word, tone = _OF_VERDICT[report.verdict]
    first, *rest = wrapped("", f"{word}: {one_line(report.sentence)}", width)
    yield style(first, tone)
    yield from rest


def place(directory: Path, style: Style) -> str:
    """Return the line that says where the report lies; it stays whole."""
    return style(f"Report: {directory / 'report.html'}", "strong")


def _reasons(report: Report, width: int) -> Iterator[str]:
    """Yield the reasons; a run that fails has said them as findings already, the rest is said here."""
    shown = [reason for reason in report.reasons if report.verdict is not Verdict.PASS]
    for reason in shown[:_REASONS]:
        yield from wrapped("  - ", one_line(reason), width)
    if len(shown) > _REASONS:
        yield f"  and {len(shown) - _REASONS} more reasons in the report"


def _notices(report: Report, width: int) -> Iterator[str]:
    """Yield what the gate has to say beside its verdict."""
    for notice in report.notices[:_NOTICES]:
        yield from wrapped("  * ", one_line(notice.text), width)
    if len(report.notices) > _NOTICES:
        yield f"  and {len(report.notices) - _NOTICES} more notices in the report"


def _findings(report: Report, directory: Path, width: int, style: Style) -> Iterator[str]:
    """Yield every finding that fails the gate, those that are not counted, and how much advice there is."""
    gating = report.gating
    for number, finding in enumerate(gating[:_FINDINGS], 1):
        yield from _finding(finding, number, directory, width, style)
        yield ""
    if len(gating) > _FINDINGS:
        yield f"and {len(gating) - _FINDINGS} more findings in the report"
    yield from _excused(report.excused, width)
    advice = report.advice
    for finding in advice[:_FINDINGS]:
        yield style(one_line(f"advice: {finding.operation}: {finding.symptom}: {finding.happened}", width), "quiet")
    if len(advice) > _FINDINGS:
        yield f"and {len(advice) - _FINDINGS} more pieces of advice in the report"
    if advice:
        yield ""


def _excused(findings: Sequence[ReportedFinding], width: int) -> Iterator[str]:
    """Yield every finding that reaches the gate and is not counted, with the whole of why not."""
    for finding in findings[:_FINDINGS]:
        yield from not_counted(finding, width)
    if len(findings) > _FINDINGS:
        more = f"and {len(findings) - _FINDINGS} more findings that are not counted in the report"
        yield from wrapped("", more, width)
    if findings:
        yield ""


def not_counted(finding: ReportedFinding, width: int) -> Iterator[str]:
    """Yield one finding that is not counted, and why not."""
    told = f"{finding.operation}: {finding.symptom} ({finding.trouble}): {standing(finding)}"
    yield from wrapped("not counted: ", one_line(told), width)


def head(finding: ReportedFinding, number: int) -> str:
    """Return what a finding is, in one line."""
    return f"{number}. {finding.severity}: {finding.symptom} - {finding.operation}, {finding.trouble} ({finding.entry})"


def keep(finding: ReportedFinding, directory: Path) -> Iterator[str]:
    """Yield the command that keeps a finding as a test for ever; it stays whole."""
    if finding.incident:
        file = shlex.quote(f"{directory}/{one_line(finding.incident)}")
        yield f"   keep      {one_line(finding.accept)} {file}"


def _finding(finding: ReportedFinding, number: int, directory: Path, width: int, style: Style) -> Iterator[str]:
    """Yield one finding: what, its case in a few lines, how to see it, where to look."""
    yield style(one_line(head(finding, number), width), "bad")
    yield from wrapped("   happened  ", one_line(finding.happened), width)
    yield from wrapped("   expected  ", one_line(finding.expected), width)
    yield from wrapped("   why       ", one_line(finding.why), width)
    for moment in _decisive(finding.timeline):
        yield f"   {moment.at_ms:>8,.1f} ms  {one_line(_told(moment), width - 16)}"
    commands = finding.commands
    if commands:
        yield style("   by hand", "quiet")
        yield from (f"     {line}" for line in (*finding.setup, *commands))
    yield f"   repeat    {finding.repeat}"
    yield from keep(finding, directory)
    if finding.look:
        yield from wrapped("   look      ", one_line(finding.look[0]), width)
    if len(finding.witnesses) > 1:
        yield f"   seen in   {len(finding.witnesses)} cases"
    if finding.ratio:
        yield from wrapped("   repeats   ", repeated(finding), width)


def _decisive(timeline: tuple[Moment, ...]) -> tuple[Moment, ...]:
    """Return at most six rows in order of time: the decisive ones, the faults, then what happened nearest to them."""
    spans = [(row.at_ms, row.until_ms) for row in timeline if row.decisive]

    def rank(place: int) -> tuple[bool, bool, float, int]:
        row = timeline[place]
        apart = min((max(start - row.until_ms, row.at_ms - end, 0.0) for start, end in spans), default=0.0)
        return not row.decisive, row.kind != "fault", apart, -place

    return tuple(timeline[place] for place in sorted(sorted(range(len(timeline)), key=rank)[:_ROWS]))


def _told(moment: Moment) -> str:
    """Return a row of a sequence in words."""
    lead = {"exchange": "", "call": f"{moment.lane} <- ", "effect": f"{moment.lane} * ", "fault": f"{moment.lane} ! "}
    length = f" in {moment.until_ms - moment.at_ms:,.0f} ms" if moment.until_ms > moment.at_ms else ""
    result = f": {moment.result}{length}" if moment.result else ""
    return f"{lead[moment.kind]}{moment.text}{result}"


def _denominator(coverage: Coverage, width: int) -> Iterator[str]:
    """Yield the line of every family, where the width has room for its numbers, and of the whole run."""
    if width >= _TABLE:
        yield from _families(coverage)
    yield from total_told(coverage, width)
    again = [case.id for entry in coverage.entries for case in entry.cases if case.attempts > 1]
    if again:
        yield from wrapped("", f"carried out again because the machine disturbed them: {', '.join(again)}", width)
    yield ""


def _families(coverage: Coverage) -> Iterator[str]:
    """Yield the line of every family."""
    names = ("possible", "planned", "run", "deferred", "n/a", "not run")
    yield f"{'cases':<21} {_columns(names)}  verdict"
    for line in coverage.families:
        count = line.count
        verdict = line.verdict or "-"
        left = (count.deferred, count.not_applicable, count.not_run)
        yield f"{line.family:<21} {_columns((count.possible, count.planned, count.run, *left))}  {verdict}"


def total_told(coverage: Coverage, width: int) -> Iterator[str]:
    """Yield the denominator of the whole run."""
    total = coverage.total
    ran = f"{len(coverage.entries)} entries; {total.run:,} of {total.possible:,} possible cases ran"
    deferred = f", {total.deferred:,} deferred" if total.deferred else ""
    told = f"{ran}{deferred}, {total.not_applicable:,} not applicable, {total.not_run:,} not run"
    yield from wrapped("", told, width)


def _columns(cells: Iterable[object]) -> str:
    """Return the numbers of a line below each other."""
    widths = (8, 7, 6, 8, 5, 7)
    return " ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def wrapped(lead: str, text: str, width: int) -> Iterator[str]:
    """Yield ``text`` behind ``lead``, wrapped under itself; a column stays free where it may order a CI."""
    under = " " * len(lead)
    room = width - (ORDER in text)
    lines = textwrap.wrap(disarmed(text), room, initial_indent=lead, subsequent_indent=under, break_on_hyphens=False)
    yield from lines or [lead.rstrip()]
