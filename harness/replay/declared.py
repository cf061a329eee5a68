"""What a service's own document says of a smaller message: whether it surely allows it, or surely forbids it still."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.model.messages import Request
from harness.model.services import Configuration, OperationContract
from harness.model.steps import Send
from harness.mutations.pointers import Path, at, dotted, replaced
from harness.mutations.schema import BodySchema, Legality, compiled
from harness.shrink.documents import NoDocument, document, ways

FRAMING = frozenset({"content-type", "content-length", "transfer-encoding", "host", "expect"})
"""Headers without which a body is another one, in lower case: no document lists them, and none lets them go."""


class Declared:
    """The documents of a service's operations; see :class:`harness.shrink.contents.Document`.

    Whatever a document does not say outright is neither allowed nor forbidden.
    """

    def __init__(self, configuration: Configuration, contracts: Iterable[OperationContract]) -> None:
        self._configuration = configuration
        self._contracts = {contract.operation: contract for contract in contracts}

    def legal(self, send: Send, smaller: Request) -> bool:
        """Tell whether all that ``smaller`` lacks is declared, and is declared as optional."""
        contract = self._contracts.get(send.operation)
        if contract is None or not isinstance(send.message, Request):
            return False
        return self._spare_headers(send, smaller, contract) and _spare_fields(send.message, smaller, contract)

    def illegal(self, send: Send, smaller: Request) -> bool:
        """Tell whether the schema refuses ``smaller`` at the field that the oracle names, and at no other."""
        contract = self._contracts.get(send.operation)
        if contract is None or not self._spare_headers(send, smaller, contract):
            return False
        example = self._configuration.operation(send.operation).json
        return _wrong_there_alone(send, smaller, example, contract)

    def _spare_headers(self, send: Send, smaller: Request, contract: OperationContract) -> bool:
        """Tell whether no header is gone that the document requires, or that the configuration gives."""
        before = send.message.headers if isinstance(send.message, Request) else ()
        own = {name.lower() for name, _ in self._configuration.operation(send.operation).headers}
        gone = {name.lower() for name, _ in before} - {name.lower() for name, _ in smaller.headers}
        fewer = len(before) - len(smaller.headers)
        if not fewer:
            return True
        return (
            fewer == len(gone) and bool(contract.methods) and not gone & (FRAMING | own | {*contract.required_headers})
        )


def _spare_fields(before: Request, smaller: Request, contract: OperationContract) -> bool:
    """Tell whether the schema surely allows the smaller body, and names each member and item that is gone."""
    if before.body == smaller.body:
        return True
    schema = compiled(contract.body)
    try:
        was, now = document(before), document(smaller)
    except NoDocument:
        return False
    if schema is None or schema.judge(now) is not Legality.LEGAL:
        return False
    gone = _gone(was, now)
    return bool(gone) and _part_of(now, was) and all(schema.at(way) for way in gone)


def _gone(was: Any, now: Any) -> tuple[Path, ...]:
    """Return the ways that lead to something in ``was`` and to nothing in ``now``."""
    left = frozenset(ways(now))
    return tuple(way for way in ways(was) if way not in left)


def _part_of(now: Any, was: Any) -> bool:
    """Tell whether a document is what is left of another where members and items go, and no value changes."""
    if isinstance(now, dict) and isinstance(was, dict):
        return all(name in was and _part_of(child, was[name]) for name, child in now.items())
    if isinstance(now, list) and isinstance(was, list):
        rest = iter(was)
        return all(any(_part_of(child, other) for other in rest) for child in now)
    return type(now) is type(was) and bool(now == was)


def _wrong_there_alone(send: Send, smaller: Request, example: Any, contract: OperationContract) -> bool:
    """Tell whether what is wrong is what was wrong: mended at the named field as in the example, it is legal."""
    schema, field = compiled(contract.body), send.expect.field if send.expect else ""
    try:
        was, now = document(send.message), document(smaller)
    except NoDocument:
        return False
    if schema is None or not field:
        return False
    if was == now:
        return True
    way = next((way for way in ways(example) if dotted(way) == field), None)
    if way is None or _part(was, way) != _part(now, way):
        return False
    return _mended(schema, now, way, example)


def _mended(schema: BodySchema, now: Any, way: Path, example: Any) -> bool:
    """Tell whether a document is refused, and surely allowed with the example's value at ``way``."""
    try:
        right = replaced(now, way, at(example, way))
    except (KeyError, IndexError):
        return False
    return schema.judge(now) is Legality.ILLEGAL and schema.judge(right) is Legality.LEGAL


def _part(value: Any, way: Path) -> object:
    """Return what stands at ``way``, wrapped; None where nothing does."""
    try:
        return (at(value, way),)
    except KeyError:
        return None
