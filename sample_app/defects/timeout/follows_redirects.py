"""Redirects of the ledger are followed, so a POST becomes a GET, and what is found there is believed.

Family: timeout. Found by: T30 (success-means-effect; the dependency redirects).
In real life: the ledger moved to another path and sent its old callers there for a month. The library turned each POST
into a GET, the new path showed its newest entry with 200, and a day's entries were confirmed by one another's ids.
"""

from __future__ import annotations

from dataclasses import replace

import requests

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure, check_reply, headers_of
from sample_app.outbound.deadline import Deadline, DeadlineAdapter
from sample_app.outbound.exchange import Reply, failure_of, read_body
from sample_app.outbound.failures import CallFailure
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def emitter(settings: Settings) -> Emit:
    """Build an emit stage that finds the ledger wherever it has moved to, all moves within one deadline."""
    url = f"{settings.ledger_url}/entries"

    def emit(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry of a batch and check that the ledger confirmed it."""
        deadline: Deadline = context.deadline.within(settings.ledger_deadline)
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.max_redirects = 3
                session.mount("http://", DeadlineAdapter(deadline))
                with session.post(url, data=entry, headers=headers_of(batch, context), stream=True) as response:
                    check_reply(Reply(status=response.status_code, body=read_body(response)))
        except (requests.RequestException, TimeoutError) as broken:
            failure = failure_of(broken, deadline)
            raise LedgerFailure(failure.kind, failure.detail) from broken
        except CallFailure as failure:
            raise LedgerFailure(failure.kind, failure.detail, retry_after=failure.retry_after) from failure

    return emit


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Follow the ledger."""
    return replace(parts, emit=emitter(settings))


FOLLOWS_REDIRECTS = Defect(
    name="follows-redirects",
    family="timeout",
    entry="T30",
    check="success-means-effect",
    combination=False,
    story="The ledger moved and sent its old callers to its new path. The library turned each POST into a GET, the new "
    "path showed its newest entry with 200, and a day's entries were confirmed by one another's ids.",
    install=install,
)
