"""One finding for people: its smallest case as a sequence, its messages, its commands, where to look."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.model.cases import SEEN, Case, Family, Plan
from harness.model.judgements import Finding
from harness.model.messages import Answer
from harness.model.runs import Run
from harness.model.scope import Exchange, Scope
from harness.model.services import Server
from harness.model.steps import Load, Prepare
from harness.model.verdicts import Blame
from harness.redaction.redact import redact_bytes, redact_text
from harness.report.beside import beside
from harness.report.byhand import by_hand, in_shell, load_by_hand, setup
from harness.report.contrast import differences
from harness.report.format import ReportedFinding, ShownExchange
from harness.report.place import place_of
from harness.report.raised import last_traceback
from harness.report.shown import message_text, one_line, visible
from harness.report.story import clean_scope, story
from harness.report.timeline import outcome, timeline
from harness.verdict import Group

DECISIVE = 4
"""Exchanges of a finding that are shown whole; the last ones are the decisive ones."""
LOG_LINES = 8
LOG_WIDTH = 500

_LAYER = {
    Blame.APPLICATION: "the application's handler of {route}",
    Blame.SERVER: "the server in front of the application: a trivial application on it shows the same",
    Blame.CLIENT: "the application's client of {calls}: its timeout, its retries, how it reads the answer",
}


def reported(group: Group, run: Run, plan: Plan, scopes: Mapping[str, Scope], incident: str) -> ReportedFinding:
    """Return a group of findings as the report shows it; ``incident`` is the file that keeps it, empty: none does."""
    finding = group.finding
    case = next((case for case in plan.cases if case.id == finding.case), None)
    scope = scopes.get(finding.case)
    exchanges = _decisive(finding, scope)
    shown = tuple(_shown(exchange, scope, run) for exchange in exchanges) if scope else ()
    rows, left_out = timeline(scope, finding.exchanges) if scope else ((), 0)
    secrets = run.configuration.secrets
    commands = _commands(exchanges, shown, case, secrets)
    known = run.gate.known(group.fingerprint)
    return ReportedFinding(
        fingerprint=group.fingerprint,
        check=finding.check,
        severity=finding.severity,
        force=finding.force,
        blame=finding.blame,
        fails_gate=finding.fails_gate,
        reaches_gate=finding.reaches_gate,
        standing=finding.standing,
        waiver=run.gate.waiver(group.fingerprint, run.day),
        known_since=known.first_seen if known else "",
        ratio=group.ratio,
        family=case.family if case else Family.REFERENCE,
        entry=finding.entry,
        scenario=case.scenario if case else "",
        case=finding.case,
        title=case.title if case else finding.trouble,
        operation=finding.operation,
        trouble=finding.trouble,
        symptom=finding.symptom,
        call=finding.call,
        happened=_said(finding.happened, secrets),
        expected=_said(finding.expected, secrets),
        why=_said(finding.why, secrets),
        witnesses=group.witnesses,
        timeline=rows,
        left_out=left_out,
        exchanges=shown,
        setup=_setup(commands, case),
        commands=commands,
        repeat=repeat(finding.entry, run, case),
        logs=_logs(exchanges, scope, secrets) if scope else (),
        look=_look(finding, run, scope, exchanges),
        place=place_of(finding, case.scenario if case else "", run),
        differences=differences(scope, exchanges, secrets) if scope else (),
        story=story(scope, exchanges, clean_scope(scopes, finding.operation), secrets) if scope else (),
        incident=incident,
        accept=accept(run) if incident else "",
    )


def _commands(
    exchanges: Sequence[Exchange], shown: Sequence[ShownExchange], case: Case | None, secrets: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the lines that show a finding by hand: a command a decisive exchange, or a loop for each load of the case.

    Exchanges that were released together are sent together by hand, too.
    """
    if shown:
        return in_shell((was.group, as_shown.by_hand) for was, as_shown in zip(exchanges, shown, strict=True))
    loads = (step for step in case.steps if isinstance(step, Load)) if case else ()
    return tuple(command.line for step in loads if (command := load_by_hand(step, secrets)).line)


