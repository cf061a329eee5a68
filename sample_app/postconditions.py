"""What must be true before something is stored or sent, whatever the code before it did.

A breach is a bug of ours: the request ends with 500 and type ``postcondition``, nothing is stored or emitted, and an
alert line is logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sample_app.records import Accepted, Batch, Outcome, Rejection, StoredBatch


class PostconditionBroken(Exception):
    """A result that must not leave the service; the message names the rule, never the data."""


def check_outcome(batch: Batch, outcome: Outcome) -> None:
    """Before persistence: the counts close, nothing blank is accepted, order and content are kept."""
    sent = {item.index: item for item in batch.items}
    require(len(outcome.accepted) + len(outcome.rejected) == len(batch.items), "accepted + rejected = received")
    judged: tuple[Accepted | Rejection, ...] = (*outcome.accepted, *outcome.rejected)
    require({item.index for item in judged} == set(sent), "each item has one outcome")
    require(in_order(outcome.accepted) and in_order(outcome.rejected), "the order sent is kept")
    require(all(item.value.strip() for item in outcome.accepted), "no blank value is accepted")
    require(
        all(is_of(item, sent[item.index].value) and item.id == sent[item.index].id for item in outcome.accepted),
        "accepted values keep their content",
    )
    require(all(item.label == sent[item.index].label for item in outcome.accepted), "labels are kept as sent")


def check_entry(batch: StoredBatch) -> None:
    """Before emission: there is something to emit, it is clean, and it is what was counted."""
    require(bool(batch.accepted), "an entry has at least one value")
    require(all(item.value.strip() for item in batch.accepted), "no blank value is emitted")
    require(len(batch.accepted) + len(batch.rejected) == batch.received, "accepted + rejected = received")


def in_order(items: Sequence[Accepted | Rejection]) -> bool:
    """Tell whether positions rise."""
    return all(one.index < other.index for one, other in pairwise(items))


def is_of(item: Accepted, value: object) -> bool:
    """Tell whether an accepted value is the one that was sent, stripped at most."""
    return isinstance(value, str) and item.value == value.strip()


def require(holds: bool, rule: str) -> None:
    """Stop the request when the rule does not hold."""
    if not holds:
        raise PostconditionBroken(rule)
