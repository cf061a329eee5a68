"""Values that a schema allows, made without chance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.draft.samples import sample
from harness.mutations.schema import Legality, compiled


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "minLength": 6}, "textxx"),
        ({"type": "string", "maxLength": 2}, "te"),
        ({"type": "string", "format": "date"}, "2025-01-02"),
        ({"type": "string", "enum": ["b", "a"]}, "b"),
        ({"type": "integer", "minimum": 7, "multipleOf": 5}, 10),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "number", "exclusiveMinimum": 1.5}, 3),
        ({"type": ["null", "boolean"]}, True),
        ({"const": {"a": 1}}, {"a": 1}),
        ({"type": "object", "default": {"b": 2}}, {"b": 2}),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 1),
        ({"items": {"type": "string"}, "minItems": 2}, ["text", "text"]),
        (
            {
                "type": "object",
                "properties": {"room": {"type": "string"}, "nights": {"type": "integer"}, "note": {}},
                "required": ["nights", "room"],
            },
            {"nights": 1, "room": "text"},
        ),
        (
            {
                "allOf": [
                    {"properties": {"a": {"type": "string"}}, "required": ["a"]},
                    {"properties": {"b": {"$ref": "#/$defs/B"}}, "required": ["b"]},
                ],
                "$defs": {"B": {"type": "integer", "example": 4}},
            },
            {"a": "text", "b": 4},
        ),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}, None),
        ("no schema", None),
        ({"type": "integer", "exclusiveMaximum": 1}, 0),
        ({"type": "string", "maxLength": float("inf")}, None),
        (
            {"$ref": "#/$defs/F", "$defs": {"F": {"properties": {key: {"$ref": "#/$defs/F"} for key in "abcde"}}}},
            {"a": {}, "b": {}, "c": {}, "d": {}, "e": {}},
        ),
        ({"$ref": "#/$defs/F", "$defs": {"F": {"oneOf": [{"$ref": "#/$defs/F"}, {"type": "string"}]}}}, None),
    ],
)
def test_the_plainest_value(schema: object, value: object) -> None:
    """What the schema itself gives comes first; of what is named, all that is required."""
    assert sample(schema) == value


def _schemas() -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.integers(-50, 50)
    texts = st.fixed_dictionaries(
        {"type": st.just("string")}, optional={"minLength": st.integers(0, 9), "maxLength": st.integers(9, 20)}
    )
    numbers = st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={"minimum": bounds, "maximum": st.integers(51, 90), "multipleOf": st.integers(1, 7)},
    )
    plain = st.one_of(texts, numbers, st.just({"type": "boolean"}), st.just({"type": ["null", "string"]}))

    def holding(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        lists = st.builds(lambda item, n: {"type": "array", "items": item, "minItems": n}, inner, st.integers(0, 3))
        objects = st.builds(
            lambda named: {
                "type": "object",
                "properties": named,
                "required": sorted(named),
                "additionalProperties": False,
            },
            st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
        )
        choices = st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=2))
        return st.one_of(lists, objects, choices)

    return st.recursive(plain, holding, max_leaves=8)


@given(_schemas())
def test_what_is_made_is_allowed(schema: dict[str, Any]) -> None:
    """Over what most documents hold: bounds, lengths, lists, objects, choices."""
    known = compiled(schema)
    assert known is not None
    assert known.judge(sample(schema)) is Legality.LEGAL
