"""The schema: made by migrations, the same as the tables in the code, and no row of the release before is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from sample_app import create_app
from sample_app.fingerprints import fingerprint
from sample_app.settings import from_environment
from sample_app.store.database import BACKENDS, Database, StorageUnavailable
from sample_app.store.migrate import migrate
from sample_app.store.schema import HEAD, MIGRATIONS, REVISIONS, migrate_to, revision_of
from sample_app.store.tables import metadata
from sample_app.sweep import sweep
from tests.sample_app.clients import BATCH, InProcess
from tests.sample_app.ledger import Ledger
from tests.sample_app.server import ROOT

DATABASES = ("sqlite", "new postgresql")


def at_revision(url: str, revision: str) -> None:
    """Bring a new database to a revision and no further."""
    backend = BACKENDS[make_url(url).get_backend_name()]
    engine = backend.open(make_url(url), 5)
    with engine.connect() as connection:
        connection.execution_options(**backend.writing)
        with connection.begin():
            migrate_to(connection, revision)
    engine.dispose()


def execute(url: str, *statements: str) -> None:
    """Change a database from beside the app, without preparing it."""
    backend = BACKENDS[make_url(url).get_backend_name()]
    engine = backend.open(make_url(url), 5)
    with engine.connect() as connection:
        connection.execution_options(**backend.writing)
        with connection.begin():
            for statement in statements:
                connection.exec_driver_sql(statement)
    engine.dispose()


def test_the_revisions_are_those_on_disk() -> None:
    """The list in the code is the chain of files, oldest first, with one head."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS
    assert scripts.get_heads() == [HEAD]


@pytest.mark.parametrize("start", ["new", *REVISIONS])
def test_the_schema_is_that_of_the_tables_wherever_it_started(start: str, database_url: str) -> None:
    """Tables, columns, types, keys, indexes: the comparison of Alembic finds nothing to do, nor does a look of ours."""
    if start != "new":
        at_revision(database_url, start)
    database = Database(database_url, 20)
    options = {"compare_type": True, "compare_server_default": True}
    assert database.read(revision_of) == HEAD
    assert database.read(lambda it: compare_metadata(MigrationContext.configure(it, opts=options), metadata)) == []
    assert database.read(look) == LOOK


def look(connection: Connection) -> dict[str, object]:
    """Read what Alembic does not compare: primary keys, how references are checked, and the mark itself."""
    seen = inspect(connection)
    [reference] = seen.get_foreign_keys("idempotency_keys")
    return {
        "tables": sorted(seen.get_table_names()),
        "keys": {name: seen.get_pk_constraint(name)["constrained_columns"] for name in seen.get_table_names()},
        "names": {name: seen.get_pk_constraint(name)["name"] for name in seen.get_table_names()},
        "reference": (reference["constrained_columns"], reference["referred_table"], reference["options"]),
    }


LOOK = {
    "tables": ["alembic_version", "batches", "idempotency_keys"],
    "keys": {"alembic_version": ["version_num"], "batches": ["id"], "idempotency_keys": ["version", "key"]},
    "names": {
        "alembic_version": "alembic_version_pkc",
        "batches": "pk_batches",
        "idempotency_keys": "pk_idempotency_keys",
    },
    "reference": (["batch_id"], "batches", {"deferrable": True, "initially": "DEFERRED"}),
}


def test_the_comparison_sees_a_difference(database: Database) -> None:
    """The test above has eyes: a column too many is a difference."""
    database.write(lambda connection: connection.execute(text("ALTER TABLE batches ADD COLUMN extra INTEGER")))
    assert len(database.read(lambda it: compare_metadata(MigrationContext.configure(it), metadata))) == 1


def test_a_new_database_is_prepared_by_many_at_once(database_url: str) -> None:
    """Eight processes' worth of databases that come to a new one at the same instant all work."""
    barrier, found = threading.Barrier(8), []

    def start() -> None:
        mine = Database(database_url, 20)
        barrier.wait()
        found.append(mine.read(revision_of))
        mine.close()

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [HEAD] * 8


def test_a_database_of_a_later_version_is_refused(database_url: str) -> None:
    """Going back to an older version of the service is told in words, and nothing is written."""
    at_revision(database_url, HEAD)
    execute(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageUnavailable, match=f"revision 9999, this version of the service knows up to {HEAD}"):
        Database(database_url, 5).prepare()


OLD_ROWS = (
    """INSERT INTO batches VALUES ('{done}', 'batch-{done}', 'crm', 3, '["alpha","beta"]', '[[1,"blank"]]', true)""",
    """INSERT INTO batches VALUES ('{open}', 'batch-{open}', 'crm', 3, '["alpha","beta"]', '[[1,"blank"]]', false)""",
    """INSERT INTO batches VALUES ('{free}', 'batch-{free}', 'crm', 3, '["alpha","beta"]', '[[1,"blank"]]', false)""",
    "INSERT INTO idempotency_keys VALUES ('k-done', '{print}', '{done}', 'owner', 1.5, 201, '{body}')",
    "INSERT INTO idempotency_keys VALUES ('k-open', '{print}', '{open}', 'owner', 1.5, NULL, NULL)",
    "INSERT INTO idempotency_keys VALUES ('k-free', '{print}', '{free}', 'owner', 0.0, NULL, NULL)",
)
IDS = {name: f"00000000-0000-4000-8000-00000000000{number}" for number, name in enumerate(("done", "open", "free"))}
OLD_BODY = (
    '{"id":"%s","source":"crm","received":3,"accepted":["alpha","beta"],"rejected":[{"index":1,"reason":"blank"}]}'
)


