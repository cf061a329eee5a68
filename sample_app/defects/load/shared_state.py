"""Requests that arrive together are gathered in a list of the module, and each takes back the wrong element.

Family: load. Found by: L17 (answers-belong-to-requests; each caller sees only its own data).
In real life: writes were gathered for a few milliseconds to share one turn at the disk. Alone, a request takes back
what it put in; beside another it takes the newest. Two customers were shown each other's import, on a busy day only.
"""

from __future__ import annotations

import time
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Claim, Verdict
from sample_app.settings import Settings
from sample_app.store.claims import Begin
from sample_app.store.database import Database

GATHER = 0.06  # seconds; long enough for the next few requests of a busy worker to join
gathered: list[Claim] = []


def gatherer(begin: Begin) -> Begin:
    """Wrap the begin step so that the claims of a busy moment reach the disk together."""

    def begin_together(claim: Claim) -> Verdict:
        """Join the others, then write."""
        gathered.append(claim)
        time.sleep(GATHER)
        return begin(gathered.pop())

    return begin_together


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Gather before the write."""
    return replace(parts, begin=gatherer(parts.begin))


SHARED_STATE = Defect(
    name="shared-state",
    family="load",
    entry="L17",
    check="answers-belong-to-requests",
    combination=True,
    story="Writes were gathered for a few milliseconds in one list. Alone, a request takes back what it put in; "
    "beside another it takes the newest. Two customers were shown each other's import.",
    install=install,
)
