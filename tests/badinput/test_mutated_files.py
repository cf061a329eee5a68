"""Any file that was right once, after any edits: it is read, or refused with places inside it; nothing else happens."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.config import load_configuration
from harness.model.errors import Problem, ScenarioError
from harness.scenario import Vocabulary, load_scenarios
from harness.scenario.clients import load_book
from harness.stage.planning import vocabulary

from .project import HARNESS, RIGHT, write_project

PATIENCE = 30.0
"""Seconds that one small file may take: generous, since what is caught here would never end."""
EVERY_DAY, PROOF = 2_000, 100_000

Place = int
Change = Callable[[str, Place, Place, str], str]

_TOKENS = re.compile(r"\w+|[^\w\s]|\s+")


def _tokens(text: str, change: Callable[[list[str]], None]) -> str:
    """Return ``text`` with its words, signs and blanks changed as a list."""
    found = _TOKENS.findall(text)
    if found:
        change(found)
    return "".join(found)


def _delete(text: str, at: Place, other: Place, _: str) -> str:
    def change(found: list[str]) -> None:
        del found[at % len(found) : at % len(found) + 1 + other % 3]

    return _tokens(text, change)


def _double(text: str, at: Place, _: Place, __: str) -> str:
    def change(found: list[str]) -> None:
        found.insert(at % len(found), found[at % len(found)])

    return _tokens(text, change)


def _swap(text: str, at: Place, other: Place, _: str) -> str:
    def change(found: list[str]) -> None:
        one, two = at % len(found), other % len(found)
        found[one], found[two] = found[two], found[one]

    return _tokens(text, change)


def _replace(text: str, at: Place, _: Place, value: str) -> str:
    def change(found: list[str]) -> None:
        found[at % len(found)] = value

    return _tokens(text, change)


def _insert(text: str, at: Place, _: Place, value: str) -> str:
    at %= len(text) + 1
    return text[:at] + value + text[at:]


def _cut(text: str, at: Place, _: Place, __: str) -> str:
    return text[: at % (len(text) + 1)]


def _double_lines(text: str, at: Place, other: Place, _: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at %= len(lines)
    return "".join([*lines[: at + 1 + other % 3], *lines[at:]])


def _drop_line(text: str, at: Place, _: Place, __: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at %= len(lines)
    return "".join([*lines[:at], *lines[at + 1 :]])


def _indent(text: str, at: Place, other: Place, _: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at %= len(lines)
    lines[at] = " " * (other % 5) + lines[at].lstrip(" ")
    return "".join(lines)


CHANGES: tuple[Change, ...] = (
    _delete,
    _double,
    _swap,
    _replace,
    _replace,
    _insert,
    _cut,
    _double_lines,
    _drop_line,
    _indent,
)
# fmt: off
VALUES = (
    'null', '~', 'true', 'no', '0', '-1', '1e999', '.nan', '.inf', '0x1F', '0o17', '9999999999999999999999', '2',
    '2s', '2 s', '5%', "''", '""', '[]', '{}', '[a]', '{a: b}', '- ', ': ', '? ', '&a ', '*a', '!!str ', '!a ',
    '<<: ', '--- ', '... ', '%YAML 1.1', '#', "'", '@', '`', '>-', '\\ud800', '\\U7fffffff', '\\0', '{tmp}', '{id}',
    '{event}', '{event 1000}', '{uuid}', '{answer.id}', 'format', 'service', 'app', 'url', 'command', 'port',
    'keyed', 'unkeyed', 'none', 'header:', 'json:/a', 'path:id', 'query:q', 'GET', 'POST', 'POST /a', 'GET /{a}',
    'http://127.0.0.1:1', 'http://[', 'MJ01', 'D02', 'T01', 'L17', 'R08', 'late', 'status', 'p(95) < 1s',
    'errors > 1%', 'clients/v1.yaml', '.', '/dev/null',
)
# fmt: on
ODD = (
    "|",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "  ",
    "\n\n",
    "\ufeff",
    "\u00a0",
    "\u2028",
    "\u0085",
    "\x00",
    "é",
    "😀",
    "9" * 5000,
)
PIECES = st.sampled_from(VALUES) | st.sampled_from(ODD) | st.text(max_size=4)
EDITS = st.lists(
    st.tuples(st.sampled_from(CHANGES), st.integers(0, 2000), st.integers(0, 2000), PIECES), min_size=1, max_size=4
)
BYTES = st.none() | st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=3))


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw one of the files of the project, and what became of its bytes."""
    name = draw(st.sampled_from(sorted(RIGHT)))
    text = RIGHT[name]
    for change, at, other, value in draw(EDITS):
        text = change(text, at, other, value)
    data = text.encode("utf-8", "surrogatepass")
    odd = draw(BYTES)
    if odd is not None:
        at = odd[0] % (len(data) + 1)
        data = data[:at] + odd[1] + data[at:]
    return name, data


@cache
def words(directory: Path) -> Vocabulary:
    """Return the words that the scenarios of the project may use."""
    path = directory / "right.yaml"
    path.write_text(HARNESS, encoding="utf-8")
    return vocabulary(load_configuration(path))


def load(path: Path, known: Vocabulary) -> None:
    """Load one file of the project as what it is."""
    if path.name == "harness.yaml":
        load_configuration(path)
    elif path.parent.name == "clients":
        load_book(path, known.operations)
    else:
        load_scenarios((path,), known=known)


def places_outside(path: Path, known: Vocabulary) -> list[str]:
    """Load a file; return each message whose place does not lie in it."""
    begun = time.monotonic()
    problems = problems_of(path, known)
    assert time.monotonic() - begun < PATIENCE
    lines = re.split(r"\r\n|\r|\n", path.read_bytes().decode("utf-8", "replace"))
    return [repr(one) for one in problems if one.file != str(path) or not one.message or not within(one, lines)]


def problems_of(path: Path, known: Vocabulary) -> tuple[Problem, ...]:
    """Return what is wrong in a file; a refusal names at least one problem."""
    try:
        load(path, known)
    except ScenarioError as error:
        return error.problems or (Problem(message="", file="refused without a reason"),)
    return ()


def within(problem: Problem, lines: list[str]) -> bool:
    """Return whether the place of a problem lies in the file, or right behind its end."""
    return 1 <= problem.line <= len(lines) and 1 <= problem.column <= len(lines[problem.line - 1]) + 1


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project's directory, in which one file at a time is another."""
    directory = tmp_path_factory.mktemp("mutated")
    write_project(directory)
    return directory


def outside(ground: Path, name: str, data: bytes) -> list[str]:
    """Read a mutated file; return the messages whose place does not lie in it."""
    path = ground / name
    path.write_bytes(data)
    try:
        return places_outside(path, words(ground))
    finally:
        path.write_text(RIGHT[name], encoding="utf-8")


@settings(max_examples=EVERY_DAY, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(file=mutated())
def test_a_mutated_file_is_read_or_refused_in_place(file: tuple[str, bytes], ground: Path) -> None:
    """Two thousand files, the same each day."""
    assert outside(ground, *file) == []


@pytest.mark.prove
@settings(max_examples=PROOF, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(file=mutated())
def test_any_mutated_file_is_read_or_refused_in_place(file: tuple[str, bytes], ground: Path) -> None:
    """A hundred thousand files, others each time."""
    assert outside(ground, *file) == []
