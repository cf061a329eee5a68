"""What a run could judge by answers alone, because no clean run had an effect that the harness could see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.model.cases import Family
from harness.model.gates import Notice
from harness.model.scope import Scope

_TEXT = (
    "no clean run had an effect at a declared dependency: whether anything was doubled or lost was judged by the "
    "answers alone ('effect' of a dependency's call says what it changes there)"
)


def answers_alone(scopes: Iterable[Scope]) -> Iterator[Notice]:
    """Say where trouble was judged and no clean run of an operation of it had an effect at a double."""
    judged = [scope for scope in scopes if scope.case.family is not Family.REFERENCE and scope.attempt]
    learned = [reference for scope in judged for reference in scope.references.values() if not reference.trouble]
    if learned and not any(reference.effects for reference in learned):
        yield Notice(kind="answers-alone", text=_TEXT)
