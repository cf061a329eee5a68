"""A batch without its sender is laid to whoever sent the one before it, of either version.

Family: malformed-payload. Found by: MC09 (rejects-malformed; valid, then one without its sender, of either version).
In real life: files of one sender come in pieces, and only the first names it: so the last name was kept. It was kept
for the process, not for the connection, and at night two importers shared a worker.
"""

from __future__ import annotations

from dataclasses import dataclass

from sample_app.defects.kind import Defect
from sample_app.editions import Validate
from sample_app.parts import Parts, with_edition
from sample_app.records import Batch, JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database


@dataclass(slots=True)
class Sender:
    """Who sent the last piece. Mutable on purpose: it follows the pieces of a file."""

    name: str | None = None


def in_pieces(validate: Validate, sender: Sender) -> Validate:
    """Let the later pieces of a file leave out who sends it."""

    def validate_piece(document: JsonValue) -> Batch:
        """Complete a later piece, then check it as always."""
        if isinstance(document, dict) and "source" not in document and sender.name is not None:
            document = {"source": sender.name, **document}
        batch = validate(document)
        sender.name = batch.source
        return batch

    return validate_piece


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Follow the pieces through both versions: a file may change over to v2 in its middle."""
    sender = Sender()
    for version, edition in parts.editions.items():
        parts = with_edition(parts, version, validate=in_pieces(edition.validate, sender))
    return parts


LAST_KNOWN_SENDER = Defect(
    name="last-known-sender",
    family="malformed-payload",
    entry="MC09",
    check="rejects-malformed",
    combination=True,
    story="Files come in pieces and only the first names its sender, so the last name was kept. It was kept for the "
    "process, not for the connection, and at night two importers shared a worker.",
    install=install,
)
