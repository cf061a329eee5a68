"""The Idempotency-Key header: one opaque token of 1 to 255 visible ASCII characters without a comma.

The plain form (``Idempotency-Key: 8e03978e``) is the documented one. The quoted form of the IETF draft is accepted as
it stands: keys are compared byte for byte, quotation marks included. WSGI servers join two header lines with a comma,
so a comma means two keys or a list, and neither names one event.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sample_app.contract_kind import Contract
from sample_app.problems import Problem

MAX_LENGTH = 255
PATTERN = r"^[!-+\--~]+$"
KEY = re.compile(PATTERN)

CONTRACT = Contract(
    name="ingress: idempotency key",
    input=(f"One Idempotency-Key of 1 to {MAX_LENGTH} visible ASCII characters without a comma.",),
    guarantees=("Exactly one opaque key, byte for byte as sent.",),
    errors=("idempotency-key-missing", "idempotency-key-invalid"),
    non_goals=("A quoted key is not unquoted: it is another key.",),
)


def read_key(environ: Mapping[str, Any]) -> str:
    """Return the key; raise Problem ``idempotency-key-missing`` or ``idempotency-key-invalid`` (400)."""
    key = environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        raise Problem("idempotency-key-missing", "send a fresh Idempotency-Key with every new batch")
    if not isinstance(key, str) or len(key) > MAX_LENGTH or KEY.fullmatch(key) is None:
        raise Problem(
            "idempotency-key-invalid", f"expected one key of 1 to {MAX_LENGTH} visible ASCII characters, no comma"
        )
    return key
