"""The double of one dependency: a real HTTP server on loopback that plays answers, injects faults and keeps the ledger.

It runs a plain asyncio loop in a thread of its own. Plain, because uvloop's timers fire early, and a delay that is
shorter than asked proves nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, TypeVar

from harness.doubles.arming import Armed
from harness.doubles.desk import FrontDesk
from harness.doubles.door import LOOPBACK, ListeningDoor
from harness.doubles.kinds import Observe
from harness.doubles.ledger import Ledger
from harness.doubles.line import Line
from harness.doubles.registry import fault_kinds, fault_problem
from harness.model.errors import HarnessBug, Problem, ScenarioError, TargetError
from harness.model.events import FaultArmed, FaultCleared, FaultFired
from harness.model.faults import Fault
from harness.model.records import record
from harness.model.seams import Clock, Recorder
from harness.model.services import Dependency

Result = TypeVar("Result")

_WAIT = 10.0
"""Seconds after which the loop not answering is a bug of ours."""


def _wall_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@record
class _Standing:
    """A fault at the door: what takes it away, and what it shows."""

    away: AsyncExitStack
    observe: Observe


class Double:
    """The stand-in for ``dependency``. Every method may be called from any thread and has taken effect when it returns.

    ``salt`` makes the identifiers that it hands out; ``wall_now`` is what ``{now}`` stands for. ``clock`` has to be the
    machine's monotonic clock wherever delays are to be real.
    """

    def __init__(
        self,
        dependency: Dependency,
        *,
        recorder: Recorder,
        clock: Clock,
        salt: str,
        wall_now: Callable[[], str] = _wall_now,
    ) -> None:
        self._ledger = Ledger(dependency, salt, wall_now)
        self._desk = FrontDesk(dependency.name, self._ledger, recorder, clock)
        self._dependency = dependency
        self._door: ListeningDoor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._standing: dict[str, _Standing] = {}

    @property
    def url(self) -> str:
        """The base URL, ``http://127.0.0.1:<port>``; the port stays the same from start to stop."""
        if self._door is None:
            raise HarnessBug(f"the double of {self._dependency.name} has no address before start() and after stop()")
        return f"http://127.0.0.1:{self._door.port}"

    def start(self) -> None:
        """Reserve a port and listen on it; TargetError when the configured one cannot be had."""
        if self._thread is not None:
            raise HarnessBug(f"the double of {self._dependency.name} was started already")
        self._door = self._reserved()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._note_broken)
        self._thread = threading.Thread(
            target=self._loop.run_forever, name=f"double:{self._dependency.name}", daemon=True
        )
        self._thread.start()
        self._wait(self._door.open())

    def _reserved(self) -> ListeningDoor:
        name, port = self._dependency.name, self._dependency.port
        try:
            return ListeningDoor(lambda: Line(self._desk), self._desk, port)
        except OSError as error:
            raise TargetError(
                f"the double of {name} cannot listen on {LOOPBACK}:{port}: {error.strerror}; end what listens there, "
                f"or give dependencies.{name}.port a free port and start the service with it"
            ) from error

    def stop(self) -> None:
        """Clear every fault, close every connection and the port, and end the thread. A second stop does nothing.

        HarnessBug when something of the double's own broke while it ran: what it recorded cannot be trusted then.
        """
        if self._loop is None or self._thread is None:
            return
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_WAIT)
        self._loop.close()
        self._loop = self._thread = self._door = None
        if self._desk.broken:
            raise HarnessBug(f"the double of {self._dependency.name} broke: {'; '.join(self._desk.broken)}")

    def arm(self, fault: Fault) -> None:
        """Arm ``fault``; it counts calls from now on. ScenarioError when it cannot be armed, and why."""
        problem = fault_problem(fault)
        if not problem and fault.dependency != self._dependency.name:
            problem = f"it is for the dependency '{fault.dependency}', not for '{self._dependency.name}'"
        if not problem and fault.id in self._desk.armoury.armed:
            problem = "it is armed already; clear it first"
        if problem:
            raise ScenarioError((Problem(message=problem, key=f"fault {fault.id}"),))
        self._wait(self._arm(fault))

    def clear(self, fault_id: str) -> None:
        """Clear an armed fault and release the calls that it holds; KeyError when it is not armed."""
        self._wait(self._clear(fault_id))

    def clear_all(self) -> None:
        """Clear every armed fault."""
        self._wait(self._clear_all())

    def observe(self) -> tuple[str, ...]:
        """Record the strikes of faults that no call shows; return a sentence for each that cannot be observed here.

        To be asked when a case has settled. Clearing such a fault asks a last time.
        """
        return self._wait(self._observe())

    def struck(self, fault_id: str) -> int:
        """Return how many calls an armed fault has struck so far; 0 for one that is not armed."""
        return self._wait(self._struck(fault_id))

    def open_calls(self) -> int:
        """Return how many calls are being read or not yet ended; 0 when stopped."""
        return self._wait(self._count()) if self._loop else 0

    def last_activity(self) -> int:
        """Return when something last moved here: a byte in, an answer out, a connection (monotonic nanoseconds)."""
        return self._desk.last_activity

    def forget(self) -> None:
        """Drop state, known keys and counts, as a fresh dependency has none. Calls keep their running numbers."""
        self._wait(self._forget())

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run ``work`` on the loop and wait for it."""
        if self._loop is None:
            work.close()
            raise HarnessBug(f"the double of {self._dependency.name} is not running")
        done: Future[Result] = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return done.result(_WAIT)
        except TimeoutError as error:
            done.cancel()
            raise HarnessBug(f"the double of {self._dependency.name} did not answer within {_WAIT:g} s") from error

    def _note_broken(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._desk.broken.append(f"{context['message']}: {context.get('exception')!r}")

    async def _struck(self, fault_id: str) -> int:
        armed = self._desk.armoury.armed.get(fault_id)
        return armed.struck if armed else 0

    async def _count(self) -> int:
        return self._desk.open_calls()

    async def _forget(self) -> None:
        self._ledger.forget()

    async def _arm(self, fault: Fault) -> None:
        armed = Armed(fault, fault_kinds()[fault.kind])
        self._desk.record(FaultArmed(fault=fault))
        self._desk.armoury.armed[fault.id] = armed
        if armed.kind.stand is not None and self._door is not None:
            async with AsyncExitStack() as stack:
                observe = await stack.enter_async_context(armed.kind.stand(self._door))
                self._standing[fault.id] = _Standing(away=stack.pop_all(), observe=observe)

    async def _clear(self, fault_id: str) -> None:
        """Take the fault away, let the calls that it holds end, then say how often it struck."""
        armed = self._desk.armoury.armed.pop(fault_id)
        armed.released.set_result(None)
        if armed.strikes:
            await asyncio.wait(armed.strikes)
        standing = self._standing.pop(fault_id, None)
        if standing is not None:
            self._observe_one(armed, standing)
            await standing.away.aclose()
        self._desk.record(FaultCleared(fault=fault_id, fired=armed.struck))

    async def _clear_all(self) -> None:
        for fault_id in tuple(self._desk.armoury.armed):
            await self._clear(fault_id)

    async def _observe(self) -> tuple[str, ...]:
        armed = self._desk.armoury.armed
        return tuple(filter(None, [self._observe_one(armed[name], it) for name, it in self._standing.items()]))

    def _observe_one(self, armed: Armed, standing: _Standing) -> str:
        """Record the strikes since the last look; return why there can be none to record."""
        seen = standing.observe()
        if seen.strikes > armed.struck:
            self._desk.record(
                FaultFired(
                    fault=armed.fault.id,
                    dependency=self._dependency.name,
                    fault_kind=armed.kind.name,
                    landed=armed.landed,
                    evidence=seen.evidence,
                )
            )
            armed.struck = seen.strikes
        return seen.blind and f"fault {armed.fault.id} ({armed.kind.name} at {self._dependency.name}): {seen.blind}"

    async def _close(self) -> None:
        await self._clear_all()
        if self._door is not None:
            self._door.release()
        while self._desk.lines:
            for line in tuple(self._desk.lines):
                line.reset()
            await asyncio.sleep(0)
