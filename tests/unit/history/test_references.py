"""What a reference learns from clean runs, and what it then calls a difference."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.history.references import differences, learn, leaves
from harness.model.cases import Case, Family
from harness.model.messages import Answer
from harness.model.scope import DependencyCall, Exchange, Reference, Scope, SeenEffect
from harness.model.services import (
    Call,
    Configuration,
    Dependency,
    EffectKind,
    EffectRef,
    Operation,
    Route,
    Selector,
    Server,
    Service,
)
from harness.model.steps import Phase

ROUTE = Route(method="POST", path="/entries")
OPERATION = Operation(
    name="create", route=Route(method="POST", path="/things"), effect=EffectRef(dependency="ledger", route=ROUTE)
)
CONFIGURATION = Configuration(file="harness.yaml", service=Service(server=Server.GUNICORN), operations=(OPERATION,))


def _scope(run: int, body: object, *, status: int = 201, effects: int = 1) -> Scope:
    case = Case(
        id=f"reference/create/{run}",
        entry="reference",
        family=Family.REFERENCE,
        scenario="reference",
        operation="create",
        title="clean",
        trouble="none",
        steps=(),
    )
    exchange = Exchange(
        number=run,
        label="reference",
        phase=Phase.BASELINE,
        operation="create",
        event=1,
        identity=f"key-{run}",
        group="",
        data=b"",
        sent=0,
        done=run * 1_000_000,
        answer=Answer(status=status, body=json.dumps(body).encode()),
    )
    call = DependencyCall(
        number=run, dependency="ledger", call="POST /entries", method="POST", target="/entries", headers=(), body=b"",
        received=0, ended=1, status=201, how="answered",
    )  # fmt: skip
    effect = SeenEffect(dependency="ledger", call="POST /entries", call_number=run, key="k", new=True, at=1)
    return Scope(
        case=case,
        configuration=CONFIGURATION,
        contract=None,
        references={},
        exchanges=(exchange,),
        calls=(call,) * effects,
        effects=(effect,) * effects,
    )


def _body(run: int) -> dict[str, object]:
    return {
        "id": f"id-{run}",
        "links": {"self": f"id-{run}"},
        "at": f"2026-01-01T00:00:0{run}Z",
        "n": run,
        "key": f"key-{run}",
        "values": ["a", "b"],
    }


def test_noise_is_learned_with_its_type_and_everything_else_is_to_the_letter() -> None:
    """Identifiers, times, counters, the event's identity and twins are told apart; constants are no noise."""
    assert learn("create", [_scope(run, _body(run)) for run in (1, 2, 3)]) == Reference(
        operation="create",
        runs=3,
        status=201,
        answer=_body(1),
        noise={"/id": "identifier", "/links/self": "same as /id", "/at": "time", "/n": "counter", "/key": "identity"},
        calls={"ledger POST /entries": 1},
        effects={"ledger POST /entries": 1},
        slowest=0.003,
    )


def test_another_clean_answer_shows_no_difference() -> None:
    """A fourth clean run equals the reference of the first three."""
    reference = learn("create", [_scope(run, _body(run)) for run in (1, 2, 3)])
    answer = Answer(status=201, body=json.dumps(_body(9)).encode())
    assert differences(reference, answer, b"Idempotency-Key: key-9") == ()


def test_every_kind_of_difference_is_told_in_a_sentence() -> None:
    """A changed constant, a broken twin, a foreign identity, a lost and a new field are each named."""
    reference = learn("create", [_scope(run, _body(run)) for run in (1, 2, 3)])
    body = _body(9) | {"values": ["a", "z"], "links": {"self": "id-1"}, "new": 1}
    del body["at"]
    answer = Answer(status=201, body=json.dumps(body).encode())
    assert differences(reference, answer, b"Idempotency-Key: other") == (
        "/at is missing",
        "/new is new",
        '/links/self is "id-1", not the same as /id',
        '/key is "key-9", not the identity that was sent',
        '/values/1 is "z" instead of "b"',
    )


def test_true_is_not_one() -> None:
    """A constant must keep its type: JSON true in place of 1 is a difference."""
    reference = Reference(operation="create", runs=3, status=200, answer={"n": 1})
    assert differences(reference, Answer(status=200, body=b'{"n": true}'), b"") == ("/n is true instead of 1",)


def test_a_refused_example_makes_no_reference() -> None:
    """Where the valid example is refused, the trouble quotes the answer."""
    found = learn("create", [_scope(run, {"title": "no"}, status=503) for run in (1, 2, 3)])
    assert found == Reference(
        operation="create", runs=3, trouble='create: the valid example is not accepted: 503 {"title": "no"}'
    )


def test_a_declared_effect_that_no_double_saw_makes_no_reference() -> None:
    """A service that calls something else than the double is never judged by effects that cannot be seen."""
    found = learn("create", [_scope(run, _body(run), effects=0) for run in (1, 2, 3)])
    assert found.trouble == (
        "create: the declared effect 'ledger POST /entries' was not seen at the double: "
        "does the service call it where the harness listens?"
    )


def test_two_runs_are_too_few() -> None:
    """A reference needs three clean runs."""
    found = learn("create", [_scope(run, _body(run)) for run in (1, 2)])
    assert found == Reference(operation="create", runs=2, trouble="create: only 2 of 3 clean runs happened")


def test_pointers_are_escaped_by_rfc_6901() -> None:
    """`~` and `/` in names are written `~0` and `~1`, and empty containers are leaves."""
    assert leaves({"a/b": {"c~d": []}, "e": [{}, 1]}) == {"/a~1b/c~0d": [], "/e/0": {}, "/e/1": 1}


def test_a_key_that_the_call_does_not_hold_makes_no_reference() -> None:
    """A misspelt selector must not accuse a correct service of doubled effects."""
    keyed = replace(
        CONFIGURATION,
        dependencies=(
            Dependency(
                name="ledger",
                env="LEDGER_URL",
                calls=(Call(route=ROUTE, effect=EffectKind.KEYED, key=(Selector(place="json", name="/oder_id"),)),),
            ),
        ),
    )
    runs = [replace(_scope(run, _body(run)), configuration=keyed) for run in (1, 2, 3)]
    keyless = [replace(scope, effects=tuple(replace(e, key=None) for e in scope.effects)) for scope in runs]
    assert learn("create", runs).trouble == ""
    assert learn("create", keyless).trouble == (
        "create: 'ledger POST /entries' is declared as keyed by json:/oder_id, and the call held nothing there: "
        "is the name right?"
    )


def test_a_clean_run_that_fails_tells_what_the_doubles_saw() -> None:
    """A call that is not declared, and a dependency that got none, are named."""
    two = replace(
        CONFIGURATION,
        dependencies=(Dependency(name="ledger", env="LEDGER_URL"), Dependency(name="mail", env="MAIL_URL")),
    )
    runs = [replace(_scope(run, {}, status=502), configuration=two) for run in (1, 2, 3)]
    strange = [replace(s, calls=tuple(replace(c, call="", target="/charge") for c in s.calls)) for s in runs]
    assert learn("create", strange).trouble == (
        "create: the valid example is not accepted: 502 {} "
        "(ledger got POST /charge, which is not declared; mail got no call (it is told by MAIL_URL))"
    )
