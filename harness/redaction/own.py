"""An operation's own credentials: taken out of what is kept as ``[redacted]``, and filled in again where it is sent.

A token opens nothing. What a request carries because the configuration gives it to its operation is named instead of
disguised, and a replay takes the value that the configuration has then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.model.messages import Headers, Request, Wire
from harness.model.wire import rechunked, respliced
from harness.redaction.redact import REDACTED, is_secret

Message = Request | Wire


def without_own(message: Message, own: Headers, secrets: Iterable[str] = ()) -> Message:
    """Return ``message`` with ``[redacted]`` where it carries a secret header that ``own`` gives it."""
    for name, value in _secret(own, secrets):
        message = _replaced(message, name, re.escape(value), REDACTED)
    return message


def with_own_named(message: Message, own: Headers, secrets: Iterable[str] = ()) -> Message:
    """Return ``message``, which was seen elsewhere, with ``[redacted]`` for each secret header that ``own`` has too.

    What was a credential there is none here: the operation's own takes its place.
    """
    for name, _ in _secret(own, secrets):
        message = _replaced(message, name, r"[^\r\n]*?", REDACTED)
    return message


def with_own(message: Message, own: Headers) -> Message:
    """Return ``message`` with the values of ``own`` where secret headers were taken out of it."""
    for name, value in own:
        message = _replaced(message, name, re.escape(REDACTED), value)
    return message


def _secret(own: Headers, secrets: Iterable[str]) -> Headers:
    named = tuple(secrets)
    return tuple((name, value) for name, value in own if is_secret(name, named))


def _replaced(message: Message, name: str, old: str, new: str) -> Message:
    """Replace the value of header ``name`` where it fits ``old``: in exact bytes wherever the chunks are cut."""
    if isinstance(message, Request):
        headers = (
            (n, new if n.lower() == name.lower() and re.fullmatch(old, value) else value)
            for n, value in message.headers
        )
        return Request(method=message.method, target=message.target, headers=tuple(headers), body=message.body)
    line = re.compile(
        rb"^(" + re.escape(name).encode("latin-1") + rb"[ \t]*:[ \t]*)" + old.encode("latin-1") + rb"(?=\r?$)",
        re.IGNORECASE | re.MULTILINE,
    )
    for found, before in {match[0]: match[1] for match in line.finditer(message.data)}.items():
        filled = before + new.encode("latin-1")
        message = rechunked(message, respliced([chunk.data for chunk in message.chunks], found, filled))
    return message
