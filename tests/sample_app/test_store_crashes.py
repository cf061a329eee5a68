"""kill -9 at every COMMIT and every call of a write, on either database: one effect and the right answer.

The boundaries are written down here, and a run that counts them proves the list. Whoever comes next, the client's
retry or the sweeper, finishes what was begun.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select

from sample_app.documents.v2 import EXAMPLE_REQUEST
from sample_app.settings import from_environment
from sample_app.store.database import Database
from sample_app.store.schema import REVISIONS
from sample_app.store.tables import keys
from sample_app.sweep import sweep
from tests.sample_app.clients import BATCH, Reply, get, post
from tests.sample_app.crashing import Plan
from tests.sample_app.ledger import Ledger, running_ledger
from tests.sample_app.reference import running_reference
from tests.sample_app.server import Server, running_server
from tests.sample_app.test_store_schema import at_revision

pytestmark = pytest.mark.server

KINDS = ("sqlite", "postgresql")
CLAIM = COMPLETE = ENRICH = ("before COMMIT", "after COMMIT")
EMIT, LOOK_UP = ("before emit", "after emit"), ("before look-up", "after look-up")
BOUNDARIES = {
    "v1": (*CLAIM, *EMIT, *COMPLETE),
    "v2": (*CLAIM, *LOOK_UP, *ENRICH, *EMIT, *COMPLETE),
}
MIGRATION = ("before COMMIT", "after COMMIT") * 2  # of looking which migrations are missing, and of applying them
DOCUMENTS: dict[str, dict[str, Any]] = {"v1": BATCH, "v2": EXAMPLE_REQUEST}
T = TypeVar("T")
NEW = "new"
PATIENCE = 30.0  # seconds until an event must be finished
EVENTS = count(1)


@dataclass(frozen=True, slots=True)
class World:
    """A server that dies as planned, with everything around it."""

    environ: dict[str, str]
    server: Server
    ledger: Ledger
    plan: Plan

    def post(self, version: str, key: str) -> Reply | None:
        """POST an event, whose source is its key; None when the connection broke, as it does when a process dies."""
        document = {**DOCUMENTS[version], "source": key}
        try:
            return post(self.server.port, document, key, path=f"/{version}/batches")
        except (OSError, HTTPException):
            return None

    def retry(self, version: str, key: str) -> Reply:
        """POST again until it is answered 201, as the contract tells a client to."""
        replies = until(lambda: self.post(version, key), lambda reply: reply is not None and reply.status == 201)
        answers = [reply for reply in replies if reply is not None]
        assert {reply.status for reply in answers} <= {201, 409, 503, 504}
        return answers[-1]

    def arm(self, boundary: int) -> None:
        """Let the process die at a boundary; first let a new one prepare, which has boundaries of its own."""
        until(self.is_ready, bool)
        self.plan.arm(boundary)

    def is_ready(self) -> bool:
        """Tell whether the process has used its database."""
        try:
            return get(self.server.port, "/readyz").status == 200
        except (OSError, HTTPException):
            return False

    def effects(self, key: str) -> set[str]:
        """List the events at the ledger that came of a key."""
        return {call.key for call in self.ledger.calls if call.document["source"] == key}

    def sweep(self, key: str) -> None:
        """Sweep until the event is not unfinished any more."""
        settings = from_environment(self.environ)
        until(lambda: (sweep(settings, log=io.StringIO()), self.unfinished(key))[1], lambda number: number == 0)

    def unfinished(self, key: str) -> int:
        """Count the unfinished events of a key."""
        database = Database(self.environ["DATABASE_URL"], 5)
        wanted = select(func.count()).select_from(keys).where(keys.c.key == key, keys.c.finished_at.is_(None))
        try:
            return database.read(lambda connection: connection.execute(wanted).scalar_one())
        finally:
            database.close()


def until(act: Callable[[], T], enough: Callable[[T], bool]) -> list[T]:
    """Act until it is enough; return everything that came of it."""
    give_up = time.monotonic() + PATIENCE
    seen = [act()]
    while not enough(seen[-1]):
        assert time.monotonic() < give_up, seen[-5:]
        time.sleep(0.05)
        seen.append(act())
    return seen


@pytest.fixture(scope="module")
def make_world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., World]]:
    """Build worlds that stand until the tests of this file are over."""
    with ExitStack() as stack:

        def make(kind: str, start: str = NEW) -> World:
            home = tmp_path_factory.mktemp("crash")
            url = f"sqlite:///{home}/app.db"
            if kind == "postgresql":
                url = stack.enter_context(request.getfixturevalue("postgres").database("template0"))
            if start != NEW:
                at_revision(url, start)
            ledger = stack.enter_context(running_ledger())
            environ = environment(home, url, ledger.url, stack.enter_context(running_reference()))
            # One worker, so that the one that died is not spared by another. Preloaded: it is a fork of a process that
            # has built the app, and must not share what that one opened.
            options = ("--workers", "1", "--preload")
            server = running_server(environ, home, "tests.sample_app.crashing:crashing_app()", *options)
            stack.callback(server.stop)
            return World(environ, server, ledger, Plan(home))

        yield make


def environment(home: Path, database_url: str, ledger_url: str, reference_url: str) -> dict[str, str]:
    """Describe the app; its lease is short, so that a retry need not wait for long."""
    return {
        "CRASH_DIR": str(home),
        "DATABASE_URL": database_url,
        "LEDGER_URL": ledger_url,
        "REFERENCE_URL": reference_url,
        "SAMPLE_APP_DEADLINE": "10",
        "SAMPLE_APP_LEDGER_DEADLINE": "0.8",
        "SAMPLE_APP_LEASE_MARGIN": "0.1",
        "SAMPLE_APP_STORAGE_WAIT": "5",
    }


@pytest.fixture(scope="module")
def worlds(make_world: Callable[..., World]) -> Callable[[str], World]:
    """Find the world of a database, whose schema is in place."""
    made: dict[str, World] = {}

    def find(kind: str) -> World:
        if kind not in made:
            made[kind] = make_world(kind)
            made[kind].retry("v1", fresh_key())
        return made[kind]

    return find


def fresh_key() -> str:
    """Name an event that no other test has."""
    return f"event-{os.getpid()}-{next(EVENTS)}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", BOUNDARIES)
def test_the_boundaries_are_these(version: str, kind: str, worlds: Callable[[str], World]) -> None:
    """A write meets these boundaries, in this order, and no others."""
    world = worlds(kind)

    def count_them() -> Reply | None:
        world.arm(0)
        return world.post(version, fresh_key())

    until(count_them, lambda reply: reply is not None and reply.status == 201)  # a busy machine may need a second run
    world.plan.disarm()
    assert world.plan.seen() == BOUNDARIES[version]


ALL = [
    pytest.param(version, number, id=f"{version} {number} {name}")
    for version, names in BOUNDARIES.items()
    for number, name in enumerate(names, 1)
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("finisher", ["retry", "sweeper"])
@pytest.mark.parametrize(("version", "number"), ALL)
def test_killed_anywhere_is_one_effect(
    version: str, number: int, finisher: str, kind: str, worlds: Callable[[str], World]
) -> None:
    """The process dies there; then the event is finished, its one entry is at the ledger, and the answer is kept."""
    world, key = worlds(kind), fresh_key()
    world.arm(number)
    assert world.post(version, key) is None
    assert (world.plan.died(), world.plan.seen()) == (True, BOUNDARIES[version][:number])
    if finisher == "sweeper":
        world.sweep(key)
    reply = world.retry(version, key)
    assert_one_effect(world, version, key, reply)
    known_before = (finisher == "sweeper" and number > 1) or number == len(BOUNDARIES[version])
    assert (reply.headers.get("idempotency-replayed") == "true") is known_before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", [NEW, REVISIONS[0]])
@pytest.mark.parametrize("number", [3, 4], ids=MIGRATION[2:])
def test_killed_in_the_migration(number: int, start: str, kind: str, make_world: Callable[..., World]) -> None:
    """The process that prepares a new or an old database dies before or after it has; the next one goes on."""
    world, key = make_world(kind, start), fresh_key()
    world.plan.arm(number)
    assert world.post("v1", key) is None
    assert (world.plan.died(), world.plan.seen()) == (True, MIGRATION[:number])
    assert_one_effect(world, "v1", key, world.retry("v1", key))


def assert_one_effect(world: World, version: str, key: str, reply: Reply) -> None:
    """Check everything that a client and the ledger can see of a finished event."""
    again = world.post(version, key)
    assert again is not None
    assert (again.status, again.body, again.headers["idempotency-replayed"]) == (201, reply.body, "true")
    assert world.effects(key) == {f"batch-{reply.json['id']}"}
    read = get(world.server.port, reply.headers["location"])
    assert (read.status, read.body) == (200, reply.body)
