"""What the harness tells the generator, and what the generator's log ends with."""

from __future__ import annotations

from typing import Literal

from harness.model.records import record
from harness.model.steps import Load

ENDED = "ended"
"""What the generator says on a line of its own when a job is over."""

SLOW = "slow"
"""The part of the requests that drip on purpose."""

LEFT = "left"
"""The silence of a slow client that went away in the end, as planned."""

NOTHING_TO_READ = "nothing to read"
"""The silence of a read that was due before anything was accepted; nothing was sent."""


@record
class Job:
    """One load, as it goes to the generator on one line of its standard input.

    ``authority`` is ``host:port`` of the service, ``log`` the path of the log to write, ``timeout`` the
    seconds that one request may take in all, ``secrets`` further names of fields whose values are never written.
    """

    step: Load
    case: str
    salt: str
    authority: str
    log: str
    timeout: float
    secrets: tuple[str, ...] = ()


@record
class Trailer:
    """The last line of a whole log; a log without it was cut short. ``trouble`` empty: nothing went wrong."""

    kind: Literal["trailer"] = "trailer"
    planned: int
    sent: int
    answered: int
    trouble: str = ""
