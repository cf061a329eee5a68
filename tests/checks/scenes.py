"""Scopes by hand: one booking operation, one ledger, times in milliseconds after the start of the case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from harness.checks.registry import checks
from harness.model.cases import Case, Family
from harness.model.faults import Fault
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer, Message, Request, Silence
from harness.model.scope import DependencyCall, Exchange, Firing, Reference, Scope, SeenEffect, SeenFault, Stall
from harness.model.services import (
    Call,
    Configuration,
    Dependency,
    EffectKind,
    EffectRef,
    Operation,
    Route,
    Server,
    Service,
)
from harness.model.steps import Expectation, Expected, Phase, Send, Settle, Step

MS = 1_000_000
ENTRIES = Route(method="POST", path="/entries")
KIND = "ledger POST /entries"
CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.GUNICORN, deadline=2.0, errors="problem+json"),
    dependencies=(Dependency(name="ledger", env="LEDGER_URL", calls=(Call(route=ENTRIES, effect=EffectKind.KEYED),)),),
    operations=(
        Operation(
            name="book",
            route=Route(method="POST", path="/bookings"),
            effect=EffectRef(dependency="ledger", route=ENTRIES),
            read=Route(method="GET", path="/bookings/{answer.id}"),
        ),
    ),
    watch=(Route(method="GET", path="/healthz"),),
)
REFERENCE = Reference(
    operation="book",
    runs=3,
    status=201,
    answer={"id": "r-1", "seats": 2},
    noise={"/id": "identifier"},
    calls={KIND: 1},
    effects={KIND: 1},
    slowest=0.01,
)
VALID = Request(method="POST", target="/bookings", body=b'{"seats": 2}')
REFUSED = Expectation(expected=Expected.REJECTED, statuses=(422,), rule="seats is a number")
ACCEPTED = Expectation(expected=Expected.ACCEPTED)
EITHER = Expectation(expected=Expected.EITHER)
INCOMPLETE = Expectation(expected=Expected.UNANSWERED_OR_REJECTED)
PROBLEM = json.dumps({"type": "about:blank", "title": "no", "status": 422}).encode()


def identity(event: int) -> str:
    """Return the identity of an event in these scopes."""
    return f"event-{event}" if event else ""


def answer(status: int = 201, body: object = None, media: str = "") -> Answer:
    """Return a JSON answer; an error without a body is problem+json."""
    usual = {"id": "b-1", "seats": 2} if status < 400 else {"title": "no", "status": status}
    kind = media or ("application/json" if status < 400 else "application/problem+json")
    data = body if isinstance(body, bytes) else json.dumps(usual if body is None else body).encode()
    return Answer(status=status, headers=(("Content-Type", kind),), body=data)


def exchange(
    label: str,
    at: int,
    what: Answer | Silence | None = None,
    *,
    number: int = 0,
    event: int = 1,
    phase: Phase = Phase.FAULT,
    expect: Expectation | None = None,
    took: int = 10,
    message: Message = VALID,
    data: bytes | None = None,
    planned: bool = True,
    group: str = "",
    served_by: int = 0,
    give_up_after: float | None = None,
    other_worker_than: str = "",
) -> Exchange:
    """Return an exchange sent ``at`` ms, ended ``took`` ms later; its number is its time unless given."""
    send = Send(
        label=label,
        phase=phase,
        operation="book",
        message=message,
        event=event,
        expect=expect,
        give_up_after=give_up_after,
        other_worker_than=other_worker_than,
    )
    return Exchange(
        number=number or at + 1,
        label=label,
        phase=phase,
        operation="book",
        event=event,
        identity=identity(event),
        group=group,
        data=data if data is not None else f"POST /bookings {identity(event)}".encode(),
        sent=at * MS,
        done=(at + took) * MS,
        answer=None if isinstance(what, Silence) else what or answer(),
        silence=what if isinstance(what, Silence) else None,
        planned=send if planned else None,
        served_by=served_by,
    )


def call(number: int, at: int, carries: str = "", status: int = 201) -> DependencyCall:
    """Return a call to the ledger received ``at`` ms; ``carries`` is the identity in it."""
    return DependencyCall(
        number=number,
        dependency="ledger",
        call="POST /entries",
        method="POST",
        target="/entries",
        headers=(("Idempotency-Key", carries),),
        body=b"{}",
        received=at * MS,
        ended=(at + 1) * MS,
        status=status,
        how="answered",
    )


def effect(number: int, *, new: bool = True) -> SeenEffect:
    """Return the effect of call ``number``."""
    return SeenEffect(dependency="ledger", call="POST /entries", call_number=number, key="k", new=new, at=number)


def effects(*calls: DependencyCall) -> tuple[SeenEffect, ...]:
    """Return a new effect for each call."""
    return tuple(effect(one.number) for one in calls)


def fault(
    kind: str = "no-answer", *, armed: int = 0, cleared: int = 0, fired: int = 1, asked: float = 0.0
) -> SeenFault:
    """Return a fault at the ledger that struck ``fired`` times."""
    return SeenFault(
        fault=Fault(id="f", dependency="ledger", kind=kind, call="POST /entries"),
        armed=armed * MS,
        cleared=cleared * MS,
        firings=tuple(
            Firing(call_number=n, landed="none", asked=asked, got=asked, at=armed * MS)  # type: ignore[arg-type]
            for n in range(1, fired + 1)
        ),
    )


SOUND = (Stall(at=60_000 * MS, worst=0.001, window=60.0),)
"""A clock control that was never held up."""
HELD_UP = (Stall(at=60_000 * MS, worst=1.5, window=60.0),)
"""A clock control that was held up for 1.5 s."""


def scope(family: Family, *exchanges: Exchange, steps: tuple[Step, ...] | None = None, settled: bool = True) -> Scope:
    """Return a scope in which ``exchanges`` were carried out as planned, each with a settle behind it."""
    sends = [e.planned for e in exchanges if e.planned]
    usual: list[Step] = []
    for send in sends:
        usual += [send, Settle()] if settled else [send]
    course = tuple(usual) if steps is None else steps
    return Scope(
        case=Case(
            id="X1/book/1",
            entry="X1",
            family=family,
            scenario="s",
            operation="book",
            title="a case",
            trouble="some trouble",
            steps=course,
        ),
        configuration=CONFIGURATION,
        contract=None,
        references={"book": REFERENCE},
        exchanges=exchanges,
        stalls=SOUND,
        started=True,
        finished=True,
        settles=sum(isinstance(step, Settle) for step in course),
    )


def at_the_ledger(where: Scope, *calls: DependencyCall) -> Scope:
    """Return the scope with these calls, each with a new effect."""
    return replace(where, calls=calls, effects=effects(*calls))


def judged(check: str, where: Scope) -> Judgement:
    """Return what the named check says of a scope."""
    return checks()[check].judge(where)


def holds(check: str, opportunities: int) -> Judgement:
    """Return the judgement of a check that had chances to fail and did not."""
    return Judgement(check=check, case="X1/book/1", opportunities=opportunities)


def not_known(check: str, *reasons: str, opportunities: int = 0, disturbed: bool = False) -> Judgement:
    """Return the judgement of a check that could not know."""
    return Judgement(check=check, case="X1/book/1", opportunities=opportunities, unknown=reasons, disturbed=disturbed)


def symptoms(judgement: Judgement) -> Mapping[str, tuple[str, str, tuple[int, ...]]]:
    """Return the findings in short: symptom to severity, force and blame in words, and the exchanges."""
    return {
        f.symptom: (f"{f.severity} {f.force}", f"{f.blame} {f.call}".strip(), f.exchanges) for f in judgement.findings
    }


def found(check: str, **fields: object) -> Finding:
    """Return a finding in these scopes; ``fields`` are what differs from case to case."""
    usual: dict[str, object] = {
        "check": check,
        "case": "X1/book/1",
        "entry": "X1",
        "operation": "book",
        "trouble": "some trouble",
    }
    return Finding(**{**usual, **fields})  # type: ignore[arg-type]
