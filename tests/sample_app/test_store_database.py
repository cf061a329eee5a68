"""The door to the database: what is tried again, what is not, and that it survives its server. No service here."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from sample_app.records import InFlight, Started
from sample_app.settings import SettingsError, from_environment
from sample_app.store.claims import beginner
from sample_app.store.database import Database, StorageUnavailable
from sample_app.store.postgres import POSTGRESQL
from tests.sample_app.claiming import Hand, terms, wish
from tests.sample_app.postgres import Postgres, running_postgres

DATABASES = ("sqlite", "postgresql")
INSERT = "INSERT INTO counters VALUES ('{0}', 0)"
CREATE = "CREATE TABLE counters (name VARCHAR(10) PRIMARY KEY, number INTEGER NOT NULL)"
ADD = "UPDATE counters SET number = number + 1 WHERE name = '{0}'"


def run(*statements: str) -> Callable[[Connection], None]:
    """Make work of statements."""

    def work(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return work


def numbers(database: Database) -> list[int]:
    """Read the counters."""
    return list(database.read(lambda it: it.execute(text("SELECT number FROM counters ORDER BY name")).scalars().all()))


@pytest.fixture
def counters(database: Database) -> Database:
    """Put two counters into the database, at zero."""
    database.write(run(CREATE, INSERT.format("a"), INSERT.format("b")))
    return database


def together(*acts: Callable[[], object]) -> None:
    """Run acts at the same time, each in a thread; fail as the first that fails."""
    failures: list[BaseException] = []

    def guarded(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as failure:  # noqa: BLE001 - it is raised again below, in the thread of the test
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_work_that_fails_leaves_nothing(counters: Database) -> None:
    """An exception of ours passes through unchanged, and what was written before it is gone."""

    def work(connection: Connection) -> None:
        connection.execute(text(ADD.format("a")))
        raise LookupError("ours")

    with pytest.raises(LookupError, match="ours"):
        counters.write(work)
    assert numbers(counters) == [0, 0]


def test_a_wrong_statement_is_not_tried_again(counters: Database) -> None:
    """A failure that will not pass is told at once, under the one name."""
    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("INSERT INTO counters VALUES ('a', 0)"))

    with pytest.raises(StorageUnavailable, match="IntegrityError"):
        counters.write(work)
    assert tries == [1]


def test_two_that_lock_crosswise_both_get_through(counters: Database) -> None:
    """A deadlock ends with one of the two undone; it is done again, and both have counted."""
    first_step = threading.Barrier(2)

    def crosswise(one: str, other: str) -> Callable[[], None]:
        def work(connection: Connection) -> None:
            connection.execute(text(ADD.format(one)))
            with suppress(threading.BrokenBarrierError):  # the second try comes alone
                first_step.wait(0.5)
            connection.execute(text(ADD.format(other)))

        return lambda: counters.write(work)

    together(crosswise("a", "b"), crosswise("b", "a"))
    assert numbers(counters) == [2, 2]


def test_serialization_failures_are_tried_again(postgres: Postgres) -> None:
    """Under SERIALIZABLE PostgreSQL undoes one of two that read what the other writes; in the end both have counted."""
    both_have_read = threading.Barrier(2)
    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        number = connection.execute(text("SELECT number FROM counters WHERE name = 'a'")).scalar_one()
        with suppress(threading.BrokenBarrierError):
            both_have_read.wait(0.5)
        connection.execute(text("UPDATE counters SET number = :number WHERE name = 'a'"), {"number": number + 1})

    with postgres.database() as url:
        counters = Database(url, 5)
        counters.write(run(CREATE, INSERT.format("a")))
        together(lambda: counters.write(work), lambda: counters.write(work))
        assert (numbers(counters), len(tries) > 2) == ([2], True)
        counters.close()


def test_a_lock_that_is_held_costs_the_wait_and_no_more(database_url: str, database: Database) -> None:
    """The second claim of a key waits for the first transaction, for as long as it may, and is told so."""
    database.prepare()
    hasty = Database(database_url, 0.3)
    hasty.prepare()
    took: list[float] = []

    def hold(connection: Connection) -> None:
        connection.execute(text("DELETE FROM idempotency_keys"))
        connection.execute(text("LOCK TABLE idempotency_keys" if "postgresql" in database_url else "SELECT 1"))
        began = time.monotonic()
        with pytest.raises(StorageUnavailable):
            beginner(hasty, terms(Hand()))(wish("one"))
        took.append(time.monotonic() - began)

    database.write(hold)
    assert 0.25 <= took[0] < 5
    assert isinstance(beginner(hasty, terms(Hand()))(wish("one")), Started)


def test_threads_wait_for_the_schema_side_by_side(tmp_path: Path) -> None:
    """While a database cannot be prepared each request is told after the wait, and not after those of all before it."""
    wait, took = 0.3, []
    holder = sqlite3.connect(tmp_path / "app.db", isolation_level=None)
    holder.execute("CREATE TABLE something (id)")
    holder.execute("BEGIN EXCLUSIVE")
    database = Database(f"sqlite:///{tmp_path}/app.db", wait)

    def look() -> None:
        began = time.monotonic()
        with pytest.raises(StorageUnavailable):
            database.read(lambda connection: None)
        took.append(time.monotonic() - began)

    together(*[look] * 8)
    assert max(took) < 4 * wait
    holder.execute("ROLLBACK")
    database.prepare()


def test_an_app_made_before_a_fork_works_after_it(database: Database) -> None:
    """Nothing is opened by making a Database, so parent and children each get connections of their own."""
    children = []
    for name in "ab":
        child = os.fork()
        if child == 0:
            verdict = beginner(database, terms(Hand()))(wish(name, key=name))
            os._exit(0 if isinstance(verdict, Started) else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    assert [beginner(database, terms(Hand()))(wish("c", key=name)) for name in "ab"] == [InFlight()] * 2


def test_a_database_that_cannot_be_reached_is_told_in_time(tmp_path: Path) -> None:
    """Whatever the driver raises, the failure has one name, and comes once the wait is over."""
    for url in (f"sqlite:///{tmp_path}/no/such.db", "postgresql://u:p@127.0.0.1:1/d"):
        began = time.monotonic()
        with pytest.raises(StorageUnavailable):
            Database(url, 0.5).read(lambda connection: None)
        assert time.monotonic() - began < 10


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    """Run a PostgreSQL that this test may stop."""
    with running_postgres() as server:
        yield server


def processes(server: Postgres) -> list[int]:
    """List the server's processes, the first one last."""
    main = server.process.pid
    return [*map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split()), main]


