"""The order in which seen exchanges happened, as steps: by answers and by calls that are held, never by sleeps.

What did not overlap is sent one after the other. What was at work at the same time is sent at the same instant; where
one began while another waited for a dependency, that call is held until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.incident.troubles import Wait
from harness.model.faults import Fault
from harness.model.records import record
from harness.model.steps import Arm, AwaitStrike, Begin, Clear, Collect, Pause, Send, Settle, Step, Together

APART = 0.05
"""Seconds between an end and the next start from which on the service came to rest between them."""

ARRIVED = 0.15
"""Seconds for which a held call waits for a request that came meanwhile and outlived it: nothing shows its arrival."""


@record
class Played:
    """A seen exchange as it is sent again: ``since`` and ``until`` in seconds of the capture."""

    send: Send
    since: float
    until: float
    faults: tuple[Fault, ...] = ()
    waits: tuple[Wait, ...] = ()
    after: tuple[Step, ...] = ()


def steps_of(played: Sequence[Played]) -> tuple[Step, ...]:
    """Return the steps that send what was seen, in the order in which it was."""
    crowds = tuple(_crowds(played))
    found: list[Step] = []
    for place, crowd in enumerate(crowds):
        found += _armed(crowd)
        following = crowds[place + 1] if place + 1 < len(crowds) else ()
        if _rests(crowd, following):
            found.append(Settle())
        found += [step for each in crowd for step in each.after]
    if not isinstance(found[-1], Settle):
        found.append(Settle())
    return tuple(found)


def _crowds(played: Sequence[Played]) -> Iterator[tuple[Played, ...]]:
    """Yield the exchanges in groups of which none was at work when another's was, in the order of their starts."""
    crowd: list[Played] = []
    for each in sorted(played, key=lambda each: each.since):
        if crowd and each.since >= max(other.until for other in crowd):
            yield tuple(crowd)
            crowd = []
        crowd.append(each)
    if crowd:
        yield tuple(crowd)


def _rests(crowd: Sequence[Played], following: Sequence[Played]) -> bool:
    """Tell whether the service came to rest behind a crowd; where no times are known, it did."""
    if not following:
        return True
    timed = all(each.until > each.since for each in crowd)
    return not timed or following[0].since - max(each.until for each in crowd) >= APART


def _armed(crowd: Sequence[Played]) -> Iterator[Step]:
    """Yield the steps of one crowd between the arming and the clearing of its faults."""
    faults = [fault for each in crowd for fault in each.faults]
    yield from (Arm(fault=fault) for fault in faults)
    yield from _together(crowd)
    yield from (Clear(fault=fault.id) for fault in faults)


def _together(crowd: Sequence[Played]) -> Iterator[Step]:
    if len(crowd) == 1:
        yield crowd[0].send
    elif wait := _wait(crowd):
        yield from _held(crowd, wait)
    elif max(each.since for each in crowd) < min(each.until for each in crowd):
        yield Together(sends=tuple(each.send for each in crowd))
    else:
        yield from _by_turns(crowd)


def _wait(crowd: Sequence[Played]) -> Wait | None:
    """Return the call of the first exchange during which the second began; None: none is known."""
    first, second = crowd[0], crowd[1]
    began = second.since - first.since
    return next((wait for wait in first.waits if wait.since <= began < wait.until), None)


def _held(crowd: Sequence[Played], wait: Wait) -> Iterator[Step]:
    """Yield the first, held at its call, then the others: those that ended meanwhile before the call goes on."""
    first, others = crowd[0], crowd[1:]
    until = first.since + wait.until
    within = [each for each in others if each.until <= until]
    beyond = [each for each in others if each.until > until]
    if not wait.own:
        yield Arm(fault=wait.fault)
    yield Begin(send=first.send)
    yield AwaitStrike(fault=wait.fault.id)
    yield from _by_turns(within)
    yield from (Begin(send=each.send) for each in beyond)
    if not wait.own:
        yield from (Pause(seconds=ARRIVED) for _ in beyond[:1])
        yield Clear(fault=wait.fault.id)
    yield from (Collect(of=each.send.label) for each in (first, *beyond))


def _by_turns(crowd: Sequence[Played]) -> Iterator[Step]:
    """Yield what began and ended in this order; what ended before anything else happened is sent and awaited."""
    moments = _moments(crowd)
    for place, (_, ends, each) in enumerate(moments):
        if not ends:
            alone = place + 1 < len(moments) and moments[place + 1][2] is each
            yield each.send if alone else Begin(send=each.send)
        elif moments[place - 1][2] is not each:
            yield Collect(of=each.send.label)


def _moments(crowd: Iterable[Played]) -> list[tuple[float, bool, Played]]:
    """Return the starts and ends in order; of one exchange the start comes first."""
    both = [(moment, ends, each) for each in crowd for moment, ends in ((each.since, False), (each.until, True))]
    return sorted(both, key=lambda moment: (moment[0], moment[1]))
