"""The table of ``docs/faults.md``, made from the kinds themselves so that it cannot drift."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind
from harness.doubles.registry import fault_kinds
from harness.model.faults import Landed

_HEAD = ("kind", "what happens", "effect lands", "settings and their defaults")


def faults_table() -> str:
    """Return one Markdown table with a row for every kind, in alphabetical order, without a final newline."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_row(kind) for kind in fault_kinds().values())]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(kind: FaultKind) -> tuple[str, ...]:
    settings = "; ".join(_setting(kind, name) for name in kind.settings) or "none"
    landed = kind.landed.value if isinstance(kind.landed, Landed) else "as set"
    return (f"`{kind.name}`", kind.doc, landed, settings)


def _setting(kind: FaultKind, name: str) -> str:
    default = kind.settings[name]
    shown = f"`{name}: {default:g}`" if not isinstance(default, str) else f"`{name}: {default or '(none)'}`"
    choices = kind.choices.get(name)
    return f"{shown} (one of {', '.join(f'`{word}`' for word in choices)})" if choices else shown
