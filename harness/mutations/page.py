"""The table of ``docs/malformations.md``, made from the catalogue itself so that it cannot drift."""

from __future__ import annotations

from harness.mutations.malformation import Malformation
from harness.mutations.registry import catalogue

_HEAD = ("id", "what is sent", "sent by", "the rule", "needs")


def malformations_table() -> str:
    """Return one Markdown table with a row for every entry, in the order of the ids, without a final newline."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_row(entry) for entry in catalogue().values())]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(entry: Malformation) -> tuple[str, ...]:
    cells = (entry.id, entry.title, entry.layer, entry.rule, entry.needs or "nothing")
    return tuple(cell.replace("|", "\\|") for cell in cells)
