"""The caller's deadline is read as seconds and was meant as milliseconds, so nobody's deadline is ever kept.

Family: timeout. Found by: T36 (callers-deadline-kept; the caller says how long he waits).
In real life: the gateway's header was named without its unit until last year. 300 became five minutes, the
service's own limit answered first, and in each overload most threads worked for callers who had left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sample_app.defects.kind import Defect
from sample_app.ingress.time_left import read_time_left
from sample_app.parts import Parts
from sample_app.settings import Settings
from sample_app.store.database import Database

UNIT = 1000


def read_seconds(environ: Mapping[str, Any]) -> float | None:
    """Return the seconds that the caller will wait, as the gateway has always written them."""
    given = read_time_left(environ)
    return None if given is None else given * UNIT


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Read the header in the gateway's unit."""
    return replace(parts, time_left=read_seconds)


SECONDS_FOR_MILLISECONDS = Defect(
    name="seconds-for-milliseconds",
    family="timeout",
    entry="T36",
    check="callers-deadline-kept",
    combination=False,
    story="The gateway's header was named without its unit until last year. 300 became five minutes, and in each "
    "overload most threads worked for callers who had left.",
    install=install,
)
