"""What two runs of one build agree on, and how a third run differs from that: the comparison of two builds.

What differs between the two is noise, learned as that of an answer book; the rest is held against the third run as an
old client's answers are. What the old build itself does differently each time cannot be compared, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.history.compared import Change, Context, changes, document
from harness.history.recorded import Names, NotAlikeError, Pair
from harness.history.stories import Story, Told
from harness.model.clients import PromisedAnswer
from harness.model.messages import Answer, placeholder
from harness.model.records import record

FOR_PEOPLE = ("/title", "/detail", "/errors/*/detail")
"""Where problem documents hold texts for people, which may change (RFC 9457, 3)."""

DUPLICATE = "answered as a duplicate at the same instant may be"
"""What a duplicate got in place of an answer that could be compared: which of several it is, is chance."""

_PROBLEM = "application/problem+json"


@record
class Item:
    """One thing that a story tells: an exchange, or a call to a dependency, whose document then is its ``answer``.

    ``answer`` None: there was none, for the reason ``silence``.
    """

    key: str
    label: str
    answer: Answer | None
    silence: str = ""


@record
class Agreed:
    """What both runs of the old build say of one thing. ``name`` is the word by which other answers speak of it.

    ``count`` is the number of calls and of new effects, where it is a route and no exchange or call. ``varies`` tells
    how the two runs differ in more than noise; empty: they do not.
    """

    key: str
    name: str
    label: str
    answer: PromisedAnswer | None = None
    silence: str = ""
    count: tuple[int, int] | None = None
    varies: str = ""


@record
class Differs:
    """One difference of the third run: where (an exchange or a route, by its key and label), and what it is.

    ``varies`` tells why there is nothing to compare with; ``change`` is None then.
    """

    key: str
    label: str
    change: Change | None = None
    varies: str = ""


def items(story: Story) -> dict[str, Item]:
    """Return what a story tells, by keys that are the same in every run of its case: exchanges first, then calls."""
    found = [_exchange(told) for told in story.exchanges]
    numbers: dict[str, int] = {}
    for call in story.calls:
        numbers[call.route] = numbers.get(call.route, 0) + 1
        answer = Answer(status=0, body=json.dumps(call.document).encode())
        found.append(Item(key=f"{call.route} #{numbers[call.route]}", label=call.route, answer=answer))
    return {item.key: item for item in found}


def _exchange(told: Told) -> Item:
    label, answer, silence = told.label, told.exchange.answer, str(told.exchange.silence or "")
    if told.duplicate:
        return Item(key=label, label=label, answer=None, silence=DUPLICATE)
    if answer is not None and not (answer.valid and answer.complete):
        return Item(key=label, label=label, answer=None, silence="an answer that is not whole")
    return Item(key=label, label=label, answer=answer, silence=silence or ("" if answer else "cut off"))


def agreed(one: Story, two: Story, free: tuple[str, ...] = ()) -> tuple[Agreed, ...]:
    """Return what two runs of a case agree on, in order; ``free`` are pointers to texts that may change."""
    first, second = items(one), items(two)
    names: tuple[Names, Names] = (_identities(one), _identities(two))
    uneven = {
        route for route in one.counts.keys() | two.counts.keys() if one.counts.get(route) != two.counts.get(route)
    }
    found: list[Agreed] = []
    for number, key in enumerate(dict.fromkeys((*first, *second)), start=1):
        label = (first.get(key) or second[key]).label
        if label not in uneven:
            place = Agreed(key=key, name=f"x{number}", label=label)
            found.append(_agreed(place, (first.get(key), second.get(key)), names, free))
    return (*found, *_counts_agreed(one, two))


def differences(old: tuple[Agreed, ...], new: Story) -> Iterator[Differs]:
    """Yield how the third run differs from what two agreed on."""
    told = items(new)
    documents = {item.name: document(told[item.key].answer) for item in old if item.key in told}
    context = Context({t.exchange.event: t.exchange.identity for t in new.exchanges if t.exchange.event}, documents)
    counts = {item.label: item.count for item in old if item.count is not None}
    uneven = {label for label, count in counts.items() if new.counts.get(label, (0, 0)) != count}
    for item in old:
        if item.varies:
            yield Differs(key=item.key, label=item.label, varies=item.varies)
        elif item.count is not None:
            for change in _count_changes(item.count, new.counts.get(item.label, (0, 0)), item.label):
                yield Differs(key=item.key, label=item.label, change=change)
        elif item.label not in uneven:
            for change in _changes(item, told.get(item.key), context, documents):
                yield Differs(key=item.key, label=item.label, change=change)
    yield from _unheard(old, new, told)


def _unheard(old: tuple[Agreed, ...], new: Story, told: Mapping[str, Item]) -> Iterator[Differs]:
    """Yield what only the third run tells."""
    known = {item.key for item in old} | {item.label for item in old}
    for key, item in told.items():
        if key not in known and item.label not in new.counts:
            change = Change(what="exchange added", where="", told="it was never sent before", added=True)
            yield Differs(key=key, label=item.label, change=change)
    for route, count in new.counts.items():
        if route not in known:
            for change in _count_changes((0, 0), count, route):
                yield Differs(key=route, label=route, change=change)


def _identities(story: Story) -> Names:
    return {told.exchange.identity: placeholder(told.exchange.event) for told in story.exchanges if told.exchange.event}


def _agreed(
    place: Agreed, both: tuple[Item | None, Item | None], names: tuple[Names, Names], free: tuple[str, ...]
) -> Agreed:
    one, two = both
    if one is None or two is None:
        return replace(place, varies="it was sent in one run and not in the other")
    if one.answer is None or two.answer is None:
        same = one.answer is two.answer and one.silence == two.silence
        return (
            replace(place, silence=one.silence) if same else replace(place, varies=f"{_came(one)}, then {_came(two)}")
        )
    is_problem = (one.answer.header("Content-Type") or "").lower().startswith(_PROBLEM)
    texts = (*free, *FOR_PEOPLE) if is_problem else free
    try:
        pair = Pair(place.name, (one.answer, two.answer), names, texts, of_the_book=False)
        return replace(place, answer=pair.promised())
    except NotAlikeError as error:
        return replace(place, varies=error.how)


def _came(item: Item) -> str:
    if item.answer:
        return f"answered {item.answer.status}"
    return item.silence if item.silence == DUPLICATE else f"no answer ({item.silence})"


def _counts_agreed(one: Story, two: Story) -> Iterator[Agreed]:
    for route in dict.fromkeys((*one.counts, *two.counts)):
        here, there = one.counts.get(route, (0, 0)), two.counts.get(route, (0, 0))
        varies = "" if here == there else f"{_counted(here)}, then {_counted(there)}"
        yield Agreed(key=route, name="", label=route, count=here, varies=varies)


def _counted(count: tuple[int, int]) -> str:
    calls, effects = count
    return f"{calls} call{'' if calls == 1 else 's'} with {effects} effect{'' if effects == 1 else 's'}"


def _count_changes(old: tuple[int, int], new: tuple[int, int], route: str) -> Iterator[Change]:
    told = f"{route}: {_counted(new)} instead of {_counted(old)}"
    if old[0] != new[0]:
        yield Change(what="other number of calls", where="", told=told)
    if old[1] != new[1]:
        yield Change(what="other number of effects", where="", told=told)


def _changes(old: Agreed, new: Item | None, context: Context, documents: Mapping[str, object]) -> Iterator[Change]:
    if new is None:
        yield Change(what="exchange lost", where="", told="it was not sent: what it needs did not come about")
    elif old.answer is None or new.answer is None:
        silent = Item(key=old.key, label=old.label, answer=None, silence=old.silence)
        before = _came(silent) if old.answer is None else f"status {old.answer.status}"
        if old.answer is not None or new.answer is not None or old.silence != new.silence:
            what = "no answer" if new.answer is None else "answered"
            yield Change(what=what, where="", told=f"{_came(new)} instead of {before}")
    else:
        yield from changes(context.of(documents[old.name]), old.answer, new.answer)
