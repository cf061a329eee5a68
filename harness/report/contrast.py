"""A finding's case beside the clean runs: what was answered, called and done, and where that is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.history.owners import actor, kind_of, owners
from harness.history.references import Deviation, deviations
from harness.model.scope import Exchange, Reference, Scope
from harness.redaction.redact import redact_text
from harness.report.format import Difference
from harness.report.shown import one_line
from harness.report.timeline import outcome

PLACES = 12
"""Places of an answer that are told; more make a list of what one cause did."""

_ELSEWHERE = "cannot be told apart from other events"


def differences(scope: Scope, exchanges: Sequence[Exchange], secrets: Iterable[str]) -> tuple[Difference, ...]:
    """Return what the last of ``exchanges`` that has a clean reference shows beside it; no such exchange: nothing."""
    compared = [e for e in exchanges if (known := scope.references.get(e.operation)) and not known.trouble]
    if not compared:
        return ()
    exchange = compared[-1]
    reference = scope.references[exchange.operation]
    return (*_answer(exchange, reference, tuple(secrets)), *_done(scope, exchange, reference))


def _answer(exchange: Exchange, reference: Reference, secrets: tuple[str, ...]) -> Iterator[Difference]:
    """Yield the answer as a whole, then the places at which an answer of the same status differs."""
    clean = f"{reference.status} within {reference.slowest * 1000:,.0f} ms"
    here = f"{outcome(exchange)} after {exchange.took * 1000:,.0f} ms"
    same = exchange.status == reference.status
    yield Difference(what=f"answer to '{one_line(exchange.label, 40)}'", clean=clean, here=here, same=same)
    if not same or exchange.answer is None or (exchange.planned and exchange.planned.altered):
        return
    found = deviations(reference, exchange.answer, exchange.data)
    yield from (_place(one, secrets) for one in found[:PLACES])
    if len(found) > PLACES:
        yield Difference(what="further places", clean="", here=f"{len(found) - PLACES:,} more differ", same=False)


def _place(deviation: Deviation, secrets: tuple[str, ...]) -> Difference:
    """Return a place of the answer; what the service said there is redacted and made visible."""
    place, clean, here = (
        one_line(redact_text(text, secrets), 120) for text in (deviation.place, deviation.clean, deviation.here)
    )
    return Difference(what=place, clean=clean, here=here, same=False)


def _done(scope: Scope, exchange: Exchange, reference: Reference) -> Iterator[Difference]:
    """Yield the calls and the new effects of the event that ``exchange`` carries, each kind beside the clean count."""
    calls = owners(scope)
    named = [(f"{call.dependency} {call.call or call.method + ' ' + call.target}", who) for call, who in calls]
    by_call = {(call.dependency, call.number): who for call, who in calls}
    done = [(kind_of(e), by_call.get((e.dependency, e.call_number))) for e in scope.effects if e.new]
    yield from _counts("calls of", reference.calls, named, exchange)
    yield from _counts("effects of", reference.effects, done, exchange)


def _counts(
    noun: str, clean: Mapping[str, int], seen: Sequence[tuple[str, int | None]], exchange: Exchange
) -> Iterator[Difference]:
    """Yield one kind after another; where anything of a kind belongs to nobody for sure, no number is given."""
    own = Counter(kind for kind, who in seen if who == actor(exchange))
    nobody = {kind for kind, who in seen if who is None}
    subject = f"for event {exchange.event}" if exchange.event else "for this message"
    for kind in dict.fromkeys((*clean, *own)):
        here = _ELSEWHERE if kind in nobody else f"{own[kind]:,}"
        same = kind not in nobody and own[kind] == clean.get(kind, 0)
        yield Difference(
            what=f"{noun} {one_line(kind, 60)} {subject}", clean=str(clean.get(kind, 0)), here=here, same=same
        )
