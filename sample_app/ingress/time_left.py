"""The X-Request-Timeout-Ms header: how many whole milliseconds the caller will still wait for the answer.

Two header lines are refused: WSGI servers join them with a comma. Zero is valid: the caller is gone already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sample_app.contract_kind import Contract
from sample_app.problems import Problem

HEADER = "X-Request-Timeout-Ms"
PATTERN = r"^[0-9]{1,7}$"
MILLISECONDS = re.compile(r"[0-9]{1,7}", re.ASCII)

CONTRACT = Contract(
    name="ingress: time left",
    input=(f"No {HEADER}, or one: the whole milliseconds that the caller will still wait, in 1 to 7 digits.",),
    guarantees=(
        "The answer comes within that time or within the service's own, whichever is shorter.",
        "A caller whose time is up has stored nothing and sent nothing, unless its event was claimed before.",
        "What is left goes along with every call to a dependency, in the same header.",
    ),
    errors=("deadline-invalid", "deadline-exceeded"),
    non_goals=("No time is granted beyond the service's own.",),
)


def read_time_left(environ: Mapping[str, Any]) -> float | None:
    """Return the seconds that the caller will wait, None where it does not say; Problem ``deadline-invalid`` (400)."""
    text = environ.get("HTTP_X_REQUEST_TIMEOUT_MS")
    if text is None:
        return None
    if not MILLISECONDS.fullmatch(text):
        raise Problem("deadline-invalid", "expected a number of milliseconds, of 1 to 7 digits")
    return int(text) / 1000
