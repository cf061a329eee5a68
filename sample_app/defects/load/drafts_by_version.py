"""The answer is drafted while the batch is made, and the draft is kept by version: one for all who are at work.

Family: load. Found by: L17 (answers-belong-to-requests).
In real life: writing the answer twice, for the log and for the caller, showed in a profile. On a developer's machine
there is one request at a time and so one draft; on launch day importers were handed the receipts of whoever came a
moment later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Parts, with_edition
from sample_app.records import Batch, Outcome, StoredBatch, Version
from sample_app.settings import Settings
from sample_app.store.database import Database

NewBatch = Callable[[Batch, Outcome], StoredBatch]


def drafting(parts: Parts, drafts: dict[Version, str]) -> NewBatch:
    """Wrap the making of a batch: its answer is known then, so it is written while its parts are at hand."""

    def new_batch(batch: Batch, outcome: Outcome) -> StoredBatch:
        """Make the batch and draft its answer."""
        made = parts.new_batch(batch, outcome)
        drafts[batch.version] = parts.editions[batch.version].answer(made)
        return made

    return new_batch


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Answer from the draft; what a look-up adds makes a draft of no use."""
    drafts: dict[Version, str] = {}

    def drafted(batch: StoredBatch) -> str:
        """Use the draft up, or write the answer where there is none."""
        return drafts.pop(batch.version, None) or parts.editions[batch.version].answer(batch)

    return replace(with_edition(parts, "v1", answer=drafted), new_batch=drafting(parts, drafts))


DRAFTS_BY_VERSION = Defect(
    name="drafts-by-version",
    family="load",
    entry="L17",
    check="answers-belong-to-requests",
    combination=True,
    story="Answers were drafted early and kept by version, of which a developer has one at a time. On launch day "
    "importers were handed the receipts of whoever came a moment later.",
    install=install,
)
