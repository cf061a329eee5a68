"""Requests and answers from cassettes of VCR.py, and back to them: what a client's tests recorded, without times.

A cassette is YAML (or JSON, which is YAML too), and can hold bytes. Aliases are followed and nothing is constructed but
plain data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from harness.exchange.documents import TOLD, Source, dotted, refused, text_of
from harness.exchange.exports import Export
from harness.exchange.fields import method_of, name_of, target_of, value_of
from harness.exchange.looking import Look, TooMuch
from harness.model.captures import Capture, SeenExchange
from harness.model.codec import Misfit
from harness.model.errors import Problem, ScenarioError
from harness.model.messages import HOST_PLACEHOLDER, Answer, Headers, Request

VERSION = 1
"""The version of cassettes that is read and written."""

LARGEST = 1 << 22
"""Bytes of a cassette: YAML takes a second for a megabyte."""

TIMELESS = "a cassette holds neither times nor what was at work at the same time: one comes after the other"

_WHOLE = "the file is no whole cassette: record it again"


def read_vcr(source: Source) -> Capture:
    """Return what the cassette holds, in its order; ScenarioError with everything that is wrong in it."""
    root, value = _loaded(source)
    noted: list[Misfit] = []
    cassette = Look(value=value if isinstance(value, dict) else {}, way=(), noted=noted)
    losses: list[str] = []
    exchanges: list[SeenExchange] = []
    try:
        if cassette.need("version", int, VERSION) != VERSION:
            cassette.note("version", f"this version of the harness reads cassettes of version {VERSION}")
        for number, look in enumerate(cassette.each("interactions"), start=1):
            exchanges.append(_exchange(look, number, losses))
    except TooMuch:
        pass
    if noted:
        raise ScenarioError(tuple(_placed(source, root, misfit) for misfit in noted[:TOLD]))
    if not exchanges:
        raise refused(source, "no request stands in this cassette", key="interactions")
    return Capture(source="vcr", exchanges=tuple(exchanges), losses=(*dict.fromkeys(losses), TIMELESS))


def _loaded(source: Source) -> tuple[yaml.Node | None, Any]:
    """Return the tree of the file's YAML and its value."""
    if len(source.data) > LARGEST:
        raise refused(source, f"the cassette has {len(source.data):,} bytes; one of more than {LARGEST:,} is not read")
    text = text_of(source)
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        return root, loader.construct_document(root) if root else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise refused(source, f"{_WHOLE} ({error.problem or error.context})", *place) from error
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        told = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise refused(source, f"{_WHOLE} ({told})") from error


def _placed(source: Source, root: yaml.Node | None, misfit: Misfit) -> Problem:
    node, told = root, list[str | int]()
    for place, part in enumerate(misfit.place):
        found = _child(node, part)
        if found is None and place < len(misfit.place) - 1:
            continue
        node = found or node
        told.append(part)
    line, column = (node.start_mark.line + 1, node.start_mark.column + 1) if node else (0, 0)
    return Problem(message=misfit.message, file=source.file, line=line, column=column, key=dotted(tuple(told)))


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if getattr(name, "value", None) == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: yaml.Node = node.value[part]
        return child
    return None


def _exchange(look: Look, number: int, losses: list[str]) -> SeenExchange:
    asked, answered = look.inside("request"), look.inside("response")
    request = Request(
        method=asked.read("method", method_of, "GET", asked.need("method", str, "GET").upper()),
        target=asked.read("uri", target_of, "/", asked.need("uri", str, "/")),
        headers=_headers(asked),
        body=_body(asked, "body"),
    )
    status = answered.inside("status")
    code = status.need("code", int, 200)
    if not 100 <= code <= 999:
        status.note("code", "expected a status of three digits")
    answer = Answer(
        status=code,
        reason=status.may("message", str, ""),
        headers=_headers(answered),
        body=_body(answered, "body"),
    )
    lengths = [value for name, value in request.headers if name.lower() == "content-length"]
    if lengths and lengths != [str(len(request.body))]:
        losses.append(f"interaction {number}: its body has {len(request.body)} bytes, not those of its Content-Length")
    return SeenExchange(name=f"request-{number}", message=request, answer=answer, at=float(number - 1))


def _headers(look: Look) -> Headers:
    """Return header fields: under each name a value, or a list of them."""
    given: dict[str, Any] = look.may("headers", dict, {})
    own = Look(value=given, way=(*look.way, "headers"), noted=look.noted)
    return tuple(pair for name in given for pair in _fields(own, name))


def _fields(look: Look, name: Any) -> Iterator[tuple[str, str]]:
    held = look.value[name]
    for value in held if isinstance(held, list) else [held]:
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if isinstance(name, str) and isinstance(text, str):
            yield look.read(name, name_of, "x", name), look.read(name, value_of, "", text)
        else:
            look.note(name if isinstance(name, str) else str(name), "expected text")


def _body(look: Look, name: str) -> bytes:
    """Return a body: text, bytes, nothing, or one of these as ``string``."""
    value = look.value.get(name)
    if isinstance(value, dict):
        return _body(look.inside(name), "string")
    if isinstance(value, bytes):
        return value
    return _encoded(look, name, look.may(name, str, ""))


def _encoded(look: Look, name: str, text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        look.note(name, "half of a character (a lone surrogate) is no text")
        return b""


def write_vcr(capture: Capture) -> Export:
    """Return the capture as a cassette; what it cannot hold is said."""
    losses: list[str] = []
    interactions = []
    for exchange in capture.exchanges:
        if not isinstance(exchange.message, Request) or exchange.answer is None:
            losses.append(f"{exchange.name}: a cassette holds requests and their answers alone: it is left out")
            continue
        losses += [f"{exchange.name}: a cassette holds no {what}: left out" for what in _extra(exchange)]
        interactions.append(_interaction(exchange.message, exchange.answer))
    text = yaml.safe_dump({"interactions": interactions, "version": VERSION}, sort_keys=False)
    return Export(text=text, losses=(*losses, TIMELESS))


def _extra(exchange: SeenExchange) -> Iterator[str]:
    if exchange.calls:
        yield "calls to dependencies"
    if exchange.log:
        yield "log lines"
    if any(tuple(_flat(_grouped(fields))) != fields for fields in _both(exchange)):
        yield "order of a header's repeats among others"


def _both(exchange: SeenExchange) -> Iterator[Headers]:
    if isinstance(exchange.message, Request):
        yield exchange.message.headers
    if exchange.answer is not None:
        yield exchange.answer.headers


def _flat(grouped: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, values in grouped.items() for value in values)


def _interaction(request: Request, answer: Answer) -> dict[str, Any]:
    host = next((value for name, value in request.headers if name.lower() == "host"), HOST_PLACEHOLDER.decode())
    return {
        "request": {
            "body": _text(request.body),
            "headers": _grouped(request.headers),
            "method": request.method,
            "uri": f"http://{host}{request.target}",
        },
        "response": {
            "body": {"string": _text(answer.body)},
            "headers": _grouped(answer.headers),
            "status": {"code": answer.status, "message": answer.reason},
        },
    }


def _grouped(headers: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(name, []).append(value)
    return grouped


def _text(body: bytes) -> str | bytes:
    """Return a body as text where YAML gives it back as the same bytes."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    return text if text.isprintable() else body
