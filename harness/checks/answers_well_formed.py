"""Every answer is valid HTTP, whole, and strictly valid JSON where it says that it is JSON (RFC 8259)."""

from __future__ import annotations

import json

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import answerable
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Blame, Severity

NAME = "answers-well-formed"

EMPTY = frozenset({204, 205, 304})
"""Statuses whose answer has no body (RFC 9110, 15.3.5, 15.3.6, 15.4.5)."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answer that could be read to its end."""
    answered = [
        (e, e.answer) for e in scope.exchanges if e.answer is not None and answerable(e) and not e.answer.clipped
    ]
    findings = [_finding(scope, e, symptom) for e, answer in answered if (symptom := _symptom(e, answer))]
    return judgement(NAME, scope, len(answered), findings)


def is_json(answer: Answer) -> bool:
    """Tell whether the media type of an answer is JSON or a kind of it (``application/problem+json``)."""
    media = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    return media == "application/json" or media.endswith("+json")


def _symptom(exchange: Exchange, answer: Answer) -> str:
    """Name what is wrong with an answer; empty where nothing is."""
    if not answer.valid:
        return "not HTTP"
    if not answer.complete:
        # A server that refuses bytes it has not read may reset the connection and so cut its own answer: no fault.
        return "" if _may_be_cut(exchange) else "cut short"
    if answer.status in EMPTY or exchange.data.startswith(b"HEAD ") or not is_json(answer):
        return ""
    return _json_symptom(answer.body)


def _may_be_cut(exchange: Exchange) -> bool:
    expect = exchange.planned.expect if exchange.planned else None
    return expect is not None and expect.expected is not Expected.ACCEPTED


def _json_symptom(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return "JSON that is not UTF-8"
    try:
        # Numbers stay text: Python refuses integers of more than 4,300 digits, JSON does not.
        json.loads(text, parse_constant=_refuse, parse_int=str, parse_float=str)
    except NonFinite:
        return "NaN or Infinity in JSON"
    except RecursionError:
        return ""  # deeper than Python can follow, which is no fault of the text
    except ValueError:
        return "broken JSON"
    return ""


class NonFinite(Exception):
    """A JSON text holds NaN or Infinity, which are no JSON."""


def _refuse(name: str) -> object:
    raise NonFinite(name)


def _finding(scope: Scope, exchange: Exchange, symptom: str) -> Finding:
    control = scope.control.get(exchange.label)
    shared = control is not None and control.answer is not None and _symptom(control, control.answer) == symptom
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=symptom,
        severity=Severity.MAJOR,
        happened=f"{told(exchange)}: {symptom}",
        expected="an answer is whole, valid HTTP, and strictly valid JSON where its media type says JSON",
        why="a strict client cannot read it, and a lenient one reads something that was not meant",
        blame=Blame.SERVER if shared else Blame.APPLICATION,
        reached_data=not shared or exchange.status // 100 == 2,
    )


CHECK = Check(
    name=NAME,
    title="Answers are well formed",
    doc="Every answer is valid, whole HTTP; JSON in it is UTF-8 without NaN and Infinity.",
    families=frozenset(Family) - {Family.LOAD},
    judge=judge,
)
