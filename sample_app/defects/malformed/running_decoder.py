"""One decoder serves all requests, and keeps the first bytes of a character for whoever comes next.

Family: malformed-payload. Found by: MC17 (unharmed-after; a bad message then a valid one on the same worker).
In real life: an incremental decoder saved a copy of every large body. An upload that ended inside a character was
accepted without it, and the next batch on that worker, a stranger's, began with its rest: 400.
"""

from __future__ import annotations

import codecs
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.ingress.strict_json import BYTE_ORDER_MARK, Parse, check_nesting, check_surrogates, read
from sample_app.parts import Parts
from sample_app.problems import Problem
from sample_app.records import JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database


def parser(max_nesting: int) -> Parse:
    """Build a parse stage whose decoder is made once: it takes large bodies without a second copy of them."""
    decoder = codecs.getincrementaldecoder("utf-8")()

    def parse(body: bytes) -> JsonValue:
        """Read one document."""
        try:
            text = decoder.decode(body)
        except UnicodeDecodeError as wrong:
            decoder.reset()
            raise Problem("encoding-invalid", f"the byte at offset {wrong.start} is not UTF-8") from wrong
        if text.startswith(BYTE_ORDER_MARK):
            raise Problem("encoding-invalid", "the body starts with a byte order mark")
        check_nesting(text, max_nesting)
        document = read(text)
        check_surrogates(document)
        return document

    return parse


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Decode with one decoder."""
    return replace(parts, parse=parser(settings.max_nesting))


RUNNING_DECODER = Defect(
    name="running-decoder",
    family="malformed-payload",
    entry="MC17",
    check="unharmed-after",
    combination=True,
    story="An incremental decoder saved a copy of every large body. An upload that ended inside a character was "
    "accepted without it, and the next batch on that worker began with its rest.",
    install=install,
)
