"""Every answer of a version that is declared old shows Deprecation (RFC 9745) and Sunset (RFC 8594).

The answer book declares these headers and what else goes with them; a book that declares none has nothing to say here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from harness.checks._evidence import finding, judgement, told
from harness.checks._promises import promised
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.clients import Promise
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Severity

NAME = "old-version-says-so"
_DATE = re.compile(r"@-?[0-9]{1,15}")
"""A date as a structured field item (RFC 9651, 3.3.7), which Deprecation is."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answer to a client whose version is declared old."""
    asked = [(e, p, e.answer) for e, p in promised(scope) if p.deprecation and e.answer and e.answer.valid]
    findings = [found for e, p, answer in asked for found in _findings(scope, e, p, answer)]
    return judgement(NAME, scope, len(asked), findings)


def _findings(scope: Scope, exchange: Exchange, promise: Promise, answer: Answer) -> Iterator[Finding]:
    missing = ", ".join(dict.fromkeys(name for name, _ in promise.deprecation if answer.header(name) is None))
    if missing:
        yield _finding(scope, exchange, promise, f"{missing} missing", f"there is no {missing}")
    for name, wanted in promise.deprecation:
        found = [value for other, value in answer.headers if other.lower() == name.lower()]
        if found and wanted not in found:
            yield _finding(scope, exchange, promise, f"{name} changed", f"{name} is {found[0]!r} instead of {wanted!r}")
    reason = _unsound(answer)
    if reason:
        yield _finding(scope, exchange, promise, "dates that cannot be read", reason)


def _unsound(answer: Answer) -> str:
    """Say what is wrong with the dates themselves; empty: nothing, or they are not there."""
    deprecation, sunset = answer.header("Deprecation"), answer.header("Sunset")
    if deprecation is not None and not _DATE.fullmatch(deprecation.partition(";")[0].strip()):
        return f"Deprecation is {deprecation!r}, not a date such as @1767225600 (RFC 9745, 2.1)"
    if sunset is None:
        return ""
    try:
        ends = parsedate_to_datetime(sunset)
    except ValueError:
        return f"Sunset is {sunset!r}, not an HTTP date (RFC 8594, 3)"
    begins = int(deprecation.partition(";")[0].strip()[1:]) if deprecation else None
    if begins is not None and ends.replace(tzinfo=ends.tzinfo or UTC) < datetime.fromtimestamp(begins, UTC):
        return "Sunset lies before Deprecation, which no version can keep (RFC 9745, 4)"
    return ""


def _finding(scope: Scope, exchange: Exchange, promise: Promise, symptom: str, happened: str) -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=symptom,
        severity=Severity.MAJOR,
        happened=f"{told(exchange)}; {happened}",
        expected="; ".join(f"{name}: {value}" for name, value in promise.deprecation) + " on every answer",
        why="whoever runs the old client learns of its end when it is over",
    )


CHECK = Check(
    name=NAME,
    title="An old version says so",
    doc="Every answer of a version that its book declares old shows the declared Deprecation and Sunset headers.",
    families=frozenset({Family.VERSIONS}),
    judge=judge,
)
