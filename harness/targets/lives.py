"""What becomes of a service's processes, written down once each: started, ready, worker-lost, died, stopped.

What was killed on purpose is written down as that, and is no loss.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from harness.model.events import ProcessSeen
from harness.model.seams import Recorder
from harness.targets import proc
from harness.targets.logs import cause, mentions
from harness.targets.process import Supervised
from harness.targets.ready import ending

_PLANNED = "Autorestarting worker"
"""What gunicorn says of a worker that reached its own max_requests: a planned end is no loss."""


class Lives:
    """The record of one instance's processes. ``workers`` of them are direct children; 0: not told apart."""

    def __init__(
        self, number: int, supervised: Supervised, logs: tuple[Path, ...], recorder: Recorder, *, workers: int
    ) -> None:
        self.wanted = workers
        self._number = number
        self._supervised = supervised
        self._logs = logs
        self._recorder = recorder
        self._known: frozenset[int] = frozenset()
        self._killed: set[int] = set()
        self._asked = False
        self._dead = self._stopped = False
        self._note("started", supervised.pid)

    def killed(self, pids: Iterable[int]) -> None:
        """Note that these processes are about to be killed on purpose."""
        for pid in pids:
            if pid not in self._killed:
                self._killed.add(pid)
                self._note("killed", pid, "SIGKILL, as planned")

    def told_to_stop(self) -> None:
        """Note that the service is about to be asked to end: whatever ends from now on was meant to."""
        self._asked = True
        self._note("told-to-stop", self._supervised.pid, "SIGTERM, as planned")

    def reborn(self, supervised: Supervised) -> None:
        """Go on with the service that was started in the place of one that was killed."""
        self._supervised, self._known, self._dead = supervised, frozenset(), False
        self._note("started", supervised.pid)

    def ready(self, seconds: float) -> None:
        """Note that the service answers, ``seconds`` after its start; from now on a vanished worker is a lost one."""
        self._known = self._workers()
        self._note("ready", self._supervised.pid, f"after {seconds:.2f} s")

    def look(self) -> None:
        """Note workers that vanished since the last look, and the end of the whole."""
        if self._stopped or self._dead or self._asked:
            return
        status = self._supervised.poll()
        if status is not None:
            self._dead = True
            if self._supervised.pid in self._killed:
                return
            raised = cause(self._logs)
            self._note("died", self._supervised.pid, ending(status) + (f": {raised}" if raised else ""))
            return
        now = self._workers()
        for pid in sorted(self._known - now - self._killed):
            said = mentions(self._logs, pid)
            if _PLANNED not in said:
                self._note("worker-lost", pid, said)
        self._known = now

    def stop(self) -> None:
        """Take everything down and note it, with what had to be killed."""
        if self._stopped:
            return
        self.look()
        self._stopped = True
        killed = self._supervised.stop()
        shutil.rmtree(self._supervised.remove, ignore_errors=True)
        detail = f"did not end on SIGTERM, killed: {', '.join(map(str, killed))}" if killed else ""
        self._note("stopped", self._supervised.pid, detail)

    def _workers(self) -> frozenset[int]:
        return frozenset(proc.children().get(self._supervised.pid, ())) if self.wanted else frozenset()

    def _note(
        self,
        what: Literal["started", "ready", "worker-lost", "died", "stopped", "killed", "told-to-stop"],
        pid: int,
        detail: str = "",
    ) -> None:
        seen = ProcessSeen(what=what, instance=self._number, pid=pid, detail=detail)
        self._recorder.record(f"process-{self._number}", seen)
