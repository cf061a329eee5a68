"""Documents of v2, for tests."""

from __future__ import annotations

import json
from typing import Any

from sample_app.records import Absent, Text


def document_of(text: str | bytes) -> dict[str, Any]:
    """Read a JSON object."""
    document = json.loads(text)
    assert isinstance(document, dict)
    return document


def item_document(identity: str, value: Text, label: Text) -> dict[str, Any]:
    """Write an item as a client sends it: what is absent is left out."""
    fields = {"value": value, "label": label}
    return {"id": identity, **{name: one for name, one in fields.items() if not isinstance(one, Absent)}}
