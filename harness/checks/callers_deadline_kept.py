"""A caller who says how long he waits is answered by then; one who cannot wait any more costs nobody any work."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks._timing import held_up, margin
from harness.checks.registry import Check
from harness.history.owners import actor, owners
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome, Request
from harness.model.scope import DependencyCall, Exchange, Scope
from harness.model.verdicts import Force, Severity

NAME = "callers-deadline-kept"

Seen = Finding | str


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each message that told its deadline in the header that the operation declares."""
    told_ = [(e, ms) for e in scope.exchanges if (ms := _milliseconds(scope, e)) is not None]
    seen = [what for exchange, ms in told_ for what in _seen(scope, exchange, ms)]
    unknown = [what for what in seen if isinstance(what, str)]
    findings = [what for what in seen if isinstance(what, Finding)]
    return judgement(NAME, scope, len(told_), findings, unknown, disturbed=bool(unknown))


def _milliseconds(scope: Scope, exchange: Exchange) -> int | None:
    """Return the milliseconds that a message gives its service; None: it says nothing of the kind."""
    message = exchange.planned.message if exchange.planned else None
    name = scope.configuration.operation(exchange.operation).deadline_header.lower()
    given = [v for k, v in message.headers if k.lower() == name] if name and isinstance(message, Request) else []
    return int(given[0]) if given and given[0].isdecimal() else None


def _seen(scope: Scope, exchange: Exchange, ms: int) -> Iterator[Seen]:
    own = [call for call, who in owners(scope) if who == actor(exchange) and _during(call, exchange)]
    if ms == 0:
        yield from _used_up(scope, exchange, own)
        return
    if exchange.took > ms / 1000 + margin(scope):
        yield _late(scope, exchange, ms)
    yield from _passed_on(scope, exchange, own, ms)


def _during(call: DependencyCall, exchange: Exchange) -> bool:
    return exchange.sent <= call.received <= exchange.done


def _used_up(scope: Scope, exchange: Exchange, own: list[DependencyCall]) -> Iterator[Finding]:
    """Say what was done for a caller who had no time left."""
    if own:
        happened = f"'{exchange.label}' had 0 ms left and cost {len(own)} call(s) to {own[0].dependency}"
        yield _finding(scope, exchange, "work for nobody", Severity.MAJOR, happened)
    elif exchange.outcome is Outcome.ACCEPTED:
        yield _finding(scope, exchange, "work for nobody", Severity.MAJOR, f"0 ms were left, and {told(exchange)}")
    elif (
        exchange.answer is not None and exchange.status not in scope.configuration.operation(exchange.operation).failing
    ):
        yield _finding(scope, exchange, str(exchange.status), Severity.MAJOR, f"0 ms were left, and {told(exchange)}")


def _late(scope: Scope, exchange: Exchange, ms: int) -> Seen:
    reason = held_up(scope, exchange.sent, exchange.done, margin(scope) / 2)
    if reason:
        return f"'{exchange.label}' ended after {exchange.took:.2f} s, which cannot be judged: {reason}"
    happened = f"'{exchange.label}' gave {ms} ms and ended after {exchange.took:.2f} s"
    return _finding(scope, exchange, "late", Severity.MAJOR, happened)


def _passed_on(scope: Scope, exchange: Exchange, own: list[DependencyCall], ms: int) -> Iterator[Finding]:
    """Say where a dependency was given more time than its caller's caller left."""
    name = scope.configuration.operation(exchange.operation).deadline_header
    for call in own:
        passed = [value for key, value in call.headers if key.lower() == name.lower()]
        wrong = [value for value in passed if not value.isdecimal() or int(value) > ms]
        if wrong:
            happened = f"'{exchange.label}' gave {ms} ms and {call.dependency} was told {name}: {wrong[0]}"
            yield _finding(scope, exchange, "more than is left passed on", Severity.MAJOR, happened)
        elif not passed:
            happened = f"'{exchange.label}' gave {ms} ms and {call.dependency} was not told"
            yield _finding(scope, exchange, "not passed on", Severity.MINOR, happened, Force.SHOULD)


def _finding(
    scope: Scope, exchange: Exchange, symptom: str, severity: Severity, happened: str, force: Force = Force.MUST
) -> Finding:
    name = scope.configuration.operation(exchange.operation).deadline_header
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=symptom,
        severity=severity,
        force=force,
        happened=happened,
        expected=f"an answer within what {name} gives; nothing begun with 0 left; dependencies told what is left",
        why="work goes on for callers who have left, and in an overload that is most of the work",
    )


CHECK = Check(
    name=NAME,
    title="The caller's deadline is kept",
    doc="A declared deadline header is obeyed: an answer by then, no work with nothing left, what is left passed on.",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
    timed=True,
)
