"""The tables of ``docs/incidents.md`` on shrinking, made from the kinds and the laws themselves."""

from __future__ import annotations

from harness.shrink.contents import COMPARED, TABLE
from harness.shrink.laws import LAWS
from harness.shrink.registry import kinds


def kinds_table() -> str:
    """Return what can go, in the order in which it is tried."""
    return _table(("kind", "what goes"), [(f"`{kind.name}`", kind.doc) for kind in kinds()])


def laws_table() -> str:
    """Return what stays, and why."""
    return _table(("law", "what stays"), [(law.name, law.doc) for law in LAWS])


def contents_table() -> str:
    """Return what may be taken from a message, by family and by what its oracle says."""
    rows = [
        (family.value, str(expected) if expected else "no oracle", f"{content.named}: {content.why}")
        for (family, expected), content in TABLE.items()
    ]
    rest = ("any other", "any", f"{COMPARED.named}: {COMPARED.why}")
    return _table(("family", "the message is to be", "what may go from it"), [*rows, rest])


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
