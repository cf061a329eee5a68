"""What others just stored is read back right in the middle of a load: found, nobody else's, as it was answered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import STALE, Owners, accepted, load_of, owners, readers, text_of
from harness.checks._load_failures import machine, symptom, windows
from harness.checks.registry import Check
from harness.load.job import NOTHING_TO_READ
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Scope
from harness.model.verdicts import Severity

NAME = "reads-right-under-load"

KEPT = 4096
"""Characters of a body that the log keeps; a longer one cannot be compared."""

Pair = tuple[LoadRequest, LoadRequest]
"""What was stored, and how it was read."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each read of something that was accepted; a finding for each way to read it wrong."""
    reading = readers(scope)
    if load_of(scope) is None or not reading:
        return judgement(NAME, scope, 0)
    made = {r.event: r for r in reversed(scope.requests) if not r.part and accepted(r)}
    reads = [r for r in scope.requests if r.part in reading and r.silence != NOTHING_TO_READ and r.event in made]
    whose = owners(request for request in scope.requests if request.part not in reading)
    wrong: dict[str, list[Pair]] = {}
    reasons: list[str] = []
    for read in sorted(reads, key=lambda r: r.index):
        if not (how := _symptom(scope, made[read.event], read, whose)):
            continue
        if reason := machine(scope, read):
            reasons.append(f"a read failed ({how}), but {reason}")
        else:
            wrong.setdefault(how, []).append((made[read.event], read))
    findings = [_finding(scope, how, pairs, len(reads)) for how, pairs in sorted(wrong.items())]
    return judgement(NAME, scope, len(reads), findings, reasons, disturbed=bool(reasons))


def _symptom(scope: Scope, made: LoadRequest, read: LoadRequest, whose: Owners) -> str:
    """Return in words how a read is wrong; empty where it is right, or failed as a disturbance may make it."""
    if accepted(read):
        if whose.of(text_of(read.body)) - {read.event}:
            return FOREIGN
        return CHANGED if any(_changes(made, read)) else ""
    if any(window.excuses(read) for window in windows(scope)):
        return ""
    if read.status in (404, 410):
        return GONE
    how = symptom(read)
    return "" if how == STALE else how


def _changes(made: LoadRequest, read: LoadRequest) -> Iterator[str]:
    """Yield the fields that both bodies have and that differ."""
    if max(len(made.body), len(read.body)) >= KEPT:
        return
    stored, shown = _fields(made.body), _fields(read.body)
    yield from (name for name in stored.keys() & shown.keys() if stored[name] != shown[name])


def _fields(body: str) -> Mapping[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _finding(scope: Scope, how: str, pairs: list[Pair], reads: int) -> Finding:
    made, read = pairs[0]
    got = f"{read.status} {read.body[:200]}" if read.status else f"no answer ({read.silence})"
    return finding(
        NAME,
        scope,
        (),
        symptom=how,
        severity=Severity.CRITICAL if how in (FOREIGN, GONE) else Severity.MAJOR,
        happened=f"{len(pairs)} of {reads} reads: {how}; what #{made.index} was answered {made.status} "
        f"{made.body[:200]}, #{read.index} read as {got}",
        expected="what was accepted is read back with 2xx by anybody at once, the fields of its answer unchanged",
        why="one caller sees what belongs to another"
        if how == FOREIGN
        else "the caller holds a receipt for something that cannot be seen",
    )


FOREIGN, GONE, CHANGED = "another request's data", "not stored", "stored otherwise"

CHECK = Check(
    name=NAME,
    title="Reads are right under load",
    doc="What a load stored is read back in its middle: found, nobody else's, the fields of the answer unchanged.",
    families=frozenset({Family.LOAD}),
    judge=judge,
)