def test_a_server_that_hangs_is_not_waited_for(own_server: Postgres) -> None:
    """Frozen, it ends no statement itself: the wait ends all the same, and once it goes on so does the service."""
    with own_server.database() as url:
        database = Database(url, 0.5)
        database.prepare()
        frozen = processes(own_server)
        for process in frozen:
            os.kill(process, signal.SIGSTOP)
        began = time.monotonic()
        try:
            with pytest.raises(StorageUnavailable):
                database.read(run("SELECT 1"))
        finally:
            took = time.monotonic() - began
            for process in frozen:
                os.kill(process, signal.SIGCONT)
        assert took < 4
        assert database.read(lambda it: it.execute(text("SELECT 1")).scalar_one()) == 1
        database.close()


def test_a_migration_may_take_its_time(database_url: str) -> None:
    """The limits are for requests: what a request may not wait for, a migration may."""
    if "postgresql" not in database_url:
        pytest.skip("SQLite has no limit for a statement")

    def slowly(connection: Connection) -> bool:
        return connection.execute(text("SELECT pg_sleep(0.9) IS NOT NULL")).scalar_one() is True

    def migrating(connection: Connection) -> bool:
        POSTGRESQL.lock_schema(connection)
        return slowly(connection)

    database = Database(database_url, 0.2)
    with pytest.raises(StorageUnavailable):
        database.write(slowly)
    assert database.write(migrating)
    database.close()


@pytest.mark.server
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["in order", "at once"])
def test_a_restart_of_the_server_is_survived(how: signal.Signals, own_server: Postgres) -> None:
    """All pooled connections are dead after it; each next transaction works, without one failure."""
    with own_server.database() as url:
        database = Database(url, 10)
        database.write(run(CREATE, INSERT.format("a")))
        barrier = threading.Barrier(4)

        def meet_and_add(connection: Connection) -> None:
            with suppress(threading.BrokenBarrierError):
                barrier.wait(1)
            connection.execute(text(ADD.format("a")))

        together(*[lambda: database.write(meet_and_add)] * 4)  # four connections are in the pool now
        own_server.stop(how)
        own_server.start()
        for _ in range(4):
            database.write(run(ADD.format("a")))
        assert numbers(database) == [8]
        database.close()


