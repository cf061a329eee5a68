"""The JSON Schema of ``report.json`` (draft 2020-12), made from the records themselves and kept in ``docs``."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from harness.report.format import Report


def schema() -> dict[str, object]:
    """Return the schema of a report of format 1."""
    made = TypeAdapter(Report).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "harness report, format 1"}


def published() -> str:
    """Return the schema as it is published: JSON that people can read."""
    return json.dumps(schema(), indent=2) + "\n"
