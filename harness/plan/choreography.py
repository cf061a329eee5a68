"""The words in which cases of sequences are told: a valid send, another body, the omission of an entry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from harness.model.cases import Omission
from harness.model.messages import Request
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Operation, OperationContract
from harness.model.steps import Expectation, Expected, Phase, Send
from harness.plan.contracts import accepts, valid_request

ACCEPTED = Expectation(expected=Expected.ACCEPTED, rule="a valid request is accepted")


def titled(entry: Entry, titles: Mapping[str, str]) -> str:
    """Return what ``entry`` is called: the author's word, else the catalogue's, else what his own fault does."""
    own = f"{entry.fault.kind} at {entry.fault.dependency}" if entry.fault else entry.id
    return entry.title or titles.get(entry.id, own)


def selected(scenario: Scenario, operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """Return the operations that ``scenario`` is about: those it names, or all."""
    return tuple(o for o in operations if not scenario.operations or o.name in scenario.operations)


def valid(
    operation: Operation,
    label: str,
    event: int,
    *,
    phase: Phase = Phase.FAULT,
    expect: Expectation | None = None,
    give_up_after: float | None = None,
    other_worker_than: str = "",
) -> Send:
    """Return a send of the operation's valid example as event number ``event``."""
    return Send(
        label=label,
        phase=phase,
        operation=operation.name,
        message=valid_request(operation, event),
        event=event,
        expect=expect,
        give_up_after=give_up_after,
        other_worker_than=other_worker_than,
    )


def other_body(
    operation: Operation, contract: OperationContract | None, event: int, *, last: bool = False
) -> Request | None:
    """Return the valid request of ``event`` with one JSON value changed, still valid; None: there is none.

    It is the first value that can be changed, or the ``last``.
    """
    request = valid_request(operation, event)
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    every = tuple(_changed(body, event_identities(operation)))
    for changed in reversed(every) if last else every:
        if contract is None or accepts(contract, changed):
            data = json.dumps(changed).encode()
            return Request(method=request.method, target=request.target, headers=request.headers, body=data)
    return None


def event_identities(operation: Operation) -> frozenset[str]:
    """Return the JSON pointers (RFC 6901) that identify an event of ``operation``."""
    return frozenset(selector.name for selector in operation.event if selector.place == "json")


def omitted(entry: Entry, scenario: Scenario, operation: Operation, reason: str) -> Omission:
    """Return the omission of one entry for one operation, not held against the run."""
    return Omission(entry=entry.id, scenario=scenario.name, operation=operation.name, reason=reason)


def _changed(value: object, spared: frozenset[str], pointer: str = "") -> Iterator[object]:
    """Yield copies of a JSON value, each with one string or number in it changed."""
    if pointer in spared:
        return
    if isinstance(value, dict):
        for key, child in value.items():
            for changed in _changed(child, spared, f"{pointer}/{key}"):
                yield {**value, key: changed}
    elif isinstance(value, list):
        for index, child in enumerate(value):
            for changed in _changed(child, spared, f"{pointer}/{index}"):
                yield [*value[:index], changed, *value[index + 1 :]]
    elif isinstance(value, str) and value.strip():
        yield value + "x"
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value + 1
