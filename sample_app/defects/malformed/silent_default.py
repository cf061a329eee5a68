"""A missing field gets a default and the batch is accepted.

Family: malformed-payload. Found by: MS01 (rejects-malformed; each required field absent).
In real life: an old importer left out ``source``, so a default kept it working; a year later a renamed field in
another client ran into the same default, and 40,000 batches were booked under "unknown" before anyone asked.
"""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.editions import Validate
from sample_app.parts import Parts, with_edition
from sample_app.records import Batch, JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database

DEFAULTS: dict[str, JsonValue] = {"source": "unknown", "values": []}


def tolerant(validate: Validate) -> Validate:
    """Let importers of the first version leave out what they never knew."""

    def validate_tolerantly(document: JsonValue) -> Batch:
        """Fill in the defaults, then check as always."""
        if isinstance(document, dict):
            document = {**DEFAULTS, **document}
        return validate(document)

    return validate_tolerantly


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Fill in before the check."""
    return with_edition(parts, "v1", validate=tolerant(parts.editions["v1"].validate))


SILENT_DEFAULT = Defect(
    name="silent-default",
    family="malformed-payload",
    entry="MS01",
    check="rejects-malformed",
    combination=False,
    story="A default kept an old importer working. A year later a client with a renamed field ran into it, and 40,000 "
    "batches were booked under 'unknown' before anyone asked.",
    install=install,
)
