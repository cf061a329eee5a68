"""``harness record``: the service behind a relay, its dependencies behind relays, and what they saw as a capture.

A dependency is the real one where ``forward`` says where that is, and its double with the configured answers where not.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from harness.clock import SystemClock
from harness.doubles import Double
from harness.history import directory as files
from harness.model.captures import Capture
from harness.model.errors import ScenarioError, UnsavedError, UsageError
from harness.model.events import Event, Happening, LogLine
from harness.model.records import record
from harness.model.services import Configuration, Dependency, Server
from harness.recorder.capturing import Seen, captured
from harness.recorder.relay import Relay, Switchboard
from harness.recorder.turns import Tape
from harness.redaction.captures import kept
from harness.report.progress import Progress
from harness.targets.instance import Capability, Instance
from harness.targets.launch import launch
from harness.targets.url import refuse_remote

_MOST = 32 << 20
"""Bytes that are kept in all: a capture has to be read by people, and by ``harness incident new``."""

_LINES = 10_000
"""Lines of the service's log that are kept, the last ones."""

_REST = 1.0
"""Seconds that what is at work gets at the end."""

_LOOK = 0.1
_KEEP = 2.0
"""Seconds from one writing of what was seen to the next, at least."""

_GOING_ON = "the recording went on when this was written: what ended later is not here"


@record
class Taping:
    """What is to be recorded: for how many ``seconds`` (None: until it is interrupted), into which ``file``.

    ``file`` None is a new one in the current directory. ``listen`` is the port of the relay in front of the service (0:
    any). ``forward`` holds ``NAME=URL`` for each dependency that is there for real.
    """

    file: Path | None = None
    seconds: float | None = None
    listen: int = 0
    forward: tuple[str, ...] = ()


@record
class Taped:
    """What was recorded, and where it lies; None: nothing was seen, so nothing was written."""

    capture: Capture
    file: Path | None


def tape(
    taping: Taping,
    configuration: Configuration,
    allow_remote: tuple[str, ...],
    progress: Progress,
    ready: Callable[[str, str], None],
) -> Taped:
    """Record until the time is over or an interrupt comes, and write what was seen.

    ``ready`` hears the address of the relay in front of the service and what runs behind it. Errors: UsageError before
    anything is started, TargetError where the service cannot be started; KeyboardInterrupt only before it is ready.
    """
    if configuration.service.server is Server.WSGI:
        raise UsageError("what is recorded goes over sockets: give --server gunicorn, or another that listens")
    real = _forwarded(taping.forward, configuration, allow_remote)
    file = _writable(taping.file or Path(f"capture-{datetime.now(UTC):%Y%m%dT%H%M%S}.json"))
    lines = _Lines()
    with ExitStack() as opened:
        logs = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="harness-")))
        board = Switchboard(SystemClock(), most=_MOST)
        opened.callback(board.stop)
        behind = {d.name: _relayed(d, real, board, lines, opened) for d in configuration.dependencies}
        progress.phase(f"starting {configuration.service.server}")
        instance = _started(configuration, behind, logs, lines, allow_remote)
        opened.callback(instance.stop)
        place = urlsplit(f"http://{instance.authority}")
        front = board.relay(place.hostname or "", place.port or 80, listen=taping.listen)
        taken = datetime.now(UTC).isoformat(timespec="milliseconds")
        ready(front.url, instance.description)
        tapes = _Tapes(front=front, behind=behind, instance=instance, lines=lines, taken=taken)
        died = False
        with suppress(KeyboardInterrupt):
            died = _waited(taping.seconds, instance, _meanwhile(tapes, file, configuration))

        def finished() -> Taped:
            board.rest(front, _REST)
            board.stop()
            losses = tuple(_losses(board, real, configuration, died=died))
            return _written(captured(tapes.seen(losses)), file, configuration)

        return _in_spite_of_interrupts(finished)


@record
class _Tapes:
    """What is recorded: the relays, and the lines of the service behind them."""

    front: Relay
    behind: Mapping[str, Relay]
    instance: Instance
    lines: _Lines
    taken: str

    def seen(self, losses: tuple[str, ...], of: Callable[[Relay], Sequence[Tape]] = lambda relay: relay.tapes) -> Seen:
        """Return what was seen until now: of each relay what ``of`` returns."""
        self.instance.read_log()
        return Seen(
            front=of(self.front),
            behind={name: of(relay) for name, relay in self.behind.items()},
            authority=self.front.authority,
            taken=self.taken,
            now=time.monotonic(),
            log=tuple(self.lines.kept),
            losses=losses,
        )


