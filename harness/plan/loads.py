"""The catalogue of loads: one row a kind, with what makes it different from a steady load.

Leaks are judged with one worker, dedupe and isolation with two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from harness.model.cases import Isolation
from harness.model.faults import Fault
from harness.model.records import record
from harness.model.scenarios import Entry
from harness.model.services import Operation, OperationContract, Server, Service
from harness.model.steps import ORDINARY, Arm, Clear, KillWorker, Meanwhile, Part, Surge, TellToStop
from harness.plan import mixtures

RATE = 40.0
"""Arrivals per second where the scenario does not say."""

SECONDS = 5.0
"""How long a load lasts where the scenario does not say."""

REPEAT, TOGETHER = 0.2, 0.5
"""The share of the requests that repeat an event, and of these the share sent at the instant of their first."""

VOLLEY = 3
"""Requests that are due at the same instant where callers stand side by side: more than one for each of two workers."""

PAIR = 2
"""Requests that are due at the same instant where reads are to meet: services bound what one worker does at once."""

FACTOR = 10.0
"""How many times as many requests arrive in a surge."""

OUTAGE = 1.6
"""Seconds for which a dependency hangs in the middle of a load."""

SHORTEST = 4
"""Letters of the shortest string of an example that is made unique in each request."""


@record
class Stage:
    """What an entry is planned for."""

    operation: Operation
    contract: OperationContract | None
    tokens: tuple[str, ...]
    service: Service
    entry: Entry

    def setting(self, name: str, usual: float) -> float:
        """Return the entry's own number, or the usual one."""
        return self.entry.settings.get(name, usual)


@record
class Kind:
    """One entry of the catalogue: what makes its load different from a steady one.

    What is broken on purpose, and what could be left broken for another attempt, has an instance of its own.
    ``shape`` returns the fields of :class:`Load` that are not a steady load's. ``without`` returns why an operation
    cannot have it (empty: it can); ``checks`` names those that must have had a chance to fail.
    """

    variant: str
    title: str
    workers: int
    rate: float = RATE
    seconds: float = SECONDS
    warmup: float = 1.0
    isolation: Isolation = Isolation.FRESH
    shape: Callable[[Stage], Mapping[str, Any]]
    without: Callable[[Stage], str]
    checks: Callable[[Stage], Iterator[str]]


def _always(_: Stage) -> str:
    return ""


def _without_event(stage: Stage) -> str:
    if stage.operation.event:
        return ""
    return "the operation declares no event identity, so no two requests are the same event"


def _without_tokens(stage: Stage) -> str:
    if stage.tokens:
        return ""
    return (
        f"the example has no free word of {SHORTEST} letters or more, so requests cannot be told apart in their answers"
    )


def _without_mixture(stage: Stage) -> str:
    if mixtures.malformed(stage.operation, stage.tokens) or _reading(stage):
        return ""
    return "the operation has neither a JSON body that could be cut nor a read"


def _without_sizes(stage: Stage) -> str:
    if mixtures.sizes(stage.operation, stage.tokens, stage.contract):
        return ""
    return "the example has no list of texts that the contract allows to be long"


def _without_dependency(stage: Stage) -> str:
    return "" if stage.operation.effect else "the operation declares no effect, so no dependency of it is known to fail"


def _without_workers(stage: Stage) -> str:
    if stage.service.server is not Server.GUNICORN:
        return "one worker of several can be killed only where the harness runs gunicorn"
    return _without_dependency(stage)


def _without_signal(stage: Stage) -> str:
    """Waitress ends at once on SIGTERM, whatever its application does; what runs elsewhere is not ours to end."""
    if stage.service.server not in (Server.GUNICORN, Server.COMMAND):
        return "the harness does not start this server, or it has no graceful end that the application could keep"
    return _without_dependency(stage)


def _without_threads(stage: Stage) -> str:
    if stage.service.server in (Server.GUNICORN, Server.WAITRESS) and stage.service.threads < 3:
        return "a worker with fewer than three threads is held up by slow clients whatever its application does"
    return ""


