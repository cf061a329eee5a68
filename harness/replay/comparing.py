"""Two runs of the old build and one of the new one become a comparison: pure, from what the run directories hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import groupby

from harness.checks._promises import incomparable
from harness.history.agreed import Agreed, Differs, agreed, differences, items
from harness.history.stories import Story, has_story, story_of
from harness.model.cases import Case
from harness.model.clients import Promise, PromisedAnswer
from harness.model.comparisons import ChangedExchange, Comparison, DeclaredChange, SeenChange, Uncompared
from harness.model.exits import Exit
from harness.model.messages import Outcome
from harness.model.records import record
from harness.model.scope import Scope
from harness.report.shown import message_text

NUMBERS = "it is a load: its answers are counted, and there is none to hold against another"


@record
class Cast:
    """One case of a comparison: what it is, the file that it comes from, and the texts in it that may change.

    ``own``: it sends an operation's own example, which the old build has to accept.
    """

    case: Case
    source: str
    free: tuple[str, ...] = ()
    own: bool = False


@record
class Seen:
    """What three runs saw, by the ids of the cases."""

    old: Mapping[str, Scope]
    again: Mapping[str, Scope]
    new: Mapping[str, Scope]


@record
class Builds:
    """What the two builds are and how they ran, in words, and the seed of their runs."""

    old: str
    new: str
    seed: int


def compared(
    builds: Builds, cast: Sequence[Cast], seen: Seen, declared: Sequence[DeclaredChange], left_out: Iterable[Uncompared]
) -> Comparison:
    """Return the comparison of two builds over ``cast``; ``left_out`` could not even be sent."""
    changed: list[ChangedExchange] = []
    uncompared = [*left_out]
    count = 0
    for one in cast:
        reason = _unseen(one.case, seen)
        if reason:
            numbers = reason == NUMBERS
            uncompared.append(_uncompared(one, "", reason, required=not numbers))
            continue
        if one.own and (refused := _refused(seen.old[one.case.id])):
            uncompared.append(_uncompared(one, "", refused))
        told = _Told(one, seen)
        count += len(told.agreed) - len(told.doubts)
        changed += told.changed(declared)
        uncompared += told.doubts
    used = {change.declared for exchange in changed for change in exchange.changes}
    return Comparison(
        old=builds.old,
        new=builds.new,
        seed=builds.seed,
        cases=len(cast),
        compared=count,
        changed=tuple(changed),
        uncompared=tuple(uncompared),
        unused=tuple(change for change in declared if change not in used),
    )


def in_doubt(comparison: Comparison) -> frozenset[str]:
    """Return the ids of the cases that show a change which nobody declared: they are asked again."""
    return frozenset(
        exchange.case for exchange in comparison.changed if any(change.declared is None for change in exchange.changes)
    )


def confirmed(first: Comparison, again: Comparison) -> Comparison:
    """Return ``first`` with the undeclared changes alone that ``again``, of its cases in doubt, has seen as well.

    What was seen once, and not when both builds were asked again, is a matter of time: it could not be compared.
    """
    seen = {(e.case, e.name, change.change, change.at) for e in again.changed for change in e.changes}
    reasons = {(one.case, one.name): one.reason for one in again.uncompared}
    changed: list[ChangedExchange] = []
    uncompared = [*first.uncompared]
    for exchange in first.changed:
        kept = tuple(
            c for c in exchange.changes if c.declared or (exchange.case, exchange.name, c.change, c.at) in seen
        )
        changed += [replace(exchange, changes=kept)] if kept else []
        for change in exchange.changes:
            if change not in kept:
                usual = f"'{change.change}{f' at {change.at}' if change.at else ''}' was seen once, and not again"
                why = reasons.get((exchange.case, exchange.name)) or reasons.get((exchange.case, "")) or usual
                uncompared.append(
                    Uncompared(source=exchange.source, case=exchange.case, name=exchange.name, reason=why)
                )
    return replace(first, changed=tuple(changed), uncompared=tuple(dict.fromkeys(uncompared)))


def exit_of_comparison(comparison: Comparison) -> Exit:
    """Return the exit code: an undeclared change over what could not be compared; nothing compared shows nothing."""
    if comparison.undeclared:
        return Exit.FAIL
    doubtful = any(one.required for one in comparison.uncompared) or not comparison.compared
    return Exit.UNKNOWN if doubtful else Exit.PASS


def _uncompared(one: Cast, name: str, reason: str, *, required: bool = True) -> Uncompared:
    return Uncompared(source=one.source, case=one.case.id, name=name, reason=reason, required=required)


def _unseen(case: Case, seen: Seen) -> str:
    """Say why a case cannot be compared at all; empty: it can."""
    if not has_story(case):
        return NUMBERS
    runs = {"the old build": seen.old, "the old build, once more": seen.again, "the new build": seen.new}
    for name, scopes in runs.items():
        scope = scopes.get(case.id)
        if scope is None or not scope.finished:
            return f"{name}: the case was not carried out to its end"
        if scope.trouble or scope.unsettled:
            return f"{name}: {scope.trouble or f'it did not come to rest: {scope.unsettled}'}"
    return ""


def _refused(scope: Scope) -> str:
    """Say that the old build does not accept an operation's own example; empty: it does."""
    first = next(iter(scope.exchanges), None)
    if first is not None and first.outcome is Outcome.ACCEPTED:
        return ""
    came = f"answered {first.status}" if first and first.answer else "no answer"
    return f"the old build does not accept the operation's own example ({came}): refused alike shows nothing"


