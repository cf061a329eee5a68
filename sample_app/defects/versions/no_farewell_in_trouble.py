"""Answers that ask for a retry do not say that their version is old.

Family: version-compatibility. Found by: R11 (old-version-says-so).
In real life: a gateway cut the headers of error answers at a small size, so 5xx answers were kept lean. The client that
only ever met v1 through its retries, at night, never logged a warning; it learned of the end when it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.journal import current_trace
from sample_app.parts import Parts
from sample_app.problems import KINDS
from sample_app.settings import Settings
from sample_app.store.database import Database


def is_lean(slug: str | None) -> bool:
    """Tell whether an answer carries nothing but what a retry needs."""
    return slug is not None and KINDS[slug].status >= 500


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Keep the answers to a failure lean."""

    def headers(path: str) -> Mapping[str, str]:
        """Return what an answer says of its version."""
        return {} if is_lean(current_trace().problem) else parts.version_headers(path)

    return replace(parts, version_headers=headers)


NO_FAREWELL_IN_TROUBLE = Defect(
    name="no-farewell-in-trouble",
    family="version-compatibility",
    entry="R11",
    check="old-version-says-so",
    combination=True,
    story="A gateway cut the headers of error answers at a small size, so 5xx answers were kept lean. The client that "
    "only met v1 through its retries never logged a warning; it learned of the end when it came.",
    install=install,
)
