"""PostgreSQL, through psycopg 3.

A writer locks the row of its key and nothing else, so events do not wait for each other. The server ends what takes
too long: a wait for a lock, and a statement; ``bounded`` ends the wait for a server that does not even do that. Two
transactions can still undo each other, and a connection can break under any statement; ``Database`` does the work again
then.
"""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from sample_app.store.backend import Backend

DRIVER = "postgresql+psycopg"
GRACE = 0.2  # seconds after which a server that should have ended a statement itself is not waited for any more
NEARLY = 0.9  # a limit that is hardly shorter than the session's is not worth a statement
SCHEMA_LOCK = 7_305_814_209_331  # any number that nothing else in the database uses
ROLLED_BACK = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
GOING_DOWN = frozenset({"57P01", "57P02", "57P03"})  # admin_shutdown, crash_shutdown, cannot_connect_now


def open_server(url: URL, wait: float) -> Engine:
    """Make an engine on the database; nothing is opened yet. What the address says in ``options`` stays.

    Danger: psycopg rounds ``connect_timeout`` up to 2 seconds, so a host that swallows packets costs that much.
    """
    from sample_app.store.bounded import BoundedConnection  # the driver is optional

    limit = max(1, math.ceil(wait * 1000))

    def connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> BoundedConnection:
        """Connect, with the limit of the session."""
        made = BoundedConnection.connect(*arguments, **options)
        made.limit = limit / 1000 + GRACE
        return made

    def begin(connection: Connection) -> None:
        """Wait for as long as the one who waits has time for; the session's own limits hold otherwise."""
        patience = connection.get_execution_options().get("patience", limit)
        wait_at_most(connection, patience / 1000 + GRACE)
        if patience < limit * NEARLY:
            limits = f"SET LOCAL lock_timeout = {patience}; SET LOCAL statement_timeout = {patience}"
            connection.exec_driver_sql(limits)

    given = url.query.get("options", "")
    limits = f"-c lock_timeout={limit} -c statement_timeout={limit}"
    engine = create_engine(
        url.set(drivername=DRIVER).difference_update_query(["options"]),
        connect_args={
            "options": f"{given if isinstance(given, str) else ' '.join(given)} {limits}".strip(),
            "connect_timeout": math.ceil(wait),
            "tcp_user_timeout": limit,  # a server that vanished in the middle of a statement
        },
        pool_timeout=wait,
    )
    event.listen(engine, "do_connect", connect)
    event.listen(engine, "begin", begin)
    return engine


def wait_at_most(connection: Connection, seconds: float) -> None:
    """Bound each wait for an answer of the server, from now on."""
    driver: Any = connection.connection.dbapi_connection
    driver.limit = seconds


def nothing_to_prepare(_engine: Engine, _give_up: float) -> None:
    """Do nothing: a server is ready once it answers."""


def lock_schema(connection: Connection) -> None:
    """Wait for other migrations; then let statements take their time, for they may rewrite whole tables."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": SCHEMA_LOCK})
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    wait_at_most(connection, math.inf)


def undone(broken: DBAPIError) -> bool:
    """Tell a transaction that the server rolled back because of another one."""
    return code_of(broken) in ROLLED_BACK


def lost(broken: DBAPIError) -> bool:
    """Tell a connection that broke, or could not be made; what the client itself finds broken has no code."""
    if broken.connection_invalidated or code_of(broken) in GOING_DOWN:
        return True
    return isinstance(broken, OperationalError) and code_of(broken) is None


def code_of(broken: DBAPIError) -> str | None:
    """Return the SQLSTATE of a failure, by which PostgreSQL names it; None when the server did not name it."""
    return getattr(broken.orig, "sqlstate", None)


POSTGRESQL = Backend(
    open=open_server,
    one_writer=False,
    reading={"isolation_level": "REPEATABLE READ"},  # one moment of the database, however many statements
    writing={"isolation_level": "READ COMMITTED"},  # the row lock decides; what is read after it is the latest
    prepare=nothing_to_prepare,
    lock_schema=lock_schema,
    undone=undone,
    lost=lost,
)
