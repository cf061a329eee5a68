"""Reads ``changes.yaml``: what a new build is meant to answer otherwise, each with a reason and its release."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from harness.config.loading import check_format, read_format
from harness.config.nodes import Node, Problems, Reader, Refused, each, items_of, members, nearest
from harness.config.values import choice, text
from harness.config.yaml_reader import read_yaml
from harness.model.comparisons import CHANGES, PLACED, DeclaredChange

CHANGE: dict[str, Reader] = {
    "operation": text,
    "change": choice(*CHANGES),
    "at": text,
    "exchange": text,
    "since": text,
    "reason": text,
}
"""The keys of one declared change."""

_REQUIRED = ("operation", "change", "since", "reason")


def _change(node: Node, problems: Problems, file: str, operations: Collection[str]) -> DeclaredChange | None:
    """Read one declared change; None where a key of it is missing or refused, which is noted."""
    read: dict[str, Any] = members(node, CHANGE, problems, required=_REQUIRED)
    if not all(name in read for name in _REQUIRED):
        return None
    if read["operation"] not in operations:
        right = nearest(read["operation"], operations)
        raise Refused(node, f"the configuration declares no operation '{read['operation']}'", right)
    placed = read["change"] in PLACED
    if placed and "at" not in read:
        raise Refused(node, f"'{read['change']}' lies at a place: name it with 'at', as the comparison shows it")
    if not placed and "at" in read:
        raise Refused(node, f"'{read['change']}' is of the whole exchange and lies at no place: leave 'at' out")
    return DeclaredChange(**read, file=file, line=node.line)


def _changes(node: Node, problems: Problems, file: str, operations: Collection[str]) -> tuple[DeclaredChange, ...]:
    """Read the list; one change is declared once."""
    read = each(items_of(node), partial(_change, file=file, operations=operations), problems)
    found = [change for change in read if change is not None]
    places = {item.line: item for item in items_of(node)}
    known: dict[tuple[str, str, str, str], int] = {}
    for change in found:
        first = known.setdefault((change.operation, change.change, change.at, change.exchange), change.line)
        if first != change.line:
            problems.note(places[change.line], f"this change is declared in line {first} already")
    return tuple(found)


def load_changes(path: Path, operations: Collection[str]) -> tuple[DeclaredChange, ...]:
    """Return the changes declared in the file at ``path``, in its order; ``operations`` are those of the configuration.

    Raises :class:`~harness.model.errors.ScenarioError` with every problem of the file; one that is not there is a
    problem, too.
    """
    problems = Problems(str(path))
    root = read_yaml(path, problems, "name yours with --changes; docs/versions-of-a-service.md shows one")
    check_format(root, problems)
    table: dict[str, Reader] = {
        "format": read_format,
        "changes": partial(_changes, file=str(path), operations=operations),
    }
    read = members(root, table, problems, required=["format", "changes"])
    problems.raise_any()
    declared: tuple[DeclaredChange, ...] = read["changes"]
    return declared
