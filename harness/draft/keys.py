"""The header in which clients name an event, as most people call it."""

from __future__ import annotations

import re

IDEMPOTENCY = re.compile(r"(?i)(?:x-)?idempotency-key")
"""draft-ietf-httpapi-idempotency-key-header, and its usual older name."""
