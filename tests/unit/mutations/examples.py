"""A hand-written operation, its contract and its specimen, small enough to reason about by hand."""

from __future__ import annotations

from dataclasses import replace

from harness.model.messages import Request
from harness.model.services import EffectRef, Operation, OperationContract, Route, Selector
from harness.mutations.specimen import Specimen, specimen
from harness.plan.contracts import valid_request

SCHEMA: dict[str, object] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "count"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 20},
        "count": {"type": "integer", "minimum": 0, "maximum": 100},
        "tags": {"type": "array", "minItems": 0, "items": {"type": "string"}},
        "note": {"type": ["string", "null"], "examples": ["by hand"]},
    },
}

OPERATION = Operation(
    name="order",
    route=Route(method="POST", path="/orders"),
    json={"name": "Ada", "count": 2, "tags": ["x"]},
    event=(Selector(place="header", name="Idempotency-Key"),),
    effect=EffectRef(dependency="ledger", route=Route(method="POST", path="/entries")),
)

CONTRACT = OperationContract(
    operation="order",
    body=SCHEMA,
    body_required=True,
    media_types=("application/json",),
    statuses=(201, 400, 422),
    header_limits={"idempotency-key": 255},
    methods=("GET", "POST"),
    body_limit=1_000,
)

BYSTANDER = Request(method="GET", target="/healthz")

IN_BODY = Operation(
    name="event",
    route=Route(method="POST", path="/events"),
    json={"id": "any", "data": {"a/b": 1, "text": 'é "quoted"', "on": True, "none": None, "ratio": 0.5}},
    event=(Selector(place="json", name="/id"),),
)
SCALAR = Operation(name="scalar", route=Route(method="PUT", path="/level"), json=7)
LIST = Operation(name="list", route=Route(method="POST", path="/list"), json=[{"a": "b"}, "c"])
BYTES = Operation(
    name="bytes", route=Route(method="POST", path="/raw"), headers=(("Content-Type", "text/csv"),), body=b"a,b\n1,2\n"
)
BARE = Operation(name="bare", route=Route(method="GET", path="/things?page=2"))


def made(operation: Operation = OPERATION, contract: OperationContract | None = None) -> Specimen:
    """Return the specimen of an operation; without a contract it declares nothing."""
    declared = contract or OperationContract(operation=operation.name)
    return specimen(operation, declared, valid_request(operation), bystander=BYSTANDER, methods=declared.methods)


def every_kind() -> tuple[Specimen, ...]:
    """Return specimens of every kind of operation: with and without contract, JSON and not, with and without body."""
    untyped = replace(CONTRACT, body={"type": "object"}, media_types=())
    undeclared = (OPERATION, IN_BODY, SCALAR, LIST, BYTES, BARE)
    return (made(OPERATION, CONTRACT), made(OPERATION, untyped), *(made(operation) for operation in undeclared))
