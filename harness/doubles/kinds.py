"""What a kind of fault is made of, and what it may do to a call or to the door.

A kind is a record in a file of its own in :mod:`harness.doubles.faults`. Most kinds strike a call that was read
(:class:`Strike`); a kind that keeps calls from arriving at all stands at the door instead (:class:`Door`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import field
from typing import Protocol

from harness.doubles.responses import Response
from harness.model.faults import Landed
from harness.model.records import record

Settings = Mapping[str, float | str]
"""The settings of a fault by name; durations in seconds."""


@record
class Held:
    """How a hold ended: after how many ``seconds``, and ``why`` it ended early (empty: it ran its time)."""

    seconds: float
    why: str = ""


class Strike(Protocol):
    """One call in the hands of a fault. The effect has landed already where the fault says so.

    A strike says once that it :meth:`fired`, then ends the call by one of ``send``, ``close`` and ``reset``; ``how`` is
    what the history says of the end. Where the caller hung up first, the history says that instead.
    """

    @property
    def answer(self) -> Response:
        """What the dependency would have answered."""
        ...

    @property
    def target(self) -> str:
        """What the call asked for: path and query as sent."""
        ...

    @property
    def kept(self) -> dict[str, Response]:
        """Answers that this armed fault keeps from one call to the next; empty when it is armed."""
        ...

    def number(self, setting: str) -> float:
        """Return a setting that is a number."""
        ...

    def word(self, setting: str) -> str:
        """Return a setting that is text; a number given for it is written without trailing zeros."""
        ...

    def fired(self, *, asked: float = 0.0, got: float = 0.0, evidence: str = "") -> None:
        """Write down that the fault struck, with the seconds asked and got for kinds that take time."""
        ...

    async def hold(self, seconds: float | None) -> Held:
        """Wait ``seconds`` (None: without end), until the fault is cleared, or until the caller hangs up."""
        ...

    def send(self, response: Response, how: str) -> None:
        """Send a whole answer."""
        ...

    def write(self, data: bytes) -> int:
        """Send ``data`` as it is and go on; return how many bytes the caller has not taken yet."""
        ...

    def close(self, how: str, last: bytes = b"", status: int = 0) -> None:
        """Send ``last`` as it is, then FIN. ``status`` is that of an answer which is whole with these bytes."""
        ...

    def reset(self, how: str) -> None:
        """Send RST at once."""
        ...


class Door(Protocol):
    """The double's listening socket, for kinds that keep connections from being made."""

    @property
    def port(self) -> int:
        """The port, which stays reserved while the door is shut."""
        ...

    async def shut(self) -> None:
        """Stop listening (connects are then refused by the kernel) and close idle connections."""
        ...

    async def reopen(self) -> None:
        """Listen again, once every ``shut`` was undone."""
        ...


@record
class Observation:
    """What a standing fault can show since it was armed: how often it struck, and how that is known.

    No ``strikes`` with ``blind`` set: it may have struck, but this machine cannot tell, for the reason given.
    """

    strikes: int
    evidence: str = ""
    blind: str = ""


Observe = Callable[[], Observation]
"""Asked by any thread, at any time while the fault stands."""


def _allow(_: Settings) -> str:
    return ""


@record
class FaultKind:
    """A kind of fault: exactly one of ``strike`` (a call) and ``stand`` (at the door).

    ``landed`` is whether the effect lands where a fault does not say, or what tells it by the settings. ``settings``
    gives every setting its default, which also fixes its type; ``durations`` names those that are seconds, which
    scenarios write with a unit; ``choices`` lists the words that a setting may take; ``refuse`` says what is wrong with
    settings that are of the right types (empty: nothing).
    """

    name: str
    doc: str
    landed: Landed | Callable[[Settings], Landed] = Landed.NONE
    settings: Settings = field(default_factory=dict)
    durations: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refuse: Callable[[Settings], str] = _allow
    strike: Callable[[Strike], Awaitable[None]] | None = None
    stand: Callable[[Door], AbstractAsyncContextManager[Observe]] | None = None

    def __post_init__(self) -> None:
        """Refuse a kind that does nothing, or two things, or whose duration is no number that it knows."""
        if (self.strike is None) == (self.stand is None):
            raise ValueError(f"the kind '{self.name}' has to either strike a call or stand at the door")
        wrong = sorted(name for name in self.durations if not isinstance(self.settings.get(name), float))
        if wrong:
            raise ValueError(f"the kind '{self.name}' has no number of seconds called {', '.join(wrong)}")

    def lands(self, settings: Settings) -> Landed:
        """Return whether the effect lands with ``settings``, those that are not given being the defaults."""
        return self.landed if isinstance(self.landed, Landed) else self.landed({**self.settings, **settings})
