"""The length of a sender is counted in bytes, while its limit is stated in characters.

Family: malformed-payload. Found by: MS08 (accepts-legal).
In real life: the column of an old database held 64 bytes, so somebody counted bytes "to be on the safe side". Every
test was in English. The first customer in Thessaloniki could register and never send a batch.
"""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.documents.problem import FieldError
from sample_app.documents.validation import invalid
from sample_app.editions import Validate
from sample_app.parts import Parts, with_edition
from sample_app.records import Batch, JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database


def fitting(validate: Validate, limit: int) -> Validate:
    """Refuse a sender that would not fit into the column."""

    def validate_fitting(document: JsonValue) -> Batch:
        """Check the document, then the width."""
        batch = validate(document)
        if len(batch.source.encode()) > limit:
            raise invalid((FieldError(path="/source", reason=f"String should have at most {limit} characters"),))
        return batch

    return validate_fitting


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Look at the width in both versions."""
    for version, edition in parts.editions.items():
        fit = fitting(edition.validate, settings.max_source_length)
        parts = with_edition(parts, version, validate=fit)
    return parts


LIMIT_IN_BYTES = Defect(
    name="limit-in-bytes",
    family="malformed-payload",
    entry="MS08",
    check="accepts-legal",
    combination=False,
    story="The column of an old database held 64 bytes, so bytes were counted. Every test was in English. The first "
    "customer in Thessaloniki could register and never send a batch.",
    install=install,
)
