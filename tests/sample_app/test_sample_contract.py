"""The published contract is the one that is enforced, and the settings are what they say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sample_app import create_app
from sample_app.openapi import openapi
from sample_app.problems import KINDS
from sample_app.settings import VARIABLES, Settings, SettingsError, from_environment
from tests.sample_app.clients import InProcess

DOCUMENT = openapi(Settings())


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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda value: json.dumps(value)[:30])
def test_the_schema_and_the_service_agree(document: Any, client: InProcess) -> None:
    """What the published schema accepts is answered 201, what it refuses 422: no third case."""
    valid = validator("BatchRequest").is_valid(document)
    assert client.post(json.dumps(document).encode()).status == (201 if valid else 422)


def test_examples_work(client: InProcess) -> None:
    """The published example is accepted, and its answer has the published shape."""
    body = DOCUMENT["paths"]["/v1/batches"]["post"]["requestBody"]["content"]["application/json"]
    reply = client.post(body["examples"]["mixed"]["value"])
    example = DOCUMENT["paths"]["/v1/batches"]["post"]["responses"]["201"]["content"]["application/json"]["example"]
    assert (reply.status, {**reply.json, "id": example["id"]}) == (201, example)
    validator("BatchAnswer").validate(reply.json)
    validator("ProblemDocument").validate(client.post(b"{").json)


def test_every_status_that_a_post_can_have_is_documented() -> None:
    """A caller meets no status on POST that the contract does not list (404 and 405 are the router's)."""
    listed = {int(status) for status in DOCUMENT["paths"]["/v1/batches"]["post"]["responses"]}
    assert listed == {201} | {kind.status for kind in KINDS.values()} - {404, 405}


def test_every_address_exists() -> None:
    """The contract lists exactly the routes of the app, with their methods."""
    app = create_app({})
    routes = {
        (re.sub(r"<uuid:batch_id>", "{id}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(path, method) for path, item in DOCUMENT["paths"].items() for method in item}


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


def test_defects_are_listed_as_json() -> None:
    """``python -m sample_app.defects`` tells the name, family, entry and story of each."""
    out = subprocess.run([sys.executable, "-m", "sample_app.defects"], capture_output=True, check=True).stdout
    rows = json.loads(out)
    assert [(row["name"], row["family"], row["entry"]) for row in rows] == [
        ("check-then-act", "duplicate-event", "D02"),
        ("no-dedupe", "duplicate-event", "D01"),
        ("descriptor-leak", "load", "L01"),
        ("shared-state", "load", "L17"),
        ("deep-nesting-500", "malformed-payload", "MJ11"),
        ("silent-default", "malformed-payload", "MS01"),
        ("no-timeout", "timeout", "T02"),
        ("timeout-as-success", "timeout", "T02"),
    ]
    assert all(len(row["story"]) > 80 for row in rows)
