"""Repeats one after the other: the same event again, spelt otherwise, with another body, after a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from harness.model.messages import Request, placeholder
from harness.model.services import Operation
from harness.model.steps import Expectation, Expected, Phase, ReadBack, Send, Settle
from harness.model.verdicts import Force
from harness.plan.choreography import ACCEPTED, other_body, valid
from harness.plan.contracts import accepts, valid_request
from harness.plan.plays import (
    EITHER,
    ONE_EFFECT,
    SAME_ANSWER,
    Play,
    Stage,
    again,
    first,
    header_names,
    read,
    read_checks,
)

OTHER_BODY = Expectation(
    expected=Expected.REJECTED,
    statuses=(422, 400, 409),
    rule="a key used again with another body is refused (draft-ietf-httpapi-idempotency-key-header, 2.6)",
)
INVALID = Expectation(expected=Expected.REJECTED, rule="the service's own schema requires the field that is missing")
NO_BODY_TO_CHANGE = "no value of the example's JSON body can be changed"
IN_THE_BODY = "the identity is part of the JSON body: no rule says that another body under it is refused"


def after_completion(stage: Stage) -> Iterator[Play]:
    """D01: the same event again after the first is complete, twice."""
    second, third = (valid(stage.operation, label, 1, expect=ACCEPTED) for label in ("second", "third"))
    yield Play(
        steps=(first(stage), Settle(), second, Settle(), third, Settle(), *read(stage, "first")),
        checks=(*SAME_ANSWER, "duplicates-answered", *read_checks(stage)),
    )


def with_other_body(stage: Stage) -> Iterator[Play]:
    """D04: the same identity with another body is refused, and the stored result stays."""
    if _identity_in_body(stage.operation):
        yield Play(omitted=IN_THE_BODY)
        return
    request = other_body(stage.operation, stage.contract, 1)
    if request is None:
        yield Play(omitted=NO_BODY_TO_CHANGE)
        return
    yield Play(
        steps=(
            first(stage),
            Settle(),
            _fault(stage, "other-body", request, OTHER_BODY),
            Settle(),
            again(stage),
            Settle(),
        ),
        checks=(*SAME_ANSWER, "other-body-refused"),
    )


def spelt_otherwise(stage: Stage) -> Iterator[Play]:
    """D05: the same event, its body equal in meaning and other in its bytes: names reordered, white space, escapes."""
    request = valid_request(stage.operation, 1)
    try:
        document = json.loads(request.body)
    except ValueError:
        yield Play(omitted="the example has no JSON body that could be spelt otherwise")
        return
    for label, body in (("reordered", _reordered(document)), ("escaped", _escaped(document))):
        if body != request.body:
            other = _fault(stage, "spelt-otherwise", replace(request, body=body), EITHER)
            yield Play(
                label=label,
                apart=label,
                steps=(first(stage), Settle(), other, Settle(), again(stage), Settle()),
                checks=(*SAME_ANSWER, "same-event-spelt-otherwise"),
            )


def without_key(stage: Stage) -> Iterator[Play]:
    """D07: no key where one is required; a key on a read is ignored."""
    request = _keyless(stage.operation)
    if request is None:
        yield Play(omitted="the event's identity is no header, so there is no key to leave out")
        return
    expect = Expectation(
        expected=Expected.REJECTED,
        force=_force_of_a_missing_key(stage),
        statuses=(400,),
        rule="a request without the required key is refused (draft-ietf-httpapi-idempotency-key-header, 2.7)",
    )
    bare = Send(label="no-key", phase=Phase.FAULT, operation=stage.operation.name, message=request, expect=expect)
    name = header_names(stage.operation)[0]
    keyed = ReadBack(label="read-with-key", of="first", phase=Phase.FAULT, headers=((name, placeholder(1)),))
    reads = (*read(stage, "first"), keyed) if stage.operation.read else ()
    yield Play(
        steps=(bare, Settle(), first(stage), Settle(), *reads, Settle()),
        checks=("key-required", *ONE_EFFECT, *read_checks(stage)),
    )


def corrected(stage: Stage) -> Iterator[Play]:
    """D10: the first was refused as invalid; three times again as it was, then corrected under the same identity.

    Three times, so that each of two workers meets it twice.
    """
    request = _invalid(stage)
    if request is None:
        yield Play(omitted="the service documents no required field whose absence makes a body invalid")
        return
    invalid = tuple(_fault(stage, f"invalid-{n}", request, INVALID) for n in (1, 2, 3, 4))
    right = tuple(valid(stage.operation, label, 1, expect=EITHER) for label in ("corrected", "corrected-again"))
    steps = tuple(step for send in (*invalid, *right) for step in (send, Settle()))
    yield Play(steps=steps, checks=(*ONE_EFFECT, "key-not-locked"))


def large(stage: Stage) -> Iterator[Play]:
    """D29: a body at the documented limit, again, and again with its last value changed."""
    limit = stage.contract.body_limit if stage.contract else 0
    request = valid_request(stage.operation, 1)
    other = None if _identity_in_body(stage.operation) else other_body(stage.operation, stage.contract, 1, last=True)
    if limit <= len(request.body) or not request.body.startswith(b"{"):
        yield Play(
            omitted="the service documents no limit of a JSON body (x-max-body-bytes) beyond that of the example"
        )
        return
    sends = [_fault(stage, label, _padded(request, limit), EITHER) for label in ("large", "large-again")]
    if other is not None:
        sends.append(_fault(stage, "large-other-body", _padded(other, limit), OTHER_BODY))
    yield Play(steps=tuple(step for send in sends for step in (send, Settle())), checks=SAME_ANSWER)


def _fault(stage: Stage, label: str, request: Request, expect: Expectation) -> Send:
    """Return a send of event 1 that is not the operation's own example."""
    return Send(
        label=label,
        phase=Phase.FAULT,
        operation=stage.operation.name,
        message=request,
        event=1,
        expect=expect,
        altered=True,
    )


