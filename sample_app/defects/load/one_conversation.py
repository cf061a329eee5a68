"""Whoever works on the database has it for himself until his batch is finished, the call to the ledger included.

Family: load. Found by: L11 (reads-fast-under-load).
In real life: "database is locked" had been seen twice, so one lock now guards every conversation with the file, reads
too. While the ledger answers in 5 ms nobody notices; when it hung for a minute, nobody could even look at what was
stored last year.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Answer, Claim, Started, StoredBatch, Verdict, Version
from sample_app.settings import Settings
from sample_app.store.database import Database


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Let one request at a time talk to the database of this worker."""
    conversation = threading.Lock()

    def begin(claim: Claim) -> Verdict:
        """Begin; who has something to finish keeps the floor."""
        conversation.acquire()
        verdict: Verdict | None = None
        try:
            verdict = parts.begin(claim)
            return verdict
        finally:
            if not isinstance(verdict, Started):
                conversation.release()

    def complete(started: Started, answer: Answer) -> None:
        """Finish; where that fails, the release that follows ends the conversation."""
        parts.complete(started, answer)
        conversation.release()

    def release(started: Started) -> None:
        """Give the event back."""
        try:
            parts.release(started)
        finally:
            conversation.release()

    def find(version: Version, batch_id: str) -> StoredBatch | None:
        """Read between two conversations."""
        with conversation:
            return parts.find(version, batch_id)

    return replace(parts, begin=begin, complete=complete, release=release, find=find)


ONE_CONVERSATION = Defect(
    name="one-conversation",
    family="load",
    entry="L11",
    check="reads-fast-under-load",
    combination=True,
    story="'Database is locked' had been seen twice, so one lock guarded every conversation with it. When the ledger "
    "hung for a minute, nobody could even look at what was stored last year.",
    install=install,
)