def _effects(stage: Stage) -> Iterator[str]:
    if stage.operation.effect is not None and (stage.tokens or stage.operation.event):
        yield "exact-effects-under-load"


def _leaks(stage: Stage) -> Iterator[str]:
    yield from _effects(stage)
    if stage.service.server is not Server.URL:
        yield "resources-return"


def _belonging(stage: Stage) -> Iterator[str]:
    yield from _effects(stage)
    yield "answers-belong-to-requests"


def _mixed(stage: Stage) -> Iterator[str]:
    yield from _leaks(stage)
    if mixtures.malformed(stage.operation, stage.tokens):
        yield "malformed-rejected-under-load"
    if _reading(stage):
        yield "reads-right-under-load"


def _recovering(stage: Stage) -> Iterator[str]:
    yield from _effects(stage)
    yield "recovers-under-load"


def _through_an_outage(stage: Stage) -> Iterator[str]:
    yield from _recovering(stage)
    yield "deadline-kept-under-load"
    if _reading(stage):
        yield "reads-right-under-load"
        yield "reads-fast-under-load"


def _in_time(stage: Stage) -> Iterator[str]:
    yield from _effects(stage)
    yield "deadline-kept-under-load"


def _in_proportion(stage: Stage) -> Iterator[str]:
    yield from _in_time(stage)
    yield "size-costs-in-proportion"


def _stopping(stage: Stage) -> Iterator[str]:
    yield from _effects(stage)
    yield "stops-gracefully"


def _reading(stage: Stage, share: float = mixtures.READS) -> tuple[Part, ...]:
    """Return the part that reads; without words of its own no answer could be told from another's."""
    return mixtures.reads(stage.operation, share) if stage.tokens else ()


def _steady(_: Stage) -> Mapping[str, Any]:
    return {}


def _surging(stage: Stage) -> Mapping[str, Any]:
    """More arrivals for a while, and time to see what comes after: a second before it, three and a half after."""
    seconds = stage.setting("seconds", KINDS[stage.entry.id].seconds)
    surge = Surge(at=1.0, seconds=max(seconds - 4.5, 0.5), factor=stage.setting("factor", FACTOR))
    return {"surge": surge}


def _mixture(stage: Stage) -> Mapping[str, Any]:
    parts = (*mixtures.malformed(stage.operation, stage.tokens), *_reading(stage))
    return {"parts": parts, "volley": PAIR}


def _dripping(stage: Stage) -> Mapping[str, Any]:
    """One client fewer than a worker has threads: where all of them meet one worker, a thread is left."""
    return {"slow": round(stage.setting("clients", max(stage.service.threads - 1, 1)))}


def _repeating(stage: Stage) -> Mapping[str, Any]:
    return {"repeat": stage.setting("repeat", REPEAT), "together": stage.setting("together", TOGETHER)}


def _outage(stage: Stage) -> Mapping[str, Any]:
    """Let the dependency of the effect answer nobody for a while, and then everybody."""
    effect = stage.operation.effect
    assert effect is not None
    fault = Fault(id="outage", dependency=effect.dependency, kind="no-answer", call=str(effect.route))
    begin, end = 1.5, 1.5 + OUTAGE  # some reads come before it for any seed: their time is the usual one
    acts = (Meanwhile(at=begin, act=Arm(fault=fault)), Meanwhile(at=end, act=Clear(fault=fault.id)))
    return {"meanwhile": acts, "parts": _reading(stage, 0.5)}


def _ordinary(stage: Stage, delay: float) -> Meanwhile:
    """Return the act that makes the dependency take its time, so that requests are at work when something happens.

    Rate times delay stays below two: services bound their calls, and one worker may have to serve all.
    """
    effect = stage.operation.effect
    assert effect is not None
    fault = Fault(
        id=ORDINARY, dependency=effect.dependency, kind="late", call=str(effect.route), settings={"delay": delay}
    )
    return Meanwhile(at=0.0, act=Arm(fault=fault))


