"""The text of an incident file."""

from __future__ import annotations

from harness.model.canonical import canonical
from harness.model.incidents import Incident


def written(incident: Incident) -> str:
    """Return the text of the file; the same incident gives the same bytes, and reading it gives the same incident."""
    return canonical(incident)
