"""Nullable fields, objects in lists, defaults, listed values and identifiers: what the schema allows is never wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from harness.model.services import Operation, Route, Selector
from harness.model.steps import Compared, Expected
from harness.mutations.malformation import variants_of
from harness.mutations.registry import catalogue
from harness.mutations.specimen import Specimen
from tests.unit.mutations.examples import CONTRACT, made
from tests.unit.mutations.shown import shown

TEXT = {"type": "string", "maxLength": 5}
ITEM: dict[str, object] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "value": {"anyOf": [TEXT, {"type": "null"}]},
        "label": {"anyOf": [{**TEXT, "minLength": 0}, {"type": "null"}]},
        "unit": {"type": "string", "enum": ["kg", "g"], "default": "kg"},
        "tag": {"type": "string", "format": "uuid"},
    },
}
SCHEMA: dict[str, object] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["items"],
    "properties": {"items": {"type": "array", "items": ITEM, "maxItems": 3}},
}
BATCH = Operation(
    name="batch",
    route=Route(method="POST", path="/batches"),
    json={"items": [{"id": "a", "value": "x y", "label": ""}, {"id": "b", "value": None}]},
    event=(Selector(place="header", name="Idempotency-Key"),),
)
RICH = replace(BATCH, json={"items": [{"id": "a", "unit": "kg", "tag": "a3bb189e-8bf9-4c9a-9a3b-2f6c1e5d7b90"}]})


def _specimen(operation: Operation = BATCH) -> Specimen:
    return made(operation, replace(CONTRACT, operation="batch", body=SCHEMA, body_limit=0))


def _shown(entry: str, operation: Operation = BATCH) -> dict[str, str]:
    return shown(catalogue()[entry], _specimen(operation))


@pytest.mark.parametrize("entry", [entry for entry in sorted(catalogue()) if entry[:2] in ("MS", "MC", "MJ")])
def test_an_independent_validator_agrees_on_nested_and_nullable_fields(entry: str) -> None:
    """No document that the schema allows must be refused, none that it forbids must be accepted."""
    judge = jsonschema.Draft202012Validator(SCHEMA)
    parsed = [(v.label, v.expect.expected, _document(v.message)) for v in variants_of(catalogue()[entry], _specimen())]
    legal = [(label, expected, judge.is_valid(document)) for label, expected, (read, document) in parsed if read]
    assert [one for one in legal if one[1] is Expected.ACCEPTED and not one[2]] == []
    assert [one for one in legal if one[1] is Expected.REJECTED and one[2]] == []


def _document(message: object) -> tuple[bool, object]:
    """Return whether a message has a body that any strict reader reads in one way, and its document."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a name twice")
        return dict(pairs)

    def refuse(name: str) -> object:
        raise ValueError(name)

    try:
        body = getattr(message, "body", b"\0")
        return True, json.loads(body.decode(), object_pairs_hook=once, parse_constant=refuse)
    except (ValueError, RecursionError):
        return False, None


def test_null_and_empty_are_legal_where_the_schema_says_so() -> None:
    """Null by name is accepted, also inside a list; an empty text whose bound is stated is accepted."""
    assert _shown("MS02") == {"rejected 422": "items items.0 items.0.id", "accepted": "items.0.value items.0.label"}
    assert _shown("MS03")["accepted"] == "empty-text-items.0.label"


def test_bounds_are_found_behind_a_choice_with_null() -> None:
    """The longest text of a nullable field is as long as the schema says."""
    (texts, _) = variants_of(catalogue()["MC07"], _specimen())
    assert b'"x yxx"' in getattr(texts.message, "body", b"")


def test_listed_values_defaults_and_identifiers_inside_a_list() -> None:
    """What is declared of a member of an item is used as it is at the top."""
    assert _shown("MS09", RICH) == {
        "rejected 422": "unknown-items.0.unit other-case-items.0.unit space-before-items.0.unit "
        "space-behind-items.0.unit empty-items.0.unit"
    }
    assert _shown("MS14", RICH) == {
        "either": "upper-case-items.0.tag braces-items.0.tag no-dashes-items.0.tag urn-items.0.tag nil-items.0.tag "
        "one-short-items.0.tag"
    }
    (left_out,) = variants_of(catalogue()["MS19"], _specimen(RICH))
    assert (left_out.label, left_out.expect.compared) == ("left-out-items.0.unit", Compared.RESULT)
    (sent,) = variants_of(catalogue()["MS19"], _specimen())
    assert sent.label == "sent-items.0.unit"


def test_one_bad_item_stands_at_each_place() -> None:
    """First, middle, last, last of many, and one more than may be."""
    assert _shown("MS11") == {
        "rejected 422": "first-items middle-items last-items last-of-many-items",
        "rejected 422 413": "one-too-many-items",
    }


def test_a_comparison_needs_the_identity() -> None:
    """A spelling that hides the identity of the event is not fresh: its result is not known."""
    in_body = replace(BATCH, json={"items": [{"id": "a"}]}, event=(Selector(place="json", name="/items/0/id"),))
    compared = {v.label: v.expect.compared for v in variants_of(catalogue()["MC10"], _specimen(in_body))}
    assert compared["compact"] is Compared.RESULT
    assert compared["escaped"] is Compared.NOTHING