def _setup(commands: tuple[str, ...], case: Case | None) -> tuple[str, ...]:
    """Return the lines before the commands by hand; what else goes on in the case must go on by hand, too."""
    lines = setup(commands)
    faults = case.faults() if case and lines else ()
    failing = (
        f"# meanwhile {one_line(fault.dependency)} must fail: {fault.kind} on {one_line(fault.call) or 'every call'}"
        for fault in faults
    )
    loads = (step for step in case.steps if isinstance(step, Load)) if case and lines else ()
    return (*_before(case, lines), *lines, *failing, *(line for step in loads for line in beside(step)))


def _before(case: Case | None, lines: Sequence[str]) -> Iterator[str]:
    """Yield what must be so before the first command by hand, if there is one: the service as the case needs it."""
    if case is None or not lines:
        return
    for name, value in case.instance.env.items():
        yield f"# before: the service runs with {one_line(f'{name}={value}')}"
    if case.instance.clock:
        yield f"# before: its clock begins at {one_line(case.instance.clock)}"
    for step in case.steps:
        for text in step.statements if isinstance(step, Prepare) else ():
            yield f"# before: its database is told {one_line(text)}"


def _place(file: str) -> list[str]:
    """Return the option that finds a scenario again; none where it is found by itself. No path of a machine is told."""
    parts = file.split("/")
    if len(parts) < 2 or parts[-2] == "scenarios":
        return []
    return ["--scenarios", "/".join(parts[-2:]) if file.startswith("/") else file]


def _files_again(run: Run, case: Case) -> list[str]:
    """Return the command that carries out again what no scenario says: incidents, or files that became one."""
    names = run.selected.split(", ")
    if case.scenario in names:
        return ["harness", "replay", f"incidents/{case.scenario}.json"]
    if case.entry != SEEN:
        return []
    before = case.instance
    words = ["harness", "incident", "new", *shlex.split(run.selected), *_reaching(run)]
    words += [word for name, value in before.env.items() for word in ("--env", f"{name}={value}")]
    return [*words, *(("--clock", before.clock) if before.clock else ())]


def _reaching(run: Run) -> list[str]:
    """Return the options that find the same service again; none where it is found by itself."""
    name = run.configuration.file.rsplit("/", 1)[-1] or "harness.yaml"
    words = ["--config", name] if name != "harness.yaml" else []
    return words + (["--url", run.configuration.service.url] if run.configuration.service.server is Server.URL else [])


def accept(run: Run) -> str:
    """Return the command that keeps an incident, but for its file: that lies where the run does."""
    return shlex.join(["harness", "incident", "accept", *_reaching(run)])


def repeat(entry: str, run: Run, case: Case | None) -> str:
    """Return the command that plans and runs the same entry, or the same files, with the same seed."""
    if case and not run.scenarios and (words := _files_again(run, case)):
        return shlex.join([*words, "--seed", str(run.seed)])
    words = ["harness", "run", *_reaching(run)]
    file = next((s.file for s in run.scenarios if case and s.name == case.scenario), "")
    words += _place(file.removeprefix(f"{run.configuration.service.directory}/"))
    return shlex.join([*words, "--scenario", entry, "--seed", str(run.seed)])


def _decisive(finding: Finding, scope: Scope | None) -> tuple[Exchange, ...]:
    """Return the last exchanges that the finding names, in its order."""
    if scope is None:
        return ()
    by_number = {exchange.number: exchange for exchange in scope.exchanges}
    return tuple(by_number[number] for number in finding.exchanges if number in by_number)[-DECISIVE:]


def _shown(exchange: Exchange, scope: Scope, run: Run) -> ShownExchange:
    """Return an exchange with its bytes as text and the command that sends it."""
    secrets = run.configuration.secrets
    identities = {e.identity: e.event for e in scope.exchanges if e.identity and e.event}
    planned = exchange.planned if exchange.planned and not exchange.planned.filled_from else None
    command = by_hand(planned.message if planned else None, exchange.data, identities, secrets)
    answer = redact_bytes(_answer(exchange.answer), secrets) if exchange.answer else b""
    return ShownExchange(
        number=exchange.number,
        label=exchange.label,
        phase=exchange.phase.value,
        took_ms=round(exchange.took * 1000, 3),
        status=exchange.status,
        request=message_text(redact_bytes(exchange.data, secrets)),
        request_size=len(exchange.data),
        answer=message_text(answer),
        answer_size=len(answer),
        silence=""
        if exchange.answer
        else _said(": ".join(filter(None, (outcome(exchange), exchange.detail))), secrets),
        by_hand=command.line,
        no_command=command.why_not,
    )


