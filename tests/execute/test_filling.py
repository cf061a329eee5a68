"""Targets are filled from earlier answers."""

from __future__ import annotations

import pytest

from harness.execute.filling import filled
from harness.execute.world import CannotCarryOut
from harness.model.messages import Answer, Chunk, Request, Wire

ANSWERS = {
    "v1/made": Answer(status=201, body=b'{"id": "a/b", "of": {"n": 7}}'),
    "v1/odd": Answer(status=201, body=b"<"),
}
REQUEST = Request(
    method="GET", target="/things/{v1/made.id}/{v1/made.of.n}", headers=(("A", "{v1/made.id}"),), body=b"x"
)


def test_fields_of_an_earlier_answer_fill_the_target_alone() -> None:
    """Percent-encoded, through objects; headers, bodies and exact bytes stay as they are."""
    assert filled(REQUEST, ("v1/made",), ANSWERS) == Request(
        method="GET", target="/things/a%2Fb/7", headers=(("A", "{v1/made.id}"),), body=b"x"
    )
    assert filled(REQUEST, (), ANSWERS) == REQUEST
    wire = Wire(chunks=(Chunk(data=b"GET /{v1/made.id}"),))
    assert filled(wire, ("v1/made",), ANSWERS) == wire


@pytest.mark.parametrize("target", ["/{v1/gone.id}", "/{v1/made.none}", "/{v1/made.id.deeper}", "/{v1/odd.id}"])
def test_what_was_not_answered_cannot_be_asked_for(target: str) -> None:
    """The case says so instead of sending something else."""
    request = Request(method="GET", target=target)
    with pytest.raises(CannotCarryOut):
        filled(request, ("v1/gone", "v1/made", "v1/odd"), ANSWERS)
