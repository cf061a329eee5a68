"""A draft as the text of a configuration file, as people write one; its notes are comments.

What is written here, :func:`harness.config.load_configuration` reads back as the same configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from harness.config.written import inline, laid_out, octets, scalar
from harness.draft.drafts import Draft
from harness.model.messages import Headers
from harness.model.records import record
from harness.model.services import AnswerScript, Call, Dependency, EffectKind, Operation, Selector, Server, Service

_WIDEST = 120
"""Columns up to which a comment stands behind its line; else it stands above."""
_BEGINNING = (
    "# Written by 'harness init' from what it saw of the service. Read it, and decide what is marked with (?).",
    "# docs/configuration.md explains every key.",
)


@record
class Line:
    """A line of the file. ``place`` is what it says, such as ``operations.book.event``; empty: no note is about it."""

    text: str
    place: str = ""


def written(draft: Draft) -> tuple[str, dict[str, int]]:
    """Return the text of the file, and the line (from 1) of each note by its place."""
    notes = {note.place: note for note in draft.notes}
    lines: list[str] = list(_BEGINNING)
    where: dict[str, int] = {}
    for line in _lines(draft):
        note = notes.get(line.place) if line.place else None
        if note is None:
            lines.append(line.text)
            continue
        comment = f"# {'(?) ' if note.decide else ''}{_calm(note.text)}"
        if len(line.text) + len(comment) + 2 <= _WIDEST:
            lines.append(f"{line.text}  {comment}")
        else:
            indent = " " * (len(line.text) - len(line.text.lstrip()))
            lines += [f"{indent}{comment}", line.text]
        where[line.place] = len(lines)
    return "\n".join(lines) + "\n", where


def _calm(text: str) -> str:
    """Return a note on one line: it may quote the service."""
    return inline(" ".join(text.split()))[1:-1].replace('\\"', '"').replace("\\\\", "\\")


def _lines(draft: Draft) -> Iterator[Line]:
    configuration = draft.configuration
    yield Line(text="format: 1")
    yield from _service(configuration.service)
    if configuration.dependencies:
        yield Line(text="dependencies:", place="dependencies")
        for dependency in configuration.dependencies:
            yield from _dependency(dependency)
    yield Line(text="operations:", place="operations")
    for operation in configuration.operations:
        yield from _operation(operation, _places(draft))
    if configuration.watch:
        yield Line(text=f"watch: [{', '.join(scalar(str(route)) for route in configuration.watch)}]", place="watch")


def _places(draft: Draft) -> frozenset[str]:
    return frozenset(note.place for note in draft.notes)


def _service(service: Service) -> Iterator[Line]:
    yield Line(text="service:", place="service")
    yield Line(text=f"  app: {service.app}", place="service.app")
    if service.server is not Server.GUNICORN:
        yield Line(text=f"  server: {service.server}", place="service.server")
    yield Line(text=f"  ready: {scalar(str(service.ready))}", place="service.ready")
    if service.openapi:
        yield Line(text=f"  openapi: {scalar(service.openapi)}", place="service.openapi")
    yield Line(text=f"  deadline: {_plain(service.deadline)}s", place="service.deadline")
    if service.env:
        yield Line(text="  env:", place="service.env")
        for name, value in service.env.items():
            yield Line(text=f"    {name}: {scalar(value)}", place=f"service.env.{name}")
    if service.database:
        yield Line(text=f"  database: {service.database}", place="service.database")


def _plain(seconds: float) -> str:
    """Return a number without an exponent."""
    return f"{Decimal(str(seconds)):f}".removesuffix(".0")


def _dependency(dependency: Dependency) -> Iterator[Line]:
    place = f"dependencies.{dependency.name}"
    yield Line(text=f"  {dependency.name}:", place=place)
    yield Line(text=f"    env: {dependency.env}", place=f"{place}.env")
    if dependency.calls:
        yield Line(text="    calls:", place=f"{place}.calls")
    for number, call in enumerate(dependency.calls):
        yield from _call(call, f"{place}.calls.{number}")


def _call(call: Call, place: str) -> Iterator[Line]:
    yield Line(text=f"      - request: {scalar(str(call.route))}", place=f"{place}.request")
    if call.effect is EffectKind.KEYED:
        yield Line(text=f"        effect: {{keyed: {_selectors(call.key)}}}", place=f"{place}.effect")
    elif call.effect is EffectKind.UNKEYED:
        yield Line(text="        effect: unkeyed", place=f"{place}.effect")
    if call.answer != AnswerScript():
        yield Line(text=f"        answer: {_answer(call.answer)}", place=f"{place}.answer")


def _answer(answer: AnswerScript) -> str:
    content = f", json: {inline(answer.json)}" if answer.json is not None else ""
    content += f", body: {octets(answer.body)}" if answer.body is not None else ""
    return f"{{status: {answer.status}{content}}}"


def _selectors(selectors: Sequence[Selector]) -> str:
    shown = [inline(str(selector)) for selector in selectors]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


def _operation(operation: Operation, noted: frozenset[str]) -> Iterator[Line]:
    place = f"operations.{operation.name}"
    yield Line(text=f"  {operation.name}:", place=place)
    yield Line(text=f"    request: {scalar(str(operation.route))}", place=f"{place}.request")
    yield from _headers(operation.headers)
    yield from _body(operation, f"{place}.json")
    if operation.event:
        yield Line(text=f"    event: {_selectors(operation.event)}", place=f"{place}.event")
    elif f"{place}.event" in noted:
        yield Line(text="    # event: header:Idempotency-Key", place=f"{place}.event")
    if operation.effect:
        effect = f"{operation.effect.dependency} {operation.effect.route}"
        yield Line(text=f"    effect: {scalar(effect)}", place=f"{place}.effect")
    if operation.read:
        yield Line(text=f"    read: {scalar(str(operation.read))}", place=f"{place}.read")


def _headers(headers: Headers) -> Iterator[Line]:
    if headers:
        yield Line(text="    headers:")
    for name in dict.fromkeys(name for name, _ in headers):
        values = [value for other, value in headers if other == name]
        yield Line(text=f"      {name}: {scalar(values[0]) if len(values) == 1 else inline(values)}")


def _body(operation: Operation, place: str) -> Iterator[Line]:
    if operation.body is not None:
        yield Line(text=f"    body: {octets(operation.body)}", place=place)
        return
    if operation.json is None:
        return
    first, *rest = laid_out(operation.json, len("    json: "))
    yield Line(text=f"    json: {first}", place=place)
    yield from (Line(text=f"    {line}") for line in rest)
