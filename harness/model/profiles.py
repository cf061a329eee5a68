"""A profile: how much of what the scenarios hold one run carries out, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from harness.model.cases import Family
from harness.model.records import record


@record
class Profile:
    """How many cases of an entry are carried out at most, over all of its operations.

    ``entries`` says it by entry, ``families`` for the entries that it does not name; what neither names is carried out
    whole. With ``named_only`` every other entry of the catalogue is left to another profile. ``places`` are the
    scenario directories that the profile runs where the command line names none, as far as they are there. ``shrink``
    are the seconds in which the cases of all findings that fail the gate are made smaller.
    """

    name: str
    places: tuple[str, ...] = ("scenarios",)
    families: Mapping[Family, int] = field(default_factory=dict)
    entries: Mapping[str, int] = field(default_factory=dict)
    named_only: bool = False
    shrink: float = 0.0


@record
class Share:
    """Which share of a plan a run carries out.

    ``whole`` are entries and scenarios that were asked for by name: nothing of them is left to another profile. ``own``
    are entries that no catalogue has: an author wrote them for his service, so one case of them is in every profile.
    """

    profile: Profile
    whole: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
