"""A load that was not delivered as planned shows nothing, and says so.

That the generator was late matters to times alone, where they break their bounds: see ``load-thresholds``.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import judgement
from harness.checks._load_events import load_of
from harness.checks.registry import Check
from harness.load.job import NOTHING_TO_READ
from harness.model.cases import Family
from harness.model.events import LoadRan, LoadRequest
from harness.model.judgements import Judgement
from harness.model.scope import Scope

NAME = "load-delivered"


def judge(scope: Scope) -> Judgement:
    """Return unknown wherever the planned arrivals did not all happen and get written down."""
    ran = scope.load
    if load_of(scope) is None:
        return judgement(NAME, scope, 0)
    if ran is None:
        why = f": {scope.trouble}" if scope.trouble else ""
        return judgement(NAME, scope, 0, unknown=(f"the load never ran{why}",))
    reasons = (*_missing(ran, scope.requests), *_generator(scope.requests))
    return judgement(NAME, scope, ran.planned, unknown=reasons)


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
    own = [r for r in requests if r.silence == "abandoned" or r.silence.startswith("error:")]
    if own:
        yield f"{len(own)} requests failed in the generator, not in the service ({own[0].silence})"
    unread = sum(1 for request in requests if request.silence == NOTHING_TO_READ)
    if unread:
        yield f"{unread} reads were due before anything had been accepted that could be read"


CHECK = Check(
    name=NAME,
    title="The load was delivered",
    doc="Every planned arrival of a load was sent, and what came of it stands in the log.",
    families=frozenset({Family.LOAD}),
    judge=judge,
)
