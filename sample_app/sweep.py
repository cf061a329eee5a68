"""Finish what nobody retries: a client that gave up leaves an event half done, and a key that never expires.

Run now and then beside the service (``python -m sample_app sweep``), on any machine that reaches the same database.
An unfinished event whose lease is over is claimed by the rules for a client's retry and goes on through the same code
from where it stopped. Then keys that have expired are deleted. An event that cannot be finished is logged; the next
one goes on.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass
from typing import Literal, TextIO

from sample_app.context import Context
from sample_app.contract_kind import Contract
from sample_app.defects import chosen_defect
from sample_app.journal import Trace, open_journal
from sample_app.outbound.deadline import Deadline
from sample_app.outbound.failures import CallFailure
from sample_app.parts import Parts, new_id, standard_parts
from sample_app.pipeline import Pipeline, finish
from sample_app.problems import Problem
from sample_app.readiness import CONDITIONS
from sample_app.records import Started
from sample_app.settings import Settings
from sample_app.store.claims import Terms
from sample_app.store.database import Database, StorageUnavailable
from sample_app.store.leftovers import Leftover, adopter, forgetter, leftover_finder, stranger_counter

LIMIT = 100  # events a run
PAUSE = 0.05  # seconds between two looks at the ledger's breaker

CONTRACT = Contract(
    name="sweep",
    input=("Events that were left unfinished and whose lease is over, the longest untouched first.",),
    guarantees=(
        "A swept event is finished as its client's retry would have finished it, and the retry gets that answer.",
        "A retry at the same instant is safe: one of the two gets the claim.",
        "A run takes a bounded number of events, each under the deadline of a request.",
        "Events that the ledger refuses hold up no other: a run waits until the breaker lets the next one through.",
        "Only a key whose event is finished expires.",
        "An event of a version that this release does not know is counted, and left as it is for one that does.",
    ),
    errors=("storage-unavailable",),
    non_goals=("It does not start by itself: a timer of the operator's runs it.",),
)
Fate = Literal["finished", "failed", "taken"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """How many events were finished, failed again, or were taken by another; and how many keys were forgotten.

    ``unknown`` events are of a version that this release does not know.
    """

    finished: int
    failed: int
    taken: int
    forgotten: int
    unknown: int = 0


def sweep(settings: Settings, *, limit: int = LIMIT, log: TextIO | None = None) -> Swept:
    """Finish leftovers, then forget expired keys. ``log`` is where the lines go, standard output when left out."""
    defect = chosen_defect(settings)
    settings = defect.configure(settings)
    database = Database(settings.database_url, settings.storage_wait)
    parts = defect.install(standard_parts(settings, database), settings, database)
    pipeline = Pipeline(parts=parts, settings=settings, journal=open_journal(settings.log_level, log))
    terms = Terms(lease=settings.lease, key_ttl=settings.key_ttl, now=time.time)
    adopt = adopter(database, terms)
    try:
        fates: Counter[Fate] = Counter()
        for left in leftover_finder(database, terms, parts.editions)(limit):
            await_ledger(parts)
            started = adopt(left, new_id())
            fates["taken" if started is None else go_on(pipeline, left, started)] += 1
        unknown = stranger_counter(database, terms, parts.editions)()
        forgotten = forgetter(database, terms)()
    finally:
        database.close()
    return Swept(
        finished=fates["finished"],
        failed=fates["failed"],
        taken=fates["taken"],
        forgotten=forgotten,
        unknown=unknown,
    )


def await_ledger(parts: Parts) -> None:
    """Wait while the ledger is left alone: nobody waits for a sweep, and an event must not fail for those before it.

    Without this, a few events that the ledger always refuses would open the breaker in every run, and all behind them
    would fail at once, for ever.
    """
    while parts.dependencies["ledger"]() == CONDITIONS["open"]:
        time.sleep(PAUSE)


def go_on(pipeline: Pipeline, left: Leftover, started: Started) -> Fate:
    """Take an event through the rest of the stages, as its client's retry would, and leave one line."""
    trace = Trace(request_id=new_id(), journal=pipeline.journal, entity_id=started.batch.id)
    context = Context(request_id=trace.request_id, deadline=Deadline(pipeline.settings.deadline))
    try:
        finish(pipeline, pipeline.parts.editions[left.version], started, context, trace)
    except (CallFailure, Problem, StorageUnavailable) as broken:
        tell(trace, left, "failed", logging.WARNING, detail=str(broken))
    except Exception as unexpected:  # noqa: BLE001 - whatever one event brings to light, the others must not wait for it
        trace.journal.error("exception", exc_info=unexpected, extra={"fields": {"request_id": trace.request_id}})
        tell(trace, left, "failed", logging.ERROR, detail=type(unexpected).__name__)
    else:
        tell(trace, left, "finished", logging.INFO, detail=None)
        return "finished"
    return "failed"


def tell(trace: Trace, left: Leftover, fate: Fate, level: int, detail: str | None) -> None:
    """Write the line of one event: what became of it, at which stage, and how old it is in seconds."""
    fields = {
        "request_id": trace.request_id,
        "entity_id": trace.entity_id,
        "version": left.version,
        "stage": trace.stage,
        "outcome": fate,
        "detail": detail,
        "age_s": round(time.time() - left.created_at, 3),
        "latency_ms": round(trace.took() * 1000, 3),
    }
    trace.journal.log(level, "sweep", extra={"fields": fields})
