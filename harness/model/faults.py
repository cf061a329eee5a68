"""What can go wrong at a dependency: where, on which call, and whether the effect landed.

A fault is data. How each kind is carried out is one small file each in ``harness/doubles/faults``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from harness.model.records import record


class Landed(StrEnum):
    """Whether the dependency did what it was asked before (or while) it failed."""

    NONE = "none"
    WHOLE = "whole"


@record
class Fault:
    """One fault at one dependency.

    ``kind`` names a file in ``harness/doubles/faults``; ``settings`` are that kind's own (seconds
    for durations). ``call`` restricts the fault to one declared call such as ``POST /entries``;
    empty means any. It strikes from the ``first`` matching call after arming (1 is the next one), ``times``
    times; ``times=0`` means every one until cleared. ``landed`` overrides the kind's default. Where it is not
    ``needed`` the case shows something even if it never strikes: another fault may keep its call from being made.
    """

    id: str
    dependency: str
    kind: str
    call: str = ""
    first: int = 1
    times: int = 0
    landed: Landed | None = None
    settings: Mapping[str, float | str] = field(default_factory=dict)
    needed: bool = True

    def __post_init__(self) -> None:
        """Refuse occurrences that cannot be counted."""
        if self.first < 1 or self.times < 0:
            raise ValueError("first counts from 1 and times from 0 (0 means every call)")
