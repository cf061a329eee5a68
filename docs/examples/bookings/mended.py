"""The service of ``bookings.py`` with its two mistakes mended: one key for one booking, and an end to every wait."""

from __future__ import annotations

import os
import sqlite3
import uuid
from contextlib import closing
from typing import Any

import requests
from flask import Flask, Response, jsonify, request

PRICE = 90
BOOKINGS = "CREATE TABLE IF NOT EXISTS bookings (id TEXT, reference TEXT UNIQUE, room TEXT, nights INTEGER)"
PATIENCE = 1.0
"""Seconds that the payment provider has: half of what the guest was promised."""

app = Flask(__name__)


@app.get("/health")
def health() -> Response:
    """Say that the service is up."""
    return jsonify(status="up")


@app.post("/bookings")
def book() -> tuple[Response, int]:
    """Charge for a booking and keep it; its reference tells a booking that was sent before."""
    wanted = request.get_json()
    if not sound(wanted):
        return jsonify(error="a booking has a reference, a room, and a number of nights"), 422
    known = kept("SELECT * FROM bookings WHERE reference = :reference", wanted)
    if known and (known["room"], known["nights"]) != (wanted["room"], wanted["nights"]):
        return jsonify(error="this reference was used for another booking"), 409
    if not known:
        try:
            charge(wanted)
        except requests.RequestException:
            return jsonify(error="payments cannot be reached; send the same booking again"), 503
        change(
            "INSERT OR IGNORE INTO bookings VALUES (:id, :reference, :room, :nights)",
            {"id": str(uuid.uuid4()), **wanted},
        )
        known = kept("SELECT * FROM bookings WHERE reference = :reference", wanted)
    return jsonify(known), 201


@app.get("/bookings/<booking>")
def read(booking: str) -> tuple[Response, int]:
    """Answer with a booking."""
    known = kept("SELECT * FROM bookings WHERE id = :id", {"id": booking})
    return (jsonify(known), 200) if known else (jsonify(error="no such booking"), 404)


def sound(wanted: Any) -> bool:
    """Tell whether a document is a booking."""
    return (
        isinstance(wanted, dict)
        and all(isinstance(wanted.get(name), str) and wanted[name].strip() for name in ("reference", "room"))
        and type(wanted.get("nights")) is int
        and 0 < wanted["nights"] <= 365
    )


def charge(wanted: dict[str, Any]) -> None:
    """Charge the guest."""
    answer = requests.post(
        f"{os.environ['PAYMENTS_URL']}/charges",
        json={"amount": PRICE * wanted["nights"], "booking": wanted["reference"]},
        headers={"Idempotency-Key": wanted["reference"]},
        timeout=PATIENCE,
    )
    answer.raise_for_status()


def kept(query: str, values: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first row, if there is one."""
    with closing(database()) as connection:
        row = connection.execute(query, values).fetchone()
    return dict(row) if row else None


def change(statement: str, values: dict[str, Any]) -> None:
    """Carry out a statement in a transaction of its own."""
    with closing(database()) as connection, connection:
        connection.execute(statement, values)


def database() -> sqlite3.Connection:
    """Open the database."""
    connection = sqlite3.connect(os.environ.get("BOOKINGS_DB", "bookings.db"))
    connection.row_factory = sqlite3.Row
    connection.execute(BOOKINGS)
    return connection
