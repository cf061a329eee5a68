"""Contracts from OpenAPI documents, and the valid example as a request."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.messages import Request, placeholder
from harness.model.services import Operation, OperationContract, Route, Selector
from harness.mutations.schema import Legality, compiled
from harness.plan.contracts import accepts, contracts, valid_request

ORDER = Operation(name="order", route=Route(method="POST", path="/orders/7"), json={"name": "Ada"})
NAMED = {"type": "object", "required": ["name"], "properties": {"name": {"$ref": "#/components/schemas/Name"}}}
DOCUMENT: dict[str, object] = {
    "openapi": "3.1.0",
    "paths": {
        "/orders/{id}": {
            "parameters": [
                {"in": "header", "name": "X-Tenant", "schema": {"maxLength": 10}},
                {"in": "header", "name": "Idempotency-Key", "schema": {"maxLength": 99}},
            ],
            "get": {"responses": {"200": {}}},
            "post": {
                "parameters": [
                    {"$ref": "#/components/parameters/Key"},
                    {"in": "query", "name": "page", "schema": {"maxLength": 3}},
                ],
                "requestBody": {"$ref": "#/components/requestBodies/Order"},
                "responses": {"201": {}, "4XX": {}, "default": {}, "422": {}},
            },
        },
        "/{anything}/{id}": {"post": {"responses": {"299": {}}}},
    },
    "components": {
        "schemas": {"Order": NAMED, "Name": {"type": "string", "maxLength": 5}},
        "parameters": {
            "Key": {
                "in": "header",
                "name": "Idempotency-Key",
                "required": True,
                "schema": {"$ref": "#/components/schemas/K"},
            }
        },
        "requestBodies": {
            "Order": {
                "required": True,
                "x-max-body-bytes": 65_536,
                "content": {
                    "Application/JSON": {"schema": {"$ref": "#/components/schemas/Order"}},
                    "text/csv": {},
                },
            }
        },
    },
}
WHOLE = OperationContract(
    operation="order",
    body={"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 5}}},
    body_required=True,
    media_types=("application/json", "text/csv"),
    statuses=(201, 422),
    header_limits={"x-tenant": 10, "idempotency-key": 255},
    required_headers=("idempotency-key",),
    methods=("GET", "POST"),
    body_limit=65_536,
)


def _document() -> dict[str, object]:
    """Return a fresh copy of the document with the key's schema in it."""
    copy: dict[str, object] = json.loads(json.dumps(DOCUMENT))
    components = copy["components"]
    assert isinstance(components, dict)
    components["schemas"]["K"] = {"type": "string", "maxLength": 255}
    return copy


def _of_schema(schema: object, version: str = "3.1.0", schemas: Mapping[str, object] | None = None) -> object:
    """Return the body schema read from a document that holds ``schema`` as that of an operation."""
    content = {"application/json": {"schema": schema}}
    document = {
        "openapi": version,
        "paths": {"/orders/7": {"post": {"requestBody": {"content": content}}}},
        "components": {"schemas": dict(schemas or {})},
    }
    return contracts(document, (ORDER,))[0].body


def test_a_contract_holds_what_the_document_says() -> None:
    """References are resolved, the best template wins, parameters of the operation override those of the path."""
    assert contracts(_document(), (ORDER,)) == (WHOLE,)


def test_the_base_path_of_a_server_belongs_to_the_path() -> None:
    """``servers: [{url: https://h/api}]`` and a path of the configuration that starts with /api meet."""
    based = Operation(name="order", route=Route(method="POST", path="/api/orders/7?x=1"), json={})
    document = {**_document(), "servers": [{"url": "https://h.example/api/"}]}
    assert contracts(document, (based,)) == (WHOLE,)


def test_a_method_that_is_not_documented_leaves_the_methods_that_are() -> None:
    """For a method without a description only the others of its path are known."""
    put = Operation(name="order", route=Route(method="PUT", path="/orders/7"), json={})
    assert contracts(_document(), (put,)) == (OperationContract(operation="order", methods=("GET", "POST")),)


def test_a_schema_that_contains_itself_stays_exact() -> None:
    """A recursive schema is cut into its own $defs and judges at every depth."""
    tree = {"type": "object", "properties": {"of": {"$ref": "#/components/schemas/Tree"}}, "required": ["name"]}
    body = _of_schema({"$ref": "#/components/schemas/Tree"}, schemas={"Tree": tree})
    judge = compiled(body)
    assert judge is not None
    deep = {"name": 1, "of": {"name": 1, "of": {"name": 1, "of": {"name": 1}}}}
    shallow = {"name": 1, "of": {"name": 1, "of": {"name": 1, "of": {}}}}
    assert (judge.judge(deep), judge.judge(shallow)) == (Legality.LEGAL, Legality.ILLEGAL)


def test_openapi_30_is_translated() -> None:
    """``nullable`` and boolean exclusive bounds mean the same in the words of JSON Schema 2020-12."""
    body = _of_schema(
        {
            "type": "object",
            "properties": {"nullable": {"type": "integer", "nullable": True, "minimum": 1, "exclusiveMinimum": True}},
        },
        "3.0.3",
    )
    inner = {"anyOf": [{"type": "integer", "exclusiveMinimum": 1}, {"type": "null"}]}
    assert body == {"type": "object", "properties": {"nullable": inner}}


