"""The timeout bounds each read of the socket and not the call, so an answer that drips is waited for to its end.

Family: timeout. Found by: T10 (answer-in-time; the body of the answer drips).
In real life: "timeout=1.0" stood in the code and in the runbook. A proxy at the ledger sent a byte a second to keep
connections alive while it failed over, and every request of the service took four minutes.
"""

from __future__ import annotations

from dataclasses import replace

import requests

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure, check_reply, headers_of
from sample_app.outbound.exchange import Reply
from sample_app.outbound.failures import CallFailure
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def emitter(settings: Settings) -> Emit:
    """Build an emit stage on a session of requests, with the ledger's deadline as its timeout."""
    url = f"{settings.ledger_url}/entries"

    def emit(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry of a batch and check that the ledger confirmed it."""
        headers = headers_of(batch, context)
        seconds = context.deadline.within(settings.ledger_deadline).left()
        try:
            response = requests.post(url, data=entry, headers=headers, timeout=seconds, allow_redirects=False)
            check_reply(Reply(status=response.status_code, body=response.content))
        except requests.Timeout as late:
            raise LedgerFailure("late", "the deadline passed") from late
        except requests.ConnectionError as broken:
            raise LedgerFailure("unavailable", "no answer came") from broken
        except requests.RequestException as broken:
            raise LedgerFailure("broken", "the answer is cut or malformed") from broken
        except CallFailure as failure:
            raise LedgerFailure(failure.kind, failure.detail, retry_after=failure.retry_after) from failure

    return emit


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Call with the timeout of the library."""
    return replace(parts, emit=emitter(settings))


PER_READ_TIMEOUT = Defect(
    name="per-read-timeout",
    family="timeout",
    entry="T10",
    check="answer-in-time",
    combination=False,
    story="'timeout=1.0' stood in the code and in the runbook. A proxy sent a byte a second to keep connections alive "
    "while it failed over, and every request of the service took four minutes.",
    install=install,
)
