"""Keys of up to 255 characters are accepted, and the first 64 of them are kept.

Family: duplicate-event. Found by: D28 (events-kept-apart; two long keys that differ in their last character).
In real life: the new store had a column of 64 characters, and UUIDs fit. A partner built its keys as
``<region>/<shop>/<terminal>/<date>/<number>``: every second receipt of a day was somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.settings import Settings
from sample_app.store.database import Database

COLUMN = 64  # characters


def fitting(read_key: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    """Build a step that reads a key as the column holds it."""

    def read_fitting(environ: Mapping[str, Any]) -> str:
        """Read the key."""
        return read_key(environ)[:COLUMN]

    return read_fitting


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Fit the keys to the column."""
    return replace(parts, key=fitting(parts.key))


SHORTENED_KEYS = Defect(
    name="shortened-keys",
    family="duplicate-event",
    entry="D28",
    check="events-kept-apart",
    combination=False,
    story="The new store had a column of 64 characters, and UUIDs fit. A partner's keys began with region, shop, "
    "terminal and date: every second receipt of a day was somebody else's.",
    install=install,
)
