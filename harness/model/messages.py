"""What goes over the wire to the service, and what comes back.

Two forms of a message: :class:`Request`, a well-formed HTTP/1.1 request whose Host and
Content-Length the client adds unless they are given; and :class:`Wire`, exact bytes in chunks with
an ending, for everything that a well-behaved client cannot say.

Messages in a plan are symbolic about identity: :func:`placeholder` yields a valid UUID from a
reserved range, and execution replaces it by a fresh UUID of the same length, so that every case
carries an event nobody has sent before while the plan stays the same for the same seed.
"""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, PlainValidator

from harness.model.records import record

_NOT_BYTES = "bytes travel as text, or as {'base64': ...} where they are not UTF-8"


def _bytes_to_json(value: bytes) -> str | dict[str, str]:
    """Show bytes as text where they are UTF-8, as base64 where they are not."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}


def _bytes_from_json(value: object) -> bytes:
    """Undo :func:`_bytes_to_json`; bytes pass unchanged."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, dict) and set(value) == {"base64"}:
        try:
            return base64.b64decode(value["base64"], validate=True)
        except (binascii.Error, TypeError) as error:
            raise ValueError(_NOT_BYTES) from error
    raise ValueError(_NOT_BYTES)


Raw = Annotated[bytes, PlainSerializer(_bytes_to_json), PlainValidator(_bytes_from_json)]
"""Bytes that stay readable in the JSON files of a run directory, without loss."""

Headers = tuple[tuple[str, str], ...]
"""Header fields in the order sent, names as sent; each character is one byte (latin-1)."""

HOST_PLACEHOLDER = b"harness-host.invalid"
"""Stands in a :class:`Wire` message for the authority of the service, filled in at execution."""


def placeholder(event: int) -> str:
    """Return the symbolic identity of event number ``event`` of a case (1 to 999,999,999,999)."""
    if not 1 <= event <= 999_999_999_999:
        raise ValueError(f"an event number lies between 1 and 999,999,999,999, not {event}")
    return f"e0e0e0e0-0000-4000-8000-{event:012d}"


@record
class Request:
    """A well-formed HTTP/1.1 request. ``target`` is path and query as sent, percent-encoded."""

    form: Literal["request"] = "request"
    method: str
    target: str
    headers: Headers = ()
    body: Raw = b""

    def __post_init__(self) -> None:
        """Refuse characters that are no byte: nothing could send them."""
        head = (self.method, self.target, *(text for field in self.headers for text in field))
        if not all(text.isascii() or max(text) <= "\xff" for text in head):
            raise ValueError("each character of a request's head is one byte (latin-1)")


class Ending(StrEnum):
    """What the client does with its side of the connection once its bytes are sent."""

    LISTEN = "listen"
    """Keep the connection open and wait for an answer."""
    HALF_CLOSE = "half-close"
    """Send FIN, then read what comes."""
    RESET = "reset"
    """Send RST at once; no answer can arrive."""
    CLOSE = "close"
    """Close both sides at once; no answer is read."""


@record
class Chunk:
    """Bytes written in one go, after ``pause`` seconds of silence."""

    data: Raw
    pause: float = 0.0


@record
class Wire:
    """Exact bytes on one connection. ``answers`` is how many answers to read at most before closing."""

    form: Literal["wire"] = "wire"
    chunks: tuple[Chunk, ...]
    ending: Ending = Ending.LISTEN
    answers: int = 1

    @property
    def data(self) -> bytes:
        """All bytes of the message in order."""
        return b"".join(chunk.data for chunk in self.chunks)


Message = Annotated[Request | Wire, Field(discriminator="form")]


@record
class Answer:
    """One HTTP answer as it arrived. ``body`` is whole unless ``clipped`` (the client keeps 1 MiB).

    ``complete`` is false where the connection ended before the framing said so. ``valid`` is false
    where the bytes are not an HTTP/1.x answer at all (then status is 0 and body the bytes seen).
    """

    status: int
    reason: str = ""
    headers: Headers = ()
    body: Raw = b""
    clipped: bool = False
    complete: bool = True
    valid: bool = True

    def header(self, name: str) -> str | None:
        """Return the first value of header ``name`` (case-insensitive), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Silence(StrEnum):
    """Why an exchange has no answer."""

    TIMEOUT = "timeout"
    """Nothing (or nothing whole) came by the client's bound."""
    REFUSED = "refused"
    """The connection was refused."""
    RESET = "reset"
    """The connection was reset before an answer."""
    CLOSED = "closed"
    """The server closed cleanly without an answer."""
    ABANDONED = "abandoned"
    """The client gave up on purpose, as the case demands."""


class Outcome(StrEnum):
    """What an exchange meant for the event it carried."""

    ACCEPTED = "accepted"
    """2xx."""
    REJECTED = "rejected"
    """4xx: the service says it is the client's fault."""
    FAILED = "failed"
    """5xx: the service says it could not."""
    INDETERMINATE = "indeterminate"
    """No usable answer: it may or may not have happened."""