@pytest.fixture
def old(environ: dict[str, str]) -> InProcess:
    """Build today's app on a database that release 0.1 wrote; that release left no mark of its schema."""
    url = environ["DATABASE_URL"]
    at_revision(url, "0001")
    values = {**IDS, "print": fingerprint(BATCH), "body": OLD_BODY % IDS["done"]}  # type: ignore[arg-type]
    rows = [row.replace("{print}", values["print"]).replace("{body}", values["body"]) for row in OLD_ROWS]
    for name, identity in IDS.items():
        rows = [row.replace(f"{{{name}}}", identity) for row in rows]
    execute(url, *rows, "DROP TABLE alembic_version")
    migrate(from_environment(environ))
    return InProcess(create_app(environ))


def test_an_event_of_the_release_before_is_replayed_and_read(old: InProcess, ledger: Ledger) -> None:
    """The answer that release 0.1 gave comes back byte for byte, to a POST and to a GET."""
    replayed = old.post(BATCH, key="k-done")
    body = (OLD_BODY % IDS["done"]).encode()
    assert (replayed.status, replayed.body, replayed.headers["idempotency-replayed"]) == (201, body, "true")
    assert old.get(replayed.headers["location"]).body == body
    assert old.post({"source": "crm", "values": []}, key="k-done").problem == (422, "idempotency-key-reused")
    assert ledger.calls == []


@pytest.mark.parametrize("name", ["open", "free"])
def test_an_event_that_the_release_before_left_open_is_resumed(name: str, old: InProcess, ledger: Ledger) -> None:
    """Its batch goes out under the outgoing key of then, with the values of then."""
    reply = old.post(BATCH, key=f"k-{name}")
    assert (reply.status, reply.body.decode()) == (201, OLD_BODY % IDS[name])
    [call] = ledger.calls
    document = {"batch_id": IDS[name], "source": "crm", "values": ["alpha", "beta"]}
    assert (call.key, call.document) == (f"batch-{IDS[name]}", document)


def test_what_the_release_before_left_open_is_swept(old: InProcess, environ: dict[str, str], ledger: Ledger) -> None:
    """Nobody need come back for it."""
    assert sweep(from_environment(environ)).finished == 2
    assert ledger.effects() == {f"batch-{IDS[name]}" for name in ("open", "free")}


@pytest.fixture
def began() -> float:
    """Remember when the test began, in seconds since 1970."""
    return time.time()


def test_a_migrated_key_lives_on_for_its_whole_time(began: float, old: InProcess, environ: dict[str, str]) -> None:
    """When release 0.1 finished it is not known, so its time to live counts from the migration."""
    rows = Database(environ["DATABASE_URL"], 5).read(
        lambda it: it.execute(text("SELECT key, point, finished_at FROM idempotency_keys ORDER BY key")).all()
    )
    assert [(row.key, row.point) for row in rows] == [
        ("k-done", "finished"),
        ("k-free", "claimed"),
        ("k-open", "claimed"),
    ]
    assert began <= rows[0].finished_at <= time.time()
    assert (rows[1].finished_at, rows[2].finished_at) == (None, None)


def test_more_rows_than_a_page_are_kept(database_url: str) -> None:
    """The migration goes through a table page by page and loses no row between them."""
    at_revision(database_url, "0001")
    numbers = range(1203)
    batch = "INSERT INTO batches VALUES ('{0}', 'batch-{0}', 'crm', 0, '[]', '[]', false)"
    key = "INSERT INTO idempotency_keys VALUES ('{0}', 'f', '{0}', 'owner', 0.0, NULL, NULL)"
    execute(database_url, *(row.format(f"{number:04}") for row in (batch, key) for number in numbers))
    wanted = text("SELECT id FROM batches JOIN idempotency_keys ON batch_id = id ORDER BY id")
    kept = Database(database_url, 20).read(lambda it: it.execute(wanted).scalars().all())
    assert list(kept) == [f"{number:04}" for number in numbers]


@pytest.mark.server
def test_the_command_finds_the_migrations_from_anywhere(database_url: str, tmp_path: Path) -> None:
    """``python -m sample_app migrate`` works in another directory, twice, and names the revision."""
    environ = {**os.environ, "DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "sample_app", "migrate"]
    options: dict[str, Any] = {"cwd": tmp_path, "env": environ, "capture_output": True, "text": True}
    runs = [subprocess.run(command, check=False, **options) for _ in range(2)]
    assert [(run.returncode, HEAD in run.stdout, run.stderr) for run in runs] == [(0, True, "")] * 2
    assert Database(database_url, 5).read(revision_of) == HEAD
