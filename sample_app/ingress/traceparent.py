"""The traceparent header (W3C Trace Context, level 1): passed on when it is valid, as if it were not there otherwise.

This service opens no span of its own, so it hands on what it was given; the specification allows that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

VALID = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def traceparent(environ: Mapping[str, Any]) -> str | None:
    """Return the header when it is valid."""
    given = environ.get("HTTP_TRACEPARENT", "")
    return given if VALID.fullmatch(given) else None
