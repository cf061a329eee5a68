"""A call from being read to its end: the hands that answer it, or that a fault strikes it with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from harness.clock import SECOND
from harness.doubles.arming import Armed
from harness.doubles.kinds import Held
from harness.doubles.line import Line
from harness.doubles.responses import Response
from harness.model.events import CallEnded, FaultFired, Happening
from harness.model.faults import Landed
from harness.model.seams import Clock

HUNG_UP = "the caller hung up"
CLEARED = "the fault was cleared"


class LiveCall:
    """One call at a double. It ends exactly once, and the end is written before the bytes go out.

    Whoever has seen the answer will find the end in the history. ``over`` is called with this call once it ended.
    """

    def __init__(
        self,
        line: Line,
        call_id: int,
        dependency: str,
        record: Callable[[Happening], None],
        over: Callable[[LiveCall], None],
    ) -> None:
        self.line = line
        self.call_id = call_id
        self.dependency = dependency
        self.record = record
        self.ended = False
        self._over = over

    def send(self, response: Response, how: str = "answered") -> None:
        """Send a whole answer."""
        if self._end(how, response.status):
            self.line.answer(response)

    def write(self, data: bytes) -> int:
        """Send ``data`` as it is and go on; return how many bytes wait to be taken."""
        return self.line.push(data)

    def close(self, how: str, last: bytes = b"", status: int = 0) -> None:
        """Send ``last`` as it is, then FIN; ``status`` where the answer is whole with it."""
        if self._end(how, status):
            self.line.close(last)

    def reset(self, how: str) -> None:
        """Send RST at once."""
        if self._end(how):
            self.line.reset()

    def _end(self, how: str, status: int = 0) -> bool:
        """Write the end down; return whether there is still a connection to end it on."""
        if self.ended:
            return False
        self.ended = True
        gone = self.line.gone
        self.record(
            CallEnded(
                dependency=self.dependency,
                call_id=self.call_id,
                status=0 if gone else status,
                how=HUNG_UP if gone else how,
            )
        )
        self._over(self)
        return not gone


class StruckCall:
    """A call in the hands of a fault: what :class:`harness.doubles.kinds.Strike` promises."""

    def __init__(
        self, call: LiveCall, armed: Armed, answer: Response, landed: Landed, clock: Clock, target: str
    ) -> None:
        self._call = call
        self._target = target
        self._armed = armed
        self._answer = answer
        self._landed = landed
        self._clock = clock
        self._arrived = clock.now()

    @property
    def answer(self) -> Response:
        """What the dependency would have answered."""
        return self._answer

    @property
    def target(self) -> str:
        """What the call asked for."""
        return self._target

    @property
    def kept(self) -> dict[str, Response]:
        """What the armed fault keeps from call to call."""
        return self._armed.kept

    def number(self, setting: str) -> float:
        """Return a setting that is a number."""
        return float(self._setting(setting))

    def word(self, setting: str) -> str:
        """Return a setting that is text."""
        value = self._setting(setting)
        return value if isinstance(value, str) else f"{value:g}"

    def _setting(self, name: str) -> float | str:
        return self._armed.fault.settings.get(name, self._armed.kind.settings[name])

    def fired(self, *, asked: float = 0.0, got: float = 0.0, evidence: str = "") -> None:
        """Write down that the fault struck this call."""
        self._call.record(
            FaultFired(
                fault=self._armed.fault.id,
                dependency=self._call.dependency,
                fault_kind=self._armed.kind.name,
                call_id=self._call.call_id,
                landed=self._landed,
                asked=asked,
                got=got,
                evidence=evidence,
            )
        )

    async def hold(self, seconds: float | None) -> Held:
        """Wait, counted from the arrival of the call; timers may fire early, so the clock has the last word."""
        hangup, released = self._call.line.hangup(), self._armed.released
        while not hangup.done() and not released.done():
            left = None if seconds is None else seconds - self._waited()
            if left is not None and left <= 0:
                return Held(seconds=self._waited())
            await asyncio.wait((hangup, released), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        return Held(seconds=self._waited(), why=HUNG_UP if hangup.done() else CLEARED)

    def _waited(self) -> float:
        return (self._clock.now() - self._arrived) / SECOND

    def send(self, response: Response, how: str) -> None:
        """Send a whole answer."""
        self._call.send(response, how)

    def write(self, data: bytes) -> int:
        """Send ``data`` as it is and go on."""
        return self._call.write(data)

    def close(self, how: str, last: bytes = b"", status: int = 0) -> None:
        """Send ``last`` as it is, then FIN."""
        self._call.close(how, last, status)

    def reset(self, how: str) -> None:
        """Send RST at once."""
        self._call.reset(how)
