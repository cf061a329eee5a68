"""What the scenarios hold, as text: the families, each with its entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.model.cases import Family
from harness.model.scenarios import Scenario
from harness.plan.choreography import titled
from harness.stage.planning import TITLES

Row = tuple[str, str, str]
"""An entry's id, its scenario, its title."""


def contents(scenarios: Sequence[Scenario]) -> str:
    """Return a group for each family with its entries in columns, a line an entry, and the count of all."""
    rows = {family: _rows(family, scenarios) for family in dict.fromkeys(s.family for s in scenarios)}
    every = [row for held in rows.values() for row in held]
    widths = [max(map(len, column)) for column in list(zip(*every, strict=True))[:2]]
    groups = ("\n".join(_group(family, held, widths)) for family, held in rows.items())
    return "\n\n".join((*groups, f"{_entries(len(every))} in {_files(len(scenarios))}"))


def _rows(family: Family, scenarios: Sequence[Scenario]) -> list[Row]:
    titles = TITLES[family]()
    return [(e.id, s.name, titled(e, titles)) for s in scenarios if s.family is family for e in s.entries]


def _group(family: Family, rows: list[Row], widths: list[int]) -> Iterator[str]:
    yield f"{family}: {_entries(len(rows))}"
    for entry, scenario, title in rows:
        yield f"  {entry:{widths[0]}}  {scenario:{widths[1]}}  {title}"


def _entries(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"


def _files(number: int) -> str:
    return f"{number} {'scenario' if number == 1 else 'scenarios'}"
