"""A finding explained on a terminal, as an engineer would write it down for the next one."""

from __future__ import annotations

from collections.abc import Iterator

from harness.report.format import Chapter, Report, ReportedFinding
from harness.report.screen import Style, head, wrapped
from harness.report.shown import harmless, one_line
from harness.report.standing import repeated, standing
from harness.report.told_story import WORDS, course

_INDENT = "   "
_COLUMN = max(map(len, WORDS.values())) + 1


def explained(report: Report, finding: ReportedFinding, width: int, style: Style) -> Iterator[str]:
    """Yield the lines that explain ``finding``: what broke, stage by stage how, and where to look.

    At most ``width`` columns but for commands and frames of code, which must stay whole.
    """
    yield style(one_line(head(finding, report.findings.index(finding) + 1), width), "bad")
    told = (
        ("happened", finding.happened),
        ("expected", finding.expected),
        ("matters", finding.why),
        ("invariant", _invariant(report, finding)),
        ("standing", "; ".join(filter(None, (standing(finding), repeated(finding))))),
    )
    for name, text in told:
        yield from wrapped(f"{_INDENT}{name:<10}", one_line(text), width) if text else ()
    for chapter in finding.story:
        yield ""
        yield from _chapter(chapter, width, style)
    if finding.story:
        yield ""
        first, *rest = wrapped("", one_line(course(finding)), width)
        yield style(first, "strong")
        yield from rest
    yield from _contrast(finding, width)
    yield from _end(finding, width, style)


def _invariant(report: Report, finding: ReportedFinding) -> str:
    """Return the rule that broke: the check that found it, and what it holds a service to."""
    known = next((line for line in report.checks if line.check == finding.check), None)
    promise = known.promise if known else ""
    return f"{finding.check} ({finding.force}){': ' if promise else ''}{promise}"


def _chapter(chapter: Chapter, width: int, style: Style) -> Iterator[str]:
    yield style(one_line(f"'{chapter.label}' (exchange {chapter.exchange})", width), "strong")
    for passage in chapter.passages:
        yield from wrapped(f"{_INDENT}{WORDS[passage.kind]:<{_COLUMN}}", one_line(passage.text), width)
        for each in (passage.body, *passage.became):
            yield from wrapped(f"{_INDENT}{'':<{_COLUMN}}  ", one_line(each), width) if each else ()
        if passage.clean:
            mark = "<- the first that differs: " if passage.turning else "<- "
            first, *rest = wrapped(f"{_INDENT}{'':<{_COLUMN}}{mark}", one_line(passage.clean), width)
            yield style(first, "bad") if passage.turning else first
            yield from rest


def _contrast(finding: ReportedFinding, width: int) -> Iterator[str]:
    """Yield where the last decisive exchange differs from the clean runs, as on the page."""
    differing = [each for each in finding.differences if not each.same]
    if differing:
        yield ""
        yield "Beside the clean runs"
    for each in differing:
        text = f"{each.what}: {each.here or 'nothing'} instead of {each.clean or 'nothing'}"
        yield from wrapped(f"{_INDENT}- ", one_line(text), width)


def _end(finding: ReportedFinding, width: int, style: Style) -> Iterator[str]:
    """Yield what the service raised, where to look, and the command that shows it again."""
    yield ""
    if raised := _raised(finding.logs):
        yield "The service raised"
        yield from (harmless(_INDENT + line) for line in raised)
    yield "Where to look"
    if finding.place.what == "handler":
        yield from wrapped(f"{_INDENT}- ", f"{finding.place.file}:{finding.place.line}", width)
    for place in finding.look:
        yield from wrapped(f"{_INDENT}- ", one_line(place), width)
    yield "Again"
    yield style(f"{_INDENT}{finding.repeat}", "quiet")
    if finding.incident:
        yield from wrapped("", f"Kept in the run directory, for {one_line(finding.accept)}", width)
        yield style(f"{_INDENT}{one_line(finding.incident)}", "quiet")


def _raised(logs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the traceback that ends the log of a finding; empty: nothing was raised."""
    start = next((place for place, line in enumerate(logs) if line.startswith("Traceback ")), len(logs))
    return logs[start:]
