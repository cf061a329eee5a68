"""The JSON Schema of ``report.json`` (draft 2020-12), made from the records themselves."""

from __future__ import annotations

from pydantic import TypeAdapter

from harness.report.format import Report


def schema() -> dict[str, object]:
    """Return the schema of a report of format 1."""
    made = TypeAdapter(Report).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "harness report, format 1", **made}
