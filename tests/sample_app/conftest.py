"""What the tests of the sample app share: a ledger, an app in this process, and real gunicorn workers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from sample_app import create_app
from tests.sample_app.clients import InProcess
from tests.sample_app.ledger import Ledger, running_ledger
from tests.sample_app.server import Server, running_server


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Run a ledger that confirms every entry, until told otherwise."""
    with running_ledger() as running:
        yield running


@pytest.fixture
def environ(tmp_path: Path, ledger: Ledger) -> dict[str, str]:
    """Describe an app with a database of its own; the deadline is short to keep tests short."""
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path}/app.db",
        "LEDGER_URL": ledger.url,
        "SAMPLE_APP_LEDGER_DEADLINE": "0.5",
    }


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
