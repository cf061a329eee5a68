"""An incident comes to the same in every way, or its steps do not wait for enough, and that is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.model.exits import Exit
from harness.model.messages import Request
from harness.model.steps import Send, Settle, Together
from harness.replay.replaying import Came, Replay, Replayed
from harness.replay.ways import agreeing, in_every_way
from harness.stage.options import Outcome
from tests.unit.replay.test_replaying import INCIDENT, shown

SENDS = tuple(
    Send(label=label, operation="create_batch", message=Request(method="POST", target="/v1/batches"), event=1)
    for label in ("a", "b")
)
RACE = replace(INCIDENT, case=replace(INCIDENT.case, steps=(Together(sends=SENDS), Settle())))
ALONE = replace(INCIDENT, name="alone", case=replace(INCIDENT.case, steps=(SENDS[0], Settle())))


def test_an_incident_is_carried_out_in_each_way_that_is_another_one() -> None:
    """A race in another order and at another pace; what has one order only at another pace alone."""
    names = [incident.name for incident in in_every_way((RACE, ALONE), 1)]
    assert names == ["kept", "kept-shuffled", "kept-slowed", "alone", "alone-slowed"]


def came(usual: Came, shuffled: Came, slowed: Came, code: Exit) -> Replay:
    """Return a replay in which the ways came to these."""
    ways = {"kept": usual, "kept-shuffled": shuffled, "kept-slowed": slowed}
    seen = tuple(Replayed(incident=replace(RACE, name=name), came=how, told="") for name, how in ways.items())
    return Replay(outcome=Outcome(directory=Path("run"), report=shown(), exit=code), replayed=seen, exit=code)


@pytest.mark.parametrize("how", [Came.MENDED, Came.FAILING])
def test_ways_that_agree_leave_no_doubt(how: Came) -> None:
    """The exit code is that of what they came to."""
    code = Exit.PASS if how is Came.MENDED else Exit.FAIL
    done = agreeing(came(how, how, how, code))
    assert (done.doubts, done.exit) == ((), code)


def test_ways_that_disagree_are_told_and_are_no_pass() -> None:
    """Which way came to what else, by the incident's own name."""
    done = agreeing(came(Came.FAILING, Came.MENDED, Came.FAILING, Exit.FAIL))
    sentence = "kept: still failing as it is, mended shuffled: its steps do not wait for all that decides"
    assert (done.doubts, done.exit) == ((sentence,), Exit.FAIL)
    other = agreeing(came(Came.MENDED, Came.MENDED, Came.UNSHOWN, Exit.PASS))
    assert (len(other.doubts), other.exit) == (1, Exit.UNKNOWN)
