"""A record as canonical JSON that diffs well: an item a line, in the order of the model, without defaults."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

from harness.model.codec import as_json

_TELLING = ("format", "act", "form")
"""Fields that say what kind of thing they stand in: written even where they are as they always are."""


def canonical(record: object) -> str:
    """Return the text of a file that holds ``record``; the same record gives the same bytes, and they give it back."""
    return _laid_out(_told(record, as_json(record)), "") + "\n"


def _laid_out(value: Any, indent: str) -> str:
    """Return a JSON value with an item a line; a list of plain values, such as a header field, keeps to one."""
    deeper = indent + " "
    if isinstance(value, dict) and value:
        lines = [f"{deeper}{json.dumps(name)}: {_laid_out(item, deeper)}" for name, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[\n" + ",\n".join(deeper + _laid_out(item, deeper) for item in value) + f"\n{indent}]"
    return json.dumps(value, allow_nan=False)


def _told(value: Any, shown: Any) -> Any:
    """Return ``shown``, the JSON of ``value`` without defaults, with the telling fields of every record put back."""
    if is_dataclass(value) and isinstance(shown, dict):
        telling = {name: told for name in _TELLING if isinstance(told := getattr(value, name, None), str | int)}
        own = (field.name for field in fields(value) if field.name in shown and field.name not in telling)
        return telling | {name: _told(getattr(value, name), shown[name]) for name in own}
    if isinstance(value, tuple) and isinstance(shown, list):
        return [_told(item, each) for item, each in zip(value, shown, strict=True)]
    return shown
