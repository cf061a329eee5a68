"""A YAML value that remembers where it stands, and the list of what is wrong with it.

Readers take a :class:`Node` and a :class:`Problems`; they raise :class:`Refused` where nothing of the value
can be used, and note a problem and go on where something can, so that one run shows every mistake.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Any

from harness.config.core_schema import Plain
from harness.model.errors import Problem, ScenarioError
from harness.model.records import record


class Broken(Enum):
    """The value of a node that was refused already: nothing more is said about it."""

    TOKEN = "broken"


@record
class Node:
    """A value of a YAML file.

    ``line`` and ``column`` count from 1 and say where the value begins; ``name_line`` and ``name_column`` say
    where its key begins (the value itself where it has none). ``key`` is the dotted path from the root.
    ``source`` is the text of an unquoted scalar, empty otherwise.
    """

    value: Plain | Broken | tuple[Node, ...] | Mapping[str, Node]
    line: int
    column: int
    name_line: int
    name_column: int
    key: str = ""
    source: str = ""


class Refused(Exception):
    """A reader can make nothing of ``node``."""

    def __init__(self, node: Node, message: str, nearest: str = "") -> None:
        self.node = node
        self.message = message
        self.nearest = nearest
        super().__init__(message)


class Problems:
    """Collects what is wrong in one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Problem] = []

    def note(self, node: Node, message: str, nearest: str = "") -> None:
        """Note a problem of the value of ``node``; one that is broken already has its problem."""
        if node.value is not Broken.TOKEN:
            self.note_at(node.line, node.column, node.key, message, nearest)

    def note_name(self, node: Node, message: str, nearest: str = "") -> None:
        """Note a problem of the key under which ``node`` stands."""
        self.note_at(node.name_line, node.name_column, node.key, message, nearest)

    def note_at(self, line: int, column: int, key: str, message: str, nearest: str = "") -> None:
        """Note a problem at a place (both count from 1)."""
        problem = Problem(message=message, file=self.file, line=line, column=column, key=key, nearest=nearest)
        self._found.append(problem)

    def __bool__(self) -> bool:
        return bool(self._found)

    def adopt(self, problems: tuple[Problem, ...]) -> None:
        """Take in what is wrong in another file that this one names."""
        self._found.extend(problems)

    def found(self) -> tuple[Problem, ...]:
        """Return every problem in the order of the file; those of files that it names come last."""
        own = [problem for problem in self._found if problem.file == self.file]
        others = tuple(problem for problem in self._found if problem.file != self.file)
        return (*sorted(own, key=lambda problem: (problem.line, problem.column, problem.key)), *others)

    def raise_any(self) -> None:
        """Raise one :class:`ScenarioError` with every problem, if there is any."""
        if self._found:
            raise ScenarioError(self.found())


@contextmanager
def noting(problems: Problems) -> Iterator[None]:
    """Note what is refused inside, and go on after it."""
    try:
        yield
    except Refused as refused:
        problems.note(refused.node, refused.message, refused.nearest)


Reader = Callable[[Node, Problems], Any]
"""Turns a node into a value, or raises :class:`Refused`."""

_KINDS = {
    type(None): "nothing",
    bool: "true or false",
    int: "a number",
    float: "a decimal number",
    str: "text",
    tuple: "a list",
}


def describe(node: Node) -> str:
    """Return in words what kind of value ``node`` holds."""
    return _KINDS.get(type(node.value), "a mapping")


def mapping_of(node: Node) -> Mapping[str, Node]:
    """Return the members of a mapping."""
    if not isinstance(node.value, Mapping):
        raise Refused(node, f"expected a mapping of keys and values, found {describe(node)}")
    return node.value


def items_of(node: Node) -> tuple[Node, ...]:
    """Return the items of a list."""
    if not isinstance(node.value, tuple):
        raise Refused(node, f"expected a list, found {describe(node)}")
    return node.value


def one_or_more(node: Node) -> tuple[Node, ...]:
    """Return the items of a list, or the value itself as the only one."""
    return node.value if isinstance(node.value, tuple) else (node,)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the member of ``known`` that the author of ``word`` most likely meant, or an empty string."""
    choices = sorted(map(str, known))
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    close = difflib.get_close_matches(word.casefold(), list(folded), n=1)
    return folded[close[0]] if close else ""


def _unknown_key(name: str, table: Iterable[str]) -> tuple[str, str]:
    """Return what to say of a key that nobody reads, and the right one."""
    right = nearest(name, table)
    return "unknown key" if right else f"unknown key; the keys here are {', '.join(sorted(table))}", right


def members(
    node: Node, table: Mapping[str, Reader], problems: Problems, required: Iterable[str] = ()
) -> dict[str, Any]:
    """Read a mapping by ``table``; return what could be read, and note everything else.

    A key outside of the table and a missing ``required`` one are problems. A member that is refused is
    noted and left out, so whoever calls finds only sound values.
    """
    given = mapping_of(node)
    for name in (name for name in given if name not in table):
        problems.note_name(given[name], *_unknown_key(name, table))
    for name in (name for name in required if name not in given):
        path = f"{node.key}.{name}" if node.key else name
        problems.note_at(node.name_line, node.name_column, path, "missing")
    return read_each({name: child for name, child in given.items() if name in table}, table, problems)


def read_each(given: Mapping[str, Node], table: Mapping[str, Reader], problems: Problems) -> dict[str, Any]:
    """Read each of ``given`` by its reader; what is refused is noted and left out."""
    read: dict[str, Any] = {}
    for name, child in given.items():
        with noting(problems):
            read[name] = table[name](child, problems)
    return read


def each(nodes: Iterable[Node], reader: Reader, problems: Problems) -> tuple[Any, ...]:
    """Read every node; what is refused is noted and left out."""
    read: list[Any] = []
    for node in nodes:
        with noting(problems):
            read.append(reader(node, problems))
    return tuple(read)


def distinct(nodes: Iterable[Node], problems: Problems, what: str) -> None:
    """Note every scalar that stands twice among ``nodes``."""
    seen: dict[object, Node] = {}
    for node in nodes:
        if not isinstance(node.value, str | int | float):
            continue
        if node.value in seen:
            problems.note(node, f"this {what} stands in line {seen[node.value].line} already")
        else:
            seen[node.value] = node
