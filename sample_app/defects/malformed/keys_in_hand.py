"""A key that this process has in hand is set free by whatever ends its event, and a refusal ends none.

Family: malformed-payload. Found by: MC15 (correction-not-in-flight; bad, then mended with the same key).
In real life: a set in memory kept repeats of a key in flight away from the database. A caller whose batch was refused
mended it and sent it again: 409 for ever on one worker, 201 on the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Environ, Parts
from sample_app.problems import RETRY_SOON, Problem
from sample_app.records import Answer, Claim, Started, Verdict
from sample_app.settings import Settings
from sample_app.store.claims import Begin, Complete, Release
from sample_app.store.database import Database


class Hand:
    """The keys that this process is at work on: a repeat of one of them need not ask the database."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._lock = threading.Lock()

    def take(self, read: Callable[[Environ], str]) -> Callable[[Environ], str]:
        """Read the key and take it in hand; Problem ``in-flight`` when it is there already."""

        def read_and_take(environ: Environ) -> str:
            key = read(environ)
            with self._lock:
                if key in self._keys:
                    raise Problem("in-flight", "try again when the first request has been answered", headers=RETRY_SOON)
                self._keys.add(key)
            return key

        return read_and_take

    def judged(self, begin: Begin) -> Begin:
        """Let a key go that is not ours to work on."""

        def begin_or_let_go(claim: Claim) -> Verdict:
            verdict = begin(claim)
            if not isinstance(verdict, Started):
                self._keys.discard(claim.key)
            return verdict

        return begin_or_let_go

    def done(self, complete: Complete) -> Complete:
        """Let a key go when its event is finished."""

        def complete_and_let_go(started: Started, answer: Answer) -> None:
            complete(started, answer)
            self._keys.discard(started.key)

        return complete_and_let_go

    def failed(self, release: Release) -> Release:
        """Let a key go when its event has failed and may be tried again."""

        def release_and_let_go(started: Started) -> None:
            self._keys.discard(started.key)
            release(started)

        return release_and_let_go


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Take keys in hand before the body is read."""
    hand = Hand()
    return replace(
        parts,
        key=hand.take(parts.key),
        begin=hand.judged(parts.begin),
        complete=hand.done(parts.complete),
        release=hand.failed(parts.release),
    )


KEYS_IN_HAND = Defect(
    name="keys-in-hand",
    family="malformed-payload",
    entry="MC15",
    check="correction-not-in-flight",
    combination=True,
    story="A set in memory kept repeats in flight away from the database. A caller whose batch was refused mended it "
    "and sent it again: 409 for ever on one worker, 201 on the other.",
    install=install,
)
