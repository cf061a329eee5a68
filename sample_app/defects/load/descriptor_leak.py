"""Every body is spooled to a temporary file while it is parsed, and the file's descriptor is never closed.

Family: load. Found by: L01 (resources-return; descriptors are back within bounds after steady load).
In real life: the spool was for post-mortems of crashes, and the file is even removed. ``mkstemp`` returns an open
descriptor besides the name; after 1,000 requests the worker could open nothing any more, on Fridays, when load peaks.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from sample_app.defects.kind import Defect
from sample_app.ingress.strict_json import Parse
from sample_app.parts import Parts
from sample_app.records import JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database


def spooling(parse: Parse) -> Parse:
    """Keep the body of a request on disk while it is parsed, so that a crash leaves it behind."""

    def parse_spooled(body: bytes) -> JsonValue:
        """Spool, parse, remove the spool."""
        _, name = tempfile.mkstemp(prefix="batch-")
        spool = Path(name)
        try:
            spool.write_bytes(body)
            return parse(body)
        finally:
            spool.unlink()

    return parse_spooled


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Spool before parsing."""
    return replace(parts, parse=spooling(parts.parse))


DESCRIPTOR_LEAK = Defect(
    name="descriptor-leak",
    family="load",
    entry="L01",
    check="resources-return",
    combination=False,
    story="Bodies were spooled for post-mortems, the files even removed. mkstemp returns an open descriptor besides "
    "the name: after 1,000 requests a worker could open nothing any more.",
    install=install,
)
