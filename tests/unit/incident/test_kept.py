"""A run that is judged again keeps what was made of its findings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.history import directory as files
from harness.incident.kept import shrunk_before
from harness.incident.written import written
from harness.model.incidents import Incident, Shrunk
from harness.shrink.sizes import size_of
from tests.unit.incident.test_incident_files import FIRST

SMALLER = replace(
    FIRST,
    shrunk=Shrunk(before=size_of(FIRST.case), after=size_of(FIRST.case), runs=7, minimal=True),
    case=replace(FIRST.case, steps=FIRST.case.steps[:1]),
)


def kept(incident: Incident, directory: Path) -> Incident:
    """Return what becomes of the finding's incident in a run directory that holds ``incident``."""
    files.save_incidents(directory, {incident.name: written(incident)})
    return shrunk_before(directory / files.INCIDENTS, FIRST)


def test_what_was_shrunk_stays_and_everything_else_is_made_anew(tmp_path: Path) -> None:
    """Only what was made smaller of the same finding of the same run takes the place of what the run itself shows."""
    elsewhere = replace(SMALLER, origin=replace(SMALLER.origin, run="another"))
    other = replace(SMALLER, shows=replace(SMALLER.shows, fingerprint="0123456789ab"))
    assert shrunk_before(tmp_path / files.INCIDENTS, FIRST) == FIRST
    assert [kept(each, tmp_path) for each in (SMALLER, elsewhere, other, FIRST)] == [SMALLER, FIRST, FIRST, FIRST]
    (tmp_path / files.INCIDENTS / f"{FIRST.name}.json").write_text("{")
    assert shrunk_before(tmp_path / files.INCIDENTS, FIRST) == FIRST
