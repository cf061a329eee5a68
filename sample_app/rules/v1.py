"""The rules of v1: strip every value; reject those of which nothing is left.

Contract. In: a Batch. Out: an Outcome in which every value is either accepted (stripped of white space at both ends,
as ``str.strip`` has it, and not empty) or rejected with its index and the reason ``blank``; both in the order sent.
Errors: none, it is total. Non-goals: no case folding, no Unicode normalisation, no removal of duplicates.
"""

from __future__ import annotations

from sample_app.records import Accepted, Batch, Outcome, Rejection
from sample_app.rules.texts import stripped

BLANK = "blank"


def transform(batch: Batch) -> Outcome:
    """Apply the rules."""
    values = [(item.index, stripped(item.value)) for item in batch.items]
    return Outcome(
        accepted=tuple(Accepted(index=index, value=value) for index, value in values if value),
        rejected=tuple(Rejection(index=index, reason=BLANK) for index, value in values if not value),
    )
