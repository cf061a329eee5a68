"""The call to the ledger has no timeout.

Family: timeout. Found by: T02 (answer-in-time; accepted, never answers).
In real life: a firewall began to drop packets of long-lived connections without a word. Every thread of every worker
came to wait in recv, health checks included, and the restart that cured it lost what was in flight.
"""

from __future__ import annotations

from dataclasses import replace

import requests

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure, check_reply, headers_of
from sample_app.outbound.exchange import Reply
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def emitter(settings: Settings) -> Emit:
    """Build an emit stage on a plain call of requests."""

    def emit(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry of a batch and check that the ledger confirmed it."""
        url, headers = f"{settings.ledger_url}/entries", headers_of(batch, context)
        try:
            response = requests.post(url, data=entry, headers=headers, allow_redirects=False)  # noqa: S113
        except requests.ConnectionError as broken:
            raise LedgerFailure("unavailable", "no answer came") from broken
        except requests.RequestException as broken:
            raise LedgerFailure("broken", "the answer is cut or malformed") from broken
        check_reply(Reply(status=response.status_code, body=response.content))

    return emit


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Call without a timeout."""
    return replace(parts, emit=emitter(settings))


NO_TIMEOUT = Defect(
    name="no-timeout",
    family="timeout",
    entry="T02",
    check="answer-in-time",
    combination=False,
    story="A firewall dropped packets of long-lived connections without a word. Every thread came to wait in recv, "
    "and the restart that cured it lost what was in flight.",
    install=install,
)
