"""The X-Request-Timeout-Ms header: how many whole milliseconds the caller will still wait for the answer.

Contract. In: 1 to 7 digits, or no header. Out: seconds, or None. Error: Problem ``deadline-invalid`` (400) for any
other text, two header lines included (WSGI servers join them with a comma). Zero is valid: the caller is gone already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sample_app.problems import Problem

HEADER = "X-Request-Timeout-Ms"
PATTERN = r"^[0-9]{1,7}$"
MILLISECONDS = re.compile(r"[0-9]{1,7}", re.ASCII)


def read_time_left(environ: Mapping[str, Any]) -> float | None:
    """Return the seconds that the caller will wait, None where it does not say."""
    text = environ.get("HTTP_X_REQUEST_TIMEOUT_MS")
    if text is None:
        return None
    if not MILLISECONDS.fullmatch(text):
        raise Problem("deadline-invalid", "expected a number of milliseconds, of 1 to 7 digits")
    return int(text) / 1000
