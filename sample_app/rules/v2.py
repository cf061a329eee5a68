"""The rules of v2: null, empty, blank and missing are four different things, each with a stated outcome.

    state     value                      label
    missing   rejected ``missing``       accepted, the result has no label
    null      rejected ``null``          accepted, the label is null (cleared)
    empty     rejected ``empty``         accepted, the label is ""
    blank     rejected ``blank``         rejected ``label-blank``
    held      accepted, stripped         accepted, exactly as sent

The value is judged before the label, and an item has one reason. Pure and total.
"""

from __future__ import annotations

from collections.abc import Mapping

from sample_app.contract_kind import Contract
from sample_app.records import Accepted, Batch, Item, Outcome, Rejection
from sample_app.rules.texts import State, state_of, stripped

VALUE_REASONS: Mapping[State, str] = {"missing": "missing", "null": "null", "empty": "empty", "blank": "blank"}
LABEL_REASONS: Mapping[State, str] = {"blank": "label-blank"}
REASONS = (*VALUE_REASONS.values(), *LABEL_REASONS.values())

CONTRACT = Contract(
    name="rules of v2",
    input=("A batch of v2: items whose value and label may be missing, null, empty, blank, or hold something.",),
    guarantees=(
        "Each item has one outcome, by the table in sample_app/rules/v2.py; one item never decides over another.",
        "An accepted value is stripped at both ends and not empty; a label is kept exactly as sent, absence included.",
        "The value is judged before the label: a rejected item has one reason.",
        "Accepted and rejected each keep the order sent, and together they are what was received.",
    ),
    non_goals=("No case folding, no Unicode normalisation, no removal of duplicate values, no cleaning of labels.",),
)


def transform(batch: Batch) -> Outcome:
    """Apply the rules."""
    judged = [judge(item) for item in batch.items]
    return Outcome(
        accepted=tuple(one for one in judged if isinstance(one, Accepted)),
        rejected=tuple(one for one in judged if isinstance(one, Rejection)),
    )


def judge(item: Item) -> Accepted | Rejection:
    """Take an item, or say why not."""
    reason = VALUE_REASONS.get(state_of(item.value)) or LABEL_REASONS.get(state_of(item.label))
    if reason is not None:
        return Rejection(index=item.index, id=item.id, reason=reason)
    return Accepted(index=item.index, id=item.id, value=stripped(item.value), label=item.label)
