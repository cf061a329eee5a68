"""The table of ``docs/checks.md``, made from the checks themselves so that it cannot drift."""

from __future__ import annotations

from harness.checks.registry import Check, checks
from harness.model.cases import Family

_HEAD = ("check", "what it promises", "families", "required", "timed")


def checks_table() -> str:
    """Return one Markdown table with a row for every check, in alphabetical order, without a final newline."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_row(check) for check in checks().values())]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(check: Check) -> tuple[str, ...]:
    required = "always" if check.always else "where the plan names it"
    return f"`{check.name}`", check.doc, _families(check), required, "yes" if check.timed else "no"


def _families(check: Check) -> str:
    missing = [family for family in Family if family not in check.families]
    if not missing:
        return "all"
    if len(missing) == 1:
        return f"all but {missing[0]}"
    return ", ".join(family for family in Family if family in check.families)
