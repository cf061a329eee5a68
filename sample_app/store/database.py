"""The SQLite file: short transactions, one writer at a time, safe when several workers start at the same instant.

Nothing is opened before the first transaction, so an app made before a fork can be used after it.
Contract. Errors: StorageUnavailable when the file is busy for longer than ``wait`` seconds, full, or gone.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sample_app.store.tables import metadata

T = TypeVar("T")

SCHEMA_PAUSE = 0.02  # seconds between two attempts to prepare a file that others prepare too


class StorageUnavailable(Exception):
    """The database could not do what was asked; nothing of the transaction was kept."""


class Database:
    """Transactions on one SQLite file. ``wait`` is the longest wait for a lock, in seconds."""

    def __init__(self, url: str, wait: float) -> None:
        self._wait = wait
        self._engine = create_engine(url, connect_args={"timeout": wait}, pool_timeout=wait)
        event.listen(self._engine, "connect", configure)
        event.listen(self._engine, "begin", begin)
        # SQLite lets one writer in and makes the others poll, which starves some under load: threads of this process
        # queue here first, so only processes contend for the file.
        self._writer = threading.Lock()
        self._schema = threading.Lock()
        self._ready = False

    def read(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in a transaction that sees one moment of the database."""
        with translated():
            self._prepare()
            with self._engine.begin() as connection:
                return work(connection)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in a transaction that holds the write lock from its start; it commits when ``work`` returns."""
        if not self._writer.acquire(timeout=self._wait):
            raise StorageUnavailable("the write lock was not free in time")
        try:
            with translated():
                self._prepare()
                with self._engine.connect() as connection:
                    connection.execution_options(start="BEGIN IMMEDIATE")
                    with connection.begin():
                        return work(connection)
        finally:
            self._writer.release()

    def close(self) -> None:
        """Close the connections that are idle."""
        self._engine.dispose()

    def _prepare(self) -> None:
        """Make the file usable, once a process."""
        if self._ready:
            return
        with self._schema:
            if not self._ready:
                create_schema(self._engine.connect, time.monotonic() + self._wait)
                self._ready = True


@contextmanager
def translated() -> Iterator[None]:
    """Give every failure of the database the one name that callers know."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as broken:
        raise StorageUnavailable(type(broken).__name__) from broken


def create_schema(connect: Callable[[], Connection], give_up: float) -> None:
    """Switch to WAL and create the tables, beside other processes that do the same.

    Danger: changing the journal mode may answer "locked" at once, whatever the busy timeout says; hence the loop.
    """
    while True:
        try:
            with connect() as connection:
                connection.execution_options(start="")  # the mode cannot change inside a transaction
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            with connect() as connection:
                connection.execution_options(start="BEGIN IMMEDIATE")
                with connection.begin():
                    metadata.create_all(connection)
        except DBAPIError as broken:
            if not is_busy(broken) or time.monotonic() > give_up:
                raise
            time.sleep(SCHEMA_PAUSE)
        else:
            return


def is_busy(broken: DBAPIError) -> bool:
    """Tell a file that another process holds from one that cannot be used; the low byte is the primary code."""
    return getattr(broken.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF == sqlite3.SQLITE_BUSY


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
    """Start a transaction: writers take the lock now, and wait for it within the timeout."""
    statement = connection.get_execution_options().get("start", "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)
