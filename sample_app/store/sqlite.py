"""SQLite: one file, one writer at a time, safe when several workers start at the same instant."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from sample_app.store.backend import Backend

PAUSE = 0.02  # seconds between two attempts to prepare a file that others prepare too


def open_file(url: URL, wait: float) -> Engine:
    """Make an engine on the file; nothing is opened yet."""
    engine = create_engine(url, connect_args={"timeout": wait}, pool_timeout=wait)
    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin)
    return engine


def configure(connection: Any, _record: object) -> None:
    """Set up a new connection.

    ``isolation_level = None`` leaves BEGIN to us: sqlite3's own begins late and deferred, and a deferred transaction
    that turns into a writer fails at once when another wrote meanwhile. ``synchronous=FULL``: an outgoing key that a
    power cut forgets would be a second effect.
    """
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def begin(connection: Connection) -> None:
    """Start a transaction: writers take the lock now, and wait for it for ``patience`` milliseconds."""
    options = connection.get_execution_options()
    if "patience" in options:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={options['patience']}")
    statement = options["start"]
    if statement:
        connection.exec_driver_sql(statement)


def switch_to_wal(engine: Engine, give_up: float) -> None:
    """Let readers and the writer work side by side; ``give_up`` is a time of the monotonic clock.

    Danger: changing the journal mode may answer "locked" at once, whatever the busy timeout says; hence the loop.
    """
    while True:
        try:
            with engine.connect() as connection:
                connection.execution_options(start="")  # the mode cannot change inside a transaction
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        except DBAPIError as broken:
            if not is_busy(broken) or time.monotonic() > give_up:
                raise
            time.sleep(PAUSE)
        else:
            return


def is_busy(broken: DBAPIError) -> bool:
    """Tell a file that another process holds from one that cannot be used; the low byte is the primary code."""
    return getattr(broken.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF == sqlite3.SQLITE_BUSY


def locked_already(_connection: Connection) -> None:
    """Do nothing: BEGIN IMMEDIATE keeps every other writer out, migrations too."""


def never(_broken: DBAPIError) -> bool:
    """Say no: the wait for the lock lies behind a failure already, and there is no connection that could break."""
    return False


SQLITE = Backend(
    open=open_file,
    # SQLite lets one writer in and makes the others poll, which starves some under load: threads of a process queue
    # first, so only processes contend for the file.
    one_writer=True,
    reading={"start": "BEGIN"},
    writing={"start": "BEGIN IMMEDIATE"},
    prepare=switch_to_wal,
    lock_schema=locked_already,
    undone=never,
    lost=never,
)
