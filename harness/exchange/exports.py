"""What is handed on: the text of a file, and what of its source it does not hold."""

from __future__ import annotations

from harness.model.records import record


@record
class Export:
    """The text of a file, and what of the source it does not hold."""

    text: str
    losses: tuple[str, ...] = ()
