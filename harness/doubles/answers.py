"""Scripted answers: the declared JSON with its placeholders filled in.

``{uuid}``, ``{now}`` (RFC 3339, UTC), ``{n}``, ``{request.json/pointer}`` (RFC 6901) and ``{request.path/name}`` (the
route's ``{name}`` segment, decoded) may stand in any string value. A placeholder that is the whole string keeps the
type of its value; inside a longer string it is text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from typing import cast

from harness.doubles.asked import MISSING, Asked, at_pointer
from harness.doubles.responses import Response, json_response
from harness.model.records import record
from harness.model.services import AnswerScript

_PLACEHOLDER = re.compile(r"\{(uuid|now|n|request\.json(?:/[^{}]*)?|request\.path/[^{}]*)\}")
_REQUEST = "request.json"
_PATH = "request.path/"


@record
class Values:
    """What the placeholders of one answer stand for; ``segments`` are those of the route that the call matched."""

    uuid: str
    now: str
    n: int
    asked: Asked
    segments: Mapping[str, str] = field(default_factory=dict)


def scripted(script: AnswerScript, values: Values) -> Response:
    """Return the answer that ``script`` describes: its JSON, its bytes, or no body where it has neither."""
    if script.body is not None:
        return Response(status=script.status, headers=script.headers, body=script.body)
    if script.json is None:
        return Response(status=script.status, headers=script.headers)
    return json_response(script.status, json.dumps(_filled(script.json, values)), script.headers)


def _filled(value: object, values: Values) -> object:
    if isinstance(value, str):
        return _filled_text(value, values)
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return {name: _filled(member, values) for name, member in members.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, values) for item in value]
    return value


def _filled_text(text: str, values: Values) -> object:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole:
        return _value(whole.group(1), values)
    return _PLACEHOLDER.sub(lambda found: _as_text(_value(found.group(1), values)), text)


def _value(name: str, values: Values) -> object:
    if name.startswith(_PATH):
        return values.segments.get(name.removeprefix(_PATH))
    if name.startswith(_REQUEST):
        found = at_pointer(values.asked.json, name.removeprefix(_REQUEST))
        return None if found is MISSING else found
    return {"uuid": values.uuid, "now": values.now, "n": values.n}[name]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
