"""The rules that make clean values of raw ones. Pure: no clock, no I/O, no state.

Contract. In: a Batch. Out: an Outcome in which every value is either accepted (stripped of white space at both ends,
as ``str.strip`` has it, and not empty) or rejected with its index and the reason ``blank``; both in the order sent.
Errors: none, it is total. Non-goals: no case folding, no Unicode normalisation, no removal of duplicates.
"""

from __future__ import annotations

from sample_app.records import Batch, Outcome, Rejection

BLANK = "blank"


def transform(batch: Batch) -> Outcome:
    """Strip every value; reject those of which nothing is left."""
    stripped = [value.strip() for value in batch.values]
    return Outcome(
        accepted=tuple(value for value in stripped if value),
        rejected=tuple(Rejection(index=index, reason=BLANK) for index, value in enumerate(stripped) if not value),
    )
