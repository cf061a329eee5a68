"""Reads are kept for a moment under the route that served them, which is the same for every batch.

Family: load. Found by: L08 (reads-right-under-load).
In real life: a dashboard polled one batch ten times a second, so answers were kept for half a second. The rule of a
route looks like an address in the log. Two support agents who looked at two customers at once saw one.
"""

from __future__ import annotations

import time
from dataclasses import replace

from flask import request

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import StoredBatch, Version
from sample_app.settings import Settings
from sample_app.store.batches import Find
from sample_app.store.database import Database

KEPT = 0.5  # seconds: a poll or two


def keeping(find: Find) -> Find:
    """Wrap the read so that one who polls is answered from memory."""
    kept: dict[tuple[str, str], tuple[float, StoredBatch]] = {}

    def find_or_recall(version: Version, batch_id: str) -> StoredBatch | None:
        """Return what was read a moment ago, else read."""
        address = (request.method, str(request.url_rule))
        until, batch = kept.get(address, (0.0, None))
        if time.monotonic() < until:
            return batch
        found = find(version, batch_id)
        if found is not None:
            kept[address] = (time.monotonic() + KEPT, found)
        return found

    return find_or_recall


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Keep what was read."""
    return replace(parts, find=keeping(parts.find))


READS_BY_ROUTE = Defect(
    name="reads-by-route",
    family="load",
    entry="L08",
    check="reads-right-under-load",
    combination=True,
    story="A dashboard polled one batch, so reads were kept for half a second, under the rule of the route. Two "
    "support agents who looked at two customers at once saw one.",
    install=install,
)
