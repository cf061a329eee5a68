"""A finding in words for the programs of others: its head in one line, and all of it in a few."""

from __future__ import annotations

from collections.abc import Iterator

from harness.report.format import ReportedFinding
from harness.report.shown import clipped, one_line, visible
from harness.report.standing import repeated, standing
from harness.report.summary import plural

LONGEST = 2_000
"""Characters of one thing that is told; what a service said may be megabytes."""
_HEAD = 300


def line(text: str, width: int = LONGEST) -> str:
    """Return text on one line of at most ``width`` characters; what is cut is not even looked at."""
    return one_line(text[: 8 * width], width)


def block(text: str, clip: int = LONGEST) -> str:
    """Return text with its lines; longer than ``clip`` characters, its middle is left out."""
    return visible(clipped(text, clip))


def head(finding: ReportedFinding) -> str:
    """Return a finding in one line: how bad it is, what was seen, where, under which trouble."""
    return line(
        f"{finding.severity}: {finding.symptom} - {finding.operation}, {finding.trouble} ({finding.entry})", _HEAD
    )


def paragraphs(finding: ReportedFinding) -> Iterator[tuple[str, str]]:
    """Yield what is told of a finding, each under its word."""
    yield "happened", line(finding.happened)
    yield "expected", line(finding.expected)
    yield "why", line(finding.why)
    yield "check", f"{line(finding.check)}, fingerprint {line(finding.fingerprint)}"
    yield "gate", line("; ".join(filter(None, (standing(finding), repeated(finding)))))
    yield "seen in", f"{plural(len(finding.witnesses), 'case')}, the smallest: {line(finding.case)}"
    if finding.look:
        yield "look", line(finding.look[0])
    if finding.incident:
        yield "kept in", f"{line(finding.incident)} of the run directory, for {line(finding.accept)}"


def commands(finding: ReportedFinding) -> tuple[str, ...]:
    """Return the shell lines that show a finding by hand, where none is too long, then the one that repeats it."""
    by_hand = (*finding.setup, *finding.commands) if finding.commands else ()
    whole = by_hand if all(len(command) <= LONGEST for command in by_hand) else ()
    return tuple(visible(command, keep="") for command in (*whole, finding.repeat[:LONGEST]))
