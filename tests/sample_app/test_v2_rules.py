"""The rules of v2: null, empty, blank and missing are four things, with four stated outcomes each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_app.documents.v2 import answer_text, entry_of
from sample_app.parts import new_batch
from sample_app.postconditions import (
    PostconditionBroken,
    check_entry,
    check_kept,
    check_look_up,
    check_outcome,
)
from sample_app.records import Absent, Accepted, Batch, Item, Outcome, Rejection, StoredBatch, Text
from sample_app.rules.texts import State, state_of
from sample_app.rules.v2 import REASONS, transform
from tests.sample_app.sent import document_of

ABSENT = Absent.ABSENT
STATES: dict[State, Text] = {"missing": ABSENT, "null": None, "empty": "", "blank": " \t\u3000", "held": " x "}

# value, then label: what becomes of the item. Written out, so that no code decides what is right.
OUTCOMES: dict[tuple[State, State], str | tuple[str, Text]] = {
    ("missing", "missing"): "missing",
    ("missing", "null"): "missing",
    ("missing", "empty"): "missing",
    ("missing", "blank"): "missing",
    ("missing", "held"): "missing",
    ("null", "missing"): "null",
    ("null", "null"): "null",
    ("null", "empty"): "null",
    ("null", "blank"): "null",
    ("null", "held"): "null",
    ("empty", "missing"): "empty",
    ("empty", "null"): "empty",
    ("empty", "empty"): "empty",
    ("empty", "blank"): "empty",
    ("empty", "held"): "empty",
    ("blank", "missing"): "blank",
    ("blank", "null"): "blank",
    ("blank", "empty"): "blank",
    ("blank", "blank"): "blank",
    ("blank", "held"): "blank",
    ("held", "missing"): ("x", ABSENT),
    ("held", "null"): ("x", None),
    ("held", "empty"): ("x", ""),
    ("held", "blank"): "label-blank",
    ("held", "held"): ("x", " x "),
}

TEXTS = st.one_of(
    st.just(ABSENT),
    st.none(),
    st.text(max_size=6),
    st.sampled_from(["", " ", "\t\n", "\u00a0", "\u3000", "\u200b", " a ", "0", "null"]),
)
ITEMS = st.lists(st.tuples(TEXTS, TEXTS), max_size=12)
BATCHES = ITEMS.map(lambda pairs: batch_of(*pairs))


def batch_of(*pairs: tuple[Text, Text]) -> Batch:
    """Make a batch as v2 reads it, from values and labels."""
    items = (Item(index=at, id=f"i-{at}", value=value, label=label) for at, (value, label) in enumerate(pairs))
    return Batch(version="v2", source="s", items=tuple(items))


def kept(batch: Batch) -> StoredBatch:
    """Take a batch as far as it is kept, with every check on the way."""
    outcome = transform(batch)
    check_outcome(batch, outcome)
    stored = new_batch(batch, outcome)
    check_kept(batch, outcome, stored)
    return stored


@pytest.mark.parametrize(("value", "label"), OUTCOMES)
def test_every_combination_has_its_outcome(value: State, label: State) -> None:
    """All states of a value with all states of a label: what is accepted and how, or the reason."""
    expected = OUTCOMES[value, label]
    outcome = transform(batch_of((STATES[value], STATES[label])))
    if isinstance(expected, str):
        assert outcome == Outcome(accepted=(), rejected=(Rejection(index=0, id="i-0", reason=expected),))
    else:
        taken = Accepted(index=0, id="i-0", value=expected[0], label=expected[1])
        assert outcome == Outcome(accepted=(taken,), rejected=())


def test_the_table_is_whole() -> None:
    """No combination is left out, and every reason that is published occurs."""
    assert set(OUTCOMES) == {(value, label) for value in STATES for label in STATES}
    assert {one for one in OUTCOMES.values() if isinstance(one, str)} == set(REASONS)


@given(TEXTS)
def test_every_text_has_one_state(text: Text) -> None:
    """A state tells exactly what was sent: left out, null, nothing, white space, or something."""
    facts = {
        "missing": text is ABSENT,
        "null": text is None,
        "empty": text == "",
        "blank": isinstance(text, str) and text != "" and text.strip() == "",
        "held": isinstance(text, str) and text.strip() != "",
    }
    assert [name for name, holds in facts.items() if holds] == [state_of(text)]


@given(BATCHES)
def test_every_outcome_passes_its_postconditions(batch: Batch) -> None:
    """Whatever is sent: counts close, order, ids, content and labels are kept; before storing, asking and sending."""
    stored = kept(batch)
    check_look_up(stored)
    if stored.accepted:
        check_entry(stored)
    assert stored.received == len(stored.accepted) + len(stored.rejected) == len(batch.items)


@given(BATCHES)
def test_the_answer_keeps_the_order_and_its_totals_are_exact(batch: Batch) -> None:
    """One result for each item, in the order sent, with its id; the totals count the results."""
    answer = document_of(answer_text(kept(batch)))
    results = answer["results"]
    outcomes = [result["outcome"] for result in results]
    assert [(result["index"], result["id"]) for result in results] == [(item.index, item.id) for item in batch.items]
    assert answer["totals"] == {
        "received": len(results),
        "accepted": outcomes.count("accepted"),
        "rejected": outcomes.count("rejected"),
    }


@given(BATCHES)
def test_answer_and_entry_tell_missing_from_null(batch: Batch) -> None:
    """A label is in the answer and in the entry exactly where it was sent, as it was sent."""
    stored = kept(batch)
    sent = {item.id: ({} if item.label is ABSENT else {"label": item.label}) for item in batch.items}
    for items in (document_of(answer_text(stored))["results"], document_of(entry_of(stored))["items"]):
        told = {one["id"]: {name: one[name] for name in one if name == "label"} for one in items if "value" in one}
        assert told == {item.id: sent[item.id] for item in stored.accepted}


@given(BATCHES)
def test_what_was_accepted_is_accepted_again(batch: Batch) -> None:
    """The rules change nothing more the second time."""
    once = transform(batch).accepted
    again = transform(batch_of(*((item.value, item.label) for item in once)))
    assert ([(item.value, item.label) for item in again.accepted], again.rejected) == (
        [(item.value, item.label) for item in once],
        (),
    )


@given(ITEMS, st.tuples(TEXTS, TEXTS))
def test_one_item_never_decides_over_another(pairs: list[tuple[Text, Text]], more: tuple[Text, Text]) -> None:
    """An item has the outcome that it has alone, whatever is beside it."""
    alone, beside = transform(batch_of(*pairs)), transform(batch_of(*pairs, more))
    last = len(pairs)
    assert alone == Outcome(
        accepted=tuple(item for item in beside.accepted if item.index != last),
        rejected=tuple(item for item in beside.rejected if item.index != last),
    )


BATCH = batch_of(("a", " l "), (" ", None), ("b", None), ("c", ABSENT))
RIGHT = transform(BATCH)
FIRST, SECOND, THIRD = RIGHT.accepted
WRONG = {
    "label trimmed": replace(RIGHT, accepted=(replace(FIRST, label="l"), SECOND, THIRD)),
    "null became missing": replace(RIGHT, accepted=(FIRST, replace(SECOND, label=ABSENT), THIRD)),
    "missing became null": replace(RIGHT, accepted=(FIRST, SECOND, replace(THIRD, label=None))),
    "null became empty": replace(RIGHT, accepted=(FIRST, replace(SECOND, label=""), THIRD)),
    "ids swapped": replace(RIGHT, accepted=(replace(FIRST, id=SECOND.id), replace(SECOND, id=FIRST.id), THIRD)),
    "id of a rejection lost": replace(RIGHT, rejected=(replace(RIGHT.rejected[0], id=None),)),
    "blank accepted": Outcome(accepted=(FIRST, Accepted(index=1, id="i-1", value=""), SECOND, THIRD), rejected=()),
    "lost": replace(RIGHT, accepted=(FIRST, SECOND)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_outcome_is_stopped(name: str) -> None:
    """Each small untruth about a label, an id or a count is stopped before it is stored."""
    with pytest.raises(PostconditionBroken):
        check_outcome(BATCH, WRONG[name])


def test_a_blank_label_is_stopped() -> None:
    """A label of white space does not get through, not even when it was sent so."""
    batch = batch_of(("a", " "))
    with pytest.raises(PostconditionBroken, match="nothing blank is accepted"):
        check_outcome(batch, Outcome(accepted=(Accepted(index=0, id="i-0", value="a", label=" "),), rejected=()))


KEPT = new_batch(BATCH, RIGHT)
MISKEPT = {
    "received is the number of items sent": replace(KEPT, received=5),
    "accepted + rejected = received": replace(KEPT, rejected=()),
    "a batch keeps its version and its source": replace(KEPT, source="other"),
    "what was judged is what is kept": replace(KEPT, accepted=(FIRST, SECOND, replace(THIRD, value="d"))),
}


@pytest.mark.parametrize("rule", MISKEPT)
def test_a_wrong_batch_is_not_kept(rule: str) -> None:
    """Totals that are off by one, another sender, another value: stopped before persistence, by the rule's name."""
    with pytest.raises(PostconditionBroken) as stopped:
        check_kept(BATCH, RIGHT, MISKEPT[rule])
    assert str(stopped.value) == rule


@pytest.mark.parametrize("wrong", [replace(KEPT, source=""), replace(KEPT, received=3)], ids=["no name", "miscounted"])
def test_a_wrong_question_is_not_asked(wrong: StoredBatch) -> None:
    """Nothing is asked for a batch without a name or with totals that do not close."""
    with pytest.raises(PostconditionBroken):
        check_look_up(wrong)


ENTRIES = {
    "blank label": replace(KEPT, accepted=(replace(FIRST, label=" "), SECOND, THIRD)),
    "order": replace(KEPT, accepted=(SECOND, FIRST, THIRD)),
    "uncounted": replace(KEPT, received=7),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_wrong_entry_is_not_emitted(name: str) -> None:
    """No entry with a blank label, in another order or miscounted leaves the service."""
    with pytest.raises(PostconditionBroken):
        check_entry(ENTRIES[name])