def _answer(answer: Answer) -> bytes:
    """Return an answer as the bytes that it stands for; one that is not HTTP as what it was."""
    if not answer.valid:
        return answer.body
    first = f"HTTP/1.1 {answer.status} {answer.reason}".rstrip()
    lines = [first, *(f"{name}: {value}" for name, value in answer.headers)]
    return "\r\n".join(lines).encode("latin-1", "backslashreplace") + b"\r\n\r\n" + answer.body


def _said(text: str, secrets: Iterable[str]) -> str:
    """Return a sentence of a check: it may quote the service, so it is redacted and made visible like any message."""
    return visible(redact_text(text, secrets))


def _logs(exchanges: Sequence[Exchange], scope: Scope, secrets: Iterable[str]) -> tuple[str, ...]:
    """Return what the service wrote of a finding: lines that bear its request ids or identities, then its traceback."""
    marks = {mark for exchange in exchanges for mark in _marks(exchange)}
    marked = [line for line in scope.logs if any(mark in line for mark in marks)][:LOG_LINES]
    raised = last_traceback(scope.logs) if _broke(exchanges, scope) else ()
    return (
        *(one_line(redact_text(line, secrets), LOG_WIDTH) for line in marked if line not in raised),
        *(visible(redact_text(line, secrets), keep="")[:LOG_WIDTH] for line in raised),  # with its indentation
    )


def _broke(exchanges: Sequence[Exchange], scope: Scope) -> bool:
    """Say whether anything that a finding rests on was answered 5xx or not at all; of a load, any of its requests."""
    statuses = [exchange.status for exchange in exchanges] or [request.status for request in scope.requests]
    return any(status == 0 or status >= 500 for status in statuses)


def _marks(exchange: Exchange) -> tuple[str, ...]:
    """Return what a log line of this exchange would bear; too short a mark would match by chance."""
    request_id = exchange.answer.header("X-Request-Id") if exchange.answer else None
    return tuple(mark for mark in (request_id or "", exchange.identity) if len(mark) >= 8)


def _look(finding: Finding, run: Run, scope: Scope | None, exchanges: Sequence[Exchange]) -> tuple[str, ...]:
    """Return where to look: the layer, the history, the log."""
    route = next((str(o.route) for o in run.configuration.operations if o.name == finding.operation), finding.operation)
    calls = " or ".join(_calls(finding, run, scope)) or "its dependency"
    places = [_LAYER[finding.blame].format(route=route, calls=calls)]
    numbers = ", ".join(str(number) for number in finding.exchanges[-DECISIVE:])
    exact = f", exchange {numbers}" if numbers else ""
    places.append(f"history.jsonl in the run directory, case {finding.case}{exact}")
    lines = scope.logs if scope else ()
    marks = [mark for exchange in exchanges for mark in _marks(exchange) if any(mark in line for line in lines)]
    if marks:
        places.append(f"the service's log, lines with {one_line(marks[-1], 60)}")
    return tuple(places)


def _calls(finding: Finding, run: Run, scope: Scope | None) -> tuple[str, ...]:
    """Return the calls that a finding is about: its own, else those that a fault struck, else the dependencies.

    A finding may name the dependency alone; where a fault struck one of its calls, that one is meant.
    """
    struck = _struck(run, scope) if scope else ()
    if finding.call:
        return tuple(call for call in struck if call.split()[0] == finding.call) or (finding.call,)
    return struck or tuple(dependency.name for dependency in run.configuration.dependencies)


def _struck(run: Run, scope: Scope) -> tuple[str, ...]:
    """Return the calls (``<dependency> <route>``) at which faults fired.

    A fault of a whole dependency is told by the call that has the operation's effect there.
    """
    effect = next((o.effect for o in run.configuration.operations if o.name == scope.case.operation), None)
    faults = [seen.fault for seen in scope.faults if seen.firings]
    known = {effect.dependency: str(effect.route)} if effect else {}
    named = (f"{fault.dependency} {fault.call or known.get(fault.dependency, '')}".strip() for fault in faults)
    return tuple(dict.fromkeys(named))
