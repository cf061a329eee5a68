"""What the probes see while a case runs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from harness.clock import SECOND, FakeClock, SystemClock
from harness.history.memory import MemoryRecorder
from harness.model.events import Stalled, Watched
from harness.model.messages import Answer
from harness.model.services import Route
from harness.probes.resources import Sample, sample
from harness.probes.stalls import stall_control, worst_oversleep
from harness.probes.watch import watching

FAST, HANGS = Route(method="GET", path="/fast"), Route(method="GET", path="/hangs")


class Scripted:
    """Answers the fast route at once and lets the other run into its timeout."""

    def fetch(self, route: Route, timeout: float) -> Answer | None:
        """Answer by the route."""
        if route == FAST:
            return Answer(status=200)
        time.sleep(timeout)
        return None


def test_a_route_that_hangs_does_not_hide_another() -> None:
    """Each route is probed on its own: the fast one often, the hanging one with status 0 and its full time."""
    recorder = MemoryRecorder()
    with watching(Scripted(), (FAST, HANGS), "c", recorder, SystemClock(), every=0.02, timeout=0.2):
        time.sleep(0.5)
    seen = [event.what for event in recorder.events if isinstance(event.what, Watched)]
    fast = [one for one in seen if one.route == "GET /fast"]
    hangs = [one for one in seen if one.route == "GET /hangs"]
    assert ({one.status for one in fast}, {one.status for one in hangs}) == ({200}, {0})
    assert (len(fast) > len(hangs) > 0, min(one.took for one in hangs) >= 0.2) == (True, True)


def test_probes_are_recorded_at_their_start() -> None:
    """A probe's event lies where it began, and a source's events are in order."""
    recorder = MemoryRecorder()
    before = time.monotonic_ns()
    with watching(Scripted(), (HANGS,), "c", recorder, SystemClock(), every=0.01, timeout=0.05):
        time.sleep(0.01)
    moments = [event.at for event in recorder.events]
    assert (moments == sorted(moments), moments[0] - before < 0.05 * SECOND) == (True, True)


def test_no_routes_no_probes() -> None:
    """Watching nothing records nothing."""
    recorder = MemoryRecorder()
    with watching(Scripted(), (), "c", recorder, SystemClock()):
        pass
    assert recorder.events == []


class Late(FakeClock):
    """A clock whose third nap takes 80 ms longer than asked."""

    naps = 0

    def sleep(self, seconds: float) -> None:
        """Move on, the third time by more."""
        self.naps += 1
        super().sleep(seconds + (0.08 if self.naps == 3 else 0.0))


def test_the_worst_oversleep_of_a_window() -> None:
    """The longest oversleep counts, however many naps were on time."""
    assert worst_oversleep(Late(), 0.5) == Stalled(worst=0.08, window=0.5)


def test_stalls_are_recorded_while_the_block_runs() -> None:
    """Every window is recorded, the last one cut short, and the thread ends with the block."""
    recorder = MemoryRecorder()
    before = threading.active_count()
    with stall_control(recorder, SystemClock(), window=0.05):
        time.sleep(0.25)
    seen = [event.what for event in recorder.events if isinstance(event.what, Stalled)]
    assert (len(seen) >= 2, threading.active_count(), all(one.worst >= 0 for one in seen)) == (True, before, True)


def test_resources_of_processes() -> None:
    """A living process counts with its memory, descriptors and threads; a vanished one for nothing."""
    code = (
        "import os, sys; fds = [os.open('/dev/null', 0) for _ in range(50)]; print('up', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    alive = sample([child.pid])
    child.communicate()
    gone = sample([child.pid])
    assert (alive.rss > 1_000_000, alive.descriptors >= 53, alive.threads, alive.processes) == (True, True, 1, 1)
    assert gone == Sample()


def test_a_zombie_holds_nothing() -> None:
    """A process that ended and was not collected yet is not a living one."""
    child = subprocess.Popen([sys.executable, "-S", "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    found = sample([child.pid, os.getpid()])
    child.wait()
    assert found.processes == 1