def _identity_in_body(operation: Operation) -> bool:
    return any(selector.place == "json" for selector in operation.event)


def _reordered(document: object) -> bytes:
    """Return JSON with the members of each object in the opposite order, and white space wherever it may stand."""
    return json.dumps(_backwards(document), ensure_ascii=False, indent=1).encode()


def _backwards(value: object) -> object:
    if isinstance(value, dict):
        return {name: _backwards(child) for name, child in reversed(value.items())}
    return [_backwards(child) for child in value] if isinstance(value, list) else value


def _escaped(document: object) -> bytes:
    """Return JSON in which each letter ``a`` inside a string is written as an escape (RFC 8259, section 7)."""
    text = json.dumps(document, ensure_ascii=False)
    pieces = text.split('"')
    inside = (part.replace("a", "\\u0061") if place % 2 else part for place, part in enumerate(pieces))
    return '"'.join(inside).encode() if "\\" not in text else text.encode()


def _invalid(stage: Stage) -> Request | None:
    """Return the valid request of event 1 without a member that the schema requires; None: it requires none."""
    request = valid_request(stage.operation, 1)
    try:
        document = json.loads(request.body)
    except ValueError:
        return None
    for name in document if isinstance(document, dict) and stage.contract else ():
        poorer = {key: value for key, value in document.items() if key != name}
        if stage.contract and not accepts(stage.contract, poorer):
            return replace(request, body=json.dumps(poorer).encode())
    return None


def _padded(request: Request, size: int) -> Request:
    """Return the request with white space behind its first brace, so that its body has ``size`` bytes."""
    space = b" " * (size - len(request.body))
    return replace(request, body=request.body[:1] + space + request.body[1:])


def _force_of_a_missing_key(stage: Stage) -> Force:
    """Return must where the service's own document requires the key; elsewhere a missing key is advice."""
    required = stage.contract.required_headers if stage.contract else ()
    keys = {name.lower() for name in header_names(stage.operation)}
    return Force.MUST if keys & set(required) else Force.SHOULD


def _keyless(operation: Operation) -> Request | None:
    """Return the valid request without the headers that identify its event; None where none is a header."""
    names = {name.lower() for name in header_names(operation)}
    if not names:
        return None
    request = valid_request(operation, 1)
    headers = tuple((name, value) for name, value in request.headers if name.lower() not in names)
    return replace(request, headers=headers)
