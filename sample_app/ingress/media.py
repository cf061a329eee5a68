"""What the body says it is: ``application/json``, in UTF-8, not compressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.http import parse_options_header

from sample_app.contract_kind import Contract
from sample_app.problems import Problem

MEDIA_TYPE = "application/json"
CHARSETS = frozenset({"utf-8", "utf8"})

CONTRACT = Contract(
    name="ingress: media type",
    input=("Content-Type application/json; charset left out or utf-8; no Content-Encoding.",),
    guarantees=("What comes behind says that it is JSON in UTF-8, not compressed.",),
    errors=("media-type-unsupported",),
    non_goals=("No +json types, no other encodings, no decompression.",),
)


def check_media_type(environ: Mapping[str, Any]) -> None:
    """Raise Problem ``media-type-unsupported`` (415) for any other type, charset or content coding.

    Parameters besides ``charset`` are ignored, as RFC 8259, section 11 defines none. ``+json`` types are refused.
    """
    media_type, parameters = parse_options_header(environ.get("CONTENT_TYPE", ""))
    if media_type.lower() != MEDIA_TYPE:
        raise Problem("media-type-unsupported", f"Content-Type must be {MEDIA_TYPE}")
    if parameters.get("charset", "utf-8").lower() not in CHARSETS:
        raise Problem("media-type-unsupported", "charset must be utf-8, or left out")
    coding = environ.get("HTTP_CONTENT_ENCODING", "identity")
    if coding.strip().lower() != "identity":
        raise Problem(
            "media-type-unsupported", "Content-Encoding must be left out", headers={"Accept-Encoding": "identity"}
        )
