"""The service's database: what a case needs there is put into it, before anything is sent.

Addressed as the service is told itself, by a URL in the form of SQLAlchemy (``sqlite:///relative.db``,
``sqlite:////absolute.db``, ``postgresql+psycopg://user@host/name``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from harness.model.errors import TargetError

_LOCKED = 5.0
"""Seconds for which a lock of the service is waited for."""

_SHOWN = 80
"""Characters of a statement that an error quotes."""


def carry_out(statements: Sequence[str], url: str, directory: Path) -> None:
    """Carry out SQL in the database at ``url``, all or none; ``directory`` is where the service runs.

    TargetError where it cannot be reached, or refuses a statement.
    """
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme not in _KINDS:
        known = " and ".join(_KINDS)
        raise TargetError(f"the database is {scheme or 'nowhere'}, and the harness puts rows into {known} only")
    _KINDS[scheme](statements, url, directory)


def _in_sqlite(statements: Sequence[str], url: str, directory: Path) -> None:
    file = directory / url.partition(":///")[2].partition("?")[0]
    if not file.is_file():
        raise TargetError(f"the service has no database at {file}: it has to make its tables before it is ready")
    try:
        opened = sqlite3.connect(file, timeout=_LOCKED, isolation_level=None)
        with closing(opened) as connection, connection:  # which ends the transaction that is begun here
            connection.execute("BEGIN")
            for number, statement in enumerate(statements, 1):
                try:
                    connection.execute(statement)
                except sqlite3.Error as error:
                    raise _refused(number, statements, error) from error
    except sqlite3.Error as error:
        raise TargetError(f"the service's database {file} keeps nothing: {error}") from error


def _in_postgresql(statements: Sequence[str], url: str, _: Path) -> None:
    try:
        import psycopg
    except ImportError as error:
        raise TargetError(
            "psycopg is not installed beside the harness: pip install 'reliability-harness[pg]'"
        ) from error
    try:
        with psycopg.connect(f"postgresql{url[url.index(':') :]}", connect_timeout=round(_LOCKED)) as connection:
            for number, statement in enumerate(statements, 1):
                try:
                    connection.execute(statement.encode())
                except psycopg.Error as error:
                    raise _refused(number, statements, error) from error
    except psycopg.OperationalError as error:
        raise TargetError(f"the service's database cannot be reached: {error}") from error
    except psycopg.Error as error:  # at the end, where what is deferred until then is looked at
        raise TargetError(f"the service's database keeps nothing: {error}") from error


def _refused(number: int, statements: Sequence[str], error: Exception) -> TargetError:
    told = " ".join(statements[number - 1].split())
    shown = told if len(told) <= _SHOWN else f"{told[: _SHOWN - 1]}…"
    return TargetError(f"the service's database refuses statement {number} of {len(statements)} ({shown}): {error}")


_KINDS: Mapping[str, Callable[[Sequence[str], str, Path], None]] = {
    "sqlite": _in_sqlite,
    "postgresql": _in_postgresql,
}
"""What carries out statements, by the scheme of the URL."""
