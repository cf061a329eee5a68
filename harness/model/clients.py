"""What an old client was promised: its requests and the answers that it got, recorded from a running service.

A book is one version's requests in order, each with its recorded answer. Strings stay symbolic: an identity is
:func:`harness.model.messages.placeholder`, ``{<name>.<field>}`` is a field of the answer to the exchange of that
name, ``{answer.<field>}`` one of the same answer, and ``{uuid}``, ``{now}``, ``{number}`` and ``{text}`` stand for what
differs from time to time.
"""

from __future__ import annotations

from typing import Literal

from harness.model.messages import Headers, Raw, Request
from harness.model.records import record
from harness.model.services import Json

NOISE = ("uuid", "now", "number", "text")
"""The words that stand for a value of which only the kind is promised."""


@record
class PromisedAnswer:
    """An answer as it was recorded: its status, the headers that are promised, its body.

    ``json`` is the JSON document, ``text`` a body that is none; both None: the body is empty.
    """

    status: int
    headers: Headers = ()
    json: Json = None
    text: Raw | None = None


@record
class BookExchange:
    """One request of an old client. ``answer`` is None in a draft that was not recorded yet.

    ``event`` is the number of the identity that the request carries (0: none); ``refers`` are the names of the earlier
    exchanges whose answers fill its target. ``line`` is where it stands in its file.
    """

    name: str
    title: str = ""
    request: Request
    event: int = 0
    refers: tuple[str, ...] = ()
    answer: PromisedAnswer | None = None
    line: int = 0


@record
class ClientBook:
    """The answer book of one version.

    ``client`` names it (``v1``), ``operation`` is the configured operation that it speaks to, ``additions`` tells
    whether fields may be added to success documents. ``deprecation`` are the headers that every answer to this client
    shows; empty: the version is not declared old. ``foreign`` tells whether it may show what other versions wrote,
    in its own form; else their ids are unknown to it. ``free`` are JSON pointers (``*`` is any member) whose text is
    for people and may change. ``recorded`` tells of what the answers were recorded; empty: a draft.
    """

    client: str
    file: str
    operation: str
    title: str = ""
    additions: bool = False
    deprecation: Headers = ()
    foreign: bool = True
    free: tuple[str, ...] = ()
    recorded: str = ""
    exchanges: tuple[BookExchange, ...] = ()


@record
class Promise:
    """What a planned send was promised.

    ``client`` is the book's. ``answer`` None: only what every answer to this client shows (``deprecation``) is
    promised. ``apart_from`` is the label of an exchange through another version: this answer must be its own version's
    or a refusal (``refusals``), never that one's; ``cross_read`` marks a read of what that one wrote,
    ``foreign`` tells whether it may be shown at all. ``newer``: a client of a later version sent it, with something
    ``more`` than this version knows, or the ``other`` version's whole document: it may be refused or ignored.
    """

    client: str
    answer: PromisedAnswer | None = None
    additions: bool = False
    deprecation: Headers = ()
    apart_from: str = ""
    refusals: tuple[int, ...] = ()
    cross_read: bool = False
    foreign: bool = True
    newer: Literal["", "more", "other"] = ""
