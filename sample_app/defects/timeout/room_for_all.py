"""As many calls to the ledger may be under way as there are threads, so when it hangs nothing else is answered.

Family: timeout. Found by: T35 (reads-stay-fast; many wait for the dependency, others want something else).
In real life: the limit refused some batches at noon every day, and raising it made that stop. When the ledger hung,
reads and health checks waited behind the writes, and the orchestrator restarted what was only waiting.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.settings import Settings

CALLS = 32  # at a time; no batch is refused any more at noon


def configure(settings: Settings) -> Settings:
    """Give the busiest minute of the day its room."""
    return replace(settings, ledger_calls=CALLS, reference_calls=CALLS)


ROOM_FOR_ALL = Defect(
    name="room-for-all",
    family="timeout",
    entry="T35",
    check="reads-stay-fast",
    combination=True,
    story="The limit refused some batches at noon every day, and raising it made that stop. When the ledger hung, "
    "reads and health checks waited behind the writes, and the orchestrator restarted what was only waiting.",
    configure=configure,
)
