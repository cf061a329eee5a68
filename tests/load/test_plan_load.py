"""Load entries to cases: what each row of the table asks for, and why it may be left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.cases import Case, Family, Instance, Isolation, Omission
from harness.model.identities import renumbered
from harness.model.messages import Request, placeholder
from harness.model.scenarios import Entry, Scenario
from harness.model.services import (
    Configuration,
    EffectRef,
    Operation,
    OperationContract,
    Route,
    Selector,
    Server,
    Service,
)
from harness.model.steps import Expectation, Expected, Load, Phase, Send, Settle, Threshold
from harness.plan.load import plan_load, titles, tokens_of

CREATE = Operation(
    name="create_batch",
    route=Route(method="POST", path="/v1/batches"),
    json={"source": "crm", "values": [" alpha ", "", "beta"]},
    event=(Selector(place="header", name="Idempotency-Key"),),
    effect=EffectRef(dependency="ledger", route=Route(method="POST", path="/entries")),
)
FEW = Threshold(text="errors < 1%", measure="errors", comparison="<", bound=0.01)


def planned(
    *chosen: Entry, operation: Operation = CREATE, server: Server = Server.GUNICORN, concurrent: bool = True
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    scenario = Scenario(name="load", file="scenarios/load.yaml", family=Family.LOAD, entries=chosen)
    configuration = Configuration(file="harness.yaml", service=Service(server=server), operations=(operation,))
    return plan_load(scenario, configuration, {}, seed=5, concurrent=concurrent)


def test_a_steady_load_is_planned_with_its_numbers() -> None:
    """L01 on one warm worker of its own, with the entry's rate, length and bounds; leaks and effects have a chance."""
    entry = Entry(id="L01", settings={"rate": 20.0, "seconds": 2.0}, thresholds=(FEW,))
    load = Load(
        label="load",
        operation="create_batch",
        message=Request(
            method="POST",
            target="/v1/batches",
            headers=(("Content-Type", "application/json"), ("Idempotency-Key", placeholder(1))),
            body=b'{"source": "crm", "values": [" alpha ", "", "beta"]}',
        ),
        rate=20.0,
        seconds=2.0,
        tokens=("alpha", "beta"),
        seed=5,
        thresholds=(FEW,),
    )
    warm = Send(
        label="warm-1",
        phase=Phase.FAULT,
        operation="create_batch",
        message=renumbered(load.message, 1, 900_000_001),
        event=900_000_001,
        expect=Expectation(expected=Expected.ACCEPTED, rule="a valid request is accepted"),
    )
    case = Case(
        id="L01/create_batch/steady",
        entry="L01",
        family=Family.LOAD,
        scenario="load",
        operation="create_batch",
        title="a steady load: its promises kept, its resources given back",
        trouble="load",
        steps=(warm, Settle(), load, Settle()),
        checks=(
            "load-delivered",
            "no-errors-under-load",
            "load-thresholds",
            "exact-effects-under-load",
            "resources-return",
        ),
        instance=Instance(isolation=Isolation.FRESH, workers=1),
        watch=True,
    )
    assert planned(entry) == ((case,), ())


def test_duplicates_and_isolation_run_on_two_workers() -> None:
    """L10 repeats a fifth of the events, half of these at once; L17 sends three at once and asks whose data each holds."""
    cases, omissions = planned(Entry(id="L10"), Entry(id="L17"))
    loads = [step for case in cases for step in case.steps if isinstance(step, Load)]
    assert [(case.id, case.checks[2:], case.instance.workers) for case in cases] == [
        ("L10/create_batch/duplicates", ("exact-effects-under-load",), 2),
        ("L17/create_batch/isolation", ("exact-effects-under-load", "answers-belong-to-requests"), 2),
    ]
    assert [(load.rate, load.seconds, load.repeat, load.together, load.volley) for load in loads] == [
        (40.0, 2.0, 0.2, 0.5, 1),
        (40.0, 2.0, 0.0, 0.0, 3),
    ]
    assert omissions == ()


@pytest.mark.parametrize(
    ("entry", "operation", "reason"),
    [
        (
            "L10",
            replace(CREATE, event=()),
            "the operation declares no event identity, so no two requests are the same event",
        ),
        (
            "L17",
            replace(CREATE, json={"n": 1}),
            "the example has no free word of 4 letters or more, so requests cannot be told apart in their answers",
        ),
    ],
)
def test_what_cannot_be_shown_is_left_out_with_its_reason(entry: str, operation: Operation, reason: str) -> None:
    """An operation without an identity has no duplicates, one without words no isolation to see."""
    omission = Omission(entry=entry, scenario="load", operation="create_batch", reason=reason)
    assert planned(Entry(id=entry), operation=operation) == ((), (omission,))


@pytest.mark.parametrize(("server", "concurrent"), [(Server.WSGI, True), (Server.GUNICORN, False)])
def test_load_needs_a_server(server: Server, concurrent: bool) -> None:
    """In-process WSGI has no socket to put a load on."""
    cases, omissions = planned(Entry(id="L01"), server=server, concurrent=concurrent)
    assert cases == ()
    assert [omission.reason for omission in omissions] == [
        "load needs a server on a socket that serves several connections at once, and the target has none"
    ]


def test_a_service_that_runs_elsewhere_is_taken_as_it_is() -> None:
    """Behind a URL no instance is started and no descriptor seen, so neither is asked for."""
    (case,), _ = planned(Entry(id="L01"), server=Server.URL)
    assert (case.instance, "resources-return" in case.checks) == (Instance(), False)


def test_words_are_free_unique_and_long_enough() -> None:
    """Identities, enumerated values, short words, repeated words and parts of other words stay as they are."""
    operation = replace(
        CREATE,
        json={
            "key": "identity",
            "kind": "fast",
            "a": "gold",
            "b": "golden",
            "c": "crm",
            "d": "twin",
            "e": ["twin", " free "],
        },
        event=(Selector(place="json", name="/key"),),
    )
    schema = {"type": "object", "properties": {"kind": {"enum": ["fast", "slow"]}}}
    contract = OperationContract(operation="create_batch", body=schema)
    assert (tokens_of(operation, contract), tokens_of(operation, None)) == (
        ("golden", "free"),
        ("fast", "golden", "free"),
    )


def test_the_entries_are_those_of_the_catalogue() -> None:
    """A scenario may name these."""
    assert set(titles()) == {
        "L01",
        "L03",
        "L04",
        "L08",
        "L09",
        "L10",
        "L11",
        "L12",
        "L13",
        "L15",
        "L17",
    }
