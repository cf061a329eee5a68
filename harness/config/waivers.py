"""Reads ``waivers.yaml``: findings that people take on themselves, each with a reason and a last day."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from harness.config.loading import check_format, read_format
from harness.config.nodes import Node, Problems, Reader, Refused, distinct, each, items_of, members
from harness.config.values import text
from harness.config.yaml_reader import read_yaml
from harness.model.gates import Waiver

_FINGERPRINT = re.compile(r"[0-9a-f]{12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REQUIRED = ("fingerprint", "reason", "until")


def _fingerprint(node: Node, _: Problems) -> str:
    """Read a fingerprint; one of digits alone may stand without quotes."""
    written = node.value if isinstance(node.value, str) else node.source
    if not _FINGERPRINT.fullmatch(written):
        near = written.strip().lower()
        right = near if _FINGERPRINT.fullmatch(near) else ""
        raise Refused(node, "expected the twelve hex digits that the report shows as 'fingerprint'", right)
    return written


def _day(node: Node, _: Problems) -> str:
    """Read a day of the calendar."""
    written = node.value if isinstance(node.value, str) else ""
    if not _DAY.fullmatch(written):
        raise Refused(node, "expected the last day as YYYY-MM-DD")
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise Refused(node, "there is no such day") from error


WAIVER: dict[str, Reader] = {
    "fingerprint": _fingerprint,
    "reason": text,
    "until": _day,
    "entry": text,
    "operation": text,
}
"""The keys of one waiver; ``entry`` and ``operation`` tell where the finding was seen."""


def _waiver(node: Node, problems: Problems, file: str) -> Waiver | None:
    """Read one waiver; None where a key of it is missing or refused, which is noted."""
    read: dict[str, Any] = members(node, WAIVER, problems, required=_REQUIRED)
    if not all(name in read for name in _REQUIRED):
        return None
    return Waiver(**read, file=file, line=node.line)


def _waivers(node: Node, problems: Problems, file: str) -> tuple[Waiver, ...]:
    """Read the list; a finding may be waived once."""
    items = items_of(node)
    given = [
        item.value["fingerprint"] for item in items if isinstance(item.value, dict) and "fingerprint" in item.value
    ]
    distinct(given, problems, "fingerprint")
    return tuple(waiver for waiver in each(items, partial(_waiver, file=file), problems) if waiver is not None)


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """Return the waivers in the file at ``path``, in its order.

    Raises :class:`~harness.model.errors.ScenarioError` with every problem of the file; one that is not there is a
    problem, too.
    """
    problems = Problems(str(path))
    root = read_yaml(path, problems, "name yours with --waivers; docs/gate.md shows one")
    check_format(root, problems)
    table: dict[str, Reader] = {"format": read_format, "waivers": partial(_waivers, file=str(path))}
    read = members(root, table, problems, required=["format", "waivers"])
    problems.raise_any()
    waivers: tuple[Waiver, ...] = read["waivers"]
    return waivers
