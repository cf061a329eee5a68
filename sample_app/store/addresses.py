"""Which database an address names, and whether the service can run on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

EXPECTED = "expected sqlite:///path/to/file.db or postgresql://user:password@host:5432/database"


def database_address(text: str) -> str:
    """Check the address of a database; raise ValueError saying what is wrong with it."""
    try:
        url = make_url(text)
        check = CHECKS.get(url.get_backend_name())
    except (ArgumentError, ValueError) as wrong:
        raise ValueError(EXPECTED) from wrong
    if check is None:
        raise ValueError(EXPECTED)
    check(url)
    return text


def check_file(url: URL) -> None:
    """Require a file: a database in memory would not be shared by the workers."""
    if url.database in {None, "", ":memory:"}:
        raise ValueError("expected sqlite:///path/to/file.db: workers cannot share a database in memory")


def check_server(url: URL) -> None:
    """Require the name of a database, and the driver."""
    if not url.database:
        raise ValueError("expected postgresql://user:password@host:5432/database: the name of the database is missing")
    if url.drivername not in {"postgresql", "postgresql+psycopg"}:
        raise ValueError("expected postgresql://...: the driver is psycopg 3 and need not be named")
    if find_spec("psycopg") is None:
        raise ValueError("the driver for PostgreSQL is missing: pip install 'reliability-harness[pg]'")


CHECKS: Mapping[str, Callable[[URL], None]] = {"sqlite": check_file, "postgresql": check_server}
