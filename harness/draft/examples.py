"""The example of an operation: as somebody sent it, else as the document has it, else as its schema allows. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from harness.draft.document import given_example
from harness.draft.drafts import Note
from harness.draft.keys import IDEMPOTENCY
from harness.draft.samples import sample
from harness.incident.matching import operation_of
from harness.model.captures import SeenExchange
from harness.model.messages import Headers, Request
from harness.model.services import Operation, OperationContract
from harness.redaction.names import rules
from harness.redaction.redact import redact_bytes, redact_text

EXAMPLE = "put a valid example here: the service has none, and nothing can be shown without one"
SECRET = "it holds what looks like a secret: take one that is none before the file is kept"
_OF_THE_CLIENT = frozenset(
    (
        *("accept", "accept-encoding", "accept-language", "connection", "content-length", "content-type", "expect"),
        *("host", "origin", "referer", "te", "transfer-encoding", "upgrade", "user-agent"),
    )
)
"""Headers that a client sends by itself."""


def requests_of(operations: Sequence[Operation], exchanges: Iterable[SeenExchange]) -> Mapping[str, Request]:
    """Return for each operation the first request that was seen for it; one that was accepted before all others."""
    found: dict[str, Request] = {}
    for exchange in sorted(exchanges, key=lambda e: not (e.answer is not None and e.answer.status // 100 == 2)):
        operation = operation_of(exchange.message, operations)
        if operation is not None and isinstance(exchange.message, Request) and "body" not in exchange.missing:
            found.setdefault(operation.name, exchange.message)
    return found


def key_of(seen: Request | None) -> str:
    """Return the header of a request that holds an idempotency key; empty where it has none."""
    return next((name for name, _ in (seen.headers if seen else ()) if IDEMPOTENCY.fullmatch(name)), "")


def exemplified(
    operation: Operation, contract: OperationContract, document: object, seen: Request | None
) -> tuple[Operation, tuple[Note, ...]]:
    """Return an operation with its example, and what has to be said of that."""
    if seen is not None:
        return _as_seen(operation, seen), tuple(_doubts(operation.name, seen))
    given = given_example(document, operation.route)
    if given is None and contract.body is not None:
        given = sample(contract.body)
    if given is not None and _can_be_sent(given):
        return replace(operation, json=given), ()
    return replace(operation, json={}), (Note(place=f"operations.{operation.name}.json", text=EXAMPLE, decide=True),)


def _as_seen(operation: Operation, seen: Request) -> Operation:
    """Return an operation whose example is a request: its query, its body, and its headers but for usual and secret."""
    query = seen.target.partition("?")[2]
    route = replace(operation.route, path=f"{operation.route.path}?{query}") if query else operation.route
    media = next((value for name, value in seen.headers if name.lower() == "content-type"), "")
    own = tuple((name, value) for name, value in _own(seen.headers) if not _secret(name, value))
    kind = media.partition(";")[0].strip().lower()
    document = _document(seen.body) if kind in ("", "application/json") or kind.endswith("+json") else None
    if document is not None:
        headers = (("Content-Type", media), *own) if kind.endswith("+json") else own
        return replace(operation, route=route, headers=headers, json=document)
    if not seen.body:
        return replace(operation, route=route, headers=own)
    whole = (("Content-Type", media or "application/octet-stream"), *own)
    return replace(operation, route=route, headers=whole, body=seen.body)


def _own(headers: Headers) -> Iterator[tuple[str, str]]:
    """Yield the headers that say something to this service."""
    for name, value in headers:
        if name.lower() not in _OF_THE_CLIENT and not IDEMPOTENCY.fullmatch(name):
            yield name, value


def _secret(name: str, value: str) -> bool:
    return rules().secret_name(name) or redact_text(value) != value


def _document(body: bytes) -> object:
    """Return the JSON document that a body is; None where it is none, null, or not what it would be sent as."""
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if _can_be_sent(found) else None


def _can_be_sent(document: object) -> bool:
    """Tell whether a document is JSON that can be written (RFC 8259: no NaN) in UTF-8."""
    try:
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def _doubts(name: str, seen: Request) -> Iterator[Note]:
    """Yield what the author has to see to: secrets that were left out, and those that were not."""
    hidden = [header for header, value in _own(seen.headers) if _secret(header, value)]
    if hidden:
        text = f"it was sent with {', '.join(hidden)}, left out, for it is secret; give it under 'headers'"
        yield Note(place=f"operations.{name}.request", text=text, decide=True)
    if redact_bytes(seen.body) != seen.body:
        yield Note(place=f"operations.{name}.json", text=SECRET, decide=True)
