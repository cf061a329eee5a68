"""A finding explained: from the report of a run as it lies there, or from an incident that was just carried out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.history import directory as files
from harness.history.seal import refuse_other_report
from harness.incident.replaced import in_words
from harness.model.codec import from_json
from harness.model.errors import RunDirectoryError, UsageError
from harness.model.exits import Exit
from harness.model.incidents import Incident
from harness.model.records import record
from harness.replay.replaying import EXITS, Replay
from harness.report.explained import explained
from harness.report.format import Report, ReportedFinding
from harness.report.formats.table import SOURCE
from harness.report.screen import Style, wrapped
from harness.report.shown import one_line


@record
class Explained:
    """A finding of a report and what is said before it; None: there is none, and that is what is said.

    ``exit`` is 0 where there was something to explain.
    """

    report: Report
    finding: ReportedFinding | None
    said: tuple[str, ...] = ()
    exit: Exit = Exit.PASS

    def lines(self, width: int, style: Style) -> Iterator[str]:
        """Yield the explanation in lines of at most ``width`` columns, commands and frames of code aside."""
        for text in self.said:
            yield from wrapped("", one_line(text), width)
        if self.finding:
            yield from [""] if self.said else []
            yield from explained(self.report, self.finding, width, style)


def of_run(directory: Path, finding: str) -> Explained:
    """Explain a finding of a run that is over; nothing is started and nothing written.

    RunDirectoryError where its report is not there or of another run; UsageError where it has no such finding.
    """
    refuse_other_report(directory, files.load_run(directory))
    path = directory / SOURCE
    try:
        report = from_json(Report, path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunDirectoryError(f"{path} cannot be read: {error}; run 'harness check {directory}' first") from error
    return Explained(report=report, finding=_named(report, finding))


def of_incident(incident: Incident, done: Replay, finding: str) -> Explained:
    """Explain what carrying out an incident came to: its own finding, or the one that is asked for."""
    (seen,) = done.replayed
    report = done.outcome.report
    said = [f"{incident.name}: {seen.came}: {incident.title}"]
    said += [in_words(incident.redaction)] if incident.redaction else []
    if not report.findings:
        return Explained(
            report=report, finding=None, said=(*said, f"nothing to explain: {seen.told}"), exit=EXITS[seen.came]
        )
    own = incident.shows.fingerprint
    wanted = finding or (own if any(found.fingerprint == own for found in report.findings) else "")
    return Explained(report=report, finding=_named(report, wanted), said=tuple(said))


def _named(report: Report, wanted: str) -> ReportedFinding:
    """Return the worst finding that ``wanted`` names; UsageError where there is none, with those that there are."""
    for found in report.findings:
        if not wanted or found.fingerprint.startswith(wanted) or wanted in (found.check, found.entry):
            return found
    if not report.findings:
        raise UsageError("the run has no finding: there is nothing to explain")
    there = ", ".join(f"{found.fingerprint} ({found.check}, {found.entry})" for found in report.findings[:8])
    raise UsageError(f"no finding is called '{wanted}'; there are {there}")
