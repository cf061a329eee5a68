"""A script of SQL, as people keep it, as its statements. Nothing is carried out here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator


def statements(text: str) -> tuple[str, ...]:
    """Return the statements of a script; a semicolon in a text or a comment ends none."""
    return tuple(_statements(text))


def _statements(text: str) -> Iterator[str]:
    statement = ""
    for part in text.split(";")[:-1]:
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if rest := (statement + text.rpartition(";")[2]).strip():
        yield rest
