"""A capture: requests that somebody saw at a service, with its outgoing calls, whoever wrote them down.

The middleware, the recorder and every import (curl, HAR, raw HTTP, JSON logs) come down to it, and every export starts
from it; ``harness incident new`` makes cases of it. Order holds within an exchange; overlap of the times of two
exchanges is concurrency.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count
from typing import Literal

from harness.model.messages import Answer, Message, Request, Silence
from harness.model.records import record

CAPTURE_FORMAT: Literal[1] = 1
"""The format of a capture file; a file of another format is refused by name."""

_PLAIN = re.compile(r"[\w.:/+=-]{1,80}", re.ASCII)

Lacking = Literal["headers", "body"]
"""A part of a request that a source may not hold."""


@record
class SeenCall:
    """One call that the service made while it answered.

    ``dependency`` is the configuration's name for it, or ``host:port`` where none is known. ``at`` and ``took`` are
    seconds, ``at`` from the start of its exchange. ``answer`` None: none came, for the reason ``silence`` (None: not
    known).
    """

    dependency: str
    request: Request
    answer: Answer | None = None
    silence: Silence | None = None
    at: float = 0.0
    took: float = 0.0


@record
class SeenExchange:
    """One request to the service and what came of it.

    ``name`` is unique in its capture: the request_id where there is one. ``at`` and ``took`` are seconds, ``at`` from
    the first exchange of the capture. ``answer`` None: none was seen, for the reason ``silence`` (None: not known).
    ``log`` are the service's own lines about it, as written. ``missing`` are the parts of the request that the source
    does not hold although the service may have seen them.
    """

    name: str
    message: Message
    answer: Answer | None = None
    silence: Silence | None = None
    at: float = 0.0
    took: float = 0.0
    calls: tuple[SeenCall, ...] = ()
    log: tuple[str, ...] = ()
    missing: tuple[Lacking, ...] = ()


@record
class Capture:
    """What was seen, in the order of the starts. ``losses`` say what the source could not tell, or its format not hold.

    ``source`` is who wrote it down: ``middleware``, ``record``, ``curl``, ``har``, ``raw-http``, ``json-log``.
    ``taken`` is when (UTC, ISO 8601; empty: not known).
    """

    format: Literal[1] = CAPTURE_FORMAT
    source: str
    taken: str = ""
    exchanges: tuple[SeenExchange, ...]
    losses: tuple[str, ...] = ()


def unique_names(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return a name for each exchange: what is ``wanted``, such as its request_id, where it is short and plain.

    ``request-3`` stands for the third where it is not; of two that want one name the second is called ``<name>-2``.
    """
    taken: dict[str, None] = {}
    for number, name in enumerate(wanted, start=1):
        plain = name if _PLAIN.fullmatch(name) else f"request-{number}"
        tries = (plain if times == 1 else f"{plain}-{times}" for times in count(1))
        taken[next(each for each in tries if each not in taken)] = None
    return tuple(taken)
