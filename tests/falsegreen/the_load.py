"""Loads that were not sent, not whole, not the ones that were planned, or not measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.model.cases import Family
from harness.model.codec import to_json
from harness.model.events import LoadRan, LoadRequest
from harness.model.exits import Exit
from harness.model.messages import Request
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Server
from harness.model.steps import Load
from harness.runner import check
from harness.scenario.thresholds import parse_threshold
from harness.targets.instance import Capability
from tests.falsegreen.bench import CONFIGURATION, Bench, Calls, Silent
from tests.falsegreen.ways import Way

SECOND = 10**9
WHERE = "in L01/book/steady"
SERVED = replace(CONFIGURATION, service=replace(CONFIGURATION.service, server=Server.GUNICORN))
ENTRY = Entry(id="L01", settings={"rate": 10, "seconds": 2.0}, thresholds=(parse_threshold("p(95) < 250ms"),))
SCENARIO = Scenario(name="load", file="scenarios/load.yaml", family=Family.LOAD, entries=(ENTRY,))

Told = list[LoadRequest]
Log = Callable[[Told], Told]
"""What the generator wrote of its requests."""


def _load(
    log: Log = lambda told: told,
    *,
    sent: Log | None = None,
    trouble: str = "",
    silent: bool = False,
    file: str = "load-1.jsonl",
) -> Callable[[Path], None]:
    """Return the act that runs a load. ``sent`` is what happened (None: all that is logged), ``log`` what was written."""

    def act(directory: Path) -> None:
        def arriving(planned: Told, step: Load, calls: Calls) -> LoadRan:
            happened = sent(planned) if sent else planned
            for request in () if silent else happened:
                headers = (("Idempotency-Key", request.identity),)
                calls(Request(method="POST", target="/entries", headers=headers, body=request.body.encode()))
            (directory / "load-1.jsonl").write_text("".join(to_json(request) + "\n" for request in log(happened)))
            return LoadRan(
                case="L01/book/steady",
                label=step.label,
                file=file,
                planned=len(planned),
                sent=len(happened),
                answered=sum(1 for request in happened if request.status),
                trouble=trouble,
            )

        Bench(
            directory=directory,
            configuration=SERVED,
            entries=(SCENARIO,),
            capabilities=frozenset({Capability.CONCURRENT, Capability.RESOURCES}),
            arriving=arriving,
        ).run()

    return act


def _judged_then(change: Callable[[Path], object]) -> Callable[[Path], None]:
    def act(directory: Path) -> None:
        _load()(directory)
        check(directory, Silent())
        change(directory)

    return act


def _all(**changes: object) -> Log:
    return lambda told: [replace(request, **changes) for request in told]  # type: ignore[arg-type]


def _slower(told: Told) -> Told:
    """Send at a third of the planned rate."""
    first = told[0].due
    moved = ((request, first + 3 * (request.due - first)) for request in told)
    return [replace(request, sent=sent, done=sent + 1_000_000) for request, sent in moved]


def _set_back(told: Told) -> Told:
    return [replace(request, done=request.sent - SECOND) for request in told]


def _cut(directory: Path) -> None:
    path = directory / "load-1.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-3]))


TOTAL, MEASURED = 30, 20
WAYS = (
    Way(
        name="a load of which not one request was sent",
        act=_load(sent=lambda _: []),
        told=(
            (
                "exact-effects-under-load: had no chance to fail in L01/book/steady: nothing was seen of what it "
                "judges (Under load each accepted event has exactly one effect at the dependency, and repeats get "
                "the first answer)"
            ),
            "load-delivered: the load sent no request: a load without requests shows nothing in L01/book/steady",
            "load-thresholds: no request was sent, so no bound had anything to hold against in L01/book/steady",
            (
                "no-errors-under-load: had no chance to fail in L01/book/steady: nothing was seen of what it judges "
                "(Under a load within its capacity every valid request is answered as it is without load)"
            ),
            (
                "resources-return: had no chance to fail in L01/book/steady: nothing was seen of what it judges "
                "(Descriptors, threads and memory of the service's processes come back once a load is over; where the harness itself ended one in it nothing is asked)"
            ),
        ),
    ),
    Way(
        name="a load of which only a part was sent",
        act=_load(sent=lambda told: told[:12]),
        told=(f"load-delivered: only 12 of {TOTAL} planned requests were sent {WHERE}",),
    ),
    Way(
        name="a generator that was killed in the middle",
        act=_load(sent=lambda told: told[:12], trouble="the generator ended with exit status -9: it said nothing"),
        told=(
            (
                "load-delivered: the load generator failed: the generator ended with exit status -9: it said nothing "
                "in L01/book/steady"
            ),
            "load-delivered: only 12 of 30 planned requests were sent in L01/book/steady",
        ),
    ),
    Way(
        name="a generator that was saturated, so that the service met a lighter load",
        act=_load(sent=_slower),
        told=(
            (
                "load-delivered: the generator did not keep its pace: 30 requests that were due within 2.9 s were "
                "sent within 8.7 s, which is another load in L01/book/steady"
            ),
            (
                "load-thresholds: p(95) < 250ms is broken (5601 ms), but the generator itself was 5.800 s late in "
                "L01/book/steady"
            ),
        ),
    ),
    Way(
        name="requests that failed in the generator itself",
        act=_load(sent=_all(status=0, silence="error: too many open files")),
        told=(
            (
                "load-delivered: 30 requests failed in the generator, not in the service (error: too many open "
                "files) in L01/book/steady"
            ),
            (
                "load-thresholds: no bound had anything to hold against: every request failed in the generator "
                "itself in L01/book/steady"
            ),
        ),
    ),
    Way(
        name="a load log that was cut while the load ran",
        act=_load(lambda told: told[:-5]),
        told=(
            (
                "exact-effects-under-load: 5 effects (ledger POST /entries) carry nothing of a request and belong to "
                "no event in L01/book/steady"
            ),
            "load-delivered: load-1.jsonl holds 25 of 30 requests: the log was cut short in L01/book/steady",
        ),
    ),
    Way(
        name="a load whose log is in another place",
        act=_load(file="load-7.jsonl"),
        told=(
            (
                "exact-effects-under-load: had no chance to fail in L01/book/steady: nothing was seen of what it "
                "judges (Under load each accepted event has exactly one effect at the dependency, and repeats get "
                "the first answer)"
            ),
            "load-delivered: load-7.jsonl holds 0 of 30 requests: the log was cut short in L01/book/steady",
            "load-thresholds: no request was sent, so no bound had anything to hold against in L01/book/steady",
            (
                "no-errors-under-load: had no chance to fail in L01/book/steady: nothing was seen of what it judges "
                "(Under a load within its capacity every valid request is answered as it is without load)"
            ),
            (
                "resources-return: had no chance to fail in L01/book/steady: nothing was seen of what it judges "
                "(Descriptors, threads and memory of the service's processes come back once a load is over; where the harness itself ended one in it nothing is asked)"
            ),
        ),
    ),
    Way(
        name="a warm-up that took every request, so that no threshold had one",
        act=_load(sent=_all(measured=False)),
        told=(
            (
                "load-thresholds: no bound had anything to hold against: all 30 requests were of the warm-up in "
                "L01/book/steady"
            ),
        ),
    ),
    Way(
        name="a load whose clock was set back",
        act=_load(sent=_set_back),
        told=(
            (
                "load-delivered: 30 requests ended before they were sent: the clock of the log was set back in "
                "L01/book/steady"
            ),
        ),
    ),
    Way(
        name="a load that was answered and had no effect at all",
        act=_load(silent=True),
        exit=Exit.FAIL,
        told=("book: lost effect (load; exact-effects-under-load, critical) in L01/book/steady",),
    ),
    Way(
        name="a load log that was cut after the run",
        act=_judged_then(_cut),
        exit=Exit.USAGE,
        told=(
            (
                "harness: {run}/load-1.jsonl is not as this run left it: changed, or of another run; it cannot be "
                "judged any more"
            ),
        ),
    ),
    Way(
        name="a load log that was lost after the run",
        act=_judged_then(lambda directory: (directory / "load-1.jsonl").unlink()),
        exit=Exit.USAGE,
        told=("harness: {run} is not a whole run directory: load-1.jsonl is missing; it cannot be judged any more",),
    ),
)