class _Told:
    """The stories of one case: what both runs of the old build agree on, and where the new one differs."""

    def __init__(self, one: Cast, seen: Seen) -> None:
        self._one = one
        self._scopes = (seen.old[one.case.id], seen.new[one.case.id])
        clean, again = story_of(self._scopes[0]), story_of(seen.again[one.case.id])
        self._stories = (clean, story_of(self._scopes[1]))
        self.agreed = agreed(clean, again, one.free)
        self._promised = {item.key: item for item in self.agreed}
        differs = tuple(differences(self.agreed, self._stories[1]))
        reasons = {one.key: one.varies or self._disturbed(one) for one in differs}
        self._differs = tuple(one for one in differs if not reasons[one.key])
        labels = {one.key: one.label for one in differs}
        self.doubts = tuple(_uncompared(one, labels[key], reason) for key, reason in reasons.items() if reason)

    def changed(self, declared: Sequence[DeclaredChange]) -> Iterator[ChangedExchange]:
        """Yield each exchange or route that differs, with its changes."""
        for key, found in groupby(self._differs, key=lambda one: one.key):
            own = tuple(found)
            operation = self._operation(own[0].label)
            seen = [_seen(one, operation, declared) for one in own]
            yield ChangedExchange(
                source=self._one.source,
                case=self._one.case.id,
                operation=operation,
                name=own[0].label,
                request=self._request(own[0].label),
                old=_shown(self._stories[0], key),
                new=_shown(self._stories[1], key),
                changes=tuple(dict.fromkeys(seen)),
            )

    def _disturbed(self, differs: Differs) -> str:
        """Say why a difference says nothing of the new build: the machine left it no time; empty: it does."""
        promised = self._promised.get(differs.key, Agreed(key="", name="", label=""))
        promise = Promise(client="", answer=promised.answer or PromisedAnswer(status=0))
        for scope, story in zip(self._scopes, self._stories, strict=True):
            for told in story.exchanges:
                if told.label == differs.key and (why := incomparable(scope, told.exchange, promise)):
                    return f"it cannot be judged: {why}"
        return ""

    def _operation(self, label: str) -> str:
        story = next((t for s in self._stories for t in s.exchanges if t.label == label), None)
        return story.exchange.operation if story else self._one.case.operation

    def _request(self, label: str) -> str:
        story = next((t for s in reversed(self._stories) for t in s.exchanges if t.label == label), None)
        return message_text(story.exchange.data) if story else ""


def _seen(differs: Differs, operation: str, declared: Sequence[DeclaredChange]) -> SeenChange:
    change = differs.change
    if change is None:
        raise ValueError(f"{differs.key} has nothing to compare with")
    fits = (
        one
        for one in declared
        if (one.operation, one.change, one.at) == (operation, change.what, change.where)
        and fnmatchcase(differs.label, one.exchange)
    )
    return SeenChange(change=change.what, at=change.where, told=change.told, declared=next(fits, None))


def _shown(story: Story, key: str) -> str:
    """Return what a run has at ``key``, for people."""
    item = items(story).get(key)
    if item is None:
        calls, effects = story.counts.get(key, (0, 0))
        return f"{calls} calls, {effects} effects"
    if item.answer is None:
        return f"no answer ({item.silence})"
    body = message_text(item.answer.body)
    if not item.answer.status:
        return body
    headers = "\n".join(f"{name}: {value}" for name, value in item.answer.headers)
    return f"{item.answer.status} {item.answer.reason}\n{headers}\n\n{body}"
