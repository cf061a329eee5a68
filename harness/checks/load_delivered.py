"""A load that was not delivered as planned shows nothing, and says so.

That the generator was late all along matters to times alone, where they break their bounds: see ``load-thresholds``.
One that fell behind for good put another load on the service, a lighter one.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import judgement
from harness.checks._load_events import broken_by_generator, load_of
from harness.checks.registry import Check
from harness.load.job import NOTHING_TO_READ
from harness.model.cases import Family
from harness.model.events import LoadRan, LoadRequest
from harness.model.judgements import Judgement
from harness.model.scope import SECOND, Scope

NAME = "load-delivered"

STRETCH, SLACK = 1.25, 0.5
"""A load that took this many times as long as planned, and so many seconds beyond, was a lighter one."""


def judge(scope: Scope) -> Judgement:
    """Return unknown wherever the planned arrivals did not all happen and get written down."""
    ran = scope.load
    if load_of(scope) is None:
        return judgement(NAME, scope, 0)
    if ran is None:
        why = f": {scope.trouble}" if scope.trouble else ""
        return judgement(NAME, scope, 0, unknown=(f"the load never ran{why}",))
    stretched = tuple(_stretched(scope.requests))
    reasons = (*_missing(ran, scope.requests), *_generator(scope.requests), *stretched)
    return judgement(NAME, scope, ran.planned, unknown=reasons, disturbed=bool(stretched))


def _missing(ran: LoadRan, requests: tuple[LoadRequest, ...]) -> Iterator[str]:
    """Yield what is missing between the plan and the log."""
    if ran.trouble:
        yield f"the load generator failed: {ran.trouble}"
    if not ran.planned:
        yield "the load plans no request: its rate and length come to none"
    elif not ran.sent:
        yield "the load sent no request: a load without requests shows nothing"
    elif ran.sent < ran.planned:
        yield f"only {ran.sent} of {ran.planned} planned requests were sent"
    if len(requests) != ran.sent:
        yield f"{ran.file} holds {len(requests)} of {ran.sent} requests: the log was cut short"
    answered = sum(1 for request in requests if request.status)
    if len(requests) == ran.sent and answered != ran.answered:
        yield f"{ran.file} holds {answered} answers and {ran.answered} were counted: the log was changed"


def _generator(requests: tuple[LoadRequest, ...]) -> Iterator[str]:
    """Yield where the generator itself was in the way."""
    own = [request for request in requests if broken_by_generator(request)]
    if own:
        yield f"{len(own)} requests failed in the generator, not in the service ({own[0].silence})"
    early = sum(1 for request in requests if request.done < request.sent)
    if early:
        yield f"{early} requests ended before they were sent: the clock of the log was set back"
    unread = sum(1 for request in requests if request.silence == NOTHING_TO_READ)
    if unread:
        yield f"{unread} reads were due before anything had been accepted that could be read"


def _stretched(requests: tuple[LoadRequest, ...]) -> Iterator[str]:
    """Yield that the generator did not keep the planned rate."""
    if not requests:
        return
    due, sent = (max(moments) - min(moments) for moments in ([r.due for r in requests], [r.sent for r in requests]))
    if sent > STRETCH * due + SLACK * SECOND:
        yield (
            f"the generator did not keep its pace: {len(requests)} requests that were due within {due / SECOND:.1f} s "
            f"were sent within {sent / SECOND:.1f} s, which is another load"
        )


CHECK = Check(
    name=NAME,
    title="The load was delivered",
    doc="Every planned arrival of a load was sent, and what came of it stands in the log.",
    families=frozenset({Family.LOAD}),
    judge=judge,
)
