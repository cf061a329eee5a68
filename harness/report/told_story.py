"""The words of a finding's story, the same on the page and on a terminal."""

from __future__ import annotations

from harness.report.format import ReportedFinding

WORDS = {
    "sent": "sent",
    "call": "called",
    "fault": "trouble",
    "stage": "logged",
    "answer": "answered",
    "missing": "missing",
}
"""What each kind of passage is called."""


def course(finding: ReportedFinding) -> str:
    """Say in a sentence where the story leaves that of the clean runs, or that it does not."""
    turns = ((chapter, p) for chapter in finding.story for p in chapter.passages if p.turning)
    for chapter, passage in turns:
        what = passage.text if passage.kind == "missing" else f"{WORDS[passage.kind]} {passage.text}"
        return f"It leaves the course of the clean runs at '{chapter.label}': {what}: {passage.clean}."
    if finding.differences:
        return "All of this is as in clean runs of the operation: what is wrong is that it happened here."
    return "The operation has no clean run that this could be held against."
