"""The fingerprint of a request leaves its source out, so the same items from another source replay the first answer.

Family: duplicate-event. Found by: D04 (other-body-refused; the same identity with another body).
In real life: a client sent its own version as part of the source, and an upgrade between two retries was refused as
another request. The source was taken out of the fingerprint; since then a mixed-up key goes through in silence.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.fingerprints import fingerprint
from sample_app.parts import Parts
from sample_app.records import JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database

ABOUT_THE_SENDER = frozenset({"source"})


def fingerprint_of_content(document: JsonValue) -> str:
    """Digest what is asked for; who asks may change between two attempts."""
    if not isinstance(document, dict):
        return fingerprint(document)
    return fingerprint({name: value for name, value in document.items() if name not in ABOUT_THE_SENDER})


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Compare the content."""
    return replace(parts, fingerprint=fingerprint_of_content)


FINGERPRINT_OF_ITEMS = Defect(
    name="fingerprint-of-items",
    family="duplicate-event",
    entry="D04",
    check="other-body-refused",
    combination=False,
    story="A client wrote its version into the source, and an upgrade between two retries was refused. The source was "
    "taken out of the fingerprint; since then a mixed-up key goes through in silence.",
    install=install,
)
