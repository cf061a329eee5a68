"""What came of messages, counted: field by field, and beside a trivial application on the same server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from harness.model.judgements import Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.report.format import FieldLine, ServerLine
from harness.report.shown import one_line


def fields(scopes: Mapping[str, Scope], judgements: Iterable[Judgement]) -> tuple[FieldLine, ...]:
    """Return a line for each field and kind of trouble, by operation, in the order of the plan."""
    wrong = {(found.case, n) for judged in judgements for found in judged.findings for n in found.exchanges}
    seen: dict[tuple[str, str, str], Counter[Outcome]] = {}
    against: Counter[tuple[str, str, str]] = Counter()
    for scope in scopes.values():
        for exchange, field in _about_a_field(scope):
            place = (exchange.operation, one_line(field, 60), scope.case.trouble)
            seen.setdefault(place, Counter())[exchange.outcome] += 1
            against[place] += (scope.case.id, exchange.number) in wrong
    return tuple(_field(place, counts, against[place]) for place, counts in seen.items())


def _about_a_field(scope: Scope) -> Iterator[tuple[Exchange, str]]:
    """Yield the exchanges whose message is wrong in one named field of the body."""
    for exchange in scope.exchanges:
        expect = exchange.planned.expect if exchange.planned else None
        if expect and expect.field:
            yield exchange, expect.field


def _field(place: tuple[str, str, str], counts: Mapping[Outcome, int], wrong: int) -> FieldLine:
    """Return one line."""
    operation, field, trouble = place
    return FieldLine(
        operation=operation,
        field=field,
        trouble=trouble,
        accepted=counts.get(Outcome.ACCEPTED, 0),
        rejected=counts.get(Outcome.REJECTED, 0),
        failed=counts.get(Outcome.FAILED, 0),
        indeterminate=counts.get(Outcome.INDETERMINATE, 0),
        wrong=wrong,
    )


def servers(scopes: Mapping[str, Scope]) -> tuple[ServerLine, ...]:
    """Return how often the service and the trivial application made what of the same message, by entry."""
    counts: Counter[tuple[str, str, Outcome, Outcome]] = Counter()
    first: dict[tuple[str, str, Outcome, Outcome], str] = {}
    for scope in scopes.values():
        for exchange in scope.exchanges:
            control = scope.control.get(exchange.label)
            if control is not None:
                place = (scope.case.entry, scope.case.trouble, exchange.outcome, control.outcome)
                counts[place] += 1
                first.setdefault(place, scope.case.id)
    return tuple(
        ServerLine(entry=entry, trouble=trouble, service=service, control=control, count=count, case=first[place])
        for place, count in counts.items()
        for entry, trouble, service, control in (place,)
    )
