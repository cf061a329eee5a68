"""The releases of the service, as data: what each one brings, and how it gets on with the one before it.

A *version* is a promise to clients and never changes (versions.py); a *release* is a build of the service that keeps
all of them. What differs from release to release is looked up by its name in a table, never asked for in a branch:
``documents.v2.FORMS`` is the only one so far. While a deployment rolls, two releases share one database, so a release
stores nothing that the one before it cannot read; what an earlier one did not count is computed from what it stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sample_app.records import ReleaseName


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """A build of the service: what it brings to clients, and what it makes of what earlier releases stored."""

    name: ReleaseName
    brings: str
    reads: str


RELEASES: Mapping[ReleaseName, Release] = {
    "0.2": Release(
        name="0.2",
        brings="v2 beside v1, which is declared old from now on",
        reads="rows of 0.1 become rows of v1, by a migration",
    ),
    "0.3": Release(
        name="0.3",
        brings="`totals.labelled` in the answers of v2: how many accepted items have a label that is not null",
        reads="rows of 0.2 as they are; `labelled` is counted when they are read, and a replay keeps its bytes",
    ),
}
"""The current release, and the next one: ``SAMPLE_APP_RELEASE`` says which of them this process is."""


def releases_table() -> str:
    """Write what each release brings as a Markdown table."""
    rows = [f"| {one.name} | {one.brings} | {one.reads} |" for one in RELEASES.values()]
    return "\n".join(["| release | brings | reads what was stored before |", "|---|---|---|", *rows])
