"""Hand-written loads: ten requests a second, each answered with its own word, each with one effect."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from harness.model.cases import Case, Family
from harness.model.events import LoadRan, LoadRequest, Resources
from harness.model.judgements import Finding
from harness.model.messages import Request, placeholder
from harness.model.scope import DependencyCall, Reference, Scope, SeenEffect, Stall
from harness.model.services import Configuration, EffectRef, Operation, Route, Server, Service
from harness.model.steps import Load, Threshold
from harness.model.verdicts import Severity

MS = 1_000_000
ENTRIES = "ledger POST /entries"
OPERATION = Operation(
    name="create",
    route=Route(method="POST", path="/v1/batches"),
    effect=EffectRef(dependency="ledger", route=Route(method="POST", path="/entries")),
)
REFERENCE = Reference(
    operation="create", runs=3, status=201, answer={"accepted": ["alpha"], "id": "x1"}, effects={ENTRIES: 1}
)


def word(event: int) -> str:
    """Return the word that only ``event`` carries."""
    letters = "ghjkmnpqrstvwxz"
    more, last = divmod(event, len(letters))
    return f"ghjk{letters[more] if more else ''}{letters[last]}"


def identity(event: int) -> str:
    return f"00000000-0000-4000-8000-{event:012d}"


def asked(index: int, event: int = 0, **other: Any) -> LoadRequest:
    """Return request ``index``, due at index x 100 ms, sent 1 ms and answered 20 ms later."""
    event = event or index
    values: dict[str, Any] = {
        "index": index,
        "event": event,
        "identity": identity(event),
        "tokens": (word(event),),
        "due": index * 100 * MS,
        "sent": index * 100 * MS + MS,
        "done": index * 100 * MS + 20 * MS,
        "status": 201,
        "body": json.dumps({"accepted": [word(event)], "id": f"id-{event}"}),
    }
    return LoadRequest(**{**values, **other})


def call(number: int, *events: int, key: str = "k") -> DependencyCall:
    """Return a dependency call that carries the words of ``events``."""
    return DependencyCall(
        number=number,
        dependency="ledger",
        call="POST /entries",
        method="POST",
        target="/entries",
        headers=(("Idempotency-Key", f"{key}{number}"),),
        body=json.dumps({"values": [word(event) for event in events]}).encode(),
        received=number,
        ended=number,
        status=201,
        how="answered",
    )


def effect(number: int, *, new: bool = True) -> SeenEffect:
    return SeenEffect(
        dependency="ledger",
        call="POST /entries",
        call_number=number,
        key=f"k{number}",
        new=new,
        at=number * 100 * MS + 10 * MS,
    )


def bound(text: str, measure: Any, value: float, comparison: Any = "<", quantile: float = 0.0) -> Threshold:
    return Threshold(text=text, measure=measure, bound=value, comparison=comparison, quantile=quantile)


def sample(
    moment: Any, *, descriptors: int = 20, threads: int = 5, rss: int = 50_000_000, processes: int = 2
) -> Resources:
    return Resources(
        case="L/create/x", moment=moment, rss=rss, descriptors=descriptors, threads=threads, processes=processes
    )


def load_scope(*requests: LoadRequest, thresholds: tuple[Threshold, ...] = (), **other: Any) -> Scope:
    """Return the scope of a load whose log holds ``requests``; each event had its one effect, no stall was seen."""
    step = Load(
        label="load",
        operation="create",
        message=Request(method="POST", target="/v1/batches", headers=(("Idempotency-Key", placeholder(1)),)),
        rate=10,
        seconds=1,
        tokens=("alpha",),
        thresholds=thresholds,
    )
    case = Case(
        id="L/create/x",
        entry="L",
        family=Family.LOAD,
        scenario="load",
        operation="create",
        title="a load",
        trouble="load",
        steps=(step,),
    )
    ran = LoadRan(
        case=case.id,
        label="load",
        file="load-1.jsonl",
        planned=len(requests),
        sent=len(requests),
        answered=sum(1 for request in requests if request.status),
    )
    events = sorted({request.event for request in requests})
    scope = Scope(
        case=case,
        configuration=Configuration(
            file="harness.yaml", service=Service(server=Server.GUNICORN), operations=(OPERATION,)
        ),
        contract=None,
        references={"create": REFERENCE},
        calls=tuple(call(event, event) for event in events),
        effects=tuple(effect(event) for event in events),
        stalls=(Stall(at=5_000 * MS, worst=0.002, window=10.0),),
        load=ran,
        requests=requests,
        started=True,
        finished=True,
    )
    return replace(scope, **other)


def required(scope: Scope, check: str) -> Scope:
    """Return ``scope`` with ``check`` asked for by the plan."""
    return replace(scope, case=replace(scope.case, checks=(check,)))


def finding(check: str, symptom: str, severity: Severity, **told: str) -> Finding:
    """Return a finding about the load of :func:`load_scope`."""
    return Finding(
        check=check,
        case="L/create/x",
        entry="L",
        operation="create",
        trouble="load",
        symptom=symptom,
        severity=severity,
        **told,  # type: ignore[arg-type]
    )


def reshaped(scope: Scope, *, checks: tuple[str, ...] = (), **changes: Any) -> Scope:
    """Return ``scope`` with fields of its load changed, and with ``checks`` asked for by the plan."""
    (step,) = scope.case.steps
    assert isinstance(step, Load)
    return replace(scope, case=replace(scope.case, steps=(replace(step, **changes),), checks=checks))
