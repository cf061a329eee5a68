"""The audit trail is lines of plain text, and the sender of a batch stands in them as it was sent.

Family: malformed-payload. Found by: ME16 (log-lines-whole).
In real life: the auditors wanted a trail that a person can read. A line end in the name of a sender wrote a second
line, in the name of another customer, and the trail was evidence in the dispute that followed.
"""

from __future__ import annotations

import logging
import sys

from sample_app.defects.kind import Defect
from sample_app.editions import Transform
from sample_app.parts import Parts, with_edition
from sample_app.records import Batch, Outcome
from sample_app.settings import Settings
from sample_app.store.database import Database


def open_trail() -> logging.Logger:
    """Open the audit trail: one line a batch, readable without a tool."""
    trail = logging.Logger("sample_app.audit", logging.INFO)  # noqa: LOG001 - getLogger would make it a global
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s audit %(message)s"))
    trail.addHandler(handler)
    return trail


def audited(transform: Transform, trail: logging.Logger) -> Transform:
    """Write down who sent how much of what."""

    def transform_and_tell(batch: Batch) -> Outcome:
        """Apply the rules and tell what came of them."""
        outcome = transform(batch)
        trail.info("%s sent %d, %d accepted", batch.source, len(batch.items), len(outcome.accepted))
        return outcome

    return transform_and_tell


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Tell of both versions."""
    trail = open_trail()
    for version, edition in parts.editions.items():
        parts = with_edition(parts, version, transform=audited(edition.transform, trail))
    return parts


PLAIN_TEXT_AUDIT = Defect(
    name="plain-text-audit",
    family="malformed-payload",
    entry="ME16",
    check="log-lines-whole",
    combination=False,
    story="The auditors wanted a trail that a person can read. A line end in the name of a sender wrote a second line "
    "in the name of another customer, and the trail was evidence later.",
    install=install,
)
