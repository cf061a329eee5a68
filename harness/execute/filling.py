"""Fields of earlier answers in a request's target: what was created is read by the id that its answer gave."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from harness.execute.world import CannotCarryOut
from harness.model.messages import Answer, Request, Wire


def filled(message: Request | Wire, labels: tuple[str, ...], answers: Mapping[str, Answer]) -> Request | Wire:
    """Return ``message`` with each ``{<label>.<field>}`` of its target replaced, percent-encoded, for these labels.

    CannotCarryOut where the send of that label has no answer, or its JSON no such field. Exact bytes are never filled.
    """
    if not labels or isinstance(message, Wire):
        return message
    target = message.target
    for label in labels:
        target = _with_fields(target, label, answers.get(label))
    return Request(method=message.method, target=target, headers=message.headers, body=message.body)


def field_of(answer: Answer, path: str) -> str:
    """Return the field at the dotted ``path`` of the answer's JSON as text; CannotCarryOut where there is none."""
    try:
        value: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        value = None
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        raise CannotCarryOut(f"the answer has no field '{path}', so what was stored cannot be read back")
    return str(value)


def _with_fields(target: str, label: str, answer: Answer | None) -> str:
    def text(match: re.Match[str]) -> str:
        if answer is None:
            raise CannotCarryOut(
                f"'{label}' has no answer, so the request that needs its {match.group(1)} was not sent"
            )
        return quote(field_of(answer, match.group(1)), safe="")

    return re.sub(rf"\{{{re.escape(label)}\.([^}}]+)\}}", text, target)
