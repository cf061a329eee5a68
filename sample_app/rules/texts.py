"""The five states of a text that may be left out: the word for each of them, used by every rule that tells them apart.

Every field has exactly one state. Blank is at least one character of white space, as ``str.isspace`` has it (Unicode).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from sample_app.records import Absent, Text

State: TypeAlias = Literal["missing", "null", "empty", "blank", "held"]


def state_of(text: Text) -> State:
    """Name the state of a field."""
    if isinstance(text, Absent):
        return "missing"
    if text is None:
        return "null"
    if not text:
        return "empty"
    return "blank" if text.isspace() else "held"


def stripped(text: Text) -> str:
    """Take white space off both ends, as ``str.strip`` has it; of a field without a text nothing is left."""
    return text.strip() if isinstance(text, str) else ""
