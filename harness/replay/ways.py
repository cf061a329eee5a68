"""An incident in every way that must come to the same: as it is, in another order, at another pace.

Where it does not, its steps do not wait for all that decides what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from harness.model.cases import Case
from harness.model.exits import Exit
from harness.model.incidents import Incident
from harness.plan.varied import shuffled, slowed
from harness.replay.replaying import Replay, Replayed

Way = Callable[[Case, int], Case]

WAYS: Mapping[str, Way] = {
    "shuffled": shuffled,
    "slowed": lambda case, _seed: slowed(case),
}
"""The other ways, by the word that an incident's name gains."""


def in_every_way(incidents: Iterable[Incident], seed: int) -> tuple[Incident, ...]:
    """Return each incident as it is and in every other way in which its case is another one."""
    return tuple(way for incident in incidents for way in (incident, *_others(incident, seed)))


def agreeing(done: Replay) -> Replay:
    """Return what a replay in every way came to, with what is said of ways that disagree; then it is no pass."""
    doubts = tuple(_doubts(done.replayed))
    worse = doubts and done.exit == Exit.PASS
    return replace(done, doubts=doubts, exit=Exit.UNKNOWN if worse else done.exit)


def _others(incident: Incident, seed: int) -> Iterator[Incident]:
    for word, way in WAYS.items():
        case = way(incident.case, seed)
        if case != incident.case:
            yield replace(incident, name=f"{incident.name}-{word}", case=case)


def _doubts(seen: tuple[Replayed, ...]) -> Iterator[str]:
    came = {each.incident.name: each.came for each in seen}
    for name, usual in came.items():
        for word in WAYS:
            other = came.get(f"{name}-{word}", usual)
            if other != usual:
                yield f"{name}: {usual} as it is, {other} {word}: its steps do not wait for all that decides"
