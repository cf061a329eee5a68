"""Whether an answer says of itself that a dependency's part is missing: degraded, and honest about it."""

from __future__ import annotations

import json

from harness.model.messages import Answer
from harness.model.services import Operation


def says_degraded(operation: Operation, answer: Answer | None) -> bool:
    """Tell whether ``answer`` says at the operation's declared place that it is degraded.

    It says so by any value that is not null, false, zero or empty. Where no place is declared, nothing says so.
    """
    if operation.degraded is None or answer is None:
        return False
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    for name in operation.degraded.name.split("/")[1:]:  # RFC 6901
        value = value.get(name.replace("~1", "/").replace("~0", "~")) if isinstance(value, dict) else None
    return bool(value)
