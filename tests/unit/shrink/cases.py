"""Cases to take apart: what is sent leaves its acceptance open, so that everything may go that nothing else rests on."""

from __future__ import annotations

from collections.abc import Iterable

from harness.model.cases import Case, Family
from harness.model.faults import Fault
from harness.model.messages import Request, placeholder
from harness.model.steps import Arm, Clear, Expectation, Expected, Phase, Send, Settle, Step

OPEN = Expectation(expected=Expected.EITHER)
ACCEPTED = Expectation(expected=Expected.ACCEPTED)
REJECTED = Expectation(expected=Expected.REJECTED, field="/amount")


class Silent:
    """A service that documents nothing: what has to stay valid keeps its bytes."""

    def legal(self, send: Send, smaller: Request) -> bool:
        """Allow nothing."""
        return False

    def illegal(self, send: Send, smaller: Request) -> bool:
        """Allow nothing."""
        return False


def send(
    label: str,
    event: int = 0,
    *,
    expect: Expectation | None = OPEN,
    phase: Phase = Phase.FAULT,
    body: bytes = b"",
    on: str = "",
    filled_from: tuple[str, ...] = (),
) -> Send:
    """Return a send; one of an event carries its identity in a header."""
    key = (("Idempotency-Key", placeholder(event)),) if event else ()
    return Send(
        label=label,
        phase=phase,
        operation="pay",
        message=Request(method="POST", target="/payments", headers=key, body=body),
        event=event,
        expect=expect,
        same_connection=on,
        filled_from=filled_from,
    )


def fault(name: str, *, times: int = 1, first: int = 1) -> Fault:
    """Return a fault at the one dependency."""
    return Fault(id=name, dependency="ledger", kind="reply-lost", times=times, first=first)


def under(trouble: Fault, *steps: Step) -> tuple[Step, ...]:
    """Return steps with a fault armed before and cleared after them."""
    return (Arm(fault=trouble), *steps, Clear(fault=trouble.id), Settle())


def case(steps: Iterable[Step], family: Family = Family.DUPLICATE) -> Case:
    """Return a case of these steps."""
    return Case(
        id="D01/pay/1",
        entry="D01",
        family=family,
        scenario="own",
        operation="pay",
        title="a case",
        trouble="duplicate",
        steps=tuple(steps),
    )


def labels(found: Case) -> tuple[str, ...]:
    """Return what a case sends."""
    return tuple(each.label for each in found.sends())
