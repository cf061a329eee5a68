"""A repeat is answered with a short note instead of the answer that the first one got.

Family: duplicate-event. Found by: D01 (same-answer-for-a-duplicate; the same event again after completion).
In real life: replays were "nothing new", so they were answered 200 with the id alone, to save the store the bodies.
Clients that lost the first answer read no list of rejected values in the second, and took it that none was rejected.
"""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Claim, Replayed, Verdict
from sample_app.settings import Settings
from sample_app.store.claims import Begin
from sample_app.store.database import Database


def brief(begin: Begin) -> Begin:
    """Build a begin step that points at what is known already."""

    def begin_brief(claim: Claim) -> Verdict:
        """Claim the key; a finished event is named, the caller can read it."""
        verdict = begin(claim)
        if not isinstance(verdict, Replayed):
            return verdict
        note = json.dumps({"id": verdict.batch_id, "state": "already processed"})
        return replace(verdict, status=int(HTTPStatus.OK), body=note)

    return begin_brief


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Answer repeats briefly."""
    return replace(parts, begin=brief(parts.begin))


SHORT_REPLAY = Defect(
    name="short-replay",
    family="duplicate-event",
    entry="D01",
    check="same-answer-for-a-duplicate",
    combination=False,
    story="Replays were answered 200 with the id alone. Clients that had lost the first answer read no list of "
    "rejected values in the second, and took it that none was rejected.",
    install=install,
)
