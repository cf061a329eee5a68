"""What a caller sends begins no line of its own in the service's log, and brings no control character into it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from harness.checks._evidence import SHOWN, finding, judgement
from harness.checks._messages import under_test
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.marks import FORGED
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Force, Severity

NAME = "log-lines-whole"

CUT = "the service wrote its log in clean runs and not a line of it in this case: the log was cut"

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_UNSEEN = re.compile(r"^(?:\s|\x1b\[[0-9;]*[A-Za-z])*")
"""What may stand before the first word of a line without being seen."""


_SYMPTOMS: Mapping[str, tuple[Severity, Force, str]] = {
    "forged line": (
        Severity.MAJOR,
        Force.MUST,
        "whoever can write lines into the log can hide what was done, and lay it to somebody else",
    ),
    "control characters": (
        Severity.MINOR,
        Force.SHOULD,
        "whoever reads the log on a terminal sees what the caller wants to be seen",
    ),
    "line that is no JSON": (
        Severity.MINOR,
        Force.SHOULD,
        "the programs that read the log lose this line, or read in it what the caller wrote",
    ),
}
"""What can be wrong about a line, how bad and how binding that is, and the harm of it."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each message that tries to forge a line, where the service logs at all.

    The case ends with a valid message: a service that logged its clean runs and nothing here lost its log on the way.
    """
    forging = [e for e in under_test(scope) if FORGED.encode() in e.data and e.answer is not None]
    if not forging or not scope.logs:
        return judgement(NAME, scope, 0, unknown=(CUT,) if forging and scope.logged else ())
    own = _own_lines(scope)
    as_json = bool(own) and all(map(_is_object, own))
    wrong = [(line, symptom) for line in scope.logs if FORGED in line and (symptom := _symptom(line, as_json=as_json))]
    return judgement(NAME, scope, len(forging), [_finding(scope, forging[-1], *found) for found in wrong])


def _own_lines(scope: Scope) -> list[str]:
    """Return the lines that show how the service writes when nobody meddles with them."""
    return [line for line in scope.logs if FORGED not in line and line.strip()]


def _symptom(line: str, *, as_json: bool) -> str:
    """Say what is wrong about a line that holds the mark; empty: nothing. ``as_json``: the others are JSON objects."""
    if _UNSEEN.sub("", line).startswith(FORGED):
        return "forged line"
    if _CONTROL.search(line):
        return "control characters"
    return "line that is no JSON" if as_json and not _is_object(line) else ""


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _finding(scope: Scope, exchange: Exchange, line: str, symptom: str) -> Finding:
    severity, force, why = _SYMPTOMS[symptom]
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=symptom,
        severity=severity,
        force=force,
        happened=f"'{exchange.label}' left this line in the log: {line[:SHOWN]!r}",
        expected="what a caller sends stands inside a line of the service, escaped (CWE-117)",
        why=why,
    )


CHECK = Check(
    name=NAME,
    title="Log lines stay whole",
    doc="Line ends and terminal escapes in a message begin no line of the service's log and reach no terminal raw.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
