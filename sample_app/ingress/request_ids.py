"""The X-Request-Id header: the caller's, when it is safe to repeat in logs and headers, else a fresh one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sample_app.contract_kind import Contract

HEADER = "X-Request-Id"
SAFE = re.compile(r"[A-Za-z0-9._-]{1,128}")

CONTRACT = Contract(
    name="ingress: request id",
    input=("X-Request-Id: 1 to 128 of A-Z a-z 0-9 . _ -, or anything, or nothing.",),
    guarantees=(
        "Every request has an id that is safe in logs and headers: the caller's when it is, else a fresh one.",
        "The id is in the answer, in the log and in every call that the request causes.",
    ),
    non_goals=("A strange id is no error, and is replaced whole, never cleaned.",),
)


def request_id(environ: Mapping[str, Any], new_id: Callable[[], str]) -> str:
    """Choose the id for this request. A value that is empty, long or strange is replaced, never cleaned."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if SAFE.fullmatch(given) else new_id()
