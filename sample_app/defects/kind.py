"""What a planted defect is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sample_app.parts import Parts
from sample_app.settings import Settings
from sample_app.store.database import Database

Family = Literal["malformed-payload", "duplicate-event", "timeout", "load", "version-compatibility"]
Install = Callable[[Parts, Settings, Database], Parts]


def unchanged(settings: Settings) -> Settings:
    """Leave the settings as they are."""
    return settings


def nothing(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Put nothing in place of anything."""
    return parts


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """A mistake, its story, and who must find it.

    ``entry`` and ``check`` are the catalogue entry and the check that find it; both are empty where nobody can yet: an
    open miss. ``combination``: it shows only when two things meet. ``only_on``: the kind of database that it needs.
    ``configure`` changes the settings before the parts are built, ``install`` puts other parts in place.
    """

    name: str
    family: Family
    entry: str
    check: str
    combination: bool
    story: str
    only_on: Literal["", "sqlite", "postgresql"] = ""
    install: Install = nothing
    configure: Callable[[Settings], Settings] = unchanged
