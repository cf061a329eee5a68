"""Workflow commands of GitHub Actions: findings beside the code that they are about.

GitHub shows ten errors, ten warnings and ten notices of a step and drops the others without a word; so the worst come
first, and a notice says how many there are in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from harness.report.format import Place, Report, ReportedFinding
from harness.report.formats.tally import counted
from harness.report.formats.told import commands, head, line, paragraphs
from harness.report.place import in_project

MOST = 10
"""Annotations of one kind that GitHub shows of a step."""
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}


def render(report: Report) -> str:
    """Return the commands, a line each."""
    advice = (finding for finding in report.findings if not finding.fails_gate)
    errors = (*(_finding("error", finding) for finding in report.gating), *_doubts(report))
    warnings = (_finding("warning", finding) for finding in advice)
    return "\n".join((*errors[:MOST], *islice(warnings, MOST), _notice(report)))


def _finding(kind: str, finding: ReportedFinding) -> str:
    """Return the annotation of a finding at its place."""
    text = "\n".join((*(f"{word}: {said}" for word, said in paragraphs(finding)), commands(finding)[-1]))
    return _command(kind, head(finding), text, finding.place)


def _doubts(report: Report) -> Iterator[str]:
    """Yield what was not shown, at the configuration: it is about no line."""
    place = Place(file=in_project(report.run.configuration), line=1, what="configuration")
    return (_command("error", "not shown", line(doubt), place) for doubt in report.doubts)


def _notice(report: Report) -> str:
    """Return the verdict with all numbers; where something was left out, this says so."""
    place = Place(file=in_project(report.run.configuration), line=1, what="configuration")
    return _command("notice", f"harness: {report.verdict}", f"{line(report.sentence)}\n{counted(report)}", place)


def _command(kind: str, title: str, text: str, place: Place) -> str:
    """Return one workflow command."""
    properties = {"file": line(place.file), "line": str(place.line), "title": line(title)}
    told = ",".join(f"{name}={_escaped(value, _PROPERTY)}" for name, value in properties.items())
    return f"::{kind} {told}::{_escaped(text, _DATA)}"


def _escaped(text: str, table: dict[str, str]) -> str:
    """Return text as a workflow command takes it."""
    return "".join(table.get(character, character) for character in text)
