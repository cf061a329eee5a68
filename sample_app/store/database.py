"""The door to the database: short transactions, read or write.

Nothing is opened before the first transaction, so an app made before a fork can be used after it. Whichever process
comes first brings the schema up to date.
The wait for a lock is bounded by what is left of the request in hand as well: an answer that comes after its deadline
because it waited for its turn to be kept is late all the same.
Contract. A transaction that another one undid, or whose connection broke before its COMMIT, is done again within
``wait`` seconds; so ``work`` may run more than once and must leave no trace outside the database.
Errors: StorageUnavailable when the database is busy for longer than that, full, or gone, and when the connection broke
during COMMIT: whether it took place is unknown then, and the client's retry with the same key finds out.
"""

from __future__ import annotations

import math
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
LEAST_WAIT = 0.1  # seconds; even a request whose time is up may wait this long to give its claim back


class StorageUnavailable(Exception):
    """The database could not do what was asked; unless the message says otherwise, nothing of it was kept."""


class Database:
    """Transactions on one database. ``wait`` is the longest wait for a lock, in seconds.

    ``left`` tells the seconds that whoever waits has left, infinity where nobody does.
    """

    def __init__(self, url: str, wait: float, left: Callable[[], float] = lambda: math.inf) -> None:
        address = make_url(url)
        self._wait = wait
        self._left = left
        self._backend = BACKENDS[address.get_backend_name()]
        self._engine = self._backend.open(address, wait)
        self._writer = threading.Lock() if self._backend.one_writer else None
        self._schema = threading.Lock()
        self._ready = False

    def read(self, work: Work[T]) -> T:
        """Do ``work`` in a transaction that sees one moment of the database."""
        give_up = self._give_up()
        return self._again(lambda: self._transact(self._backend.reading, work, give_up), give_up)

    def write(self, work: Work[T]) -> T:
        """Do ``work`` in a transaction that commits when it returns."""
        give_up = self._give_up()
        with self._turn(give_up):
            return self._again(lambda: self._transact(self._backend.writing, work, give_up), give_up)

    def prepare(self) -> None:
        """Bring the schema up to date, as the first transaction would."""
        self._again(lambda: None, self._give_up())

    def close(self) -> None:
        """Close the connections that are idle."""
        self._engine.dispose()

    def _give_up(self) -> float:
        """Return the moment of the monotonic clock at which a transaction that begins now has waited long enough."""
        return time.monotonic() + min(self._wait, max(LEAST_WAIT, self._left()))

    @contextmanager
    def _turn(self, give_up: float) -> Iterator[None]:
        """Queue behind the other writers of this process, where they would be in each other's way."""
        if self._writer is None:
            yield
            return
        with held(self._writer, give_up, "the write lock was not free in time"):
            yield

    def _again(self, act: Callable[[], T], give_up: float) -> T:
        """Act until it is done, fails for good, or the time is up."""
        while True:
            try:
                self._prepare(give_up)
                return act()
            except (PoolTimeout, SchemaUnknown) as broken:
                raise StorageUnavailable(str(broken)) from broken
            except DBAPIError as broken:
                passing = self._backend.undone(broken) or self._backend.lost(broken)
                if not passing or time.monotonic() >= give_up:
                    raise StorageUnavailable(name_of(broken)) from broken
            time.sleep(PAUSE)

    def _transact(self, options: Mapping[str, Any], work: Work[T], give_up: float) -> T:
        """Do ``work`` in one transaction, which waits for locks until ``give_up``."""
        with self._engine.connect() as connection:
            patience = max(1, int((give_up - time.monotonic()) * 1000))
            connection.execution_options(**options, patience=patience)
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

    def _prepare(self, give_up: float) -> None:
        """Make the database usable, once a process; whoever comes meanwhile waits no longer than for a lock."""
        if self._ready:
            return
        with held(self._schema, give_up, "the database was not prepared in time"):
            if not self._ready:
                self._backend.prepare(self._engine, give_up)
                if self._transact(self._backend.reading, revision_of, give_up) != HEAD:  # else no lock to wait for
                    self._transact(self._backend.writing, self._upgrade, give_up)
                self._ready = True

    def _upgrade(self, connection: Connection) -> None:
        """Migrate, unless another process has done it."""
        self._backend.lock_schema(connection)
        bring_up_to_date(connection)


@contextmanager
def held(lock: threading.Lock, give_up: float, otherwise: str) -> Iterator[None]:
    """Hold a lock of this process; StorageUnavailable where it is not free by ``give_up``."""
    if not lock.acquire(timeout=max(0.0, give_up - time.monotonic())):
        raise StorageUnavailable(otherwise)
    try:
        yield
    finally:
        lock.release()


def name_of(broken: DBAPIError) -> str:
    """Name a failure by its class and the database's own code; its message may hold what was being stored."""
    code = getattr(broken.orig, "sqlstate", None) or getattr(broken.orig, "sqlite_errorname", None)
    return " ".join(filter(None, [type(broken).__name__, code]))
