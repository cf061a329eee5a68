"""Every answer, or a clean close, comes by the deadline, whatever the message or the dependencies do.

A hang is decided by the client's bound, which lies well beyond the deadline. An answer that came late is decided only
where the clock control was sound and the watched routes were answered normally at the same moment.
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import answerable, blame_under_fault, expectation, is_expected, sane_afterwards
from harness.checks._timing import CROWDED_OUT, crowded, held_up, margin, quick_probes, slow_probe, waited
from harness.checks.registry import Check
from harness.history.owners import accounts
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Silence
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Blame, Severity

NAME = "answer-in-time"

Seen = Finding | str | None
"""What one exchange shows: a finding, why it cannot be known, or nothing wrong."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each exchange that had to end in time and whose end can be judged."""
    owed = [exchange for exchange in scope.exchanges if _owed(exchange)]
    after = {exchange.number for exchange in sane_afterwards(scope)} if scope.case.family is Family.MALFORMED else set()
    seen = [_seen(scope, exchange, exchange.number in after) for exchange in owed]
    unknown = [what for what in seen if isinstance(what, str)]
    findings = [what for what in seen if isinstance(what, Finding)]
    return judgement(NAME, scope, len(owed) - len(unknown), findings, unknown, disturbed=bool(unknown))


def _owed(exchange: Exchange) -> bool:
    """Tell whether an end in time is owed: not to the incomplete, nor to a client that left on purpose."""
    ended = exchange.answer is not None or exchange.silence not in (None, Silence.ABANDONED)
    return ended and answerable(exchange) and not is_expected(exchange, Expected.UNANSWERED_OR_REJECTED)


def _seen(scope: Scope, exchange: Exchange, afterwards: bool) -> Seen:
    if exchange.silence is Silence.TIMEOUT:
        return _hang(scope, exchange)
    late = waited(exchange) - scope.configuration.service.deadline
    if late > margin(scope):
        return _late(scope, exchange)
    if exchange.silence is not None and _must_be_answered(exchange) and not afterwards:
        return _unanswered(scope, exchange)
    return None


def _must_be_answered(exchange: Exchange) -> bool:
    """Tell whether a close is no answer: for a message that is legal. A reused connection may rightly be gone."""
    reused = exchange.planned is not None and bool(exchange.planned.same_connection)
    legal = exchange.planned is None or exchange.planned.expect is None or is_expected(exchange, Expected.ACCEPTED)
    return legal and not reused


def _hang(scope: Scope, exchange: Exchange) -> Seen:
    deadline = scope.configuration.service.deadline
    beyond = waited(exchange) - deadline
    if beyond <= margin(scope):
        return f"{told(exchange)}: the client waited no longer than the deadline of {deadline:g} s"
    stall = scope.worst_stall(exchange.sent, exchange.done)
    if stall is not None and stall >= beyond:
        return f"{told(exchange)}, but the harness itself was held up for {stall:.3f} s at that moment"
    starved = crowded(scope, exchange.sent, exchange.done, CROWDED_OUT)
    if starved and not quick_probes(scope, exchange.sent, exchange.done):
        return f"{told(exchange)}, but {starved}"
    return _finding(scope, exchange, "hang", "a caller waits for ever, and each one holds a thread and a connection")


def _late(scope: Scope, exchange: Exchange) -> Seen:
    reason = held_up(scope, exchange.sent, exchange.done, margin(scope) / 2)
    probe = slow_probe(scope, exchange.sent, exchange.done)
    if not reason and probe is not None:
        reason = f"the watched route {probe.route} took {probe.took:.2f} s at that moment"
    if reason:
        return f"'{exchange.label}' ended after {exchange.took:.2f} s, which cannot be judged: {reason}"
    return _finding(scope, exchange, "late", "callers that keep the deadline have gone, and their retries come on top")


def _unanswered(scope: Scope, exchange: Exchange) -> Finding:
    return _finding(scope, exchange, "no answer", "the caller cannot know whether it happened, and must ask again")


def _finding(scope: Scope, exchange: Exchange, symptom: str, why: str) -> Finding:
    layer = _layer(scope, exchange)
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=symptom,
        severity=Severity.MAJOR,
        force=expectation(exchange).force,
        happened=f"{told(exchange)} after {exchange.took:.2f} s" if exchange.answer else told(exchange),
        expected=f"an answer within the deadline of {scope.configuration.service.deadline:g} s",
        why=why,
        blame=layer,
        reached_data=layer is not Blame.SERVER or bool(accounts(scope).new_of(exchange)),
    )


def _layer(scope: Scope, exchange: Exchange) -> Blame:
    """Return the server where the trivial application ended the same way: as silent, or as late."""
    control = scope.control.get(exchange.label)
    if control is not None and control.silence is exchange.silence:
        late = waited(control) > scope.configuration.service.deadline + margin(scope)
        if exchange.silence or late:
            return Blame.SERVER
    return blame_under_fault(scope, exchange)


CHECK = Check(
    name=NAME,
    title="An answer in time",
    doc="Every exchange ends by the deadline: answered, or closed cleanly where the message was not legal.",
    families=frozenset(Family) - {Family.LOAD},
    judge=judge,
    timed=True,
)
