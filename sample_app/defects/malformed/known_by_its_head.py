"""A document is taken for one that was parsed before when its length and its first bytes are the same.

Family: malformed-payload. Found by: MC16 (rejects-malformed; two documents of one length on one worker).
In real life: exports of 40 MB were sent again after each lost answer, and parsing them was half of the load. A sender
corrected one price at the end of a file of the same length: the old price was booked again.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.ingress.strict_json import Parse
from sample_app.parts import Parts
from sample_app.records import JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database

HEAD = 64  # bytes; the sender, the date and the first item of an export differ within them
MOST = 256  # documents


def remembering(parse: Parse) -> Parse:
    """Parse a document once, however often it is sent."""
    known: dict[tuple[int, int], JsonValue] = {}

    def parse_or_remember(body: bytes) -> JsonValue:
        """Look the document up before it is parsed."""
        name = (len(body), zlib.crc32(body[:HEAD]))
        if name not in known:
            if len(known) == MOST:
                known.clear()
            known[name] = parse(body)
        return known[name]

    return parse_or_remember


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Remember documents."""
    return replace(parts, parse=remembering(parts.parse))


KNOWN_BY_ITS_HEAD = Defect(
    name="known-by-its-head",
    family="malformed-payload",
    entry="MC16",
    check="rejects-malformed",
    combination=True,
    story="Exports were sent again after each lost answer, and parsing them was half of the load. A sender corrected a "
    "price at the end of a file of the same length: the old one was booked.",
    install=install,
)
