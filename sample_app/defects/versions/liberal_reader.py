"""v1 drops fields that it does not know and takes a missing list for an empty one: v2's documents mean nothing to it.

Family: version-compatibility. Found by: R09 (new-clients-do-no-harm).
In real life: a partner sent a field too many and was refused, so the reader was made liberal in what it accepts. When
the next release was rolled back for an hour, the new clients' batches were all accepted, and all of them were empty.
"""

from __future__ import annotations

from collections.abc import Callable

from sample_app.defects.kind import Defect
from sample_app.editions import Validate
from sample_app.parts import Parts, with_edition
from sample_app.records import Batch, JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database

KNOWN = ("source", "values")


def reader(usual: Validate) -> Callable[[JsonValue], Batch]:
    """Build the step that checks a document."""

    def validate(document: JsonValue) -> Batch:
        """Check what is known of a document."""
        if isinstance(document, dict):
            document = {"values": [], **{name: document[name] for name in KNOWN if name in document}}
        return usual(document)

    return validate


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Read liberally."""
    return with_edition(parts, "v1", validate=reader(parts.editions["v1"].validate))


LIBERAL_READER = Defect(
    name="liberal-reader",
    family="version-compatibility",
    entry="R09",
    check="new-clients-do-no-harm",
    combination=True,
    story="A partner sent a field too many and was refused, so the reader was made liberal. When a release was rolled "
    "back for an hour, the new clients' batches were all accepted, and all of them were empty.",
    install=install,
)
