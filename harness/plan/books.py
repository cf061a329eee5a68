"""From the answer book of an old client to planned sends: its conversations, and each exchange with its promise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from harness.model.clients import BookExchange, ClientBook, Promise, PromisedAnswer
from harness.model.messages import Request, placeholder
from harness.model.services import Configuration, Json
from harness.model.steps import Expectation, Expected, Phase, Send

EVENTS_OF_A_BOOK = 1000
"""Event numbers of the book at place n of a case begin at n times this, so that two books share no event."""

Conversation = tuple[BookExchange, ...]
"""Exchanges that belong together: they carry one event, or one needs what another was answered."""

_SYMBOL = re.compile(r"e0e0e0e0-0000-4000-8000-(\d{12})")


def conversations(book: ClientBook) -> tuple[Conversation, ...]:
    """Return the conversations of ``book`` in the order of their first exchanges."""
    found: list[list[BookExchange]] = []
    for exchange in book.exchanges:
        linked = [talk for talk in found if any(_linked(exchange, earlier) for earlier in talk)]
        joined = [*(earlier for talk in linked for earlier in talk), exchange]
        place = found.index(linked[0]) if linked else len(found)
        found = [talk for talk in found if talk not in linked]
        found.insert(place, joined)
    return tuple(tuple(sorted(talk, key=book.exchanges.index)) for talk in found)


def _linked(exchange: BookExchange, earlier: BookExchange) -> bool:
    return earlier.name in exchange.refers or (exchange.event != 0 and exchange.event == earlier.event)


def label(book: ClientBook, name: str) -> str:
    """Return the label that the exchange called ``name`` has in a case."""
    return f"{book.client}/{name}"


def planned(book: ClientBook, exchange: BookExchange, *, place: int = 0, again: str = "") -> Send:
    """Return ``exchange`` as a send of the book at ``place`` of a case; ``again`` marks a repeat of it in its label."""
    shift = shifter(place)
    request = exchange.request
    for name in exchange.refers:
        request = replace(request, target=request.target.replace(f"{{{name}.", f"{{{label(book, name)}."))
    return Send(
        label=label(book, exchange.name) + (f" {again}" if again else ""),
        phase=Phase.FAULT,
        operation=book.operation,
        message=shifted(request, shift),
        event=exchange.event + place * EVENTS_OF_A_BOOK if exchange.event else 0,
        expect=expectation(book, exchange),
        filled_from=tuple(label(book, name) for name in exchange.refers),
        promise=promise(book, exchange.answer, shift),
    )


def expectation(book: ClientBook, exchange: BookExchange) -> Expectation | None:
    """Return what the recorded status says of the request; None where nothing was recorded."""
    if exchange.answer is None:
        return None
    accepted = exchange.answer.status // 100 == 2
    rule = f"the client {book.client} was answered {exchange.answer.status} when its book was recorded"
    return Expectation(expected=Expected.ACCEPTED if accepted else Expected.EITHER, rule=rule)


def promise(book: ClientBook, answer: PromisedAnswer | None, shift: Callable[[str], str]) -> Promise:
    """Return what ``book`` promises beside an answer, identities shifted."""
    if answer is not None:
        headers = tuple((name, shift(value)) for name, value in answer.headers)
        answer = replace(answer, headers=headers, json=_changed(answer.json, shift))
    return Promise(
        client=book.client,
        answer=answer,
        additions=book.additions,
        deprecation=book.deprecation,
        foreign=book.foreign,
    )


def shifter(place: int) -> Callable[[str], str]:
    """Return what moves the identities in a text to those of the book at ``place``."""

    def shift(text: str) -> str:
        return _SYMBOL.sub(lambda match: placeholder(int(match.group(1)) + place * EVENTS_OF_A_BOOK), text)

    return shift


def as_event(old: int, new: int) -> Callable[[str], str]:
    """Return what makes the identity of event ``old`` in a text that of event ``new``."""

    def change(text: str) -> str:
        return text.replace(placeholder(old), placeholder(new))

    return change


def nowhere(
    book: ClientBook, books: tuple[ClientBook, ...], configuration: Configuration, target: str
) -> Iterator[tuple[str, str]]:
    """Yield versions that do not exist, each with what ``target`` is there; ``books`` are all that do.

    No version at all is one of them, unless an operation of the configuration has that address for its own.
    """
    segment, word = f"/{book.client}/", re.sub(r"\d.*", "", book.client)
    taken = {other.client for other in books}
    for name in (f"{word}0", f"{word}99", f"{book.client}beta"):
        if name not in taken:
            yield name, target.replace(segment, f"/{name}/", 1)
    plain = target.replace(segment, "/", 1)
    declared = {operation.route.path.partition("?")[0] for operation in configuration.operations}
    if plain.partition("?")[0] not in declared:
        yield "no version", plain


def shifted(request: Request, shift: Callable[[str], str]) -> Request:
    """Return ``request`` with every text in it shifted."""
    return Request(
        method=request.method,
        target=shift(request.target),
        headers=tuple((name, shift(value)) for name, value in request.headers),
        body=shift(request.body.decode("latin-1")).encode("latin-1"),
    )


def opening(book: ClientBook) -> BookExchange | None:
    """Return the first exchange that carries an event and was accepted; None where no event ever was."""
    return next((e for e in book.exchanges if e.event and e.answer and e.answer.status // 100 == 2), None)


def reading(book: ClientBook, made: BookExchange) -> BookExchange | None:
    """Return the first exchange that reads what ``made`` was answered; None where the book has none."""
    asked = (e for e in book.exchanges if e.refers == (made.name,) and e.request.method == "GET" and not e.event)
    return next((e for e in asked if e.answer and e.answer.status // 100 == 2), None)


def _changed(value: Json, change: Callable[[str], str]) -> Json:
    """Return a JSON value with ``change`` made to its texts."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_changed(item, change) for item in value]
    return {name: _changed(child, change) for name, child in value.items()} if isinstance(value, dict) else value
