"""Who asks for a smaller case: a file that somebody names, and a run for each finding that fails its gate."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from harness.history import directory as files
from harness.incident.reading import load_incident
from harness.incident.replaced import kept_text
from harness.model.errors import RunDirectoryError, ScenarioError, TargetError, UsageError
from harness.model.incidents import Incident
from harness.replay.bench import Bench
from harness.replay.journal import Journal
from harness.replay.shrinking import Bounds, End, Made, shrink_incident
from harness.report.format import Report
from harness.report.progress import Progress
from harness.stage.performing import Order

RUNS = 2000
"""Runs of a case that one search may take, where nobody says otherwise: more than any has needed."""

INTERRUPTED = "shrinking was interrupted; the run itself is whole, and judged"


def shrink_file(order: Order, file: Path, into: Path | None, bounds: Bounds, progress: Progress) -> tuple[Made, Path]:
    """Return what the incident in ``file`` shrinks to, and where it was written: in its place, or in ``into``.

    What was answered stands in a journal beside the file until nothing more can go: an interrupted search goes on
    there. Nothing is written where the incident does not fail here.
    """
    incident = load_incident(file)
    place = (into or file.parent) / f"{incident.name}.json"
    _made(place.parent)
    journal = Journal(incident.shows.fingerprint, place.with_suffix(".shrinking.jsonl"))
    with Bench(order, progress) as bench:
        made = shrink_incident(bench, incident, bounds, journal, progress)
    if made.incident.shrunk is not None and made.end is not None:
        files.write_whole(place, kept_text(made.incident, str(place), order.configuration.secrets))
        if made.incident.shrunk.minimal:
            journal.forget()
    return made, place


def shrink_findings(order: Order, report: Report, seconds: float, progress: Progress) -> None:
    """Make the incidents of the findings that fail the gate smaller where they lie in the run's directory.

    All together have ``seconds``, the worst first, each its share of what is left. What cannot be made smaller, for
    whatever reason, stays as it is: the run is judged and written already.
    """
    ends = time.monotonic() + seconds
    left = [finding.fingerprint for finding in report.gating]
    incidents = {incident.shows.fingerprint: incident for incident in _incidents(order.directory)}
    left = [fingerprint for fingerprint in dict.fromkeys(left) if fingerprint in incidents]
    if not left:
        return
    try:
        with Bench(order, progress) as bench:
            for number, fingerprint in enumerate(left):
                incident = incidents[fingerprint]
                share = max(ends - time.monotonic(), 0.0) / (len(left) - number)
                bounds = Bounds(seconds=share, runs=RUNS)
                made = shrink_incident(bench, incident, bounds, Journal(fingerprint, None), progress)
                if made.incident.shrunk is not None:
                    place = order.directory / files.INCIDENTS / f"{incident.name}.json"
                    files.write_whole(place, kept_text(made.incident, str(place), order.configuration.secrets))
                if made.end is End.INTERRUPTED:
                    progress.phase(INTERRUPTED)
                    return
    except KeyboardInterrupt:
        progress.phase(INTERRUPTED)
    except (TargetError, RunDirectoryError, ScenarioError, UsageError) as error:
        progress.phase(f"shrinking ended early; the run itself is whole, and judged: {error}")


def _incidents(directory: Path) -> Iterator[Incident]:
    for file in sorted((directory / files.INCIDENTS).glob("*.json")):
        try:
            yield load_incident(file)
        except ScenarioError:
            continue


def _made(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{place} cannot be written: {error.strerror}: name another --into") from error
