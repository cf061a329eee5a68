"""The X-Request-Id header: the caller's, when it is safe to repeat in logs and headers, else a fresh one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

HEADER = "X-Request-Id"
SAFE = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id(environ: Mapping[str, Any], new_id: Callable[[], str]) -> str:
    """Choose the id for this request. A value that is empty, long or strange is replaced, never cleaned."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if SAFE.fullmatch(given) else new_id()