def test_what_stands_beside_a_reference_holds_too() -> None:
    """In 3.1 the siblings of $ref are assertions, in 3.0 they are ignored."""
    schema = {"$ref": "#/components/schemas/Name", "maxLength": 2}
    new, old = (_of_schema(schema, version, {"Name": {"type": "string"}}) for version in ("3.1.0", "3.0.3"))
    assert new == {"maxLength": 2, "allOf": [{"type": "string"}]}
    assert old == {"type": "string"}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/components/schemas/Nobody"},
        {"$ref": "https://elsewhere.example/schema.json"},
        {"type": "wat"},
        {"pattern": "("},
        "not a schema",
        None,
        7,
    ],
)
def test_a_schema_that_cannot_be_understood_decides_nothing(schema: object) -> None:
    """A dangling, remote or nonsensical schema gives a contract without one, and no network is touched."""
    assert _of_schema(schema) is None


def test_references_that_multiply_are_given_up() -> None:
    """Thirty schemas that name the next one twice would be a thousand million nodes: no schema, in no time."""
    doubling: dict[str, object] = {
        f"S{n}": {"anyOf": [{"$ref": f"#/components/schemas/S{n + 1}"}] * 2} for n in range(30)
    }
    assert _of_schema({"$ref": "#/components/schemas/S0"}, schemas={**doubling, "S30": {}}) is None


def test_a_document_nested_too_deep_is_garbage() -> None:
    """Depth beyond the stack gives no schema, never a crash."""
    deep: dict[str, object] = {}
    for _ in range(3_000):
        deep = {"not": deep}
    assert _of_schema(deep) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_garbage_in_any_place_gives_a_contract(data: st.DataObject) -> None:
    """Whatever stands anywhere in a document, reading it returns one contract for the operation and raises nothing."""
    document: object = _document()
    place = document
    for _ in range(data.draw(st.integers(0, 6))):
        if not isinstance(place, dict) or not place:
            break
        parent, key = place, data.draw(st.sampled_from(sorted(place)))
        place = parent[key]
        if data.draw(st.booleans()):
            parent[key] = data.draw(_JSON)
    (found,) = contracts(document, (ORDER,))
    assert found.operation == "order"


@given(document=_JSON)
def test_any_json_is_a_document(document: object) -> None:
    """A document that is no OpenAPI at all gives empty contracts."""
    assert contracts(document, (ORDER,)) == (OperationContract(operation="order"),)


def test_without_a_schema_everything_is_allowed() -> None:
    """``accepts`` says no only where the schema does."""
    allowed = [accepts(contract, {"name": "toolong"}) for contract in (WHOLE, OperationContract(operation="order"))]
    assert allowed == [False, True]


def test_the_identity_stands_in_every_part_that_makes_the_event() -> None:
    """Header, JSON pointer, query and path selectors all get the placeholder of the event; the rest stays."""
    operation = Operation(
        name="o",
        route=Route(method="PUT", path="/things/{id}?page=2&key=old"),
        headers=(("X-A", "1"), ("x-key", "old"), ("X-Key", "older")),
        json={"a/b": [{"id": "old", "n": 1.5}], "ü": None},
        event=(
            Selector(place="header", name="X-Key"),
            Selector(place="json", name="/a~1b/0/id"),
            Selector(place="query", name="key"),
            Selector(place="path", name="id"),
        ),
    )
    p = placeholder(4)
    assert valid_request(operation, 4) == Request(
        method="PUT",
        target=f"/things/{p}?page=2&key={p}",
        headers=(("Content-Type", "application/json"), ("X-A", "1"), ("X-Key", p)),
        body=('{"a/b": [{"id": "' + p + '", "n": 1.5}], "ü": null}').encode(),
    )


def test_a_given_content_type_stays() -> None:
    """The Content-Type is added to JSON examples only, and only where none is given."""
    given_type = (("content-type", "application/vnd.x+json"),)
    json_one = Operation(name="o", route=Route(method="POST", path="/"), json=[], headers=given_type)
    bytes_one = Operation(name="o", route=Route(method="POST", path="/"), body=b"\xff")
    assert valid_request(json_one) == Request(method="POST", target="/", headers=given_type, body=b"[]")
    assert valid_request(bytes_one) == Request(method="POST", target="/", body=b"\xff")


def test_a_path_beyond_ascii_is_known_as_it_is_sent() -> None:
    """A document may say it plainly; a configuration has it as it goes over the wire (RFC 3986, 2.5)."""
    schema = {"type": "object"}
    body = {"content": {"application/json": {"schema": schema}}}
    document = {"openapi": "3.1.0", "paths": {"/straße/{id}": {"put": {"requestBody": body}}}}
    operation = Operation(name="put", route=Route(method="PUT", path="/stra%C3%9Fe/{id}"))
    (found,) = contracts(document, (operation,))
    assert (found.body, found.methods) == (schema, ("PUT",))
