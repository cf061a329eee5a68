"""Reads of v1 count the positions of rejected values from 1, while the POST still counts from 0.

Family: version-compatibility. Found by: R08 (old-clients-keep-their-answers).
In real life: a support page showed the stored document and "row 0" confused everybody, so the read was mended. The
client that corrects rows by what it reads back corrected the row below, each time.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Response

from sample_app.defects.kind import Defect
from sample_app.editions import Edition
from sample_app.parts import Parts
from sample_app.records import Rejection, StoredBatch
from sample_app.routes.answers import found
from sample_app.settings import Settings
from sample_app.store.database import Database


def positioned(item: Rejection) -> Rejection:
    """Count as people do."""
    return replace(item, index=item.index + 1)


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Show stored batches with positions."""

    def shown(edition: Edition, batch: StoredBatch) -> Response:
        """Write the answer to a GET; items with an id need no position."""
        if edition.version == "v1":
            batch = replace(batch, rejected=tuple(positioned(item) for item in batch.rejected))
        return found(edition, batch)

    return replace(parts, found=shown)


POSITIONS_FOR_PEOPLE = Defect(
    name="positions-for-people",
    family="version-compatibility",
    entry="R08",
    check="old-clients-keep-their-answers",
    combination=False,
    story="A support page showed the stored document and row 0 confused everybody, so the read was mended. The client "
    "that corrects rows by what it reads back corrected the row below, each time.",
    install=install,
)
