"""Emitting an entry: ``POST {LEDGER_URL}/entries`` under the batch's own Idempotency-Key.

Contract. In: a stored batch with accepted values. Out: nothing; returning means that the ledger confirmed the entry.
Errors: LedgerFailure; outbound/failures.py has the kinds, errors.py what the caller is told:

    late, hurried             504
    unavailable, open, full   503
    broken, wrong             502

The outgoing key is kept with the batch and the same on every attempt, so the call is safe to repeat: within the
deadline after ``unavailable`` and ``broken``, and by the client with its own key after any failure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sample_app.context import Context, passed_on
from sample_app.outbound.calls import Limits, Line, World, open_line
from sample_app.outbound.deadline import Deadline
from sample_app.outbound.exchange import Call, Reply, check_status, exchange, read_document
from sample_app.outbound.failures import CallFailure, FailureKind
from sample_app.outbound.retry import Retries
from sample_app.records import StoredBatch
from sample_app.settings import Settings

Emit = Callable[[StoredBatch, bytes, Context], None]

NAME = "ledger"
CONFIRMED = frozenset({200, 201})
SAFE_TO_REPEAT: frozenset[FailureKind] = frozenset({"unavailable", "broken"})


class LedgerFailure(CallFailure):
    """The ledger did not confirm the entry; whether it took it is unknown."""


class Confirmation(BaseModel):
    """What the ledger says of an entry that it has. It may say more."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
    id: Annotated[str, Field(min_length=1)]


def ledger_line(settings: Settings, world: World) -> Line:
    """Build the way to the ledger, with the limits of the settings."""
    retries = Retries(tries=settings.ledger_tries, safe=SAFE_TO_REPEAT, first=settings.backoff)
    limits = Limits(
        deadline=settings.ledger_deadline,
        retries=retries,
        places=settings.ledger_calls,
        wait=settings.call_wait,
        failures=settings.breaker_failures,
        open_for=settings.breaker_open,
    )
    return open_line(NAME, limits, world)


def emitter(settings: Settings, line: Line | None = None) -> Emit:
    """Build the emit stage; ``line`` is the way to the ledger, one of its own where it is left out."""
    way = line or ledger_line(settings, World())
    url = f"{settings.ledger_url}/entries"

    def emit(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry of a batch and check that the ledger confirmed it."""
        call = Call(method="POST", url=url, headers=headers_of(batch, context), body=entry)

        def once(deadline: Deadline) -> None:
            check_reply(exchange(call, deadline))

        try:
            way.call(once, context.deadline)
        except CallFailure as failure:
            raise LedgerFailure(failure.kind, failure.detail, retry_after=failure.retry_after) from failure

    return emit


def headers_of(batch: StoredBatch, context: Context) -> dict[str, str]:
    """Name the event, and the request that caused it."""
    return {"Content-Type": "application/json", "Idempotency-Key": batch.entry_key, **passed_on(context)}


def check_reply(reply: Reply) -> None:
    """Believe an answer only if its status and its document both say that the entry is there."""
    check_status(reply, CONFIRMED)
    read_document(reply, Confirmation)
