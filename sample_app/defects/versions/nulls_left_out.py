"""v2's answers leave out what is null: a label that was cleared looks like one that was never sent.

Family: version-compatibility. Found by: R10 (old-clients-keep-their-answers).
In real life: a release added a field to the totals, and since it was to be left out of old batches, the answer was
written without its nulls. Clients that took null for "clear the label" kept the old one on the screen, for ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from sample_app.defects.kind import Defect
from sample_app.parts import Parts, with_edition
from sample_app.records import JsonValue, StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def without_nulls(document: JsonValue) -> JsonValue:
    """Leave out members that say nothing."""
    if isinstance(document, dict):
        return {name: without_nulls(value) for name, value in document.items() if value is not None}
    return [without_nulls(item) for item in document] if isinstance(document, list) else document


def writer(usual: Callable[[StoredBatch], str]) -> Callable[[StoredBatch], str]:
    """Build the step that writes an answer."""

    def answer_text(batch: StoredBatch) -> str:
        """Write the answer for a batch, as short as it can be."""
        return json.dumps(without_nulls(json.loads(usual(batch))), separators=(",", ":"))

    return answer_text


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Write answers without nulls."""
    return with_edition(parts, "v2", answer=writer(parts.editions["v2"].answer))


NULLS_LEFT_OUT = Defect(
    name="nulls-left-out",
    family="version-compatibility",
    entry="R10",
    check="old-clients-keep-their-answers",
    combination=False,
    story="A release added a field that old batches were to leave out, so the answer was written without its nulls. "
    "Clients that took null for 'clear the label' kept the old one on the screen, for ever.",
    install=install,
)
