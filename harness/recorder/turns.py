"""Both directions of one connection as turns: a request and what came of it. A state machine, no I/O.

Requests are answered in their order (RFC 9112, section 9.3.2), so the k-th final answer is that of the k-th request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from harness.model.messages import Silence
from harness.recorder.framing import Message, Splitter

_REQUEST = 16 << 20
"""Bytes that are kept of a request."""

_ANSWER = 1 << 20
"""Bytes that are kept of an answer, as the harness's own client keeps them."""

_NO_BODY = frozenset({204, 304})


class Purse:
    """The bytes that may be kept in all; ``empty`` once some had to be left out."""

    def __init__(self, most: int) -> None:
        self._left = most
        self.empty = False

    def take(self, bound: int, kept: int, wanted: int) -> int:
        """Return how many of ``wanted`` bytes a message may keep that has ``kept`` some and may keep ``bound``."""
        allowed = max(0, min(wanted, bound - kept))
        granted = min(allowed, self._left)
        self._left -= granted
        self.empty = self.empty or granted < allowed
        return granted


@dataclass(kw_only=True, slots=True)
class Turn:
    """One request and what came of it. ``ended`` (seconds) 0: it is still at work.

    ``silence`` tells why there is no answer. ``half_closed``: the caller had said all that it would before an answer
    came. ``unread``: an answer came when nobody was there to read it any more.
    """

    request: Message
    answer: Message | None = None
    silence: Silence | None = None
    ended: float = 0.0
    half_closed: bool = False
    unread: bool = False


class Tape:
    """What went over one connection; ``strange`` counts answers to nothing."""

    def __init__(self, purse: Purse) -> None:
        self.turns: list[Turn] = []
        self.strange = 0
        self._first_open = 0
        self._half_closed = 0.0
        self._caller = Splitter(begun=self._asks, over=_leave, room=partial(purse.take, _REQUEST))
        self._other = Splitter(
            begun=_leave, over=self._comes, room=partial(purse.take, _ANSWER), bodiless=self._bodiless
        )

    @property
    def open(self) -> bool:
        """Whether a request waits for its answer."""
        return self._first_open < len(self.turns)

    def ended(self) -> Tape:
        """Return a tape of the turns that have ended, which does not change any more; called from any thread."""
        known = Tape(Purse(0))
        known.turns = [replace(turn) for turn in list(self.turns) if turn.ended]
        known.strange = self.strange
        return known

    def asked(self, data: bytes, at: float) -> None:
        """Take bytes of the caller, which came ``at`` (seconds)."""
        self._caller.feed(data, at)

    def answered(self, data: bytes, at: float) -> None:
        """Take bytes of the other side."""
        self._other.feed(data, at)

    def asked_all(self, at: float) -> None:
        """Take the end of the caller's direction (FIN): it may still read, or be gone."""
        self._caller.end(at)
        self._half_closed = at
        for turn in self.turns[self._first_open :]:
            turn.half_closed = True

    def answered_all(self, at: float) -> None:
        """Take the end of the other side's direction (FIN)."""
        self.other_gone(Silence.CLOSED, at)

    def other_gone(self, silence: Silence, at: float) -> None:
        """Take that the other side is gone, or never was there, for the reason ``silence``."""
        self._caller.end(at)
        self._other.end(at)
        self._all_end(silence, at)

    def caller_gone(self, at: float) -> None:
        """Take that nobody reads an answer any more; it left when its direction ended, where that came before.

        An answer whose head had come by then is one, not whole.
        """
        self._caller.end(at)
        left = self._half_closed or at
        answer = self._other.under_way
        if self.open and answer is not None and answer.readable and answer.began < left:
            self._comes(answer)
        for turn in self.turns:
            if turn.half_closed and (turn.ended or at) > left:
                turn.answer, turn.unread, turn.silence = None, turn.answer is not None, Silence.ABANDONED
                turn.ended = left
        self._all_end(Silence.ABANDONED, left)

    def stopped(self) -> None:
        """Take the end of the recording: what is at work stays without an end."""
        answer = self._other.under_way
        if answer is not None and self.open:
            self.turns[self._first_open].answer = answer

    def _asks(self, message: Message) -> None:
        self.turns.append(Turn(request=message))

    def _bodiless(self, status: int) -> bool:
        method = self.turns[self._first_open].request.method if self.open else ""
        return status < 200 or status in _NO_BODY or method == "HEAD"

    def _comes(self, answer: Message) -> None:
        """Take an answer that ended, whole or not, to the request that waits for one; interim ones are passed over."""
        if answer.readable and answer.status < 200:
            return
        if not self.open:
            self.strange += 1
            return
        turn = self.turns[self._first_open]
        turn.answer, turn.ended = answer, answer.last
        self._first_open += 1

    def _all_end(self, silence: Silence, at: float) -> None:
        for turn in self.turns[self._first_open :]:
            turn.silence, turn.ended = silence, at
        self._first_open = len(self.turns)


def _leave(_: Message) -> None:
    """Leave a message to come to its end."""
