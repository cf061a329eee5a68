"""A missing field gets a default and the batch is accepted.

Family: malformed-payload. Found by: MS01 (each required field absent).
In real life: an old importer left out ``source``, so a default kept it working; a year later a renamed field in
another client ran into the same default, and 40,000 batches were booked under "unknown" before anyone asked.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.records import Batch, JsonValue
from sample_app.settings import Settings
from sample_app.stages import Stages
from sample_app.store.database import Database
from sample_app.validate import Validate

DEFAULTS: dict[str, JsonValue] = {"source": "unknown", "values": []}


def tolerant(validate: Validate) -> Validate:
    """Let importers of the first version leave out what they never knew."""

    def validate_tolerantly(document: JsonValue) -> Batch:
        """Fill in the defaults, then check as always."""
        if isinstance(document, dict):
            document = {**DEFAULTS, **document}
        return validate(document)

    return validate_tolerantly


def install(stages: Stages, _settings: Settings, _database: Database) -> Stages:
    """Fill in before the check."""
    return replace(stages, validate=tolerant(stages.validate))


SILENT_DEFAULT = Defect(
    name="silent-default",
    family="malformed-payload",
    entry="MS01",
    story="A default kept an old importer working. A year later a client with a renamed field ran into it, and 40,000 "
    "batches were booked under 'unknown' before anyone asked.",
    install=install,
)
