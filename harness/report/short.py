"""The last screen on one page: at most 25 lines, the worst first, and how much more the report holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from harness.model.verdicts import SEVERITY_RANK, Verdict
from harness.report.format import Report, ReportedFinding
from harness.report.screen import Style, head, keep, last_screen, not_counted, place, told_verdict, total_told, wrapped
from harness.report.shown import one_line
from harness.report.standing import repeated

LINES = 25
"""Lines of a page: a command counts as one, however long it is."""
_SENTENCE = 4
_TOTAL = 2
_HAPPENED = 2

Item = list[str]
"""The lines of one thing that is told."""
Items = tuple[list[Item], str]
"""All things of one kind, and what they are called where some are only counted."""


def short_screen(report: Report, directory: Path, width: int, style: Style) -> list[str]:
    """Return the whole last screen where it is at most 25 lines, else the worst of it and how much is left out."""
    lines = list(last_screen(report, directory, width, style))
    if sum(1 + line.count("\n") for line in lines) <= LINES:
        return lines
    ranked = sorted(report.gating, key=lambda finding: -SEVERITY_RANK[finding.severity])
    worst = [line for finding in ranked[:1] for line in _worst(finding, width, style)]
    end = _clipped(list(told_verdict(report, width, style)), _SENTENCE, width)
    total = _clipped(list(total_told(report.coverage, width)), _TOTAL, width)
    room = LINES - len(worst) - len(total) - len(end) - 2
    found, said = _lists(report, ranked[1:], width, style)
    shown = _shared([*found, *said], room, width)
    above = list(chain.from_iterable(shown[: len(found)]))
    below = list(chain.from_iterable(shown[len(found) :]))
    spare = room - sum(map(len, shown))
    kept = [line for finding in ranked[:1] for line in keep(finding, directory)][:spare]
    worst = [*_with_all_commands(worst, ranked[:1], spare - len(kept)), *kept]
    return ["", *worst, *above, *total, *end, *below, place(directory, style)]


def _worst(finding: ReportedFinding, width: int, style: Style) -> Iterator[str]:
    """Yield the worst finding: what it is, what happened, one command that shows it, the one that repeats it."""
    yield style(one_line(head(finding, 1), width), "bad")
    yield from _clipped(list(wrapped("   happened  ", one_line(finding.happened), width)), _HAPPENED, width)
    for command in _by_hand(finding):
        yield style("   by hand", "quiet")
        yield f"     {command}"
    if "\n" not in finding.repeat:
        yield f"   repeat    {finding.repeat}"
    if finding.ratio:
        yield from _clipped(list(wrapped("   repeats   ", repeated(finding), width)), 1, width)


def _with_all_commands(worst: list[str], findings: Sequence[ReportedFinding], spare: int) -> list[str]:
    """Return the lines of the worst finding with all of its commands, where ``spare`` lines are enough for them."""
    for finding in findings:
        first = [f"     {command}" for command in _by_hand(finding)]
        every = [f"     {command}" for command in (*finding.setup, *finding.commands)]
        if first and len(every) - 1 <= spare and not any("\n" in line for line in every):
            at = worst.index(first[0])
            return [*worst[:at], *every, *worst[at + 1 :]]
    return worst


def _by_hand(finding: ReportedFinding) -> Sequence[str]:
    """Return the first command of one line that sends something; none: there is none, or only longer ones."""
    single = [command for command in finding.commands if "\n" not in command]
    sending = [command for command in single if "curl " in command or "python3 -c" in command]
    return (sending or single)[:1]


def _lists(
    report: Report, others: Sequence[ReportedFinding], width: int, style: Style
) -> tuple[list[Items], list[Items]]:
    """Return what is told above the verdict and below it: the items of each kind, and what the kind is called."""
    heads = [[style(one_line(head(finding, number), width), "bad")] for number, finding in enumerate(others, 2)]
    excused = [list(not_counted(finding, width)) for finding in report.excused]
    advice = [
        [style(one_line(f"advice: {finding.operation}: {finding.symptom}: {finding.happened}", width), "quiet")]
        for finding in report.advice
    ]
    doubts = () if report.verdict is Verdict.PASS else report.doubts
    reasons = [list(wrapped("  - ", one_line(reason), width)) for reason in doubts]
    notices = [list(wrapped("  * ", one_line(notice.text), width)) for notice in report.notices]
    found = [(heads, "findings"), (excused, "not counted"), (advice, "pieces of advice")]
    return found, [(reasons, "reasons"), (notices, "notices")]


def _shared(lists: Sequence[Items], room: int, width: int) -> list[list[str]]:
    """Return the lines of every list: each gets an equal part of ``room``, and what the ones before it left."""
    shown: list[list[str]] = []
    waiting = sum(bool(items) for items, _ in lists)
    for items, name in lists:
        lines = _fitting(items, name, room // max(waiting, 1), width) if items else []
        waiting -= bool(items)
        room -= len(lines)
        shown.append(lines)
    return shown


def _fitting(items: Sequence[Item], name: str, room: int, width: int) -> list[str]:
    """Return the first items of a list in at most ``room`` lines (at least 2), then how many are left out."""
    if sum(map(len, items)) <= room:
        return [line for item in items for line in item]
    if len(items) == 1:
        return _clipped(items[0], room, width)
    lines = _clipped(items[0], room - 1, width)
    shown = 1
    while len(lines) + len(items[shown]) < room:
        lines += items[shown]
        shown += 1
    return [*lines, f"{len(items) - shown:,} more {name} in the report"]


def _clipped(lines: list[str], most: int, width: int) -> list[str]:
    """Return at most ``most`` lines; where some are left out, the last one ends with an ellipsis."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"{lines[most - 1][: width - 2]}…"]
