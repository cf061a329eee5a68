"""The version-compatibility family: old clients on the current build, and two versions beside each other.

What an old client sends and was answered stands in its answer book; here it becomes cases. The table at the end names
the entries; the oracles live in the checks: old clients keep their answers, only declared additions, the old version
says so, versions stay apart, an unknown version is refused.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, permutations

from harness.model.cases import Case, Family, Instance, Omission
from harness.model.clients import BookExchange, ClientBook, Promise
from harness.model.faults import Fault
from harness.model.records import record
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Configuration, Operation
from harness.model.steps import Arm, Clear, Expectation, Expected, Phase, Send, Settle, Step, Together
from harness.plan.books import (
    as_event,
    conversations,
    label,
    nowhere,
    opening,
    planned,
    promise,
    reading,
    shifted,
)
from harness.plan.choreography import omitted, titled
from harness.plan.newer import newer_sends

REFUSED_KEY = (400, 409, 422)
"""What a key may be answered that another version has used."""
REFUSED_READ = (400, 404, 410)
"""What a read may be answered of something that another version wrote."""
UNKNOWN_VERSION = Expectation(
    expected=Expected.REJECTED,
    statuses=(400, 404, 406, 410),
    rule="a version that does not exist is refused: 404, or 400, 406, 410 (RFC 9110, 15.5)",
)
ORDERS = 2
"""How many orders R10 asks the books in."""

KEEP = ("old-clients-keep-their-answers",)
DECLARED = (*KEEP, "only-declared-additions")


@record
class Stage:
    """What an entry's function is told: the books, the operations, whether faults can be armed, and the seed."""

    books: tuple[ClientBook, ...]
    configuration: Configuration
    seed: int

    def operation(self, book: ClientBook) -> Operation:
        """Return the operation that ``book`` speaks to."""
        return self.configuration.operation(book.operation)


@record
class Play:
    """One case of an entry before it has its names, or the reason why there is none (``omitted``)."""

    book: ClientBook
    name: str = ""
    apart: str = ""
    steps: tuple[Step, ...] = ()
    checks: tuple[str, ...] = ()
    trouble: str = ""
    instance: Instance = Instance()
    only_if_called: bool = False
    omitted: str = ""


@record
class Compatible:
    """One entry of the catalogue: its title and the cases it stands for."""

    title: str
    plays: Callable[[Stage], Iterator[Play]]


