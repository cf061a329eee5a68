"""The tables of ``docs/entries.md``: what the catalogue calls each entry, and which scenario files run it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.config import load_configuration
from harness.model.cases import Family
from harness.scenario import load_scenarios
from harness.stage.planning import TITLES, vocabulary
from tests.docs.replay import replay_table

ROOT = Path(__file__).parents[2]


def entries_tables() -> str:
    """Return a section with a table for each family, and one of what tests hold, without a final newline."""
    held = _held()
    return "\n\n".join("\n".join(lines) for lines in (*(_section(family, held) for family in TITLES), replay_table()))


def _section(family: Family, held: dict[str, list[str]]) -> Iterator[str]:
    yield from (f"## {family}", "", "| id | what happens | in |", "| --- | --- | --- |")
    for entry, title in sorted(TITLES[family]().items()):
        yield f"| {entry} | {title} | {', '.join(held.get(entry, ['no file']))} |"


def _held() -> dict[str, list[str]]:
    """Return the files below scenarios/ that hold each entry, as links from docs/."""
    known = vocabulary(load_configuration(ROOT / "harness.yaml"))
    held: dict[str, list[str]] = {}
    for file in sorted((ROOT / "scenarios").rglob("*.yaml")):
        if file.parent.name == "clients":
            continue
        name = file.relative_to(ROOT / "scenarios").as_posix()
        (scenario,) = load_scenarios((file,), known=known)
        for entry in scenario.entries:
            held.setdefault(entry.id, []).append(f"[{name}](../scenarios/{name})")
    return held
