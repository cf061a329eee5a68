"""Where the service declares problem+json (RFC 9457), its errors are that, true to their status, and discreet."""

from __future__ import annotations

import json
import re

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import wire
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Force, Severity

NAME = "problem-json"

INTERNALS = re.compile(
    rb"Traceback \(most recent call last\)|File \"[^\"]+\", line \d|/site-packages/|\.py\", line"
    rb"|sqlalche\.me|sqlite3\.\w*Error|psycopg\.\w*|\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.+\bSET\b"
)
"""What an error body shows of the inside: a traceback, a path of the code, a statement of the database."""

UNUSUAL = re.compile(rb"[^\t\r\n\x20-\x7e]")
"""A byte that is no part of a field value by RFC 9110, 5.5 (or only for history's sake): a server may refuse it."""

USUAL_HEAD = 4096
"""Bytes of start line and headers that every server takes."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each error answer that the application wrote."""
    if scope.configuration.service.errors != "problem+json":
        return judgement(NAME, scope, 0)
    errors = [(e, e.answer) for e in scope.exchanges if e.answer is not None and _from_application(scope, e)]
    findings = [_finding(scope, e, symptom) for e, answer in errors if (symptom := _symptom(answer))]
    return judgement(NAME, scope, len(errors), findings)


def _from_application(scope: Scope, exchange: Exchange) -> bool:
    """Tell whether the application itself wrote an error.

    What the bare server refuses (the trivial application never refuses anything) never got as far; of exact
    bytes and of unusual headers it is not known without a control.
    """
    answer = exchange.answer
    if answer is None or not answer.valid or not answer.complete or answer.clipped or answer.status < 400:
        return False
    if exchange.data.startswith(b"HEAD "):
        return False  # its answer has no body (RFC 9110, 9.3.2), so there is nothing to read
    control = scope.control.get(exchange.label)
    if control is not None:
        return control.status // 100 == 2
    return wire(exchange) is None and _plain(exchange.data)


def _plain(message: bytes) -> bool:
    """Tell whether the head of a message is one that no server refuses on its own: printable ASCII, of usual length."""
    head = message.partition(b"\r\n\r\n")[0]
    return len(head) <= USUAL_HEAD and not UNUSUAL.search(head)


def _symptom(answer: Answer) -> str:
    if INTERNALS.search(answer.body):
        return "internals in an error"
    media = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    if media != "application/problem+json":
        return "not problem+json"
    try:
        problem = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "unreadable problem"
    if not isinstance(problem, dict):
        return "unreadable problem"
    return "" if problem.get("status", answer.status) == answer.status else "problem of another status"


def _finding(scope: Scope, exchange: Exchange, symptom: str) -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=symptom,
        severity=Severity.MINOR,
        force=Force.POLICY,
        happened=told(exchange),
        expected="an application/problem+json object whose status is that of the answer, with nothing of the inside",
        why="clients that read errors as the service declares them cannot read this one"
        if symptom != "internals in an error"
        else "it tells a stranger how the service is built",
    )


CHECK = Check(
    name=NAME,
    title="Errors are problem+json",
    doc="Where declared, the application's errors are problem+json (RFC 9457), true to their status and discreet.",
    families=frozenset({Family.MALFORMED, Family.DUPLICATE, Family.TIMEOUT}),
    judge=judge,
)
