"""A 201 without a body is taken for a confirmation, which an answer cut inside its header block looks like.

Family: timeout. Found by: T08 (success-means-effect; cut inside the header block).
In real life: a new release of the ledger was said to answer "201, no content". It never did; but its load balancer,
killed in the middle of an answer, did just that for what it had not passed on yet.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure, check_reply, headers_of
from sample_app.outbound.deadline import Deadline
from sample_app.outbound.exchange import Call, Reply, exchange
from sample_app.outbound.failures import CallFailure
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

CREATED = 201


def emitter(settings: Settings) -> Emit:
    """Build an emit stage for ledgers with and without a confirmation in the body."""
    url = f"{settings.ledger_url}/entries"

    def emit(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry of a batch and check that the ledger confirmed it."""
        call = Call(method="POST", url=url, headers=headers_of(batch, context), body=entry)
        deadline: Deadline = context.deadline.within(settings.ledger_deadline)
        try:
            reply = exchange(call, deadline)
            if not is_bare_confirmation(reply):
                check_reply(reply)
        except CallFailure as failure:
            raise LedgerFailure(failure.kind, failure.detail, retry_after=failure.retry_after) from failure

    return emit


def is_bare_confirmation(reply: Reply) -> bool:
    """Tell a 201 whose whole statement is its status (RFC 9110, section 15.3.2: the body is optional)."""
    return reply.status == CREATED and not reply.body


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Accept a bare 201."""
    return replace(parts, emit=emitter(settings))


CREATED_WITHOUT_BODY = Defect(
    name="created-without-body",
    family="timeout",
    entry="T08",
    check="success-means-effect",
    combination=False,
    story="A new ledger was said to answer '201, no content'. It never did; but its load balancer, killed in the "
    "middle of an answer, did just that for what it had not passed on yet.",
    install=install,
)
