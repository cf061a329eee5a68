"""A capture as its own file: canonical JSON, without loss."""

from __future__ import annotations

from collections import Counter

from harness.exchange.documents import Source, record_of, refused
from harness.model.canonical import canonical
from harness.model.captures import CAPTURE_FORMAT, Capture

_WHOLE = "the file is no whole JSON: take it from where it was captured again"


def read_capture(source: Source) -> Capture:
    """Return the capture that the file holds; ScenarioError with everything that is wrong in it."""
    capture = record_of(Capture, source, CAPTURE_FORMAT, "captures", _WHOLE)
    names = Counter(exchange.name for exchange in capture.exchanges)
    twice = next((name for name, times in names.items() if times > 1), None)
    if twice is not None:
        raise refused(source, f"two exchanges are called '{twice}': each has a name of its own", key="exchanges")
    return capture


def write_capture(capture: Capture) -> str:
    """Return the text of the file; reading it gives the same capture."""
    return canonical(capture)
