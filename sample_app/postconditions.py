"""What must be true before something is stored or sent, whatever the code before it did.

A breach is a bug of ours: the request ends with 500 and type ``postcondition``, nothing is stored or emitted, and an
alert line is logged.
"""

from __future__ import annotations

from sample_app.records import Batch, Outcome, StoredBatch


class PostconditionBroken(Exception):
    """A result that must not leave the service; the message names the rule, never the data."""


def check_outcome(batch: Batch, outcome: Outcome) -> None:
    """Before persistence: the counts close, nothing blank is accepted, order and content are kept."""
    dropped = {rejection.index for rejection in outcome.rejected}
    kept = tuple(value.strip() for index, value in enumerate(batch.values) if index not in dropped)
    require(len(outcome.accepted) + len(outcome.rejected) == len(batch.values), "accepted + rejected = received")
    require(len(dropped) == len(outcome.rejected), "an index is rejected once")
    require(all(value.strip() for value in outcome.accepted), "no blank value is accepted")
    require(kept == outcome.accepted, "accepted values keep their order and content")


def check_entry(batch: StoredBatch) -> None:
    """Before emission: there is something to emit, it is clean, and it is what was counted."""
    require(bool(batch.accepted), "an entry has at least one value")
    require(all(value.strip() for value in batch.accepted), "no blank value is emitted")
    require(len(batch.accepted) + len(batch.rejected) == batch.received, "accepted + rejected = received")


def require(holds: bool, rule: str) -> None:
    """Stop the request when the rule does not hold."""
    if not holds:
        raise PostconditionBroken(rule)
