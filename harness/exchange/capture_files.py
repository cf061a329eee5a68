"""A capture as its own file: canonical JSON, without loss."""

from __future__ import annotations

from collections import Counter

from harness.exchange.documents import Source, record_of, refused
from harness.exchange.fields import Unfit, moment_of
from harness.model.canonical import canonical
from harness.model.captures import CAPTURE_FORMAT, Capture

LONGEST = 10**9
"""Seconds that nothing in a capture lasts."""

_WHOLE = "the file is no whole JSON: take it from where it was captured again"


def read_capture(source: Source) -> Capture:
    """Return the capture that the file holds; ScenarioError with everything that is wrong in it."""
    capture = record_of(Capture, source, CAPTURE_FORMAT, "captures", _WHOLE)
    names = Counter(exchange.name for exchange in capture.exchanges)
    twice = next((name for name, times in names.items() if times > 1), None)
    if twice is not None:
        raise refused(source, f"two exchanges are called '{twice}': each has a name of its own", key="exchanges")
    _refuse_times(source, capture)
    return capture


def _refuse_times(source: Source, capture: Capture) -> None:
    """Refuse moments that no clock shows."""
    try:
        if capture.taken:
            moment_of(capture.taken)
    except Unfit as error:
        raise refused(source, str(error), key="taken") from error
    for place, exchange in enumerate(capture.exchanges):
        times = [exchange.at, exchange.took, *(t for call in exchange.calls for t in (call.at, call.took))]
        if not all(0 <= seconds < LONGEST for seconds in times):
            told = f"'at' and 'took' are seconds from 0 to {LONGEST:,}, counted from the first exchange"
            raise refused(source, told, key=f"exchanges.{place}")


def write_capture(capture: Capture) -> str:
    """Return the text of the file; reading it gives the same capture."""
    return canonical(capture)
