"""Each answer holds the data of its own request and of no other.

Every event of a load carries words that no other carries. The clean reference shows how often each word comes back
in an answer; the place is not held against the answer, because a service may sort by value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import Owners, accepted, load_of, named, owners, shown, text_of, words
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Scope
from harness.model.verdicts import Severity

NAME = "answers-belong-to-requests"

KEPT = 4096
"""Characters of a body that the log keeps; in a longer one a word may lie behind the cut."""

FOREIGN, MISSING, REPEATED = "another request's data", "own data missing", "own data repeated"

Echo = Mapping[int, int]
"""How often the clean answer repeats the word at each place of the load's tokens."""


def judge(scope: Scope) -> Judgement:
    """Return a finding for each way in which answers do not belong to their requests."""
    step, reference = load_of(scope), scope.reference
    if step is None or not step.tokens:
        return judgement(NAME, scope, 0)
    if reference is None or reference.trouble:
        trouble = reference.trouble if reference else "there are no clean runs"
        return _unknown(scope, f"what the answer repeats of its request is not known: {trouble}")
    common = words(shown(reference.answer))
    echo = {place: common[text.casefold()] for place, text in enumerate(step.tokens) if common[text.casefold()]}
    if not echo:
        return _unknown(scope, "the clean answer repeats none of the request's words, so no answer can be told by them")
    answers = [request for request in scope.requests if accepted(request) and not request.part]
    return _judged(scope, answers, echo, owners(scope.requests, common))


def _unknown(scope: Scope, reason: str) -> Judgement:
    """Return that nothing could be shown: a reason where the plan asked for it, else not applicable."""
    reasons = (reason,) if NAME in scope.case.checks else ()
    return judgement(NAME, scope, 0, unknown=reasons)


def _judged(scope: Scope, answers: list[LoadRequest], echo: Echo, whose: Owners) -> Judgement:
    wrong: dict[str, list[LoadRequest]] = {}
    clipped = 0
    for request in sorted(answers, key=lambda r: r.index):
        symptom = _symptom(request, echo, whose)
        if symptom == MISSING and len(request.body) >= KEPT:
            clipped += 1
        elif symptom:
            wrong.setdefault(symptom, []).append(request)
    unknown = (f"{clipped} answers are longer than what the log keeps of them",) if clipped else ()
    findings = [_finding(scope, symptom, requests, whose) for symptom, requests in sorted(wrong.items())]
    return judgement(NAME, scope, len(answers) - clipped, findings, unknown)


def _symptom(request: LoadRequest, echo: Echo, whose: Owners) -> str:
    """Return in words what is wrong with the answer of ``request``; empty where it is right."""
    text = text_of(request.body)
    if whose.of(text) - {request.event}:
        return FOREIGN
    seen = words(text)
    wanted = Counter({request.tokens[place].casefold(): times for place, times in echo.items()})
    if any(seen[word] < times for word, times in wanted.items()):
        return MISSING
    return REPEATED if any(seen[word] > times for word, times in wanted.items()) else ""


def _finding(scope: Scope, symptom: str, requests: list[LoadRequest], whose: Owners) -> Finding:
    first = requests[0]
    others = sorted(whose.of(text_of(first.body)) - {first.event})
    from_whom = f" with data of event {', '.join(map(str, others))}" if others else ""
    own = ", ".join(first.tokens)
    return finding(
        NAME,
        scope,
        (),
        symptom=symptom,
        severity=Severity.CRITICAL if symptom == FOREIGN else Severity.MAJOR,
        happened=f"{_WORDS[symptom]} in the answers of {named(requests)}; #{first.index} (event {first.event}) sent "
        f"{own} and was answered {first.status}{from_whom}: {first.body[:300]}",
        expected="each answer repeats its own request as often as the clean answer does, and nothing of others",
        why="one caller sees or stores what belongs to another"
        if symptom == FOREIGN
        else "what a caller sent is not what the service worked with",
    )


_WORDS = {
    FOREIGN: "data of another request stands",
    MISSING: "data of the request itself is missing",
    REPEATED: "data of the request itself stands too often",
}

CHECK = Check(
    name=NAME,
    title="Answers belong to their requests",
    doc="Under load each answer holds the data of its own request and of no other.",
    families=frozenset({Family.LOAD}),
    judge=judge,
)
