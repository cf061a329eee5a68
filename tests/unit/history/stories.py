"""Runs of one case by hand: a batch is sent, sent again and read; the ledger is told of it once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from harness.model.cases import Case, Family
from harness.model.messages import Answer, Request, Silence
from harness.model.scope import DependencyCall, Exchange, Scope, SeenEffect
from harness.model.services import Configuration, Operation, Route, Server, Service
from harness.model.steps import Phase, Send, Step, Together

CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.GUNICORN),
    operations=(Operation(name="book", route=Route(method="POST", path="/things")),),
)
REQUEST = Request(method="POST", target="/things", body=b"{}")
CASE = Case(
    id="kept/1",
    entry="D01",
    family=Family.DUPLICATE,
    scenario="kept",
    operation="book",
    title="a batch twice",
    trouble="again",
    steps=tuple(Send(label=label, operation="book", message=REQUEST, event=1) for label in ("first", "again")),
)


def fresh(run: int, what: int) -> str:
    """Return an identifier that is another one in every run."""
    return str(UUID(int=run * 1_000 + what))


def document(run: int, **more: Any) -> dict[str, Any]:
    """Return what a run answers; its id is its own."""
    return {"id": fresh(run, 1), "seats": 2, "names": ["b", "a"], "note": None, **more}


def answered(status: int, body: object, **headers: str) -> Answer:
    """Return a JSON answer with further headers, ``_`` for ``-``."""
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    media = "application/json" if status < 400 else "application/problem+json"
    return Answer(status=status, headers=(("Content-Type", media), *given), body=json.dumps(body).encode())


def exchange(number: int, label: str, what: Answer | Silence, *, run: int = 1, group: str = "") -> Exchange:
    """Return exchange ``number`` of a run, with the identity of event 1 in that run."""
    return Exchange(
        number=number,
        label=label,
        phase=Phase.BASELINE,
        operation="book",
        event=1,
        identity=fresh(run, 9),
        group=group,
        data=f"POST /things {fresh(run, 9)}".encode(),
        sent=number,
        done=number + 1,
        answer=what if isinstance(what, Answer) else None,
        silence=what if isinstance(what, Silence) else None,
    )


def call(number: int, body: object, *, target: str = "/entries", dependency: str = "ledger") -> DependencyCall:
    """Return call ``number`` to a dependency."""
    return DependencyCall(
        number=number,
        dependency=dependency,
        call="POST /entries",
        method="POST",
        target=target,
        headers=(),
        body=json.dumps(body).encode(),
        received=number,
        ended=number + 1,
        status=201,
        how="answered",
    )


def effect(number: int, key: str, *, new: bool = True) -> SeenEffect:
    """Return the effect of call ``number``."""
    return SeenEffect(dependency="ledger", call="POST /entries", call_number=number, key=key, new=new, at=number)


def scope(
    exchanges: Sequence[Exchange], calls: Sequence[DependencyCall] = (), effects: Sequence[SeenEffect] = ()
) -> Scope:
    """Return what a run saw."""
    return Scope(
        case=CASE,
        configuration=CONFIGURATION,
        contract=None,
        references={},
        exchanges=tuple(exchanges),
        calls=tuple(calls),
        effects=tuple(effects),
        started=True,
        finished=True,
    )


def clean(run: int, **more: Any) -> Scope:
    """Return a run of the case: made, replayed, booked once under the id; ``more`` are fields of both answers."""
    made = answered(201, document(run, **more), Location=f"/things/{fresh(run, 1)}")
    again = answered(201, document(run, **more), Idempotency_Replayed="true")
    booked = call(1, {"batch": fresh(run, 1), "event": fresh(run, 9)})
    return scope(
        [exchange(1, "first", made, run=run), exchange(2, "again", again, run=run)],
        [booked],
        [effect(1, f"batch-{fresh(run, 1)}")],
    )


def with_steps(where: Scope, *steps: Step) -> Scope:
    """Return a run of a case with other steps."""
    return replace(where, case=replace(where.case, steps=steps))


def at_once(*labels: str) -> Together:
    """Return several sends of one request, released at the same instant."""
    return Together(sends=tuple(Send(label=label, operation="book", message=REQUEST, event=1) for label in labels))
