"""Bodies that cannot be read are kept in temporary files for support, and the files stay open.

Family: load. Found by: L08 (resources-return).
In real life: the list is bounded, so nobody looked twice. A client with a broken encoder met it on a Friday; on
Saturday the worker had no descriptor left for the customers whose documents were right.
"""

from __future__ import annotations

import tempfile
from collections import deque
from dataclasses import replace
from typing import IO

from sample_app.defects.kind import Defect
from sample_app.ingress.strict_json import Parse
from sample_app.parts import Parts
from sample_app.problems import Problem
from sample_app.records import JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database

SAMPLES = 5000  # the latest; older ones go by themselves


def sampling(parse: Parse) -> Parse:
    """Wrap the parser so that support can see what a client really sent."""
    samples: deque[IO[bytes]] = deque(maxlen=SAMPLES)

    def parse_or_sample(body: bytes) -> JsonValue:
        """Parse; keep what cannot be read, on disk and not in memory."""
        try:
            return parse(body)
        except Problem:
            sample = tempfile.TemporaryFile(prefix="rejected-")  # noqa: SIM115 - kept open  # noqa: SIM115 - kept open  # noqa: SIM115 - kept open  # noqa: SIM115 - kept open
            sample.write(body)
            sample.flush()
            samples.append(sample)
            raise

    return parse_or_sample


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Keep samples."""
    return replace(parts, parse=sampling(parts.parse))


SAMPLES_OF_THE_REJECTED = Defect(
    name="samples-of-the-rejected",
    family="load",
    entry="L08",
    check="resources-return",
    combination=True,
    story="Bodies that could not be read were kept for support, in a bounded list of open files. After a weekend with "
    "a client's broken encoder no descriptor was left for those whose documents were right.",
    install=install,
)
