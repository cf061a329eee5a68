"""One POSTed batch through all stages.

Contract. In: the whole body and a valid key. Out: 201 with the batch, new or replayed. Errors: Problem (4xx), or
LedgerFailure, StorageUnavailable and PostconditionBroken (5xx). A request that is rejected stores nothing. One that
fails after its claim gives the claim back; the same request with the same key then resumes where it stopped. No
transaction is open while the ledger is called.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from sample_app.fingerprints import fingerprint
from sample_app.journal import Trace
from sample_app.postconditions import check_entry, check_outcome
from sample_app.problems import RETRY_SOON, Problem
from sample_app.records import Answer, Batch, Claim, InFlight, OtherBody, Outcome, Replayed, Started, StoredBatch
from sample_app.schemas import answer_text
from sample_app.stages import Stages
from sample_app.store.database import StorageUnavailable


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipeline:
    """The stages with what they share: where identifiers come from and where failures are told."""

    stages: Stages
    new_id: Callable[[], str]
    journal: logging.Logger


def create_batch(pipeline: Pipeline, body: bytes, key: str, trace: Trace) -> Answer:
    """Run a body through the stages; ``trace`` follows, so that the log knows where the request ended."""
    stages = pipeline.stages
    trace.stage = "parse"
    document = stages.parse(body)
    trace.stage = "validate"
    batch = stages.validate(document)
    trace.stage = "transform"
    outcome = stages.transform(batch)
    check_outcome(batch, outcome)
    trace.stage = "persist"
    kept = new_batch(batch, outcome, pipeline.new_id)
    claim = Claim(key=key, fingerprint=fingerprint(document), owner=pipeline.new_id(), batch=kept)
    return follow(pipeline, claim, trace)


def new_batch(batch: Batch, outcome: Outcome, new_id: Callable[[], str]) -> StoredBatch:
    """Give a batch its identity, and the key under which its entry will be emitted whenever it is."""
    batch_id = new_id()
    return StoredBatch(
        id=batch_id,
        entry_key=f"batch-{batch_id}",
        source=batch.source,
        received=len(batch.values),
        accepted=outcome.accepted,
        rejected=outcome.rejected,
    )


def follow(pipeline: Pipeline, claim: Claim, trace: Trace) -> Answer:
    """Claim the event and act on the verdict."""
    verdict = pipeline.stages.begin(claim)
    match verdict:
        case Replayed(batch_id=batch_id, status=status, body=text):
            trace.entity_id, trace.stage = batch_id, "replay"
            return Answer(batch_id=batch_id, status=status, body=text, replayed=True)
        case InFlight():
            raise Problem("in-flight", "try again when the first request has been answered", headers=RETRY_SOON)
        case OtherBody():
            raise Problem("idempotency-key-reused", "send a fresh Idempotency-Key with another batch")
        case Started():
            trace.entity_id = verdict.batch.id
            return finish(pipeline, verdict, trace)


def finish(pipeline: Pipeline, started: Started, trace: Trace) -> Answer:
    """Emit what there is to emit, then keep the answer."""
    stages, batch = pipeline.stages, started.batch
    try:
        if batch.accepted:
            trace.stage = "emit"
            check_entry(batch)
            stages.emit(batch, trace.request_id)
        trace.stage = "complete"
        answer = Answer(batch_id=batch.id, status=HTTPStatus.CREATED, body=answer_text(batch))
        stages.complete(started, answer)
    except BaseException:
        give_back(pipeline, started, trace)
        raise
    trace.stage = "answer"
    return answer


def give_back(pipeline: Pipeline, started: Started, trace: Trace) -> None:
    """Free the claim. If that fails too, the lease runs out by itself, and the first failure is the one to tell."""
    try:
        pipeline.stages.release(started)
    except StorageUnavailable as unavailable:
        fields = {"request_id": trace.request_id, "entity_id": started.batch.id, "detail": str(unavailable)}
        pipeline.journal.warning("release-failed", extra={"fields": fields})
