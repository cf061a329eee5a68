"""A list that is null, 0, false or "" is taken for a list that was left out, and that for an empty one.

Family: malformed-payload. Found by: MS02 (rejects-malformed).
In real life: senders without news were allowed to leave out the list. A mapper of one of them wrote null when its
query failed, and for a week every failed export was booked as a day without sales.
"""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.editions import Validate
from sample_app.parts import Parts, with_edition
from sample_app.records import Batch, JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database


def without_news(validate: Validate) -> Validate:
    """Let senders that have nothing to report leave out the list."""

    def validate_without_news(document: JsonValue) -> Batch:
        """Read an absent list as an empty one."""
        if isinstance(document, dict):
            document = {**document, "values": document.get("values") or []}
        return validate(document)

    return validate_without_news


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Complete the document before it is checked."""
    return with_edition(parts, "v1", validate=without_news(parts.editions["v1"].validate))


FALSY_AS_EMPTY = Defect(
    name="falsy-as-empty",
    family="malformed-payload",
    entry="MS02",
    check="rejects-malformed",
    combination=False,
    story="Senders without news might leave out the list. The mapper of one wrote null when its query failed, and for "
    "a week each failed export was booked as a day without sales.",
    install=install,
)
