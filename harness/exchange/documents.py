"""Files that people hand in, read strictly: text, JSON, a record; what is wrong is told with its place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from harness.exchange.places import Way, line_and_column, located
from harness.model.codec import Misfit, Record, from_json, misfits
from harness.model.errors import Problem, ScenarioError
from harness.model.records import record

TOLD = 100
"""How many things that are wrong in one file are told with their places."""

_SURROGATE = re.compile(r"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")


@record
class Source:
    """A file that was read: its name as it is told, and its bytes."""

    file: str
    data: bytes


def refused(source: Source, message: str, line: int = 0, column: int = 0, key: str = "") -> ScenarioError:
    """Return the error that ``message`` is wrong in the file, at a place that counts from 1 (0: not known)."""
    problem = Problem(message=message, file=source.file, line=line, column=column, key=key)
    return ScenarioError((problem,))


def text_of(source: Source) -> str:
    """Return the file as text, a byte order mark left out; ScenarioError with the place of what is not UTF-8."""
    try:
        return source.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = line_and_column(error.object[: error.start].decode("utf-8"), len(error.object[: error.start]))
        told = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        raise refused(source, told, line, max(column, 1)) from error


def json_of(source: Source, whole: str) -> Any:
    """Return the JSON value that the file is; ``whole`` says what to do where it is none."""
    return decoded(source, text_of(source), whole)


def decoded(source: Source, text: str, whole: str, first_line: int = 1) -> Any:
    """Return the JSON value that ``text``, the part of the file from ``first_line`` on, is.

    ScenarioError where it is none, nested too deep, or holds half a character, which no text can.
    """
    try:
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        line = error.lineno + first_line - 1
        raise refused(source, f"{whole} ({error.msg})", line, error.colno) from error
    except UnicodeEncodeError as error:
        found = _SURROGATE.search(text)
        line, column = line_and_column(text, found.start() if found else 0)
        raise refused(
            source, "half of a character (a lone surrogate) is no text", line + first_line - 1, column
        ) from error
    except (RecursionError, ValueError) as error:
        told = "it is nested too deep" if isinstance(error, RecursionError) else "a number in it is none or too large"
        raise refused(source, f"{whole} ({told})", first_line, 1) from error
    return value


def _no_number(_: str) -> float:
    raise ValueError("NaN and Infinity are no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def record_of(kind: type[Record], source: Source, number: int, called: str, whole: str) -> Record:
    """Return the record of type ``kind`` that the file holds.

    ``number`` is the format that this version reads, ``called`` what such files are called (``incidents``), ``whole``
    what to do where the file is no whole JSON. ScenarioError with everything that is wrong.
    """
    given = json_of(source, whole)
    found = given.get("format") if isinstance(given, dict) else None
    if found != number or isinstance(found, bool | float):
        raise refused(source, f"this version of the harness reads {called} of format {number}, not {_short(found)}")
    text = text_of(source)
    wrong = misfits(kind, text)
    if wrong:
        raise ScenarioError(placed(source, text, wrong))
    return from_json(kind, text)


def placed(source: Source, text: str, wrong: Iterable[Misfit]) -> tuple[Problem, ...]:
    """Return each misfit with the place of its value in the JSON ``text``; of very many the first."""
    return tuple(_problem(source, text, misfit) for misfit in tuple(wrong)[:TOLD])


def _problem(source: Source, text: str, misfit: Misfit) -> Problem:
    at, told = located(text, misfit.place)
    line, column = line_and_column(text, at)
    return Problem(message=misfit.message, file=source.file, line=line, column=column, key=dotted(told))


def dotted(way: Way) -> str:
    """Return a way as people write it: ``log.entries.0``."""
    return ".".join(str(part) for part in way)


def _short(value: object) -> str:
    shown = ascii(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
