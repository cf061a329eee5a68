"""One POSTed batch through all stages.

Contract. In: the whole body and a valid key. Out: 201 with the batch, new or replayed. Errors: Problem (4xx), or
LedgerFailure, StorageUnavailable and PostconditionBroken (5xx). A request that is rejected stores nothing. One that
fails after its claim gives the claim back; the same request with the same key then resumes where it stopped. No
transaction is open while a dependency is called.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from sample_app.context import Context
from sample_app.editions import Edition
from sample_app.journal import Trace
from sample_app.parts import Parts, new_id
from sample_app.problems import RETRY_SOON, Problem
from sample_app.records import Answer, Claim, InFlight, OtherBody, Replayed, Started
from sample_app.settings import Settings
from sample_app.store.database import StorageUnavailable


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipeline:
    """The parts with what they share: the settings, and where failures are told."""

    parts: Parts
    settings: Settings
    journal: logging.Logger


def create_batch(pipeline: Pipeline, edition: Edition, body: bytes, key: str, context: Context, trace: Trace) -> Answer:
    """Run a body through the stages; ``trace`` follows, so that the log knows where the request ended."""
    parts = pipeline.parts
    trace.enter("parse")
    document = parts.parse(body)
    trace.enter("validate")
    batch = edition.validate(document)
    trace.enter("transform")
    outcome = edition.transform(batch)
    parts.check_outcome(batch, outcome)
    trace.enter("persist")
    kept = parts.new_batch(batch, outcome)
    parts.check_kept(batch, outcome, kept)
    claim = Claim(key=key, fingerprint=parts.fingerprint(document), owner=new_id(), batch=kept)
    return follow(pipeline, edition, claim, context, trace)


def follow(pipeline: Pipeline, edition: Edition, claim: Claim, context: Context, trace: Trace) -> Answer:
    """Claim the event and act on the verdict."""
    verdict = pipeline.parts.begin(claim)
    match verdict:
        case Replayed(batch_id=batch_id, status=status, body=text):
            trace.entity_id = batch_id
            trace.enter("replay")
            return Answer(batch_id=batch_id, status=status, body=text, replayed=True)
        case InFlight():
            raise Problem("in-flight", "try again when the first request has been answered", headers=RETRY_SOON)
        case OtherBody():
            raise Problem("idempotency-key-reused", "send a fresh Idempotency-Key with another batch")
        case Started():
            trace.entity_id = verdict.batch.id
            return finish(pipeline, edition, verdict, context, trace)


def finish(pipeline: Pipeline, edition: Edition, started: Started, context: Context, trace: Trace) -> Answer:
    """Emit what there is to emit, then keep the answer."""
    parts, batch = pipeline.parts, started.batch
    try:
        if batch.accepted:
            trace.enter("emit")
            parts.check_entry(batch)
            parts.emit(batch, edition.entry(batch), context)
        trace.enter("complete")
        answer = Answer(batch_id=batch.id, status=HTTPStatus.CREATED, body=edition.answer(batch))
        parts.complete(started, answer)
    except BaseException:
        give_back(pipeline, started, trace)
        raise
    trace.items = (len(batch.accepted), len(batch.rejected))
    trace.enter("answer")
    return answer


def give_back(pipeline: Pipeline, started: Started, trace: Trace) -> None:
    """Free the claim. If that fails too, the lease runs out by itself, and the first failure is the one to tell."""
    try:
        pipeline.parts.release(started)
    except StorageUnavailable as unavailable:
        fields = {"request_id": trace.request_id, "entity_id": started.batch.id, "detail": str(unavailable)}
        pipeline.journal.warning("release-failed", extra={"fields": fields})
