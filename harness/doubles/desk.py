"""Where every call of a double is written down, let happen, and answered or struck. Lives on the double's loop."""

from __future__ import annotations

import asyncio
import itertools

from harness.doubles.arming import Armed, Armoury
from harness.doubles.asked import Asked
from harness.doubles.calls import LiveCall, StruckCall
from harness.doubles.ledger import Ledger, Matched
from harness.doubles.line import Line
from harness.doubles.responses import Response, json_response
from harness.model.events import CallReceived, Effect, Happening
from harness.model.faults import Landed
from harness.model.seams import Clock, Recorder


class FrontDesk:
    """Deals with the calls of one dependency; calls are numbered from 1 for the life of the double."""

    def __init__(self, dependency: str, ledger: Ledger, recorder: Recorder, clock: Clock) -> None:
        self.armoury = Armoury()
        self.lines: set[Line] = set()
        self.last_activity = clock.now()
        self.shut = False
        self.broken: list[str] = []
        self._dependency = dependency
        self._ledger = ledger
        self._recorder = recorder
        self._clock = clock
        self._ids = itertools.count(1)
        self._open: set[LiveCall] = set()

    def record(self, what: Happening) -> None:
        """Write down what happened here; remember where that failed: asyncio drops a protocol's OSError unseen."""
        self.stirred()
        try:
            self._recorder.record(f"double:{self._dependency}", what)
        except Exception as error:  # whatever kept it from being written, the ledger is no longer whole
            self.broken.append(f"{what.kind} was not written: {error!r}")
            raise

    def stirred(self) -> None:
        """Note that something moves."""
        self.last_activity = self._clock.now()

    def opened(self, line: Line) -> None:
        """Take a new connection; one that slipped in while the door was being shut is reset."""
        self.stirred()
        self.lines.add(line)
        if self.shut:
            line.reset()

    def lost(self, line: Line) -> None:
        """Forget a connection."""
        self.stirred()
        self.lines.discard(line)

    def open_calls(self) -> int:
        """Count the calls that are being read or not yet ended."""
        return len(self._open) + sum(line.reading for line in self.lines)

    def drop_idle(self) -> None:
        """Close the connections on which no call is being read or answered."""
        for line in tuple(self.lines):
            if not line.busy and not line.reading:
                line.close()

    def receive(self, line: Line, asked: Asked) -> None:
        """Write a call down, then answer it or give it to the fault that strikes it."""
        matched = self._ledger.match(asked)
        call = self._begin(line, matched.name, asked.method, asked.target, asked)
        n = self._ledger.count(matched)
        armed = self.armoury.striking(matched.name)
        landed = Landed.WHOLE if armed is None else _landed(armed, matched)
        answer = self._answer(matched, asked, call.call_id, n, landed)
        if armed is None:
            call.send(answer)
        else:
            self._strike(call, StruckCall(call, armed, answer, landed, self._clock, asked.target), armed)

    def garbled(self, line: Line, data: bytes, error: str) -> None:
        """Write down bytes that are not HTTP as an undeclared call without method or target; answer 400 and close."""
        call = self._begin(line, "", "", "", Asked(method="", target="", path="", query="", headers=(), body=data))
        call.send(json_response(400, '{"error": "not HTTP/1.1"}'), f"not HTTP/1.1: {error}")

    def _begin(self, line: Line, name: str, method: str, target: str, asked: Asked) -> LiveCall:
        call = LiveCall(line, next(self._ids), self._dependency, self.record, self._open.discard)
        self._open.add(call)
        self.record(
            CallReceived(
                dependency=self._dependency,
                call_id=call.call_id,
                call=name,
                method=method,
                target=target,
                headers=asked.headers,
                body=asked.body,
            )
        )
        return call

    def _answer(self, matched: Matched, asked: Asked, call_id: int, n: int, landed: Landed) -> Response:
        """Let the effect land, or not, and return what the dependency answers to the call."""
        if landed is Landed.NONE:
            return self._ledger.answer(matched, asked, call_id, n)
        landing = self._ledger.land(matched, asked, call_id, n)
        if landing.effect is not None:
            key, new = landing.effect
            self.record(Effect(dependency=self._dependency, call_id=call_id, call=matched.name, key=key, new=new))
        return landing.response

    def _strike(self, call: LiveCall, struck: StruckCall, armed: Armed) -> None:
        task = asyncio.get_running_loop().create_task(_struck(armed, struck, call))
        armed.strikes.add(task)
        task.add_done_callback(armed.strikes.discard)
        task.add_done_callback(self._struck_over)

    def _struck_over(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.broken.append(f"a strike failed: {error!r}")


async def _struck(armed: Armed, struck: StruckCall, call: LiveCall) -> None:
    """Carry a strike out; a call that it leaves open would never end, so it is closed whatever happens."""
    strike = armed.kind.strike
    try:
        if strike is not None:
            await strike(struck)
    finally:
        call.close("closed: the fault left it open")


def _landed(armed: Armed, matched: Matched) -> Landed:
    """Return whether the effect lands: nothing can land at a call that nobody declared."""
    return Landed.NONE if matched.call is None else armed.landed
