"""A YAML file into :class:`~harness.config.nodes.Node`: strict, with places.

Only what YAML 1.2's core schema and JSON can say is accepted; :mod:`harness.config.tree` has the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import yaml

from harness.config.files import Unreadable, read_whole
from harness.config.nodes import Node, Problems
from harness.config.syntax import told
from harness.config.tree import Stop, build
from harness.model.errors import ScenarioError

_FOREIGN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Not printable, or a line break in YAML 1.1 and none in 1.2 (NEL, LS, PS)."""

_BREAK = re.compile(r"\r\n|\r|\n")
_BEGIN = "begin it with: format: 1"


def read_yaml(path: Path, problems: Problems, advice: str = "") -> Node:
    """Return the mapping that the file at ``path`` holds; whatever is wrong is noted in ``problems``.

    ``advice`` says what to do where there is no such file.

    Raises :class:`~harness.model.errors.ScenarioError` at once where there is nothing to go on with: no such
    file, not text, not YAML, empty, or not a mapping.
    """
    text = _text_of(path, problems, advice)
    try:
        root = _tree(text, problems)
    except Stop as stop:
        raise ScenarioError(problems.found()) from stop
    if root is None or (root.value is None and not root.source):
        _give_up(problems, (1, 1), f"the file is empty; {_BEGIN}")
    if not isinstance(root.value, Mapping):
        _give_up(problems, (root.line, root.column), f"expected keys and values at the top of the file; {_BEGIN}")
    return root


def _give_up(problems: Problems, place: tuple[int, int], message: str, nearest: str = "") -> NoReturn:
    """Raise what was found, with ``message`` as the last of it."""
    problems.note_at(*place, "", message, nearest)
    raise ScenarioError(problems.found())


def _text_of(path: Path, problems: Problems, advice: str) -> str:
    """Return the file's text, a byte order mark left out."""
    try:
        data = read_whole(path)
    except Unreadable as error:
        missing = f"; {advice}" if advice and error.missing else ""
        _give_up(problems, (0, 0), f"{error}{missing}", error.nearest)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _line_and_column(error.object[: error.start].decode("utf-8"))
        message = f"byte 0x{error.object[error.start]:02x} is not UTF-8; save the file as UTF-8 text"
        _give_up(problems, place, message)


def _line_and_column(before: str) -> tuple[int, int]:
    """Return the place behind the text ``before``, both from 1."""
    lines = _BREAK.split(before)
    return len(lines), len(lines[-1]) + 1


def _tree(text: str, problems: Problems) -> Node | None:
    """Return the root of the document; None where there is none."""
    foreign = _FOREIGN.search(text)
    if foreign:
        point = f"U+{ord(foreign.group()):04X}"
        message = f"character {point} cannot stand in YAML text; write it as an escape in double quotes"
        _give_up(problems, _line_and_column(text[: foreign.start()]), message)
    return build(_events(text, problems), problems)


def _events(text: str, problems: Problems) -> Iterator[yaml.Event]:
    """Yield the parser's events; give up where the text is not YAML."""
    loader = yaml.SafeLoader(text)
    try:
        while event := _next(loader):
            yield event
    except yaml.MarkedYAMLError as error:
        _give_up(problems, *told(error, text))
    except (ValueError, OverflowError):
        # PyYAML converts escapes such as \UFFFFFFFF and the digits of %YAML without looking.
        mark = loader.get_mark()
        _give_up(problems, (mark.line + 1, mark.column + 1), "not YAML: a number or an escape here is out of range")
    finally:
        loader.dispose()


def _next(loader: yaml.SafeLoader) -> yaml.Event | None:
    """Return the next event, None after the last."""
    event: yaml.Event | None = loader.get_event() if loader.check_event() else None  # type: ignore[no-untyped-call]
    return event
