"""The one way to declare a record: frozen, keyword-only, slotted, strict when read from JSON."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, dataclass_transform

from pydantic import ConfigDict

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(dataclasses.field,))
def record(kind: type[Kind]) -> type[Kind]:
    """Make ``kind`` a frozen, keyword-only dataclass whose JSON form refuses unknown fields."""
    unlocked: Any = kind
    unlocked.__pydantic_config__ = ConfigDict(extra="forbid")
    return dataclasses.dataclass(frozen=True, kw_only=True, slots=True)(kind)
