"""The check `resources-return`: what a service takes for its requests it gives back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.checks.load_resources import judge
from harness.model.cases import Instance
from harness.model.events import Resources
from harness.model.judgements import Finding, Judgement
from harness.model.verdicts import Severity
from tests.load.scopes import asked, finding, load_scope, sample

NAME = "resources-return"
REQUESTS = tuple(asked(index, event=1) for index in range(100))


def judged(opportunities: int, *findings: Finding, unknown: tuple[str, ...] = ()) -> Judgement:
    return Judgement(check=NAME, case="L/create/x", opportunities=opportunities, findings=findings, unknown=unknown)


def run(*samples: Resources, **other: object) -> Judgement:
    return judge(replace(load_scope(*REQUESTS), resources=samples, **other))  # type: ignore[arg-type]


LEAK = finding(
    NAME,
    "descriptors leak",
    Severity.MAJOR,
    happened="open descriptors of the process tree went from 20 to 120 over 100 requests: 100 more, 1 a request",
    expected="open descriptors come back to what they were once the load is over, pools aside (by hand: ls /proc/PID/fd | wc -l before and after)",
    why="the process reaches its limit of open files, and then every request fails",
)


def test_what_stays_the_same_holds() -> None:
    """Descriptors, threads and memory are one opportunity each."""
    assert run(sample("before"), sample("after")) == judged(3)


def test_without_samples_there_is_no_opportunity() -> None:
    """A target whose processes cannot be seen, or a load without a request."""
    nothing = judge(replace(load_scope(), resources=(sample("before"), sample("after"))))
    assert (run(), run(sample("before")), nothing) == (judged(0), judged(0), judged(0))


def test_what_the_harness_ended_has_nothing_to_give_back() -> None:
    """A process killed or told to stop takes along what it held; one that was lost otherwise leaves it open."""
    gone = sample("after", processes=0)
    reason = "the service had 2 processes before the load and 0 after it"
    assert run(sample("before"), gone, killed=(5,), lost_workers=1) == judged(0)
    assert run(sample("before"), gone, told_to_stop=5) == judged(0)
    assert run(sample("before"), gone) == judged(0, unknown=(reason,))


def test_a_descriptor_a_request_is_a_leak() -> None:
    """Found with and without samples from the time of the load."""
    during = [sample("during", descriptors=20 + 20 * turn) for turn in range(1, 6)]
    after = sample("after", descriptors=120)
    assert (run(sample("before"), after), run(sample("before"), *during, after)) == (judged(3, LEAK), judged(3, LEAK))


def test_a_pool_that_fills_is_no_leak() -> None:
    """Growth that stops, and growth that a pool explains, are what a service needs to work."""
    during = [sample("during", descriptors=38) for _ in range(5)]
    pooled = sample("after", descriptors=38, threads=13, rss=90_000_000)
    assert (run(sample("before"), pooled), run(sample("before"), *during, pooled)) == (judged(3), judged(3))


def test_a_slow_leak_shows_in_samples_from_the_load() -> None:
    """A descriptor in six requests is less than a pool may take, but it goes on."""
    during = [sample("during", descriptors=20 + 3 * turn) for turn in range(1, 6)]
    found = run(sample("before"), *during, sample("after", descriptors=37)).findings
    assert [(f.symptom, f.severity) for f in found] == [("descriptors leak", Severity.MAJOR)]


@pytest.mark.parametrize(
    ("after", "symptom"),
    [(sample("after", threads=105), "threads leak"), (sample("after", rss=200_000_000), "memory leaks")],
)
def test_threads_and_memory_leak_too(after: Resources, symptom: str) -> None:
    """A thread a request, and a megabyte and a half a request."""
    assert [f.symptom for f in run(sample("before"), after).findings] == [symptom]


def test_leaks_are_judged_with_one_worker() -> None:
    """The pools of several workers add up; the load on one worker is the judge."""
    scope = replace(load_scope(*REQUESTS), resources=(sample("before"), sample("after", descriptors=120)))
    two = replace(scope, case=replace(scope.case, instance=Instance(workers=2)))
    assert judge(two) == judged(0)


def test_samples_of_other_processes_cannot_be_compared() -> None:
    """A worker that was lost took its leak with it; a service that still works holds what it needs."""
    pair = (sample("before"), sample("after"))
    assert (
        run(*pair, lost_workers=1),
        run(sample("before"), sample("after", processes=3)),
        run(*pair, unsettled="2 connections open"),
    ) == (
        judged(0, unknown=("a process of the service was lost, and what it held went with it",)),
        judged(0, unknown=("the service had 2 processes before the load and 3 after it",)),
        judged(0, unknown=("the service did not come to rest after the load: 2 connections open",)),
    )