def _meanwhile(tapes: _Tapes, file: Path, configuration: Configuration) -> Callable[[], None]:
    """Return what is to be called again and again: now and then it writes what has ended by now.

    So a recording that is killed leaves its file. It takes a fiftieth of the time at most; what the disk or the scan
    refuses here is told at the end.
    """
    due, known = time.monotonic() + _KEEP, 0

    def keep() -> None:
        nonlocal due, known
        began = time.monotonic()
        if began < due:
            return
        ended = sum(bool(turn.ended) for tape in list(tapes.front.tapes) for turn in tape.turns)
        if ended == known:
            due = began + _KEEP
            return
        with suppress(UnsavedError, ScenarioError):
            seen = tapes.seen((_GOING_ON,), lambda relay: [tape.ended() for tape in list(relay.tapes)])
            files.write_whole(file, kept(captured(seen), configuration.secrets, file=str(file)))
        known, due = ended, max(began + _KEEP, began + 50 * (time.monotonic() - began))

    return keep


def _in_spite_of_interrupts(act: Callable[[], Taped]) -> Taped:
    """Return what ``act`` returns, begun again where an interrupt came: what was seen cannot be seen again."""
    while True:
        with suppress(KeyboardInterrupt):
            return act()


def _forwarded(
    given: Iterable[str], configuration: Configuration, allow_remote: tuple[str, ...]
) -> Mapping[str, tuple[str, int]]:
    """Return where the dependencies are that are there for real; UsageError for one that nobody configured."""
    known = [dependency.name for dependency in configuration.dependencies]
    found: dict[str, tuple[str, int]] = {}
    for text in given:
        name, _, url = text.partition("=")
        if name not in known:
            raise UsageError(
                f"--forward '{text}': expected NAME=URL, with NAME one of {', '.join(known) or 'none: there is none'}"
            )
        refuse_remote(url, allow_remote)
        place = urlsplit(url)
        found[name] = place.hostname or "", place.port or 80
    return found


def _writable(file: Path) -> Path:
    """Return ``file``; UsageError where it is there, or cannot be: a recording cannot be made again."""
    if file.exists():
        raise UsageError(f"{file} is there already: name another --out, or remove it first")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}: name another --out") from error
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise UsageError(f"{file} cannot be written: its directory is read-only: name another --out")
    return file


def _relayed(
    dependency: Dependency, real: Mapping[str, tuple[str, int]], board: Switchboard, lines: _Lines, opened: ExitStack
) -> Relay:
    """Return the relay before a dependency, where the service expects that."""
    if dependency.name in real:
        return board.relay(*real[dependency.name], listen=dependency.port)
    double = Double(replace(dependency, port=0), recorder=lines, clock=SystemClock(), salt=dependency.name)
    double.start()
    opened.callback(double.stop)
    place = urlsplit(double.url)
    return board.relay(place.hostname or "", place.port or 0, listen=dependency.port)


def _started(
    configuration: Configuration, behind: Mapping[str, Relay], logs: Path, lines: _Lines, allow_remote: tuple[str, ...]
) -> Instance:
    return launch(
        configuration.service,
        number=1,
        env={d.env: behind[d.name].url for d in configuration.dependencies if d.env},
        workers=configuration.service.workers,
        logs=logs,
        recorder=lines,
        clock=SystemClock(),
        allow_remote=allow_remote,
    )


def _waited(seconds: float | None, instance: Instance, meanwhile: Callable[[], None]) -> bool:
    """Wait ``seconds``, or for ever; return early, and True, where the service has died.

    ``meanwhile`` is called at every look.
    """
    end = None if seconds is None else time.monotonic() + seconds
    ours = Capability.RESOURCES in instance.capabilities
    while end is None or time.monotonic() < end:
        time.sleep(_LOOK if end is None else max(0.0, min(_LOOK, end - time.monotonic())))
        if ours and not instance.processes():
            return True
        meanwhile()
    return False


def _losses(
    board: Switchboard, real: Mapping[str, tuple[str, int]], configuration: Configuration, *, died: bool
) -> Iterable[str]:
    """Say what was lost of the whole."""
    played = [d.name for d in configuration.dependencies if d.name not in real]
    if played:
        yield f"{', '.join(played)} was played by the harness: its answers are the configured ones, not those of life"
    if died:
        yield "the service died while it was recorded"
    if board.full:
        yield f"more than {_MOST >> 20} MiB came: what came last is not here, or not whole"


def _written(capture: Capture, file: Path, configuration: Configuration) -> Taped:
    """Write the capture where it belongs; where that cannot be written any more, wherever it can."""
    if not capture.exchanges:
        return Taped(capture=capture, file=None)
    text = kept(capture, configuration.secrets, file=str(file))
    try:
        files.write_whole(file, text)
    except UnsavedError:
        file = Path(tempfile.mkdtemp(prefix="harness-capture-")) / file.name
        files.write_whole(file, text)
    return Taped(capture=capture, file=file)


class _Lines:
    """A recorder that keeps the last lines of the service's log: what the doubles tell, the relays saw."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def record(self, source: str, what: Happening, at: int | None = None) -> Event:
        """Keep a line."""
        if isinstance(what, LogLine):
            self.kept.append(what.text)
            del self.kept[:-_LINES]
        return Event(source=source, count=1, at=at or 0, what=what)
