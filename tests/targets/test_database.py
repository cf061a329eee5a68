"""Rows are put into the service's database all or none, and what is refused is told with its statement."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from harness.model.errors import TargetError
from harness.targets.database import carry_out
from tests.sample_app.postgres import running_postgres


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a database with one table."""
    file = tmp_path / "app.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE members (id TEXT PRIMARY KEY)")
    return file


def rows(file: Path) -> list[str]:
    """Return what the table holds."""
    with closing(sqlite3.connect(file)) as connection:
        return [found[0] for found in connection.execute("SELECT id FROM members ORDER BY id")]


@pytest.mark.parametrize("form", ["sqlite:///{file}", "sqlite:///app.db", "sqlite:///{file}?timeout=3"])
def test_rows_are_put_in(database: Path, form: str) -> None:
    """Absolute and relative to where the service runs."""
    carry_out(("INSERT INTO members VALUES ('a')",), form.format(file=database), database.parent)
    assert rows(database) == ["a"]


def test_what_is_refused_is_told_and_leaves_nothing(database: Path) -> None:
    """The statement is quoted with its number, and those before it are taken back."""
    with pytest.raises(TargetError) as refused:
        carry_out(
            ("INSERT INTO members VALUES ('a')", "DROP TABLE members", "INSERT INTO\n nowhere VALUES (1)"),
            "sqlite:///app.db",
            database.parent,
        )
    told = "the service's database refuses statement 3 of 3 (INSERT INTO nowhere VALUES (1)): no such table: nowhere"
    assert (str(refused.value), rows(database)) == (told, [])


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:///none.db", "the service has no database at "),
        ("mysql://h/d", "the database is mysql, and the harness puts rows into sqlite and postgresql only"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "the service's database cannot be reached: "),
    ],
)
def test_a_database_that_is_not_there_is_told(tmp_path: Path, url: str, told: str) -> None:
    """Nothing is made that the service did not make itself."""
    with pytest.raises(TargetError) as refused:
        carry_out(("SELECT 1",), url, tmp_path)
    assert str(refused.value).startswith(told)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """By what it is, and not by a traceback."""
    (tmp_path / "text").write_text("no database " * 100)
    with pytest.raises(TargetError, match=r"refuses statement 1 of 1 .*: file is not a database"):
        carry_out(("SELECT * FROM members",), "sqlite:///text", tmp_path)


@pytest.mark.server
def test_rows_are_put_into_postgresql_all_or_none() -> None:
    """Addressed as SQLAlchemy does; a per cent sign is itself, and what is refused leaves nothing."""
    import psycopg

    with running_postgres() as server, server.database("template0") as own:
        url = own.replace("postgresql:", "postgresql+psycopg:")
        make = ("CREATE TABLE members (id TEXT)", "INSERT INTO members VALUES ('100 %s')")
        carry_out(make, url, Path())
        with pytest.raises(TargetError) as refused:
            carry_out(("DELETE FROM members", "INSERT INTO nowhere VALUES (1)"), url, Path())
        told = "the service's database refuses statement 2 of 2 (INSERT INTO nowhere VALUES (1)): "
        assert str(refused.value).startswith(told)
        late = (
            "ALTER TABLE members ADD UNIQUE (id)",
            "CREATE TABLE cards (member TEXT REFERENCES members (id) DEFERRABLE INITIALLY DEFERRED)",
            "INSERT INTO cards VALUES ('nobody')",
        )
        with pytest.raises(TargetError, match="the service's database keeps nothing: "):
            carry_out(late, url, Path())
        with psycopg.connect(own) as connection:
            assert connection.execute("SELECT id FROM members").fetchall() == [("100 %s",)]
