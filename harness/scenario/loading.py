"""Reads scenario files into :class:`~harness.model.scenarios.Scenario`, every mistake of every file at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from harness.config.loading import check_format, read_format
from harness.config.nodes import (
    Node,
    Problems,
    Reader,
    Refused,
    distinct,
    each,
    items_of,
    mapping_of,
    members,
    nearest,
)
from harness.config.values import choice, text
from harness.config.yaml_reader import read_yaml
from harness.model.cases import Family
from harness.model.clients import ClientBook
from harness.model.errors import Problem, ScenarioError
from harness.model.scenarios import Scenario
from harness.scenario.clients import load_book
from harness.scenario.entries import SETTINGS, entries
from harness.scenario.vocabulary import Vocabulary

_MISSING = "name yours with --scenarios"


def _operations(node: Node, problems: Problems, known: Vocabulary) -> tuple[str, ...]:
    """Read the names of operations; leaving the key out means all with a body."""
    items = items_of(node)
    if not items:
        raise Refused(node, "expected at least one operation; leave the key out to mean all")
    distinct(items, problems, "operation")
    return each(items, partial(_operation, known=known), problems)


def _operation(node: Node, problems: Problems, known: Vocabulary) -> str:
    """Read the name of one operation that the configuration declares."""
    label = text(node, problems)
    if label not in known.operations:
        raise Refused(node, "the configuration declares no such operation", nearest(label, known.operations))
    return label


def _family(root: Node) -> Family | None:
    """Return the family that the file names, if it does."""
    given = mapping_of(root).get("family")
    return next((family for family in SETTINGS if given and given.value == family.value), None)


def _any_list(node: Node, _: Problems) -> tuple[Node, ...]:
    """Read entries of a family that is not known: only that they are a list."""
    return items_of(node)


def _books(node: Node, problems: Problems, directory: Path, known: Vocabulary) -> tuple[ClientBook, ...]:
    """Read the answer books of old clients, each client once; their paths begin where the scenario lies."""
    items = items_of(node)
    if not items:
        raise Refused(node, "expected at least one answer book")
    distinct(items, problems, "book")
    books: tuple[ClientBook, ...] = each(items, partial(_book, directory=directory, known=known), problems)
    read = [book for book in books if book is not None]
    clients = [book.client for book in read]
    for client in sorted({client for client in clients if clients.count(client) > 1}):
        problems.note(node, f"two of these books are of the client '{client}'")
    return tuple(read)


def _book(node: Node, problems: Problems, directory: Path, known: Vocabulary) -> ClientBook | None:
    """Read the answer book whose path ``node`` holds; None where it has problems, which are taken in.

    Refused where no such file can be read: what names it is the place to mend.
    """
    path = directory / text(node, problems)
    try:
        return load_book(path, known.operations)
    except ScenarioError as error:
        nowhere = next((problem for problem in error.problems if not problem.line), None)
        if nowhere:
            near = os.path.relpath(nowhere.nearest, directory) if nowhere.nearest else ""
            raise Refused(node, f"{path}: {nowhere.message}", near) from error
        problems.adopt(error.problems)
        return None


def top_level(family: Family | None, known: Vocabulary, directory: Path = Path()) -> Mapping[str, Reader]:
    """Return the keys of a scenario file of ``family`` (None: not known) that lies in ``directory``."""
    clients = {"clients": partial(_books, directory=directory, known=known)} if family is Family.VERSIONS else {}
    return {
        **clients,
        "format": read_format,
        "family": choice(*(one.value for one in SETTINGS)),
        "title": text,
        "operations": partial(_operations, known=known),
        "entries": partial(entries, family=family, known=known) if family else _any_list,
    }


def _load(path: Path, known: Vocabulary) -> Scenario:
    """Return the scenario that one file holds; ScenarioError with everything wrong in it."""
    problems = Problems(str(path))
    root = read_yaml(path, problems, _MISSING)
    check_format(root, problems)
    family = _family(root)
    required = ["format", "family", "entries", *(["clients"] if family is Family.VERSIONS else [])]
    read = members(root, top_level(family, known, path.parent), problems, required=required)
    problems.raise_any()
    del read["format"]
    if "clients" in read:
        read["books"] = read.pop("clients")
    read["family"] = Family(read["family"])
    return Scenario(name=path.stem, file=str(path), **read)


def _files(paths: tuple[Path, ...]) -> tuple[list[Path], list[Problem]]:
    """Return the files that ``paths`` mean, each once, in order; and what is wrong with the paths."""
    found: dict[Path, Path] = {}
    problems: list[Problem] = []
    for path in paths:
        inside = [path]
        if os.path.isdir(path):
            inside, wrong = _inside(path)
            problems.extend(wrong)
        for file in inside:
            found.setdefault(Path(os.path.realpath(file)), file)
    return list(found.values()), problems


def _inside(directory: Path) -> tuple[list[Path], list[Problem]]:
    """Return the scenario files of ``directory`` in sorted order; a problem where it holds none."""
    try:
        names = sorted(os.listdir(directory))
    except OSError as error:
        return [], [Problem(message=f"cannot be read: {error.strerror}", file=str(directory))]
    scenarios = [directory / name for name in names if name.endswith(".yaml")]
    if scenarios:
        return scenarios, []
    other = next((name for name in names if name.endswith(".yml")), "")
    hint = f"; rename {other} to {Path(other).with_suffix('.yaml')}" if other else ""
    return [], [Problem(message=f"this directory holds no scenario (*.yaml){hint}", file=str(directory))]


def _same_names(files: list[Path]) -> list[Problem]:
    """Return a problem for every file whose name another file of the run has: results are told apart by it."""
    first: dict[str, Path] = {}
    problems: list[Problem] = []
    for file in files:
        if file.stem in first:
            message = f"{first[file.stem]} has the same name; the name of a file is the name of its scenario"
            problems.append(Problem(message=message, file=str(file)))
        first.setdefault(file.stem, file)
    return problems


def load_scenarios(paths: tuple[Path, ...], *, known: Vocabulary) -> tuple[Scenario, ...]:
    """Return the scenarios of ``paths``: files, or directories that mean all of their ``*.yaml`` in sorted order.

    Raises :class:`~harness.model.errors.ScenarioError` with every problem of every file.
    """
    files, problems = _files(paths)
    if not paths:
        problems.append(Problem(message="no scenario was given; name a file or a directory"))
    problems.extend(_same_names(files))
    scenarios: list[Scenario] = []
    for file in files:
        try:
            scenarios.append(_load(file, known))
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(tuple(problems))
    return tuple(scenarios)
