"""A service may have said anything, in any length: no text of a report is longer on the page than people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from harness.report.shown import clipped

LONGEST = 1_000
"""Characters of one text on the page; ``report.json`` has the whole."""
COMMAND = 6_500
"""Characters of a command or a message: a little more than the longest command."""

_LONG = frozenset(("commands", "setup", "repeat", "by_hand", "request", "answer"))
"""Fields that hold commands and messages."""


def bounded(value: Any, longest: int = LONGEST) -> Any:
    """Return a report, or any part of one, with the middle of its long texts left out; as it is where it has none."""
    if isinstance(value, str):
        return clipped(value, longest) if len(value) > longest else value
    if isinstance(value, tuple):
        parts = tuple(bounded(part, longest) for part in value)
        return value if all(one is other for one, other in zip(parts, value, strict=True)) else parts
    if isinstance(value, Mapping):
        return {bounded(key): bounded(held) for key, held in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed: dict[str, Any] = {}
        for field in fields(value):
            held = getattr(value, field.name)
            kept = bounded(held, COMMAND if field.name in _LONG else LONGEST)
            changed |= {field.name: kept} if kept is not held else {}
        return replace(value, **changed) if changed else value
    return value
