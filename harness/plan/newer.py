"""What clients of a later version send to an older one: more than it knows, or the other version's whole document."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.model.clients import BookExchange, ClientBook
from harness.model.messages import Headers, Request
from harness.model.steps import Expectation, Expected, Send
from harness.plan.books import as_event, opening, planned, promise, shifted

FIELD = "of_a_version_to_come"
"""The name of a field that no version has yet."""
HEADER = ("X-Of-A-Version-To-Come", "1")
"""A header that no version knows yet."""

_RULE = "what a version does not know is refused (4xx) or ignored, as it declares, and never half understood"


def newer_sends(book: ClientBook, others: tuple[ClientBook, ...]) -> tuple[Send, ...]:
    """Return the sends to the version of ``book``, each its own event: first what its client sends, then newer ones.

    Empty where no accepted request of the book carries an event and a JSON object.
    """
    made = opening(book)
    document = _document(made)
    if made is None or document is None:
        return ()
    more = json.dumps({**document, FIELD: {"more": True}}).encode()
    found = [
        _send(book, made, 1, "", made.request),
        _send(book, made, 2, "with a field to come", replace(made.request, body=more), newer=True),
        _send(book, made, 3, "with a header to come", _with(made.request, (HEADER,)), newer=True),
    ]
    for number, other in enumerate(others, start=len(found) + 1):
        theirs = opening(other)
        if theirs is not None and _document(theirs) is not None:
            body = shifted(theirs.request, as_event(theirs.event, made.event)).body
            send = _send(book, made, number, f"with a document of {other.client}", replace(made.request, body=body))
            found.append(_other(send))
    return tuple(found)


def _document(made: BookExchange | None) -> dict[str, object] | None:
    try:
        value = json.loads(made.request.body) if made else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _send(book: ClientBook, made: BookExchange, event: int, how: str, request: Request, *, newer: bool = False) -> Send:
    change = as_event(made.event, event)
    told = promise(book, made.answer, change)
    send = replace(
        planned(book, made),
        label=f"{book.client}/{made.name} {how}".strip(),
        event=event,
        message=shifted(request, change),
        promise=replace(told, newer="more") if newer else told,
    )
    expect = Expectation(expected=Expected.EITHER, rule=_RULE)
    return replace(send, expect=expect, altered=True) if how else send


def _other(send: Send) -> Send:
    """Return a send that carries another version's document."""
    return replace(send, promise=replace(send.promise, newer="other")) if send.promise else send


def _with(request: Request, headers: Headers) -> Request:
    return replace(request, headers=(*request.headers, *headers))
