"""Records survive JSON without loss, and strange JSON is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.cases import Case, Family
from harness.model.codec import from_json, to_json
from harness.model.events import Answered, Event
from harness.model.faults import Fault
from harness.model.messages import Answer, Chunk, Request, Wire
from harness.model.steps import Arm, Clear, Load, Phase, ReadBack, Recover, Send, Settle, Together

SEND = Send(label="a", phase=Phase.FAULT, operation="o", message=Request(method="GET", target="/"), event=1)
CASE = Case(
    id="c",
    entry="X",
    family=Family.TIMEOUT,
    scenario="s",
    operation="o",
    title="t",
    trouble="x",
    steps=(
        SEND,
        Together(sends=(SEND,)),
        Arm(fault=Fault(id="f", dependency="d", kind="late", settings={"delay": 1.5, "body": "x"})),
        Clear(fault="f"),
        ReadBack(label="r", of="a"),
        Recover(label="w", operation="o", message=Wire(chunks=(Chunk(data=b"\xff\x00", pause=0.1),)), event=2),
        Load(label="l", operation="o", message=SEND.message, rate=1, seconds=2),
        Settle(),
    ),
)


def test_a_case_with_every_kind_of_step_survives() -> None:
    """What a plan holds on disk is what was planned."""
    assert from_json(Case, to_json(CASE)) == CASE


@given(body=st.binary(max_size=64), name=st.text(st.characters(max_codepoint=255), max_size=8))
def test_any_bytes_survive(body: bytes, name: str) -> None:
    """Bodies keep every byte, readable where they are UTF-8."""
    what = Answered(case="c", exchange=1, answer=Answer(status=200, headers=((name, name),), body=body))
    event = Event(source="s", count=1, at=2, what=what)
    assert from_json(Event, to_json(event)) == event


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Invalid JSON"),
        ('{"source":"s","count":1,"at":2,"what":{"kind":"settled","case":"c","open":"","more":1}}', "more"),
        ('{"source":"s","count":1,"at":2,"what":{"kind":"nothing"}}', "nothing"),
        ('{"source":"s","count":1,"what":{"kind":"settled","case":"c"}}', "at"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(text: str, message: str) -> None:
    """Unknown kinds, unknown fields and missing fields are named."""
    with pytest.raises(ValueError, match=message):
        from_json(Event, text)
