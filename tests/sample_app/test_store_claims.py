"""The life of a key, step by step, by a clock moved by hand, on either database."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from sample_app.records import Answer, Claim, InFlight, OtherBody, Replayed, SourceInfo, Started, Verdict
from sample_app.store.batches import finder
from sample_app.store.claims import beginner, completer, enricher, releaser
from sample_app.store.database import Database
from sample_app.store.leftovers import Leftover, adopter, forgetter, leftover_finder
from tests.sample_app.claiming import DAY, LEASE, Hand, terms, wish

DATABASES = ("sqlite", "postgresql")
KNOWN = SourceInfo(title="Customers")
UNKNOWN = SourceInfo(title=None, degraded="late")


def started(verdict: Verdict) -> Started:
    """Return a claim that was granted."""
    assert isinstance(verdict, Started)
    return verdict


def answer_to(begun: Started, body: str = "{}") -> Answer:
    return Answer(batch_id=begun.batch.id, status=201, body=body)


def finished(database: Database, clock: Hand, claim: Claim) -> Started:
    """Take an event from its claim to its end."""
    begun = started(beginner(database, terms(clock))(claim))
    completer(database, terms(clock))(begun, answer_to(begun))
    return begun


def test_the_life_of_a_claim(database: Database) -> None:
    """A claim is held, given back, resumed with the batch that was kept, finished, and replayed."""
    begin = beginner(database, terms(Hand()))
    first = started(begin(wish("one")))
    assert (begin(wish("two")), begin(wish("two", "g"))) == (InFlight(), OtherBody())
    releaser(database)(first)
    assert begin(wish("three")) == replace(first, owner="three")
    completer(database, terms(Hand()))(first, answer_to(first))
    assert begin(wish("four")) == Replayed(batch_id=first.batch.id, status=201, body="{}")
    assert begin(wish("four", "g")) == OtherBody()


def test_a_key_is_of_its_version(database: Database) -> None:
    """The same key in the other version is another event."""
    begin = beginner(database, terms(Hand()))
    one, two = wish("one"), wish("two")
    two = replace(two, batch=replace(two.batch, version="v2"))
    assert [started(begin(claim)).batch for claim in (one, two)] == [one.batch, two.batch]


@pytest.mark.parametrize(("passed", "held"), [(0, True), (3.99, True), (4.0, False), (100, False), (-1, False)])
def test_a_lease_ends_by_itself(passed: float, held: bool, database: Database) -> None:
    """A worker that died locks its key for one lease at most, even when the clock steps back."""
    clock = Hand()
    begin = beginner(database, terms(clock))
    first = started(begin(wish("dead")))
    clock.now += passed
    assert begin(wish("retry")) == (InFlight() if held else replace(first, owner="retry"))
    assert (
        leftover_finder(database, terms(clock), ("v1", "v2"))(10) == []
    )  # the claim that was taken over is live again


def test_a_late_release_does_not_free_what_another_took_over(database: Database) -> None:
    """The first owner, coming back after its lease, cannot give away the claim of the second."""
    clock = Hand()
    begin = beginner(database, terms(clock))
    first = started(begin(wish("slow")))
    clock.now += LEASE
    begin(wish("second"))
    releaser(database)(first)
    assert begin(wish("third")) == InFlight()


def test_eight_at_once_are_one_claim(database: Database) -> None:
    """Of eight threads that claim a new key at the same instant one starts, and all others see it in flight."""
    begin = beginner(database, terms(Hand()))
    barrier, verdicts = threading.Barrier(8), []

    def claim(index: int) -> None:
        barrier.wait()
        verdicts.append(begin(wish(str(index))))

    threads = [threading.Thread(target=claim, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(verdict).__name__ for verdict in verdicts) == ["InFlight"] * 7 + ["Started"]


def test_a_retry_resumes_after_the_look_up(database: Database) -> None:
    """What the reference service said is kept; a retry goes on from there, and has it."""
    clock = Hand()
    begin = beginner(database, terms(clock))
    first = started(begin(wish("one")))
    enriched = enricher(database)(first, KNOWN)
    assert enriched == replace(first, batch=replace(first.batch, info=KNOWN), point="enriched")
    clock.now += LEASE
    assert begin(wish("two")) == replace(enriched, owner="two")


def test_the_first_look_up_counts(database: Database) -> None:
    """Two requests at work on one event emit the same entry, whatever each of them was told of the source."""
    clock = Hand()
    begin, enrich = beginner(database, terms(clock)), enricher(database)
    slow = started(begin(wish("slow")))
    clock.now += LEASE
    second = started(begin(wish("second")))
    assert enrich(second, KNOWN).batch.info == KNOWN
    assert enrich(slow, UNKNOWN).batch == enrich(second, UNKNOWN).batch == replace(slow.batch, info=KNOWN)


def test_a_second_completion_changes_nothing(database: Database) -> None:
    """The answer that was kept first stays, and the time to live counts from it."""
    clock = Hand()
    first = finished(database, clock, wish("one"))
    clock.now += DAY - 1
    completer(database, terms(clock))(first, answer_to(first, "other"))
    begin = beginner(database, terms(clock))
    assert begin(wish("two")) == Replayed(batch_id=first.batch.id, status=201, body="{}")
    clock.now += 1
    started(begin(wish("three")))


@pytest.mark.parametrize(("beyond", "known"), [(-1, True), (0, False), (1, False)], ids=["before", "at", "after"])
@pytest.mark.parametrize("fingerprint", ["f", "g"], ids=["same body", "other body"])
def test_a_finished_key_expires(beyond: float, known: bool, fingerprint: str, database: Database) -> None:
    """From its time to live on a key is a new event's, with a batch and an outgoing key of its own; the old batch stays."""
    clock = Hand()
    old = finished(database, clock, wish("one"))
    clock.now += DAY + beyond
    verdict = beginner(database, terms(clock))(fresh := wish("two", fingerprint))
    remembered = {"f": Replayed(batch_id=old.batch.id, status=201, body="{}"), "g": OtherBody()}[fingerprint]
    new = Started(key="k", fingerprint=fingerprint, owner="two", batch=fresh.batch)
    assert verdict == (remembered if known else new)
    assert finder(database)("v1", old.batch.id) == old.batch


