"""The arrows of ARCHITECTURE.md: who may import whom, read from the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_ROW = re.compile(r"^\| (?P<rooms>`[^|]+) \|[^|]*\| (?P<below>[^|]*)\|$", re.MULTILINE)
_NAME = re.compile(r"`(\w+)`")


def _table() -> dict[str, frozenset[str]]:
    """Return each room and the rooms that it may import, from the table of ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = {
        room: frozenset(_NAME.findall(row["below"]))
        for row in _ROW.finditer(text)
        for room in _NAME.findall(row["rooms"])
    }
    everything = frozenset(rows) - {"runner", "cli"}
    return rows | {
        "runner": everything,
        "__main__": frozenset({"cli"}),
        "__init__": frozenset({"door"}),
        "door": frozenset({"replay", "runner"}),
    }


MAY_IMPORT = _table()

HEAVY = {"locust": {"harness/load/generator.py"}, "gevent": {"harness/load/generator.py"}, "requests": set()}
"""Modules that only these files may import."""


def _room(module: str) -> str:
    """Return the room of a dotted module name below `harness`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def _imports(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, at any depth of the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "harness")


def _files(top: str) -> list[Path]:
    return sorted((ROOT / top).rglob("*.py"))


def _own_room(path: Path) -> str:
    return path.relative_to(ROOT / "harness").parts[0].removesuffix(".py")


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    """No file of a room imports a room that its row in the table does not name."""
    broken = {
        (str(path.relative_to(ROOT)), name)
        for path in _files("harness")
        if _own_room(path) == room
        for name in _imports(path)
        if name.split(".")[0] == "harness" and _room(name) not in MAY_IMPORT[room] | {room, "__init__"}
    }
    assert broken == set()


def test_no_row_allows_what_no_room_uses() -> None:
    """An arrow that nobody needs any more leaves the table."""
    used = {
        (_own_room(path), _room(name))
        for path in _files("harness")
        for name in _imports(path)
        if name.split(".")[0] == "harness"
    }
    idle = {
        (room, below)
        for room, allowed in MAY_IMPORT.items()
        for below in allowed
        if (room, below) not in used and room not in ("runner", "__main__", "__init__", "door")
    }
    assert idle == set()


def test_the_arrows_make_no_circle() -> None:
    """There is an order of the rooms in which each imports only those before it."""
    order = list(TopologicalSorter({room: allowed - {room} for room, allowed in MAY_IMPORT.items()}).static_order())
    assert set(order) == set(MAY_IMPORT)


def test_every_room_has_a_row_in_the_table() -> None:
    """A new room must say what it may import before it can be built."""
    assert {_own_room(path) for path in _files("harness")} - set(MAY_IMPORT) == set()


def test_the_sample_app_and_the_harness_do_not_know_each_other() -> None:
    """The reference service never imports the harness, nor the other way round."""
    crossing = {
        (top, str(path.relative_to(ROOT)))
        for top, other in (("harness", "sample_app"), ("sample_app", "harness"))
        for path in _files(top)
        for name in _imports(path)
        if name.split(".")[0] == other
    }
    assert crossing == set()


@pytest.mark.parametrize("module", sorted(HEAVY))
def test_what_changes_the_process_is_imported_in_one_place_only(module: str) -> None:
    """Locust patches sockets and threads, and `requests` is what `responses` catches: each keeps to its own file."""
    importers = {
        str(path.relative_to(ROOT))
        for path in _files("harness")
        for name in _imports(path)
        if name.split(".")[0] == module
    }
    assert importers - HEAVY[module] == set()
