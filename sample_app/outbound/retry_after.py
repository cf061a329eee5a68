"""The Retry-After header (RFC 9110, section 10.2.3): how long somebody asks to be left alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST = 3600.0  # seconds; whoever asks for more is asking for more than any deadline of ours all the same
SECONDS = re.compile(r"[0-9]+", re.ASCII)
MOST_DIGITS = 9  # int() of a header full of digits is slow
DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .{16,30}", re.ASCII)


def read_retry_after(text: str | None, now: Callable[[], float]) -> float | None:
    """Return the wait in seconds, from 0 to LONGEST; None where there is no header or it says nothing.

    ``now`` is the wall clock, in seconds since 1970, because an HTTP date is a moment on it.
    """
    text = (text or "").strip()
    if SECONDS.fullmatch(text):
        return min(LONGEST, float(text[:MOST_DIGITS])) if len(text) <= MOST_DIGITS else LONGEST
    moment = date(text)
    return None if moment is None else min(LONGEST, max(0.0, moment - now()))


def date(text: str) -> float | None:
    """Read an HTTP date of any of the three forms (RFC 9110, section 5.6.7), as seconds since 1970."""
    if not DATE.fullmatch(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