def test_an_unfinished_key_never_expires(database: Database) -> None:
    """After a thousand lives it still stands for its event: the ledger may have the entry."""
    clock = Hand()
    begin = beginner(database, terms(clock))
    first = started(begin(wish("one")))
    clock.now += 1000 * DAY
    assert forgetter(database, terms(clock))() == 0
    assert begin(wish("two", "g")) == OtherBody()
    assert begin(wish("two")) == replace(first, owner="two")


def test_a_sleeper_cannot_touch_the_event_that_came_after_its_own(database: Database) -> None:
    """A worker that wakes up when its key expired and was used again changes nothing of the new event."""
    clock = Hand()
    begin = beginner(database, terms(clock))
    sleeper = started(begin(wish("sleeper")))
    clock.now += LEASE
    second = started(begin(wish("second")))
    completer(database, terms(clock))(second, answer_to(second))
    clock.now += DAY
    new = started(begin(wish("new")))
    enricher(database)(sleeper, UNKNOWN)
    completer(database, terms(clock))(sleeper, answer_to(sleeper))
    releaser(database)(sleeper)
    assert begin(wish("other")) == InFlight()
    clock.now += LEASE
    assert begin(wish("retry")) == replace(new, owner="retry")


def test_expired_keys_are_deleted_and_no_others(database: Database) -> None:
    """Of a finished key that expired, one that did not, and one unfinished, the first is forgotten."""
    clock = Hand()
    old = finished(database, clock, wish("a", key="old"))
    started(beginner(database, terms(clock))(wish("b", key="open")))
    clock.now += 1
    finished(database, clock, wish("c", key="young"))
    clock.now += DAY - 1
    assert forgetter(database, terms(clock))() == 1
    assert forgetter(database, terms(clock))() == 0
    begin = beginner(database, terms(clock))
    verdicts = {key: type(begin(wish("d", key=key))) for key in ("old", "open", "young")}
    assert verdicts == {"old": Started, "open": Started, "young": Replayed}
    assert finder(database)("v1", old.batch.id) == old.batch


def test_leftovers_are_the_unfinished_that_nobody_holds(database: Database) -> None:
    """They come longest untouched first, and not more than asked for; a live lease and a finished event are none."""
    clock = Hand()
    begin = beginner(database, terms(clock))
    first, second = (started(begin(wish("a", key=key))) for key in ("one", "two"))
    finished(database, clock, wish("b", key="done"))
    clock.now += LEASE
    begin(wish("c", key="held"))
    find, adopt = leftover_finder(database, terms(clock), ("v1", "v2")), adopter(database, terms(clock))
    left = [Leftover(version="v1", key=it.key, batch_id=it.batch.id, created_at=1e6) for it in (first, second)]
    assert (find(10), find(1)) == (left, left[:1])
    assert adopt(left[0], "sweeper") == replace(first, owner="sweeper")
    assert adopt(left[0], "other sweeper") is None
    clock.now += LEASE
    assert [leftover.key for leftover in find(10)] == ["two", "held", "one"]


def test_a_leftover_that_was_finished_meanwhile_is_left_alone(database: Database) -> None:
    """Found, then finished by its client's retry, or even expired and used again: the sweeper gets nothing."""
    clock = Hand()
    begin = beginner(database, terms(clock))
    first = started(begin(wish("a")))
    clock.now += LEASE
    [left] = leftover_finder(database, terms(clock), ("v1", "v2"))(10)
    completer(database, terms(clock))(first, answer_to(first))
    adopt = adopter(database, terms(clock))
    assert adopt(left, "sweeper") is None
    clock.now += DAY
    begin(wish("b"))
    clock.now += LEASE
    assert adopt(left, "sweeper") is None
