"""Reads that come together are answered by one look at the database, and together means: under the same route.

Family: load. Found by: L08 (reads-right-under-load).
In real life: a hundred dashboards polled one batch, so readers who come while a look is under way share its result.
The rule of a route looks like an address in the log. Two support agents who opened two customers at the same instant
saw one.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from flask import request

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import StoredBatch, Version
from sample_app.settings import Settings
from sample_app.store.batches import Find
from sample_app.store.database import Database

PATIENCE = 0.5  # seconds to wait for the look of another


@dataclass(slots=True)
class Look:
    """A look at the database under way, and what it found."""

    over: threading.Event = field(default_factory=threading.Event)
    found: StoredBatch | None = None


def shared(find: Find) -> Find:
    """Wrap the read so that those who ask the same at the same time cost one look."""
    under_way: dict[tuple[str, str], Look] = {}

    def find_together(version: Version, batch_id: str) -> StoredBatch | None:
        """Join a look under way, else look for all who join."""
        address = (request.method, str(request.url_rule))
        mine = Look()
        look = under_way.setdefault(address, mine)
        if look is not mine and look.over.wait(PATIENCE):
            return look.found
        try:
            mine.found = find(version, batch_id)
            return mine.found
        finally:
            under_way.pop(address, None)
            mine.over.set()

    return find_together


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Share looks."""
    return replace(parts, find=shared(parts.find))


READS_BY_ROUTE = Defect(
    name="reads-by-route",
    family="load",
    entry="L08",
    check="reads-right-under-load",
    combination=True,
    story="Readers who came together shared one look at the database, under the rule of the route. Two support agents "
    "who opened two customers at the same instant saw one.",
    install=install,
)
