"""The transform, for any values at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_app.fingerprints import fingerprint
from sample_app.postconditions import PostconditionBroken, check_entry, check_outcome
from sample_app.records import Accepted, Batch, Item, JsonValue, Outcome, Rejection, StoredBatch
from sample_app.rules.v1 import transform

VALUES = st.lists(
    st.text(max_size=8) | st.sampled_from([" ", "\t\n", "\u00a0", "\u3000", " a ", "\u200b"]), max_size=12
)
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def batch_of(*values: str) -> Batch:
    """Make a batch as v1 reads it."""
    return Batch(
        version="v1", source="s", items=tuple(Item(index=index, value=value) for index, value in enumerate(values))
    )


def accepted(**values: str) -> tuple[Accepted, ...]:
    """Write accepted values by position: ``_0="a"``."""
    return tuple(Accepted(index=int(name[1:]), value=value) for name, value in values.items())


def test_the_example() -> None:
    """Values are stripped, blank ones are rejected with their index, order is kept."""
    assert transform(batch_of(" alpha ", "", "beta", " \t")) == Outcome(
        accepted=accepted(_0="alpha", _2="beta"),
        rejected=(Rejection(index=1, reason="blank"), Rejection(index=3, reason="blank")),
    )


@given(VALUES)
def test_every_outcome_passes_its_postconditions(values: list[str]) -> None:
    """Accepted and rejected add up, nothing blank is accepted, order and content are kept: for any values."""
    batch = batch_of(*values)
    outcome = transform(batch)
    check_outcome(batch, outcome)
    assert [values[item.index].strip() for item in outcome.rejected] == [""] * len(outcome.rejected)


@given(VALUES)
def test_transforming_twice_changes_nothing_more(values: list[str]) -> None:
    """What was accepted once is accepted again, as it is."""
    once = [item.value for item in transform(batch_of(*values)).accepted]
    again = transform(batch_of(*once))
    assert ([item.value for item in again.accepted], again.rejected) == (once, ())


BATCH = batch_of("a", " ", "b")
RIGHT = transform(BATCH)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RIGHT, accepted=accepted(_0="b", _2="a")),
        replace(RIGHT, accepted=tuple(reversed(RIGHT.accepted))),
        replace(RIGHT, accepted=accepted(_0="a")),
        replace(RIGHT, accepted=accepted(_0="a", _2="x")),
        replace(RIGHT, accepted=accepted(_0="a", _1="", _2="b"), rejected=()),
        replace(RIGHT, accepted=(RIGHT.accepted[0], replace(RIGHT.accepted[1], label=""))),
        replace(RIGHT, rejected=()),
        replace(RIGHT, rejected=RIGHT.rejected * 2),
    ],
    ids=["swapped", "order", "lost", "changed", "blank", "label", "unrejected", "twice"],
)
def test_a_wrong_outcome_is_stopped(wrong: Outcome) -> None:
    """No wrong outcome gets past the check before persistence."""
    with pytest.raises(PostconditionBroken):
        check_outcome(BATCH, wrong)


@pytest.mark.parametrize(
    ("received", "taken"), [(0, ()), (1, accepted(_0=" ")), (2, accepted(_0="a"))], ids=["empty", "blank", "uncounted"]
)
def test_a_wrong_entry_is_stopped(received: int, taken: tuple[Accepted, ...]) -> None:
    """No entry that is empty, blank or miscounted is emitted."""
    with pytest.raises(PostconditionBroken):
        check_entry(
            StoredBatch(id="i", version="v1", entry_key="k", source="s", received=received, accepted=taken, rejected=())
        )


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_the_order_of_names_does_not_change_a_fingerprint(document: dict[str, JsonValue]) -> None:
    """The same document, spelt in another order, is the same request."""
    assert fingerprint(document) == fingerprint(dict(reversed(document.items())))


@given(JSON, JSON)
def test_other_documents_have_other_fingerprints(one: JsonValue, other: JsonValue) -> None:
    """Two requests are the same exactly when their documents are, types included."""
    same = repr(normal(one)) == repr(normal(other))
    assert (fingerprint(one) == fingerprint(other)) == same


def normal(document: JsonValue) -> JsonValue:
    """Sort names, so that equal documents have equal representations."""
    if isinstance(document, dict):
        return {name: normal(document[name]) for name in sorted(document)}
    return [normal(item) for item in document] if isinstance(document, list) else document
