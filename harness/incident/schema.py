"""The JSON Schema of an incident file (draft 2020-12), made from the records themselves and kept in ``docs``."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from harness.model.incidents import FORMAT, Incident


def published() -> str:
    """Return the schema as it is published: JSON that people can read."""
    made = TypeAdapter(Incident).json_schema(mode="serialization")
    own = {"title": f"harness incident, format {FORMAT}", "required": ["format", *made["required"]]}
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, **own}
    return json.dumps(whole, indent=2) + "\n"
