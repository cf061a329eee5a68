"""The service does not start where the ledger cannot be reached, so its outage outlives the next restart.

Family: timeout. Found by: T48 (carried-out; the service is restarted while the dependency is gone).
In real life: "fail early" was meant for wrong addresses. Then a ledger outage met a rolling deployment: no new process
came up, the old ones had gone, and reads that need no ledger were down with it for two hours.
"""

from __future__ import annotations

import socket
from dataclasses import replace
from urllib.parse import urlsplit

from flask import Flask

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.settings import Settings, SettingsError
from sample_app.store.database import Database

PATIENCE = 1.0  # seconds


def check_address(variable: str, address: str) -> None:
    """Raise SettingsError where nobody listens at an address: a wrong one is better noticed now than by a caller."""
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=PATIENCE).close()
    except OSError as nobody:
        raise SettingsError(f"{variable}={address!r}: nobody listens there") from nobody


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Check the ledger's address once the application is built."""

    def extend(app: Flask) -> None:
        """Refuse to start with an address that is wrong."""
        parts.extend(app)
        check_address("LEDGER_URL", settings.ledger_url)

    return replace(parts, extend=extend)


CHECKED_AT_BOOT = Defect(
    name="checked-at-boot",
    family="timeout",
    entry="T48",
    check="carried-out",
    combination=True,
    story="'Fail early' was meant for wrong addresses. Then a ledger outage met a rolling deployment: no new process "
    "came up, the old ones had gone, and reads that need no ledger were down for two hours.",
    install=install,
)
