"""The depth of a document is checked by recursion, after the reader has built it.

Family: malformed-payload. Found by: MJ11 (no-server-error; nesting of 1,000 and more).
In real life: a fuzzer of a customer sent 5,000 brackets; the limit of 32 was there, tested and reviewed, but the
function that measured the depth hit Python's recursion limit first: 500, a page at night, and a retry storm.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.ingress.strict_json import Parse, check_surrogates, decode, read
from sample_app.parts import Parts
from sample_app.problems import Problem
from sample_app.records import JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database


def depth(document: JsonValue) -> int:
    """Measure how deeply a document is nested."""
    if isinstance(document, dict):
        return 1 + max(map(depth, document.values()), default=0)
    if isinstance(document, list):
        return 1 + max(map(depth, document), default=0)
    return 0


def parser(max_nesting: int) -> Parse:
    """Build a parse stage that measures the document itself, with no second scanner of JSON text to maintain."""

    def parse(body: bytes) -> JsonValue:
        """Read one document and check its depth."""
        document = read(decode(body))
        if depth(document) > max_nesting:
            raise Problem("json-too-deep", f"the document may be nested at most {max_nesting} deep")
        check_surrogates(document)
        return document

    return parse


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Check the depth after parsing."""
    return replace(parts, parse=parser(settings.max_nesting))


DEEP_NESTING_500 = Defect(
    name="deep-nesting-500",
    family="malformed-payload",
    entry="MJ11",
    check="no-server-error",
    combination=False,
    story="A fuzzer sent 5,000 brackets. The limit of 32 was there and tested, but it was measured by recursion: 500, "
    "a page at night, and a retry storm.",
    install=install,
)