@pytest.mark.server
def test_a_server_that_is_away_for_a_moment_is_waited_for(own_server: Postgres) -> None:
    """A transaction that comes while the server is down is done when it is back within the wait; else 503, not longer."""
    with own_server.database() as url:
        patient, hasty = Database(url, 20), Database(url, 0.2)
        patient.write(run(CREATE, INSERT.format("a")))
        hasty.prepare()
        own_server.stop()
        began = time.monotonic()
        with pytest.raises(StorageUnavailable):
            hasty.write(run(ADD.format("a")))
        assert time.monotonic() - began < 5
        waiting = threading.Thread(target=patient.write, args=(run(ADD.format("a")),))
        waiting.start()
        own_server.start()
        waiting.join()
        hasty.write(run(ADD.format("a")))
        assert numbers(patient) == [2]
        patient.close()
        hasty.close()


@contextmanager
def cuts_after_commit(postgres: Postgres) -> Iterator[int]:
    """Stand between client and server; pass on the first COMMIT and cut the connection instead of bringing the answer.

    Yields the port. Later connections are passed on untouched.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    cut = threading.Event()

    def serve(client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
            server.connect(f"{postgres.home}/.s.PGSQL.5432")
            answers = threading.Thread(target=pass_answers, args=(server, client), daemon=True)
            answers.start()
            while piece := client.recv(65536):
                last = b"COMMIT\0" in piece and not cut.is_set()
                if last:
                    cut.set()
                    client.shutdown(socket.SHUT_RDWR)  # nothing that comes now reaches the client
                server.sendall(piece)
                if last:
                    answers.join(5)
            server.shutdown(socket.SHUT_WR)

    def pass_answers(server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(65536):
                client.sendall(piece)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


@pytest.mark.server
def test_a_commit_whose_answer_is_lost_is_not_repeated(postgres: Postgres) -> None:
    """It may have taken place, and did: the caller is told, the transaction is not done twice, and a retry finds out."""
    with postgres.database() as url, cuts_after_commit(postgres) as port:
        direct = Database(url, 5)
        direct.write(run(CREATE, INSERT.format("a")))
        options = "sslmode=disable&gssencmode=disable"
        cutting = Database(f"postgresql://postgres@127.0.0.1:{port}/{make_url(url).database}?{options}", 5)
        cutting._ready = True  # the look at the schema would be the first COMMIT
        with pytest.raises(StorageUnavailable, match="may have taken place"):
            cutting.write(run(ADD.format("a")))
        deadline = time.monotonic() + 5
        while numbers(direct) != [1] and time.monotonic() < deadline:
            time.sleep(0.02)
        assert numbers(direct) == [1]
        cutting.write(run(ADD.format("a")))
        assert numbers(direct) == [2]
        direct.close()
        cutting.close()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://h/d", "expected sqlite:///path/to/file.db or postgresql://user:password@host:5432/database"),
        ("postgresql://h", "the name of the database is missing"),
        ("postgresql+psycopg2://h/d", "the driver is psycopg 3 and need not be named"),
        ("sqlite://", "workers cannot share a database in memory"),
        ("postgresql://h:port/d", "expected sqlite:///path"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(address: str, told: str) -> None:
    """The message names the variable and what is expected instead."""
    with pytest.raises(SettingsError, match=f"^DATABASE_URL=.*{told}"):
        from_environment({"DATABASE_URL": address})


def test_a_missing_driver_is_told_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg the service does not start, and the message says what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setattr(sys, "meta_path", [])
    with pytest.raises(SettingsError, match=r"pip install 'reliability-harness\[pg\]'"):
        from_environment({"DATABASE_URL": "postgresql://h/d"})


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql+psycopg2://user:secret@h/d", "postgresql+psycopg2://***@h/d"),
        ("mysql://user:sec/ret@h/d", "mysql://***@h/d"),
        ("postgresql://user:sec@ret@h/", "postgresql://***@h/"),
        ("postgresql:/user:secret@h/d", "postgresql:/***@h/d"),
        ("mysql://h/d?user=u&password=secret&sslmode=require", "mysql://h/d?user=u&password=***&sslmode=require"),
    ],
)
def test_a_password_is_never_shown(address: str, shown: str) -> None:
    """Not in the message about a wrong address, whatever characters it has and wherever it stands."""
    with pytest.raises(SettingsError) as told:
        from_environment({"DATABASE_URL": address})
    assert str(told.value).startswith(f"DATABASE_URL={shown!r}: expected ")
