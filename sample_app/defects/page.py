"""The list of planted defects as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sample_app.defects.kind import Defect

INTRODUCTION = """\
# Planted defects

The sample app can be run with one of {count} mistakes in place of a step: `SAMPLE_APP_DEFECT=<name>`. Each is one small
file in `sample_app/defects/`, written as its author would have written it, and survives a
review at a glance. {combination} of them show only when two things meet (a fault and then a duplicate, a dependency
that hangs and a read, a worker that dies under load). They prove the eyes of the harness: a test runs each one against
the entry that must find it, and [proof.md](proof.md) has the whole matrix.
"""
HEAD = "| defect | what happened in real life | found by | in combination |\n|---|---|---|---|\n"


def page(defects: Mapping[str, Defect]) -> str:
    """Write the page."""
    combination = sum(defect.combination for defect in defects.values())
    return INTRODUCTION.format(count=len(defects), combination=combination) + "".join(sections(defects))


def sections(defects: Mapping[str, Defect]) -> Iterator[str]:
    """Write one section a family, in the order in which families first come."""
    for family in dict.fromkeys(defect.family for defect in defects.values()):
        mine = sorted((one for one in defects.values() if one.family == family), key=lambda one: one.name)
        yield f"\n## {family}\n\n{HEAD}"
        yield from map(row, mine)


def row(defect: Defect) -> str:
    """Write one defect."""
    found = f"{defect.entry}, `{defect.check}`" if defect.entry else "**nobody yet**"
    return f"| `{defect.name}` | {defect.story} | {found} | {'yes' if defect.combination else 'no'} |\n"
