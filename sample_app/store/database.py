"""The door to the database: short transactions, read or write.

Nothing is opened before the first transaction, so an app made before a fork can be used after it. Whichever process
comes first brings the schema up to date.
Contract. A transaction that another one undid, or whose connection broke before its COMMIT, is done again within
``wait`` seconds; so ``work`` may run more than once and must leave no trace outside the database.
Errors: StorageUnavailable when the database is busy for longer than that, full, or gone, and when the connection broke
during COMMIT: whether it took place is unknown then, and the client's retry with the same key finds out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import RootTransaction, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sample_app.store.backend import Backend
from sample_app.store.postgres import POSTGRESQL
from sample_app.store.schema import HEAD, SchemaUnknown, bring_up_to_date, revision_of
from sample_app.store.sqlite import SQLITE

T = TypeVar("T")
Work = Callable[[Connection], T]

BACKENDS: Mapping[str, Backend] = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
PAUSE = 0.02  # seconds before a transaction is done again


class StorageUnavailable(Exception):
    """The database could not do what was asked; unless the message says otherwise, nothing of it was kept."""


class Database:
    """Transactions on one database. ``wait`` is the longest wait for a lock, in seconds."""

    def __init__(self, url: str, wait: float) -> None:
        address = make_url(url)
        self._wait = wait
        self._backend = BACKENDS[address.get_backend_name()]
        self._engine = self._backend.open(address, wait)
        self._writer = threading.Lock() if self._backend.one_writer else None
        self._schema = threading.Lock()
        self._ready = False

    def read(self, work: Work[T]) -> T:
        """Do ``work`` in a transaction that sees one moment of the database."""
        return self._again(lambda: self._transact(self._backend.reading, work))

    def write(self, work: Work[T]) -> T:
        """Do ``work`` in a transaction that commits when it returns."""
        with self._turn():
            return self._again(lambda: self._transact(self._backend.writing, work))

    def prepare(self) -> None:
        """Bring the schema up to date, as the first transaction would."""
        self._again(lambda: None)

    def close(self) -> None:
        """Close the connections that are idle."""
        self._engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Queue behind the other writers of this process, where they would be in each other's way."""
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=self._wait):
            raise StorageUnavailable("the write lock was not free in time")
        try:
            yield
        finally:
            self._writer.release()

    def _again(self, act: Callable[[], T]) -> T:
        """Act until it is done, fails for good, or the time is up."""
        give_up = time.monotonic() + self._wait
        while True:
            try:
                self._prepare()
                return act()
            except (PoolTimeout, SchemaUnknown) as broken:
                raise StorageUnavailable(str(broken)) from broken
            except DBAPIError as broken:
                passing = self._backend.undone(broken) or self._backend.lost(broken)
                if not passing or time.monotonic() >= give_up:
                    raise StorageUnavailable(type(broken).__name__) from broken
            time.sleep(PAUSE)

    def _transact(self, options: Mapping[str, Any], work: Work[T]) -> T:
        """Do ``work`` in one transaction."""
        with self._engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin() as transaction:
                result = work(connection)
                self._commit(transaction)
                return result

    def _commit(self, transaction: RootTransaction) -> None:
        """Commit. A failure that leaves the outcome open must not be followed by a second attempt."""
        try:
            transaction.commit()
        except DBAPIError as broken:
            if self._backend.lost(broken):
                raise StorageUnavailable("the connection broke during COMMIT: it may have taken place") from broken
            raise

    def _prepare(self) -> None:
        """Make the database usable, once a process."""
        if self._ready:
            return
        with self._schema:
            if not self._ready:
                self._backend.prepare(self._engine, time.monotonic() + self._wait)
                if self._transact(self._backend.reading, revision_of) != HEAD:  # else nobody has to wait for a lock
                    self._transact(self._backend.writing, self._upgrade)
                self._ready = True

    def _upgrade(self, connection: Connection) -> None:
        """Migrate, unless another process has done it."""
        self._backend.lock_schema(connection)
        bring_up_to_date(connection)
