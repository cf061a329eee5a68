"""The answer is stored with the claim, before the entry is sent; only a failure that is noticed takes it back.

Family: duplicate-event. Found by: D14 (one-effect-per-event; the service is killed before an effect).
In real life: answers were stored early so that copies of a request no longer had to wait for a slow ledger. A worker
was killed for its memory in between: the client's retry got its receipt, and the ledger never got the entry.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from sqlalchemy import update

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Claim, Started, Verdict
from sample_app.settings import Settings
from sample_app.store.claims import Release, this_event
from sample_app.store.database import Database
from sample_app.store.tables import keys


def beginner(parts: Parts, database: Database) -> Parts:
    """Build parts that know the answer as soon as the event is theirs."""

    def begin(claim: Claim) -> Verdict:
        """Claim the event and store what its copies are to be told."""
        verdict = parts.begin(claim)
        if isinstance(verdict, Started) and not parts.editions[verdict.batch.version].looks_up:
            text = parts.editions[verdict.batch.version].answer(verdict.batch)
            known = update(keys).where(this_event(verdict)).values(status=int(HTTPStatus.CREATED), body=text)
            database.write(lambda connection: connection.execute(known))
        return verdict

    return replace(parts, begin=begin, release=taking_back(parts.release, database))


def taking_back(release: Release, database: Database) -> Release:
    """Build a release step for an event whose answer turned out to be wrong."""

    def take_back(started: Started) -> None:
        """Forget the answer, then free the key."""
        unknown = update(keys).where(this_event(started)).values(status=None, body=None)
        database.write(lambda connection: connection.execute(unknown))
        release(started)

    return take_back


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Store answers early."""
    return beginner(parts, database)


ANSWER_BEFORE_EFFECT = Defect(
    name="answer-before-effect",
    family="duplicate-event",
    entry="D14",
    check="one-effect-per-event",
    combination=True,
    story="Answers were stored early so that copies need not wait for a slow ledger. A worker was killed in between: "
    "the client's retry got its receipt, and the ledger never got the entry.",
    install=install,
)
