"""What a load may hold beside its own message: cut requests, reads of what others stored, payloads of all sizes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from harness.model.messages import Request
from harness.model.services import Json, Operation, OperationContract
from harness.model.steps import Expected, Part
from harness.mutations.pointers import replaced
from harness.plan.contracts import accepts, valid_request

MALFORMED, READS, SIZES = 0.2, 0.4, 0.15
"""The share of the arrivals that are cut, that read, and that have each of the sizes."""

LENGTHS = (1000, 400, 100)
"""Elements to which a list of texts is lengthened; the first that the contract allows."""

BODY = 60_000
"""Bytes of the largest body, where the service documents no smaller limit."""


def malformed(operation: Operation, tokens: tuple[str, ...]) -> tuple[Part, ...]:
    """Return the part whose JSON lacks its last byte, its length stated right; none where there is no JSON to cut."""
    if not isinstance(operation.json, (dict, list)):
        return ()
    request = valid_request(operation)
    cut = replace(request, body=request.body[:-1])
    return (
        Part(
            label="cut",
            share=MALFORMED,
            operation=operation.name,
            message=cut,
            tokens=tokens,
            expect=Expected.REJECTED,
        ),
    )


def reads(operation: Operation, share: float = READS) -> tuple[Part, ...]:
    """Return the part that reads back what was stored; none where the operation declares no read."""
    if operation.read is None:
        return ()
    message = Request(method=operation.read.method, target=operation.read.path)
    return (Part(label="read", share=share, operation=operation.name, message=message, reads=True),)


def sizes(operation: Operation, tokens: tuple[str, ...], contract: OperationContract | None) -> tuple[Part, ...]:
    """Return a part for a quarter, a half and the whole of the largest payload that the contract allows.

    What grows is a list of texts; none where the example has no such list or the contract allows none that long.
    """
    longest = next(iter(_longest(operation, contract)), None)
    if longest is None:
        return ()
    path, count = longest
    return tuple(
        Part(
            label=f"size-{share}-of-4",
            share=SIZES,
            operation=operation.name,
            message=_with(operation, _lengthened(operation.json, path, count * share // 4)),
            tokens=tokens,
        )
        for share in (1, 2, 4)
    )


def _longest(operation: Operation, contract: OperationContract | None) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Yield the place of a list of texts and the greatest length that the contract and the limit of bodies allow."""
    limit = min(BODY, contract.body_limit if contract and contract.body_limit else BODY)
    for path in _lists(operation.json):
        for count in LENGTHS:
            body = _lengthened(operation.json, path, count)
            if len(json.dumps(body)) <= limit and (contract is None or accepts(contract, body)):
                yield path, count
                break


def _lists(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every list of texts in a JSON value."""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield from _lists(child, (*path, name))


def _lengthened(example: Json, path: tuple[str | int, ...], count: int) -> Json:
    """Return the example with its list at ``path`` filled up to ``count`` texts, each another one."""
    value = example
    for step in path:
        value = value[step]  # type: ignore[index]
    own = list(value)  # type: ignore[call-overload]
    more = [f"entry number {place:05d} of a long list" for place in range(len(own), count)]
    return replaced(example, path, own + more)


def _with(operation: Operation, body: Json) -> Request:
    """Return the valid request of the operation with another JSON body."""
    return replace(valid_request(operation), body=json.dumps(body).encode())