def plan_versions(
    scenario: Scenario, configuration: Configuration, *, seed: int
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    """Return the cases of ``scenario``, and what was left out for a book and why."""
    stage = Stage(books=_chosen(scenario), configuration=configuration, seed=seed)
    cases: list[Case] = []
    omissions: list[Omission] = []
    for entry in scenario.entries:
        for play in _ENTRIES[entry.id].plays(stage):
            if play.omitted:
                omissions.append(omitted(entry, scenario, stage.operation(play.book), play.omitted))
            else:
                cases.append(_case(entry, scenario, play))
    return tuple(cases), tuple(omissions)


def titles() -> Mapping[str, str]:
    """Return what each catalogue entry of this family is called, by its id."""
    return {entry: one.title for entry, one in _ENTRIES.items()}


def _chosen(scenario: Scenario) -> tuple[ClientBook, ...]:
    return tuple(b for b in scenario.books if not scenario.operations or b.operation in scenario.operations)


def _case(entry: Entry, scenario: Scenario, play: Play) -> Case:
    title = titled(entry, titles())
    return Case(
        id=f"{entry.id}/{play.book.operation}/{play.name}",
        entry=entry.id,
        family=Family.VERSIONS,
        scenario=scenario.name,
        operation=play.book.operation,
        title=f"{title} ({play.apart})" if play.apart else title,
        trouble=play.trouble,
        steps=play.steps,
        checks=play.checks,
        instance=play.instance,
        only_if_called=play.only_if_called,
    )


def _conversations(stage: Stage) -> Iterator[Play]:
    """R08: every conversation of every book, each by itself."""
    for book in stage.books:
        for talk in conversations(book):
            sends = tuple(planned(book, exchange) for exchange in talk)
            yield Play(
                book=book,
                name=f"{book.client}-{talk[0].name}",
                apart=f"{book.client}: {talk[0].title or talk[0].name}",
                steps=(*sends, Settle()),
                checks=KEEP,
                trouble=f"requests of the client {book.client}",
            )


def _newer(stage: Stage) -> Iterator[Play]:
    """R09: what clients of a later version send, at the address of each version."""
    for book in stage.books:
        sends = newer_sends(book, tuple(other for other in stage.books if other is not book))
        if not sends:
            yield Play(book=book, omitted=f"no accepted request of {book.client} carries an event and a JSON object")
            continue
        yield Play(
            book=book,
            name=f"{book.client}-newer",
            apart=f"at {book.client}",
            steps=tuple(step for send in sends for step in (send, Settle())),
            checks=("new-clients-do-no-harm",),
            trouble="requests of a later version",
            instance=Instance(workers=1),
        )


def _mixed(stage: Stage) -> Iterator[Play]:
    """R10: all books at one process, their exchanges in among each other, in an order drawn from the seed."""
    for turn in range(1, ORDERS + 1):
        if stage.books:
            sends = _interleaved(stage, random.Random(f"{stage.seed}/{turn}"))
            clients = " and ".join(book.client for book in stage.books)
            yield Play(
                book=stage.books[0],
                name=f"mixed-{turn}",
                apart=f"{clients}, order {turn}",
                steps=(*sends, Settle()),
                checks=DECLARED,
                trouble="requests of several clients in among each other",
                instance=Instance(workers=1),
            )


def _interleaved(stage: Stage, order: random.Random) -> tuple[Send, ...]:
    """Return all exchanges, every conversation in its own order, the conversations in among each other."""
    waiting = [
        [planned(book, exchange, place=place) for exchange in talk]
        for place, book in enumerate(stage.books)
        for talk in conversations(book)
    ]
    sends: list[Send] = []
    while waiting:
        talk = order.choice(waiting)
        sends.append(talk.pop(0))
        waiting = [rest for rest in waiting if rest]
    return tuple(sends)


def _told(stage: Stage) -> Iterator[Play]:
    """R11: versions that do not exist, and a declared old one that says so on every kind of answer."""
    for book in stage.books:
        yield _unknown_versions(stage, book)
        if not book.deprecation:
            yield Play(book=book, omitted=f"the book of {book.client} does not declare its version old")
            continue
        yield _old_answers(book)
        yield from _old_failures(stage, book)


def _unknown_versions(stage: Stage, book: ClientBook) -> Play:
    made = opening(book)
    segment = f"/{book.client}/"
    if made is None or segment not in made.request.target:
        return Play(book=book, omitted=f"no accepted request of {book.client} has its version in its path")
    sends = tuple(
        replace(
            planned(book, replace(made, event=number)),
            label=f"{name} instead of {book.client}",
            message=shifted(replace(made.request, target=target), as_event(made.event, number)),
            expect=UNKNOWN_VERSION,
            promise=None,
        )
        for number, (name, target) in enumerate(
            nowhere(book, stage.books, stage.configuration, made.request.target), start=1
        )
    )
    return Play(
        book=book,
        name=f"{book.client}-unknown",
        apart=f"versions beside {book.client} that do not exist",
        steps=(*sends, Settle()),
        checks=("unknown-version-refused",),
        trouble="a version that does not exist",
    )


def _old_answers(book: ClientBook) -> Play:
    sends = tuple(planned(book, exchange) for exchange in book.exchanges)
    made = opening(book)
    again = (planned(book, made, again="again"),) if made else ()
    return Play(
        book=book,
        name=f"{book.client}-told",
        apart=f"{book.client}: accepted, replayed, read, refused",
        steps=(*sends, *(replace(send, promise=_only_told(book)) for send in again), Settle()),
        checks=("old-version-says-so",),
        trouble=f"answers of the old version {book.client}",
    )


def _only_told(book: ClientBook) -> Promise:
    """Return the promise that every answer to this client keeps."""
    return promise(book, None, str)


def _old_failures(stage: Stage, book: ClientBook) -> Iterator[Play]:
    """R11: the old version while its dependency fails: it fails, is accepted once that is back, and replayed."""
    made, effect = opening(book), stage.operation(book).effect
    if made is None or effect is None:
        yield Play(book=book, omitted=f"no dependency of {book.client} could fail")
        return
    fault = Fault(
        id="down", dependency=effect.dependency, kind="status", call=str(effect.route), settings={"code": 503.0}
    )
    turns = {"while it fails": Expected.EITHER, "once it is back": Expected.ACCEPTED, "again": Expected.ACCEPTED}
    failing, back, again = (
        replace(
            planned(book, made, again=turn),
            phase=Phase.FAULT if expected is Expected.EITHER else Phase.RECOVERY,
            expect=Expectation(expected=expected, rule="the same request, whatever the dependency does"),
            promise=_only_told(book),
        )
        for turn, expected in turns.items()
    )
    yield Play(
        book=book,
        name=f"{book.client}-told-in-trouble",
        apart=f"{book.client} while a dependency fails",
        steps=(Arm(fault=fault), failing, Settle(), Clear(fault="down"), back, again, Settle()),
        checks=("old-version-says-so",),
        trouble=f"answers of the old version {book.client}",
        only_if_called=True,
    )


def _one_key(stage: Stage) -> Iterator[Play]:
    """R12: the same key at two versions, one after the other in both orders, and at the same instant."""
    for first, second in permutations(stage.books, 2):
        yield _keyed_play(first, second, at_once=False)
    for first, second in combinations(stage.books, 2):
        yield _keyed_play(first, second, at_once=True)
    yield from _alone(stage)


def _alone(stage: Stage) -> Iterator[Play]:
    if len(stage.books) == 1:
        yield Play(book=stage.books[0], omitted="there is one answer book: no other version to keep apart from")


def _keyed_play(first: ClientBook, second: ClientBook, *, at_once: bool) -> Play:
    ours, theirs = opening(first), opening(second)
    if ours is None or theirs is None:
        return Play(book=first, omitted=f"{first.client} or {second.client} has no accepted request with an event")
    one, other = _same_event(first, ours), _apart(_same_event(second, theirs), label(first, ours.name), REFUSED_KEY)
    if at_once:
        one = _apart(one, label(second, theirs.name), REFUSED_KEY)
    again = tuple(
        _apart(replace(send, label=f"{send.label} again", phase=Phase.RECOVERY), opposite, REFUSED_KEY)
        for send, opposite in ((one, label(second, theirs.name)), (other, label(first, ours.name)))
    )
    begin: tuple[Step, ...] = (Together(sends=(one, other)),) if at_once else (one, Settle(), other)
    return Play(
        book=first,
        name=f"{first.client}-{second.client}-{'at-once' if at_once else 'in-turn'}",
        apart=f"{first.client} {'and' if at_once else 'then'} {second.client}{', at once' if at_once else ''}",
        steps=(*begin, Settle(), *again, Settle()),
        checks=("versions-stay-apart",),
        trouble="the same key at two versions",
    )


def _same_event(book: ClientBook, made: BookExchange) -> Send:
    """Return ``made`` as event number 1, whatever its number in its book."""
    send, change = planned(book, made), as_event(made.event, 1)
    return replace(send, event=1, message=shifted(made.request, change), promise=promise(book, made.answer, change))


def _apart(send: Send, other: str, refusals: tuple[int, ...], *, cross_read: bool = False) -> Send:
    """Return ``send`` with the promise to be kept apart from the exchange labelled ``other``."""
    if send.promise is None:
        return send
    promised = replace(send.promise, apart_from=other, refusals=refusals, cross_read=cross_read)
    return replace(send, expect=None, promise=promised)


def _cross_reads(stage: Stage) -> Iterator[Play]:
    """R13: what one version wrote is read through the other, then through its own."""
    for writer, reader in permutations(stage.books, 2):
        made, read = opening(writer), opening(reader)
        route = reading(reader, read) if read else None
        if made is None or read is None or route is None:
            yield Play(book=writer, omitted=f"{writer.client} writes nothing that {reader.client} could read")
            continue
        written = planned(writer, made)
        crossed = planned(reader, route, place=1)
        target = route.request.target.replace(f"{{{read.name}.", f"{{{written.label}.")
        crossed = replace(
            crossed,
            label=f"read through {reader.client}",
            message=replace(route.request, target=target),
            filled_from=(written.label,),
        )
        own = reading(writer, made)
        yield Play(
            book=writer,
            name=f"{writer.client}-read-by-{reader.client}",
            apart=f"written by {writer.client}, read by {reader.client}",
            steps=(
                written,
                Settle(),
                _apart(crossed, written.label, REFUSED_READ, cross_read=True),
                *((planned(writer, own),) if own else ()),
                Settle(),
            ),
            checks=("versions-stay-apart",),
            trouble="a read through another version",
        )
    yield from _alone(stage)


_ENTRIES: dict[str, Compatible] = {
    "R08": Compatible(title="an old client's requests on the current build", plays=_conversations),
    "R09": Compatible(title="a newer client's requests at an older version", plays=_newer),
    "R10": Compatible(title="only declared changes, other clients in between", plays=_mixed),
    "R11": Compatible(title="an unknown version is refused, an old one says so", plays=_told),
    "R12": Compatible(title="the same key at two versions", plays=_one_key),
    "R13": Compatible(title="written through one version, read through the other", plays=_cross_reads),
}
