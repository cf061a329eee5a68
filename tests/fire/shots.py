"""Runs that are ended by a signal at a random moment, spread evenly over the course of a whole run."""

from __future__ import annotations

import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tests.fire.aftermath import complaints, killed
from tests.fire.victim import begun, end, heeds_signals, small_run, until

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
ENTRIES = ("MJ06", "D01", "T02", "L01")
"""Some of each family that sends."""
LONGEST = 600.0
"""Seconds after which a run that nobody ends counts as hanging."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A signal, and when it comes: a part of the time that a whole run takes (0: at its start)."""

    first: signal.Signals
    part: float

    def __str__(self) -> str:
        return f"{self.first.name} at {self.part:.0%}"


def shots(times: int, seed: int) -> Iterator[Shot]:
    """Yield ``times`` shots, those of each signal at random moments all over a run, in random order."""
    draw = random.Random(seed)
    drawn = [
        Shot(first=SIGNALS[number % len(SIGNALS)], part=(number + draw.random()) / times) for number in range(times)
    ]
    draw.shuffle(drawn)
    yield from drawn


def under_fire(times: int, seed: int) -> Iterator[tuple[Shot, list[str]]]:
    """Yield what there is to complain of after each of ``times`` shots; nothing is as promised.

    A shot that came too late, since the machine was slower before, is fired anew in half the time.
    """
    whole = length()
    for planned in shots(times, seed):
        shot, found = planned, None
        while found is None:
            with tempfile.TemporaryDirectory(prefix="fire-") as place:
                found = struck(Path(place), shot, whole)
            if found is None:
                shot = replace(shot, part=shot.part / 2)
        yield shot, found


def length() -> float:
    """Return the seconds that a run takes which nobody ends."""
    with tempfile.TemporaryDirectory(prefix="fire-") as place:
        began = time.monotonic()
        process = begun(Path(place), *small_run(Path(place), ENTRIES))
        try:
            process.wait(LONGEST)
        finally:
            process.kill()
        return time.monotonic() - began


def struck(place: Path, shot: Shot, whole: float) -> list[str] | None:
    """Start a run, end it when its moment comes, and return what there is to complain of; None: it was over by then.

    The moment is counted from when it heeds signals: before, Python itself ends in its own way, and nothing has begun.
    """
    process = begun(place, *small_run(place, ENTRIES))
    until(lambda: heeds_signals(process.pid), process)
    with suppress(subprocess.TimeoutExpired):
        process.wait(shot.part * whole)
    if process.poll() is not None:
        return None
    code = killed(process, shot.first) if shot.first is signal.SIGKILL else end(process, shot.first)
    return complaints(place, shot.first, code)
