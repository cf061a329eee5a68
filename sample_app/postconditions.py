"""What must be true before something is stored or sent, whatever the code before it did.

A breach is a bug of ours: the request ends with 500 and type ``postcondition``, nothing more is stored or emitted, and
an alert line is logged. These checks share no code with the rules that they guard: one mistake cannot blind both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sample_app.contract_kind import Contract
from sample_app.records import Accepted, Batch, Outcome, Rejection, StoredBatch

CONTRACT = Contract(
    name="post-conditions",
    input=("What the stage before has made, and what it made it of.",),
    guarantees=(
        "Before persistence: accepted + rejected = received, each item once, nothing blank accepted.",
        "Before persistence: order, ids, content and labels are kept; what is kept is what was judged; totals exact.",
        "Before the look-up: the batch is whole, and there is a name to ask about.",
        "Before emission: there is something to emit, nothing in it is blank, order and totals hold.",
        "A breach is answered 500, stores and emits nothing more, and writes an alert line that names the rule.",
    ),
    errors=("postcondition",),
    non_goals=("No repair: a wrong result is stopped, never mended.",),
)


class PostconditionBroken(Exception):
    """A result that must not leave the service; the message names the rule, never the data."""


def check_outcome(batch: Batch, outcome: Outcome) -> None:
    """After the rules: the counts close, nothing blank is accepted, order and content are kept."""
    sent = {item.index: item for item in batch.items}
    judged: tuple[Accepted | Rejection, ...] = (*outcome.accepted, *outcome.rejected)
    require(len(judged) == len(batch.items), "accepted + rejected = received")
    require({item.index for item in judged} == set(sent), "each item has one outcome")
    require(in_order(outcome.accepted) and in_order(outcome.rejected), "the order sent is kept")
    require(all(is_clean(item) for item in outcome.accepted), "nothing blank is accepted")
    require(all(item.id == sent[item.index].id for item in judged), "results keep the id of their item")
    require(all(is_of(item, sent[item.index].value) for item in outcome.accepted), "values keep their content")
    require(all(item.label == sent[item.index].label for item in outcome.accepted), "labels are kept as sent")


def check_kept(batch: Batch, outcome: Outcome, kept: StoredBatch) -> None:
    """Before persistence: what will be kept is what was sent and judged, and its totals are exact."""
    require(kept.received == len(batch.items), "received is the number of items sent")
    require(totals_close(kept), "accepted + rejected = received")
    require((kept.version, kept.source) == (batch.version, batch.source), "a batch keeps its version and its source")
    require((kept.accepted, kept.rejected) == (outcome.accepted, outcome.rejected), "what was judged is what is kept")


def check_look_up(batch: StoredBatch) -> None:
    """Before the look-up: the batch is whole, and there is a name to ask about."""
    require(bool(batch.source), "a look-up has a name")
    require(totals_close(batch), "accepted + rejected = received")


def check_entry(batch: StoredBatch) -> None:
    """Before emission: there is something to emit, it is clean, and it is what was counted."""
    require(bool(batch.accepted), "an entry has at least one value")
    require(all(is_clean(item) for item in batch.accepted), "nothing blank is emitted")
    require(in_order(batch.accepted), "the order sent is kept")
    require(totals_close(batch), "accepted + rejected = received")


def totals_close(batch: StoredBatch) -> bool:
    """Tell whether every item received is counted once."""
    return len(batch.accepted) + len(batch.rejected) == batch.received


def is_clean(item: Accepted) -> bool:
    """Tell whether there is something in the value, and no label of white space alone; an empty label is legal."""
    cleared = not isinstance(item.label, str) or item.label == ""
    return bool(item.value.strip()) and (cleared or not str(item.label).isspace())


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
