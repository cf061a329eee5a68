"""The published contract is the one that is enforced, and the settings are what they say."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sample_app import create_app
from sample_app.openapi import openapi
from sample_app.parts import Parts
from sample_app.records import SourceInfo
from sample_app.settings import VARIABLES, Settings, SettingsError, from_environment
from tests.sample_app.clients import InProcess

DOCUMENT = openapi(Settings())
FAREWELL = {"Deprecation", "Sunset", "Link"}


def validator(name: str) -> Draft202012Validator:
    """Make an independent validator of one component."""
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})


def test_the_contract_is_served(client: InProcess) -> None:
    """/openapi.json is the generated document."""
    assert client.get("/openapi.json").json == DOCUMENT


def test_the_limits_are_published() -> None:
    """Every limit that can refuse a request can be read before it is sent."""
    schema = DOCUMENT["components"]["schemas"]["BatchRequest"]
    post = DOCUMENT["paths"]["/v1/batches"]["post"]
    key = next(item for item in post["parameters"] if item["name"] == "Idempotency-Key")
    assert (schema["additionalProperties"], schema["required"]) == (False, ["source", "values"])
    assert (schema["properties"]["source"]["minLength"], schema["properties"]["source"]["maxLength"]) == (1, 64)
    assert schema["properties"]["values"]["maxItems"] == 1000
    assert schema["properties"]["values"]["items"]["maxLength"] == 1000
    assert post["requestBody"]["x-max-body-bytes"] == 65536
    assert (key["required"], key["schema"]["minLength"], key["schema"]["maxLength"]) == (True, 1, 255)


def test_the_limits_of_v2_are_published() -> None:
    """The same for items."""
    schemas = DOCUMENT["components"]["schemas"]
    items, fields = schemas["BatchRequestV2"]["properties"]["items"], schemas["ItemV2"]["properties"]
    text = {"pattern": r"^[^\x00]*$", "type": "string"}
    assert (items["maxItems"], fields["id"]["minLength"], fields["id"]["maxLength"]) == (1000, 1, 64)
    assert fields["value"]["anyOf"] == [{**text, "maxLength": 1000}, {"type": "null"}]
    assert fields["label"]["anyOf"] == [{**text, "maxLength": 200}, {"type": "null"}]


def test_the_limits_of_v2_follow_the_settings() -> None:
    """A service with other limits publishes those."""
    small = openapi(Settings(max_values=2, max_value_length=3, max_id_length=4, max_label_length=5, max_body=6))
    fields = small["components"]["schemas"]["ItemV2"]["properties"]
    lengths = [fields["id"]["maxLength"], *(fields[name]["anyOf"][0]["maxLength"] for name in ("value", "label"))]
    assert lengths == [4, 3, 5]
    assert small["components"]["schemas"]["BatchRequestV2"]["properties"]["items"]["maxItems"] == 2
    assert small["paths"]["/v2/batches"]["post"]["requestBody"]["x-max-body-bytes"] == 6


def test_limits_follow_the_settings() -> None:
    """A service with other limits publishes those."""
    small = openapi(Settings(max_values=2, max_value_length=3, max_source_length=4, max_body=5))
    properties = small["components"]["schemas"]["BatchRequest"]["properties"]
    limits = (properties["values"]["maxItems"], properties["values"]["items"]["maxLength"])
    assert (*limits, properties["source"]["maxLength"]) == (2, 3, 4)
    assert small["paths"]["/v1/batches"]["post"]["requestBody"]["x-max-body-bytes"] == 5


DOCUMENTS: list[Any] = [
    {"source": "s", "values": []},
    {"source": "s" * 64, "values": ["v" * 1000, ""]},
    {"source": "\U0001f600" * 64, "values": ["\U0001f600" * 1000]},
    {"source": "a\nb", "values": ["\n"]},
    {"source": "s" * 65, "values": []},
    {"source": "", "values": []},
    {"source": "s", "values": ["v" * 1001]},
    {"source": "s", "values": ["v"] * 1001},
    {"source": "s", "values": ["a\0b"]},
    {"source": "a\0", "values": []},
    {"source": "s", "values": [1]},
    {"source": "s", "values": None},
    {"source": "s"},
    {"source": "s", "values": [], "more": 1},
    {},
    [],
    None,
]


def item(**fields: Any) -> dict[str, Any]:
    """Make a document of v2 with one item."""
    return {"source": "s", "items": [{"id": "a", **fields}]}


DOCUMENTS_V2: list[Any] = [
    {"source": "s", "items": []},
    item(),
    item(value=None, label=None),
    item(value="", label=""),
    item(value="v" * 1000, label="l" * 200),
    item(value="\U0001f600" * 1000, label="\U0001f600" * 200),
    item(id="i" * 64),
    item(id=" "),
    {"source": "s", "items": [{"id": str(index)} for index in range(1000)]},
    item(id="i" * 65),
    item(id=""),
    item(id=None),
    item(id=1),
    item(id="a\0"),
    item(value="v" * 1001),
    item(label="l" * 201),
    item(value="a\0"),
    item(label="a\0"),
    item(value=1),
    item(value=True),
    item(value=["a"]),
    item(label={}),
    item(more=1),
    {"source": "s", "items": [{}]},
    {"source": "s", "items": ["a"]},
    {"source": "s", "items": [None]},
    {"source": "s", "items": {"id": "a"}},
    {"source": "s", "items": None},
    {"source": "s", "items": [{"id": str(index)} for index in range(1001)]},
    {"source": "s", "values": ["a"]},
    {"source": "s", "items": [], "values": []},
    {"source": "s"},
    {"source": "", "items": []},
    [],
    None,
]


@pytest.mark.parametrize(
    ("version", "document"),
    [*(("v1", one) for one in DOCUMENTS), *(("v2", one) for one in DOCUMENTS_V2)],
    ids=lambda value: json.dumps(value)[:40],
)
def test_the_schema_and_the_service_agree(version: str, document: Any, client: InProcess) -> None:
    """What the published schema accepts is answered 201, what it refuses 422: no third case."""
    valid = validator(REQUESTS[version]).is_valid(document)
    reply = client.post(json.dumps(document).encode(), path=f"/{version}/batches")
    assert reply.status == (201 if valid else 422)


REQUESTS = {"v1": "BatchRequest", "v2": "BatchRequestV2"}
POSTS = [(path, name) for path, item in DOCUMENT["paths"].items() for name in item if name == "post"]
EXAMPLES = [
    (path, name)
    for path, _method in POSTS
    for name in DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]
]


@pytest.mark.parametrize(("path", "name"), EXAMPLES)
def test_examples_work(path: str, name: str, environ: dict[str, str]) -> None:
    """Each published example is accepted; its answer, and what is read back, are the published one and fit its schema."""
    client = InProcess(create_app(environ, change=knowing("Customer records"), log=io.StringIO()))
    post, get = DOCUMENT["paths"][path]["post"], DOCUMENT["paths"][path + "/{id}"]["get"]
    reply = client.post(post["requestBody"]["content"]["application/json"]["examples"][name]["value"], path=path)
    read = client.get(reply.headers["location"])
    told = post["responses"]["201"]["content"]["application/json"]
    assert (reply.status, {**reply.json, "id": told["example"]["id"]}) == (201, told["example"])
    for schema in (told["schema"], get["responses"]["200"]["content"]["application/json"]["schema"]):
        strict(schema).validate(reply.json)
        strict(schema).validate(read.json)
    assert read.body == reply.body


@pytest.mark.parametrize(("path", "method"), POSTS)
def test_errors_have_the_published_shape(path: str, method: str, client: InProcess) -> None:
    """An error of each version fits its schema, and its type is one of those that are published for its status."""
    for body in (b"{", b"{}", b""):
        reply = client.post(body, path=path)
        told = DOCUMENT["paths"][path][method]["responses"][str(reply.status)]
        strict(told["content"]["application/problem+json"]["schema"]).validate(reply.json)
        assert reply.json["type"] in told["x-problems"]


def knowing(title: str) -> Callable[[Parts], Parts]:
    """Put a reference service in place that knows one title for every source."""
    return lambda parts: replace(parts, look_up=lambda _source, _context: SourceInfo(title=title))


def strict(schema: dict[str, Any]) -> Draft202012Validator:
    """Make an independent validator of a schema of the document, which judges formats as well."""
    whole = {**schema, "components": DOCUMENT["components"]}
    Draft202012Validator.check_schema(whole)
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("version", REQUESTS)
def test_examples_of_schemas_fit_them(version: str) -> None:
    """The examples inside the schemas follow them."""
    for name in (REQUESTS[version], REQUESTS[version].replace("Request", "Answer")):
        examples = DOCUMENT["components"]["schemas"][name]["examples"]
        assert [list(validator(name).iter_errors(example)) for example in examples] == [[]] * len(examples)


def test_a_field_that_may_be_left_out_has_no_default() -> None:
    """Missing and null are two things, so the contract never says that one stands for the other."""
    schemas = DOCUMENT["components"]["schemas"]
    fields = [
        schemas["ItemV2"]["properties"],
        schemas["AcceptedItem"]["properties"],
        schemas["SourceAnswer"]["properties"],
    ]
    assert [name for group in fields for name, field in group.items() if "default" in field] == []
    assert (
        schemas["ItemV2"]["required"],
        schemas["AcceptedItem"]["required"],
        schemas["SourceAnswer"]["required"],
    ) == (
        ["id"],
        ["index", "id", "outcome", "value"],
        ["name", "title"],
    )
    assert schemas["BatchRequestV2"]["properties"]["items"]["x-unique"] == "id"


def test_the_old_version_is_declared_so() -> None:
    """Operations of v1 are deprecated and document the three headers on every answer; nothing else is or does."""
    told = {
        (path, method): (
            operation.get("deprecated"),
            [FAREWELL & set(one["headers"]) for one in operation["responses"].values()],
        )
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
    }
    assert told == {
        key: (True, [FAREWELL] * len(sets)) if key[0].startswith("/v1/") else (None, [set()] * len(sets))
        for key, (_deprecated, sets) in told.items()
    }


def test_operation_ids_are_unique_and_links_lead_to_one() -> None:
    """Tools name code after them."""
    operations = [operation for item in DOCUMENT["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]
    links = [
        link["operationId"] for one in operations for link in one["responses"].get("201", {}).get("links", {}).values()
    ]
    assert (len(set(names)), set(links) - set(names)) == (len(names), set())


def test_settings_have_defaults_and_can_be_changed() -> None:
    """An empty environment is the default; every variable sets its field."""
    assert from_environment({}) == Settings()
    assert from_environment({"DATABASE_URL": ""}) == Settings()
    changed = from_environment({"LEDGER_URL": "http://l:1/p/", "SAMPLE_APP_LEDGER_DEADLINE": "2"})
    assert (changed.ledger_url, changed.ledger_deadline, changed.lease) == ("http://l:1/p", 2.0, 5.0)
    assert {field for field, _ in VARIABLES.values()} == set(Settings.__dataclass_fields__)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://h/d"),
        ("DATABASE_URL", "postgresql://h"),
        ("DATABASE_URL", "postgresql+psycopg2://h/d"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "nonsense"),
        ("LEDGER_URL", "https://ledger"),
        ("LEDGER_URL", "ledger:80"),
        ("LEDGER_URL", "http://h:99999"),
        ("LEDGER_URL", "http://a..b"),
        ("SAMPLE_APP_LEDGER_DEADLINE", "0"),
        ("SAMPLE_APP_LEDGER_DEADLINE", "inf"),
        ("SAMPLE_APP_LEDGER_DEADLINE", "soon"),
        ("SAMPLE_APP_MAX_BODY", "-1"),
        ("SAMPLE_APP_DEFECT", "nope"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(variable: str, value: str) -> None:
    """The service refuses to start, and says which variable, what it was and what was expected."""
    with pytest.raises(SettingsError, match=f"{variable}='{re.escape(value)}'"):
        create_app({variable: value})
