"""What a case sends, as a capture, for formats that hold requests and nothing else; what they cannot hold is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness.model.captures import Capture, SeenExchange
from harness.model.cases import Case
from harness.model.steps import (
    Arm,
    Begin,
    Clear,
    Collect,
    Insist,
    Load,
    Prepare,
    Recover,
    Send,
    Settle,
    Step,
    Together,
    sends_of,
)

TOGETHER = 0.001
"""Seconds for which requests that go out at the same instant count as at work."""

_SILENT = (Settle, Collect, Clear)
"""Acts of which nothing is lost: they wait, or end what another act began."""


def capture_of(case: Case) -> Capture:
    """Return the requests of a case in their order, identities symbolic; what is at work together overlaps."""
    placed: list[SeenExchange] = []
    losses = list(_before(case))
    for moment, step in enumerate(case.steps):
        sends = _sends(step)
        many = isinstance(step, Together | Begin)
        placed += (
            SeenExchange(name=send.label, message=send.message, at=float(moment), took=TOGETHER if many else 0.0)
            for send in sends
        )
        if isinstance(step, Collect):
            placed = [_until(exchange, step.of, float(moment)) for exchange in placed]
        losses += _lost(step, sends)
    return Capture(source="incident", exchanges=tuple(placed), losses=tuple(dict.fromkeys(losses)))


def _before(case: Case) -> Iterable[str]:
    """Say what of the service's own settings is no request."""
    yield from (f"the variable {name} that the service is started with is left out" for name in case.instance.env)
    if case.instance.clock:
        yield f"that the service's clock begins at {case.instance.clock} is left out"


def _sends(step: Step) -> tuple[Send, ...]:
    match step:
        case Insist() | Recover():
            label = f"{step.label}-1"
            return (Send(label=label, operation=step.operation, message=step.message, event=step.event),)
        case _:
            return sends_of(step)


def _until(exchange: SeenExchange, of: str, moment: float) -> SeenExchange:
    return replace(exchange, took=moment - exchange.at) if exchange.name == of else exchange


def _lost(step: Step, sends: Iterable[Send]) -> Iterable[str]:
    """Say what of a step is no request."""
    match step:
        case Arm(fault=fault):
            yield f"the fault {fault.kind} at {fault.dependency} ({fault.call or 'every call'}) is left out"
        case Insist() | Recover():
            yield f"'{step.label}' asks again and again: its first try stands here"
        case Load():
            yield f"the load '{step.label}' is left out"
        case Prepare():
            yield f"what the service's database holds before is left out ({len(step.statements)} statements)"
        case Send() | Begin() | Together():
            yield from (
                f"'{send.label}' is left by its client, which is left out" for send in sends if send.give_up_after
            )
            yield from (f"'{send.label}' takes its target from an earlier answer" for send in sends if send.filled_from)
        case _ if not isinstance(step, _SILENT):
            yield f"the act '{step.act}' is left out"
