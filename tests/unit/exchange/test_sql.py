"""A script of SQL is cut where its statements end, and nowhere else."""

from __future__ import annotations

from harness.exchange.sql import statements


def test_a_script_is_cut_into_its_statements() -> None:
    """A semicolon in a text or a comment ends no statement, and the last one needs none."""
    script = "INSERT INTO a VALUES ('x;y'); -- one; two\nDELETE FROM b;\n\nUPDATE c SET d = 1\n"
    assert statements(script) == (
        "INSERT INTO a VALUES ('x;y');",
        "-- one; two\nDELETE FROM b;",
        "UPDATE c SET d = 1",
    )
    assert statements(" \n") == ()
