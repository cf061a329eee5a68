"""What an oracle rests on stays: a correct service passes every smaller case as it passes the whole one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.cases import Case, Family
from harness.model.clients import Promise, PromisedAnswer
from harness.model.messages import Chunk, Request, Wire
from harness.model.steps import (
    Arm,
    Clear,
    Compared,
    Expectation,
    Expected,
    Insist,
    Kill,
    Phase,
    Recover,
    Send,
    Settle,
    Step,
)
from harness.shrink.contents import TABLE
from harness.shrink.laws import lawful
from harness.shrink.view import View
from tests.unit.shrink.cases import ACCEPTED, OPEN, REJECTED, Silent, case, fault, send

BODY = b'{"amount": 1, "note": "a"}'
LESS = b'{"amount": 1}'


class Saying(Silent):
    """A document that says the same of every message."""

    def __init__(self, *, legal: bool = False, illegal: bool = False) -> None:
        self.said = legal, illegal

    def legal(self, send: Send, smaller: Request) -> bool:
        """Tell what it says."""
        return self.said[0]

    def illegal(self, send: Send, smaller: Request) -> bool:
        """Tell what it says."""
        return self.said[1]


def allowed(steps: tuple[Step, ...], *gone: int) -> bool:
    """Tell whether the steps at these places may go."""
    left = tuple(step for place, step in enumerate(steps) if place not in gone)
    return lawful(View(case(steps)), View(case(left)), Silent())


def test_another_body_is_wrong_only_beside_the_first() -> None:
    """Without the first use of its key the other body is the first, and a correct service accepts it."""
    first, again = send("first", 1, expect=ACCEPTED, body=BODY), send("again", 1, expect=ACCEPTED, body=BODY)
    other = send("other", 1, expect=REJECTED, body=LESS)
    steps = (first, other, again)
    assert [allowed(steps, *gone) for gone in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2))] == [
        False,
        True,
        True,
        True,
        False,
        True,
    ]


def test_the_same_key_at_another_operation_is_another_event_beside_the_first() -> None:
    """What is asked at another operation under a known key is told apart only where the key is known."""
    elsewhere = replace(send("elsewhere", 1), operation="refund")
    assert [allowed((send("first", 1), elsewhere), gone) for gone in (0, 1)] == [False, True]


def test_a_fault_that_ends_by_itself_is_used_up_by_what_it_was_to_strike() -> None:
    """Without the send that the fault strikes it would strike the retry, which a correct service then refuses."""
    retry = send("retry", 2, phase=Phase.RECOVERY, expect=ACCEPTED)
    uncleared = (Arm(fault=fault("lost")), send("struck", 1), retry, Settle())
    cleared = (Arm(fault=fault("lost")), send("struck", 1), Clear(fault="lost"), retry, Settle())
    assert [allowed(uncleared, gone) for gone in (0, 1, 2)] == [True, False, True]
    assert [allowed(cleared, gone) for gone in (0, 1, 3)] == [True, True, True]
    standing = (Arm(fault=fault("lost", times=0)), *uncleared[1:])
    assert allowed(standing, 1)


def test_a_strike_comes_no_earlier_while_something_is_to_go_well_under_the_fault() -> None:
    """The first call under it may be that of a request which is expected to be accepted."""
    late = Arm(fault=fault("lost", first=2))
    early = Arm(fault=fault("lost"))
    calm, struck = send("calm", 1, expect=ACCEPTED), send("struck", 2)
    ends = Clear(fault="lost")
    before = View(case((late, calm, struck, ends)))
    assert not lawful(before, View(case((early, calm, struck, ends))), Silent())
    assert lawful(View(case((late, struck, ends))), View(case((early, struck, ends))), Silent())


@pytest.mark.parametrize(
    "wait",
    [
        Recover(label="wait", operation="pay", message=Request(method="POST", target="/"), event=100),
        Insist(label="wait", operation="pay", message=Request(method="POST", target="/"), event=1, within=5.0),
    ],
    ids=["recover", "insist"],
)
def test_the_way_back_stays_between_trouble_and_what_follows(wait: Step) -> None:
    """A breaker or a claim may rightly refuse for a while; without trouble before or a send behind it may go."""
    steps = (Arm(fault=fault("lost")), send("struck", 1), Clear(fault="lost"), wait, send("retry", 2, expect=ACCEPTED))
    assert [allowed(steps, *gone) for gone in ((3,), (3, 4), (0, 1, 2, 3), (4,))] == [False, True, True, True]
    killed = (send("struck", 1), Kill(what="service"), wait, send("retry", 2, expect=ACCEPTED))
    assert [allowed(killed, *gone) for gone in ((2,), (1, 2))] == [False, True]


def test_promises_are_kept_in_the_order_in_which_they_were_made() -> None:
    """An answer that was recorded after another one may show what that one did."""
    promise = Promise(client="v1", answer=PromisedAnswer(status=200))
    sends = tuple(replace(send(f"send-{n}", n), promise=promise) for n in (1, 2, 3))
    assert [allowed(sends, *gone) for gone in ((0,), (1,), (2,), (1, 2))] == [False, False, True, True]


def test_a_case_sends_something() -> None:
    """Nothing sent shows nothing."""
    assert not allowed((send("only", 1), Settle()), 0)


def may(
    send_of_it: Send, family: Family = Family.DUPLICATE, *, document: Silent | None = None, body: bytes = LESS
) -> bool:
    """Tell whether the message of a send may have another body."""
    assert isinstance(send_of_it.message, Request)
    less = replace(send_of_it, message=replace(send_of_it.message, body=body), altered=True)
    before: Case = case((send_of_it, Settle()), family)
    return lawful(View(before), View(replace(before, steps=(less, Settle()))), document or Silent())


def test_what_may_be_taken_from_a_message_follows_from_what_is_said_of_it() -> None:
    """The table, row by row: what is open may lose anything, what is judged only what the service's document lets go."""
    documents = (Silent(), Saying(legal=True), Saying(illegal=True))
    expects: dict[Expected | None, Expectation | None] = {None: None} | {
        expected: Expectation(expected=expected) for expected in Expected
    }
    seen = {
        (family, name): tuple(may(send("one", 1, expect=expect, body=BODY), family, document=d) for d in documents)
        for family in (Family.DUPLICATE, Family.MALFORMED, Family.TIMEOUT, Family.VERSIONS)
        for name, expect in expects.items()
    }
    legal, open_, illegal = (False, True, False), (True, True, True), (False, False, True)
    assert {row: said for row, said in seen.items() if any(said)} == {
        (Family.DUPLICATE, None): legal,
        (Family.DUPLICATE, Expected.ACCEPTED): legal,
        (Family.DUPLICATE, Expected.EITHER): open_,
        (Family.DUPLICATE, Expected.REJECTED): illegal,
        (Family.MALFORMED, Expected.EITHER): open_,
        (Family.MALFORMED, Expected.REJECTED): illegal,
    }
    assert set(TABLE) == {row for row, said in seen.items() if any(said)}


