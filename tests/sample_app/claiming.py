"""What the tests of claims share: a clock moved by hand, terms by it, and a wish to handle an event."""

from __future__ import annotations

from sample_app.parts import new_batch
from sample_app.records import Accepted, Batch, Claim, Item, Outcome
from sample_app.store.claims import Terms

LEASE, DAY = 4.0, 86400.0


class Hand:
    """A clock moved by hand, in seconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def terms(clock: Hand) -> Terms:
    """Say how long things hold, by a clock moved by hand."""
    return Terms(lease=LEASE, key_ttl=DAY, now=clock)


def wish(owner: str, fingerprint: str = "f", key: str = "k") -> Claim:
    """Claim a key with a fresh batch."""
    sent = Batch(version="v1", source="s", items=(Item(index=0, value="a"),))
    batch = new_batch(sent, Outcome(accepted=(Accepted(index=0, value="a"),), rejected=()))
    return Claim(key=key, fingerprint=fingerprint, owner=owner, batch=batch)
