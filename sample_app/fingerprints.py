"""What makes two requests with one key the same request.

Rule: SHA-256 of the canonical form of the parsed document: names sorted, no white space, UTF-8. Key order, white
space and escapes do not matter; every character of every string does (no Unicode normalisation).
"""

from __future__ import annotations

import hashlib
import json

from sample_app.records import JsonValue


def fingerprint(document: JsonValue) -> str:
    """Digest a document, in hexadecimal."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
