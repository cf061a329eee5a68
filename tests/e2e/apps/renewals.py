"""A service whose defect needs three things at once: an old row, a setting, and the last day of a February.

A plan of members from before plans is NULL and counts as yearly; with ``YEARS=calendar`` a year is the same day of the
next one, and the 29th of February has none. ``MENDED`` takes the 28th.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime

from flask import Flask, request
from flask.typing import ResponseReturnValue


def create_app() -> Flask:
    """Make the tables, begin the clock where ``CLOCK`` says, and answer."""
    app = Flask(__name__)
    file = os.environ["DATABASE_URL"].partition(":///")[2]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS members (id TEXT PRIMARY KEY, plan TEXT)")
        connection.execute("INSERT OR IGNORE INTO members VALUES ('m-0', 'monthly')")
    began = datetime.fromisoformat(os.environ.get("CLOCK") or datetime.now(UTC).isoformat())
    started = time.monotonic()

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return {}

    @app.post("/renewals")
    def renew() -> ResponseReturnValue:
        member = request.get_json()["member"]
        with closing(sqlite3.connect(file)) as connection:
            row = connection.execute("SELECT plan FROM members WHERE id = ?", (member,)).fetchone()
        if row is None:
            return {"error": "no such member"}, 404
        today = datetime.fromtimestamp(began.timestamp() + time.monotonic() - started, UTC)
        yearly = row[0] in (None, "yearly") and os.environ.get("YEARS") == "calendar"
        return {"until": _a_year_later(today).date().isoformat() if yearly else "open"}, 200

    return app


def _a_year_later(day: datetime) -> datetime:
    """Return the same day of the next year."""
    if "MENDED" in os.environ and (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year + 1)
