"""v1 lists accepted values in alphabetical order instead of the order sent.

Family: version-compatibility. Found by: R08 (old-clients-keep-their-answers).
In real life: answers were sorted to make snapshot tests steady; the documentation had never promised an order. The
oldest client zipped its rows with the accepted values, and shipped labels on the wrong parcels.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.documents import v1
from sample_app.parts import Parts, with_edition
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def answer_text(batch: StoredBatch) -> str:
    """Write the answer for a batch; equal batches give equal texts."""
    return v1.answer_text(replace(batch, accepted=tuple(sorted(batch.accepted, key=lambda item: item.value))))


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Write values in a steady order."""
    return with_edition(parts, "v1", answer=answer_text)


STEADY_ORDER = Defect(
    name="steady-order",
    family="version-compatibility",
    entry="R08",
    check="old-clients-keep-their-answers",
    combination=False,
    story="Answers were sorted to make snapshot tests steady. The oldest client zipped its rows with the accepted "
    "values, and shipped labels on the wrong parcels.",
    install=install,
)
