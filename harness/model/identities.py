"""Fresh identities for symbolic ones: same salt, same case, same number, same UUID.

A plan speaks of event 1, event 2, ... through :func:`harness.model.messages.placeholder`. Execution
replaces each by a UUID (version 5, RFC 9562) of the same length, so no length in a message moves. The salt
is new for each run, so a service that remembers earlier runs has never seen the event.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from itertools import accumulate

from harness.model.faults import Fault
from harness.model.messages import Chunk, Request, Wire, placeholder

_NAMESPACE = uuid.UUID("6a1f5d0e-6c1b-5f5e-9b1d-3d1a4f1f0a52")
_PLACEHOLDER = re.compile(rb"(?:e0e0e0e0|E0E0E0E0)-0000-4000-8000-(\d{12})")


def identity(salt: str, case: str, event: int) -> str:
    """Return the identity that stands for event number ``event`` of ``case`` in the run with ``salt``."""
    placeholder(event)
    return str(uuid.uuid5(_NAMESPACE, f"{salt}\x1f{case}\x1f{event}"))


def salted(salt: str, attempt: int) -> str:
    """Return the salt of an attempt, counted from 1, at each case: carried out again, it sends events never seen."""
    return salt if attempt == 1 else f"{salt}/{attempt}"


def with_identities(data: bytes, salt: str, case: str) -> bytes:
    """Return ``data`` with every placeholder replaced by its fresh identity; one in capitals by capitals."""

    def fresh(match: re.Match[bytes]) -> bytes:
        found = identity(salt, case, int(match.group(1)))
        return (found.upper() if match.group().startswith(b"E") else found).encode("ascii")

    return _PLACEHOLDER.sub(fresh, data)


def realise(message: Request | Wire, salt: str, case: str) -> Request | Wire:
    """Return ``message`` with every placeholder replaced, in whatever part of it one stands."""

    def text(value: str) -> str:
        return with_identities(value.encode("latin-1"), salt, case).decode("latin-1")

    if isinstance(message, Wire):
        return _rewritten(message, with_identities(message.data, salt, case))
    return Request(
        method=message.method,
        target=text(message.target),
        headers=tuple((name, text(value)) for name, value in message.headers),
        body=with_identities(message.body, salt, case),
    )


def realise_fault(fault: Fault, salt: str, case: str) -> Fault:
    """Return ``fault`` with every placeholder in its texts replaced: a recorded answer may give an identity back."""
    settings = {
        name: with_identities(value.encode("utf-8", "surrogatepass"), salt, case).decode("utf-8", "surrogatepass")
        if isinstance(value, str)
        else value
        for name, value in fault.settings.items()
    }
    return replace(fault, settings=settings)


def renumbered(message: Request | Wire, old: int, new: int) -> Request | Wire:
    """Return ``message`` as another event: the placeholder of event ``old`` replaced by that of ``new``."""
    before, after = placeholder(old), placeholder(new)
    if isinstance(message, Wire):
        return _rewritten(message, message.data.replace(before.encode(), after.encode()))
    return Request(
        method=message.method,
        target=message.target.replace(before, after),
        headers=tuple((name, value.replace(before, after)) for name, value in message.headers),
        body=message.body.replace(before.encode(), after.encode()),
    )


def _rewritten(message: Wire, data: bytes) -> Wire:
    """Return ``message`` with other bytes of the same length, cut into chunks at the same places."""
    ends = list(accumulate(len(chunk.data) for chunk in message.chunks))
    pieces = (data[end - len(chunk.data) : end] for end, chunk in zip(ends, message.chunks, strict=True))
    chunks = tuple(Chunk(data=piece, pause=c.pause) for piece, c in zip(pieces, message.chunks, strict=True))
    return Wire(chunks=chunks, ending=message.ending, answers=message.answers)
