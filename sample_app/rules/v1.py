"""The rules of v1: strip every value; reject those of which nothing is left. Pure, total, and never to be changed."""

from __future__ import annotations

from sample_app.contract_kind import Contract
from sample_app.records import Accepted, Batch, Outcome, Rejection
from sample_app.rules.texts import stripped

BLANK = "blank"

CONTRACT = Contract(
    name="rules of v1",
    input=("A batch of v1: texts.",),
    guarantees=(
        "Every value is accepted, stripped of white space at both ends as str.strip has it, or rejected `blank`.",
        "Accepted and rejected each keep the order sent, and together they are what was received.",
    ),
    non_goals=("No case folding, no Unicode normalisation, no removal of duplicates.",),
)


def transform(batch: Batch) -> Outcome:
    """Apply the rules."""
    values = [(item.index, stripped(item.value)) for item in batch.items]
    return Outcome(
        accepted=tuple(Accepted(index=index, value=value) for index, value in values if value),
        rejected=tuple(Rejection(index=index, reason=BLANK) for index, value in values if not value),
    )