def _killing(stage: Stage) -> Mapping[str, Any]:
    """Two kills: what a worker takes with it may be one of several, and the next one takes the rest."""
    kills = (Meanwhile(at=moment, act=KillWorker()) for moment in (1.0, 2.5))
    return {"meanwhile": (_ordinary(stage, 0.04), *kills)}


def _ending(stage: Stage) -> Mapping[str, Any]:
    return {"meanwhile": (_ordinary(stage, 0.35), Meanwhile(at=1.5, act=TellToStop()))}


def _sized(stage: Stage) -> Mapping[str, Any]:
    return {"parts": mixtures.sizes(stage.operation, stage.tokens, stage.contract)}


def _side_by_side(_: Stage) -> Mapping[str, Any]:
    return {"volley": VOLLEY}


KINDS: Mapping[str, Kind] = {
    "L01": Kind(
        variant="steady",
        title="a steady load: its promises kept, its resources given back",
        workers=1,
        shape=_steady,
        without=_always,
        checks=_leaks,
    ),
    "L03": Kind(
        variant="surge",
        title="a surge, then as before: nothing lost, well again without a restart",
        workers=2,
        rate=20,
        seconds=5.5,
        warmup=0.5,
        shape=_surging,
        without=_always,
        checks=_recovering,
    ),
    "L04": Kind(
        variant="overload",
        title="overload held, then as before: well again without a restart",
        workers=2,
        rate=20,
        seconds=8.5,
        warmup=0.5,
        shape=_surging,
        without=_always,
        checks=_recovering,
    ),
    "L08": Kind(
        variant="mixture",
        title="valid, malformed and reading requests side by side: each treated as alone",
        workers=1,
        seconds=2.5,
        warmup=0.5,
        shape=_mixture,
        without=_without_mixture,
        checks=_mixed,
    ),
    "L09": Kind(
        variant="slow-clients",
        title="slow clients beside the others: nobody waits for them",
        workers=2,
        rate=20,
        seconds=3.0,
        warmup=0.5,
        shape=_dripping,
        without=_without_threads,
        checks=_in_time,
    ),
    "L10": Kind(
        variant="duplicates",
        title="duplicates under load, some of them at the very same instant: one effect for each event",
        workers=2,
        seconds=2.0,
        warmup=0.5,
        shape=_repeating,
        without=_without_event,
        checks=_effects,
    ),
    "L11": Kind(
        variant="outage",
        title="a dependency hangs for a while under load: reads stay right, and all is well after it",
        workers=2,
        rate=20,
        seconds=5.4,
        warmup=0.5,
        shape=_outage,
        without=_without_dependency,
        checks=_through_an_outage,
    ),
    "L12": Kind(
        variant="worker-killed",
        title="workers are killed under load: nothing accepted is lost, the others serve on",
        workers=2,
        rate=30,
        seconds=3.5,
        warmup=0.5,
        shape=_killing,
        without=_without_workers,
        checks=_recovering,
    ),
    "L13": Kind(
        variant="stop",
        title="the service is asked to end under load: what it has begun is answered",
        workers=2,
        rate=5,
        seconds=2.5,
        warmup=0.5,
        shape=_ending,
        without=_without_signal,
        checks=_stopping,
    ),
    "L15": Kind(
        variant="sizes",
        title="payloads up to the limit: in time, and no dearer than their size",
        workers=2,
        rate=8,
        seconds=4.0,
        warmup=0.5,
        shape=_sized,
        without=_without_sizes,
        checks=_in_proportion,
    ),
    "L17": Kind(
        variant="isolation",
        title="callers side by side: each sees only its own data",
        workers=2,
        seconds=2.0,
        warmup=0.5,
        isolation=Isolation.SHARED,
        shape=_side_by_side,
        without=_without_tokens,
        checks=_belonging,
    ),
}
