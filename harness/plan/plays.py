"""What the entries of the duplicate-event family are made of: for whom, which steps, and the words they share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace

from harness.model.faults import Fault
from harness.model.messages import Request, placeholder
from harness.model.records import record
from harness.model.services import Operation, OperationContract
from harness.model.steps import Expectation, Expected, Phase, ReadBack, Send, Step
from harness.mutations.pointers import Path, replaced
from harness.plan.choreography import ACCEPTED, valid
from harness.plan.contracts import accepts, valid_request
from harness.plan.load import tokens_of

ONE_EFFECT = ("one-effect-per-event",)
"""Required where the operation declares an effect: without one there is nothing to count."""

SAME_ANSWER = (*ONE_EFFECT, "same-answer-for-a-duplicate")

EITHER = Expectation(expected=Expected.EITHER, rule="accepted as an event of its own, or refused")

NO_CALL = "the operation calls no dependency whose call could be held, lost or refused"


@record
class Stage:
    """What an entry's function is told: for whom, with what, on which kind of target.

    ``neighbours`` are other operations whose event is named by the same header. ``deadline`` is the service's, in
    seconds. ``mortal``: its processes can be killed and started again.
    """

    operation: Operation
    contract: OperationContract | None
    settings: Mapping[str, float]
    several_workers: bool
    mortal: bool = False
    neighbours: tuple[Operation, ...] = ()
    deadline: float = 5.0
    seed: int = 0


@record
class Play:
    """One case of an entry before it has its names: its steps, or the reason why there is none.

    ``apart`` tells the case from its entry's others where that matters to a reader.
    """

    label: str = "1"
    apart: str = ""
    steps: tuple[Step, ...] = ()
    checks: tuple[str, ...] = ()
    omitted: str = ""


@record
class Twice:
    """One entry of the catalogue: its title, the slug that its fingerprints carry, and the cases it stands for."""

    title: str
    trouble: str
    plays: Callable[[Stage], Iterator[Play]]


@record
class Marking:
    """Where the body of an event carries a word of its own, and what stands around the word there."""

    path: Path = ()
    leaf: str = ""
    word: str = ""
    found: bool = field(default=False)


def first(stage: Stage) -> Send:
    """Return the clean first send of event 1."""
    return valid(stage.operation, "first", 1, phase=Phase.BASELINE, expect=ACCEPTED)


def again(stage: Stage, label: str = "again") -> Send:
    """Return event 1 once more, when all trouble is over."""
    return valid(stage.operation, label, 1, phase=Phase.RECOVERY, expect=ACCEPTED)


def read(stage: Stage, of: str) -> tuple[Step, ...]:
    """Return the step that reads back what the send ``of`` stored; none where no route is declared."""
    return (ReadBack(label=f"read-{of}", of=of, phase=Phase.RECOVERY),) if stage.operation.read else ()


def read_checks(stage: Stage) -> tuple[str, ...]:
    """Return the check that such a step gives a chance to fail."""
    return ("stored-result-reads-back",) if stage.operation.read else ()


def fault_of(stage: Stage, kind: str, *, times: int = 1, **settings: float | str) -> Fault | None:
    """Return a fault that strikes the operation's effect, once unless told; None where it declares none."""
    effect = stage.operation.effect
    if effect is None:
        return None
    return Fault(
        id=kind,
        dependency=effect.dependency,
        kind=kind,
        call=str(effect.route),
        times=times,
        settings=settings,
    )


def header_names(operation: Operation) -> tuple[str, ...]:
    """Return the headers that identify an event, as declared."""
    return tuple(selector.name for selector in operation.event if selector.place == "header")


def only_a_header(operation: Operation) -> bool:
    """Tell whether exactly one header, and nothing else, identifies an event."""
    return len(operation.event) == 1 == len(header_names(operation))


def with_key(request: Request, name: str, value: str) -> Request:
    """Return ``request`` with another value of the header ``name``."""
    headers = tuple((key, value if key.lower() == name.lower() else text) for key, text in request.headers)
    return replace(request, headers=headers)


def marked(stage: Stage, event: int) -> Request:
    """Return the valid request of ``event`` with its identity in the body, where the schema leaves a word free.

    So an answer, and a call to a dependency, can be laid to its event. Where no word is free every event has the
    example's own body.
    """
    request = valid_request(stage.operation, event)
    marking = _marking(stage)
    if not marking.found:
        return request
    document: object = json.loads(request.body)
    named = marking.leaf.replace(marking.word, placeholder(event))
    return replace(request, body=_json(replaced(document, marking.path, named)))


def send_marked(stage: Stage, label: str, event: int, *, expect: Expectation | None = None, on: str = "") -> Send:
    """Return the send of a marked event; ``on`` names an earlier send whose connection is used again."""
    return Send(
        label=label,
        phase=Phase.FAULT,
        operation=stage.operation.name,
        message=marked(stage, event),
        event=event,
        expect=expect,
        same_connection=on,
        altered=True,
    )


def _marking(stage: Stage) -> Marking:
    """Return the first free word of the example that may be a UUID by the contract's schema."""
    contract, example = stage.contract, stage.operation.json
    if contract is None or contract.body is None:
        return Marking()
    for word in tokens_of(stage.operation, contract):
        for path, leaf in _strings(example):
            if leaf.strip() == word and accepts(contract, replaced(example, path, leaf.replace(word, placeholder(1)))):
                return Marking(path=path, leaf=leaf, word=word, found=True)
    return Marking()


def _strings(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every string leaf of a JSON value with its place."""
    if isinstance(value, str):
        yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield from _strings(child, (*path, name))


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
