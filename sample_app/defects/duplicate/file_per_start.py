"""The database file carries the process id of the server, so every start begins with an empty one.

Family: duplicate-event. Found by: D25 (one-effect-per-event; the service is started again between the two).
In real life: two releases that ran side by side for a minute migrated the same file and broke it, so each start was
given a file of its own. Old batches were copied over at night; the keys were thought to be of no use by then.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from sqlalchemy.engine import make_url

from sample_app.defects.kind import Defect
from sample_app.settings import Settings


def own_file(settings: Settings) -> Settings:
    """Keep the data of two servers apart: the workers of one share a parent, and so a file."""
    address = make_url(settings.database_url)
    if address.get_backend_name() != "sqlite" or address.database is None:
        return settings
    path = Path(address.database)
    own = path.with_name(f"{path.stem}-{os.getppid()}{path.suffix}")
    return replace(settings, database_url=address.set(database=str(own)).render_as_string(hide_password=False))


FILE_PER_START = Defect(
    name="file-per-start",
    family="duplicate-event",
    entry="D25",
    check="one-effect-per-event",
    only_on="sqlite",
    combination=True,
    story="Two releases that ran side by side migrated the same file and broke it, so each start got a file of its "
    "own. Old batches were copied over at night; clients retried in the minute after the deployment.",
    configure=own_file,
)
