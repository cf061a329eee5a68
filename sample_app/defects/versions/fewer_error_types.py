"""Ambiguous JSON is answered with the type of JSON that cannot be read, in both versions.

Family: version-compatibility. Found by: R08 (old-clients-keep-their-answers).
In real life: a review found "too many error types" and folded those with the same status. An old client told its users
which names were doubled when it met the one type; now it told them to call the help desk.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.problems import Problem
from sample_app.records import JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database

UNREADABLE = frozenset({"json-invalid", "json-ambiguous", "encoding-invalid"})


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Answer whatever is no JSON document with one type."""

    def parse(body: bytes) -> JsonValue:
        """Parse a body."""
        try:
            return parts.parse(body)
        except Problem as problem:
            if problem.slug not in UNREADABLE:
                raise
            raise Problem("json-invalid", problem.detail, errors=problem.errors) from problem

    return replace(parts, parse=parse)


FEWER_ERROR_TYPES = Defect(
    name="fewer-error-types",
    family="version-compatibility",
    entry="R08",
    check="old-clients-keep-their-answers",
    combination=False,
    story="A review found too many error types and folded those with the same status. An old client told its users "
    "which names were doubled when it met the one type; now it told them to call the help desk.",
    install=install,
)
