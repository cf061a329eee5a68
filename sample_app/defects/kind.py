"""What a planted defect is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sample_app.settings import Settings
from sample_app.stages import Stages
from sample_app.store.database import Database

Install = Callable[[Stages, Settings, Database], Stages]


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """A mistake, its story, and the catalogue entry that must find it; ``install`` puts it in place of a stage."""

    name: str
    family: str
    entry: str
    story: str
    install: Install
