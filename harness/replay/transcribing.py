"""The transcript of a replay lies in its run directory: what was sent, answered and called, without times."""

from __future__ import annotations

from pathlib import Path

from harness.history import directory as files
from harness.history.transcripts import transcript
from harness.model.cases import Family
from harness.stage.concluding import seen_in

TRANSCRIPT = "transcript.txt"


def write_transcript(directory: Path) -> None:
    """Write the transcript of the run in ``directory``, its clean runs left out."""
    scopes = seen_in(directory).values()
    told = transcript(scope for scope in scopes if scope.case.family is not Family.REFERENCE)
    files.write_whole(directory / TRANSCRIPT, told)
