"""What the tests of the sample app share: a ledger, an app in this process, and real gunicorn workers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from sample_app import create_app
from sample_app.store.database import Database
from tests.sample_app.clients import InProcess
from tests.sample_app.ledger import Ledger, running_ledger
from tests.sample_app.postgres import Postgres, running_postgres
from tests.sample_app.server import Server, running_server


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Run a ledger that confirms every entry, until told otherwise."""
    with running_ledger() as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module on each kind of database that its ``DATABASES`` names."""
    kinds = getattr(metafunc.module, "DATABASES", None)
    if kinds and "database_url" in metafunc.fixturenames:
        metafunc.parametrize("database_url", kinds, indirect=True)


TEMPLATES = {"postgresql": "migrated", "new postgresql": "template0"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL while the tests of this process last."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a database of this test's own: an SQLite file, unless its module asks for others."""
    kind = getattr(request, "param", "sqlite")
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/app.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(TEMPLATES[kind]) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open it."""
    opened = Database(database_url, 5)
    yield opened
    opened.close()


@pytest.fixture
def environ(database_url: str, ledger: Ledger) -> dict[str, str]:
    """Describe an app with a database of its own, and with so much time that a busy machine does not use it up."""
    return {
        "DATABASE_URL": database_url,
        "LEDGER_URL": ledger.url,
        "SAMPLE_APP_DEADLINE": "20",
        "SAMPLE_APP_LEDGER_DEADLINE": "10",
    }


@pytest.fixture
def impatient(environ: dict[str, str]) -> None:
    """Let the app wait for its ledger for half a second: for tests that wait for the end of that."""
    environ["SAMPLE_APP_LEDGER_DEADLINE"] = "0.5"


@pytest.fixture
def log() -> io.StringIO:
    """Take the log of the app of this test."""
    return io.StringIO()


@pytest.fixture
def app(environ: dict[str, str], log: io.StringIO) -> Flask:
    """Build the app, in this process."""
    return create_app(environ, log=log)


@pytest.fixture
def client(app: Flask) -> InProcess:
    """Build a caller of the app."""
    return InProcess(app)


@pytest.fixture
def log_lines(log: io.StringIO) -> Callable[[], list[dict[str, object]]]:
    """Read the log so far."""
    return lambda: [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.fixture
def serve(environ: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start gunicorn with 2 workers of 4 threads on the app, with more environment if wanted."""
    started: list[Server] = []

    def start(**more: str) -> Server:
        started.append(running_server({**environ, **more}, tmp_path))
        return started[-1]

    yield start
    for server in started:
        server.stop()