def test_a_message_of_whose_answer_more_is_known_keeps_its_bytes() -> None:
    """What is compared with a clean run, or was promised to an old client, is that of these very bytes."""
    for compared in (Compared.RESULT, Compared.TEXTS):
        expect = Expectation(expected=Expected.EITHER, compared=compared)
        assert not may(send("one", 1, expect=expect, body=BODY))
    promised = replace(send("one", 1, body=BODY), promise=Promise(client="v1", answer=PromisedAnswer(status=200)))
    assert not may(promised)


def test_an_event_with_several_bodies_keeps_them_all() -> None:
    """Whether two messages are the same is what their oracle is about, as long as both are there."""
    one, two = send("one", 1, body=BODY), send("two", 1, body=b'{"amount": 2, "note": "a"}')
    assert isinstance(one.message, Request)
    less = replace(one, message=replace(one.message, body=LESS))
    whole = View(case((one, two)))
    assert not lawful(whole, View(case((less, two))), Silent())
    assert lawful(whole, View(case((less,))), Silent())


def test_a_message_never_loses_its_identity() -> None:
    """Without its identity a message is another event, or none."""
    one = send("one", 1)
    assert isinstance(one.message, Request)
    bare = replace(one, message=replace(one.message, headers=()))
    assert not lawful(View(case((one,))), View(case((bare,))), Silent())


def test_exact_bytes_stay_exact_and_may_come_without_a_pause() -> None:
    """What is wrong with them is how they are framed; silence between them is no part of that."""
    slow = Wire(chunks=(Chunk(data=b"GET / HT"), Chunk(data=b"TP/1.1\r\n\r\n", pause=0.5)))
    quick = Wire(chunks=(slow.chunks[0], Chunk(data=b"TP/1.1\r\n\r\n")))
    cut = Wire(chunks=slow.chunks[:1])
    sends = [replace(send("one", expect=OPEN), message=message) for message in (slow, quick, cut)]
    assert [lawful(View(case(sends[:1])), View(case((each,))), Silent()) for each in sends[1:]] == [True, False]
