"""Symbolic identities: replaced everywhere alike, at the same length, whatever they are cut into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.faults import Fault
from harness.model.identities import identity, realise, realise_fault, renumbered, with_identities
from harness.model.messages import Chunk, Ending, Request, Wire, placeholder


def test_the_same_number_is_the_same_identity_and_another_salt_another() -> None:
    """Identities follow from salt, case and number alone."""
    assert identity("s", "c", 1) == identity("s", "c", 1)
    assert len({identity("s", "c", 1), identity("t", "c", 1), identity("s", "d", 1), identity("s", "c", 2)}) == 4


def test_every_part_of_a_request_is_realised() -> None:
    """Path, header values and body carry the same fresh identity."""
    mark = placeholder(3)
    fresh = identity("s", "c", 3)
    request = Request(method="PUT", target=f"/a/{mark}", headers=(("K", mark),), body=f'"{mark}"'.encode())
    assert realise(request, "s", "c") == Request(
        method="PUT", target=f"/a/{fresh}", headers=(("K", fresh),), body=f'"{fresh}"'.encode()
    )


def test_a_fault_that_gives_an_identity_back_gives_the_fresh_one() -> None:
    """The texts of a recorded answer name the event of this run; its numbers and its kind are what they were."""
    mark, fresh = placeholder(3), identity("s", "c", 3)
    fault = Fault(
        id="f", dependency="d", kind="as-recorded", settings={"body": f'{{"of": "{mark}\ud800"}}', "delay": 1.5}
    )
    settings: Mapping[str, float | str] = {"body": f'{{"of": "{fresh}\ud800"}}', "delay": 1.5}
    assert realise_fault(fault, "s", "c") == replace(fault, settings=settings)


@given(cuts=st.lists(st.integers(0, 60), max_size=6).map(sorted))
def test_a_placeholder_that_a_chunk_cuts_is_realised_all_the_same(cuts: list[int]) -> None:
    """Bytes sent in drips are those of the message sent in one go, cut at the same places."""
    data = b"head " + placeholder(1).encode() + b" tail, and more"
    ends = [0, *cuts, len(data)]
    wire = Wire(
        chunks=tuple(Chunk(data=data[a:b], pause=0.5) for a, b in pairwise(ends)), ending=Ending.HALF_CLOSE, answers=2
    )
    done = realise(wire, "s", "c")
    assert isinstance(done, Wire)
    assert done.data == with_identities(data, "s", "c")
    assert [len(chunk.data) for chunk in done.chunks] == [len(chunk.data) for chunk in wire.chunks]
    assert (done.ending, done.answers, {chunk.pause for chunk in done.chunks}) == (Ending.HALF_CLOSE, 2, {0.5})


def test_renumbering_keeps_every_length() -> None:
    """Another event is another number in the same places."""
    wire = Wire(chunks=(Chunk(data=f"K: {placeholder(1)}".encode()),))
    assert renumbered(wire, 1, 99) == Wire(chunks=(Chunk(data=f"K: {placeholder(99)}".encode()),))


@pytest.mark.parametrize("event", [0, -1, 10**12])
def test_an_event_number_out_of_range_is_refused(event: int) -> None:
    """A number that does not fit the reserved range would move lengths."""
    with pytest.raises(ValueError, match="an event number lies between 1 and"):
        placeholder(event)


def test_a_placeholder_in_capitals_becomes_the_same_identity_in_capitals() -> None:
    """Two keys that differ in the case of their letters alone can be planned."""
    small = placeholder(3)
    data = f"{small} {small.upper()}".encode()
    fresh = identity("s", "c", 3)
    assert with_identities(data, "s", "c") == f"{fresh} {fresh.upper()}".encode()
