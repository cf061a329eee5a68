"""What the service has to be before a case begins: its variables, and when its clock begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from harness.config.service import is_variable
from harness.model.cases import Instance


def wrong_setting(instance: Instance) -> Iterator[tuple[str, str]]:
    """Yield what of the settings no service can be started with, each with its key."""
    for name, value in instance.env.items():
        if not is_variable(name):
            yield f"'{name}' cannot be the name of an environment variable", "env"
        elif "\0" in value:
            yield f"the variable {name} cannot hold a NUL", "env"
    if instance.clock and not is_moment(instance.clock):
        yield f"'{instance.clock}' is no moment: expected ISO 8601 with its offset, as in 2026-11-28T15:47:00Z", "clock"


def is_moment(text: str) -> bool:
    """Tell whether a text is a moment that everybody understands alike: ISO 8601, with an offset from UTC."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
