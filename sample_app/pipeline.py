"""One POSTed batch through all stages.

Contract. In: the whole body and a valid key. Out: 201 with the batch, new or replayed. Errors: Problem (4xx), or
LedgerFailure, StorageUnavailable and PostconditionBroken (5xx). A request that is rejected stores nothing. One that
fails after its claim gives the claim back; the same request with the same key then resumes where it stopped. No
transaction is open while a dependency is called, and nothing is claimed or emitted for a caller whose time is up.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from http import HTTPStatus

from sample_app.context import Context
from sample_app.editions import Edition
from sample_app.journal import Trace
from sample_app.parts import Parts, new_id
from sample_app.problems import RETRY_SOON, Problem
from sample_app.records import Answer, Claim, InFlight, OtherBody, Replayed, Started
from sample_app.settings import Settings
from sample_app.store.database import StorageUnavailable

KEPT_FOR_STORING = 0.3  # seconds at the end of a request, or a quarter of what is left where that is less


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
    check_time(context)
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
    """Look up what is to be looked up, emit what there is to emit, then keep the answer."""
    parts = pipeline.parts
    try:
        batch = enriched(pipeline, edition, started, context, trace).batch
        if batch.accepted:
            trace.enter("emit")
            parts.check_entry(batch)
            check_time(context)
            parts.emit(batch, edition.entry(batch), for_calls(context))
        trace.enter("complete")
        answer = Answer(batch_id=batch.id, status=HTTPStatus.CREATED, body=edition.answer(batch))
        parts.complete(started, answer)
    except BaseException:
        give_back(pipeline, started, trace)
        raise
    trace.items = (len(batch.accepted), len(batch.rejected))
    trace.enter("answer")
    return answer


def enriched(pipeline: Pipeline, edition: Edition, started: Started, context: Context, trace: Trace) -> Started:
    """Ask about the source, once an event: what was heard then, or that nothing was, stays in every answer."""
    if not edition.looks_up or started.point != "claimed":
        return started
    trace.enter("look-up")
    pipeline.parts.check_look_up(started.batch)
    info = pipeline.parts.look_up(started.batch.source, for_calls(context))
    trace.enter("enrich")
    return pipeline.parts.enrich(started, info)


def check_time(context: Context) -> None:
    """Stop a request whose time is up before it does what cannot be undone."""
    if context.deadline.passed():
        raise Problem("deadline-exceeded", "retry with the same Idempotency-Key and more time", headers=RETRY_SOON)


def for_calls(context: Context) -> Context:
    """Keep the last part of the time for storing the answer: a call must not use up what it takes to remember it."""
    left = context.deadline.left()
    return replace(context, deadline=context.deadline.within(left - min(KEPT_FOR_STORING, left / 4)))


def give_back(pipeline: Pipeline, started: Started, trace: Trace) -> None:
    """Free the claim. If that fails too, the lease runs out by itself, and the first failure is the one to tell."""
    try:
        pipeline.parts.release(started)
    except StorageUnavailable as unavailable:
        fields = {"request_id": trace.request_id, "entity_id": started.batch.id, "detail": str(unavailable)}
        pipeline.journal.warning("release-failed", extra={"fields": fields})
