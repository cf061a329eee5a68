"""What was made of a finding once stays: a run that is judged again does not undo what was taken away from its case."""

from __future__ import annotations

from pathlib import Path

from harness.model.codec import from_json
from harness.model.incidents import Incident


def shrunk_before(place: Path, incident: Incident) -> Incident:
    """Return the incident of the same finding of the same run that lies shrunk in the directory, else ``incident``."""
    file = place / f"{incident.name}.json"
    try:
        held = from_json(Incident, file.read_bytes()) if file.exists() else None
    except (OSError, ValueError):
        return incident
    if held is None or held.shrunk is None or held.shows.fingerprint != incident.shows.fingerprint:
        return incident
    return held if held.origin == incident.origin else incident
