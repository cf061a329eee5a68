"""Starts the generator, waits for each of its loads with a bound, and says what came of it.

One generator serves all loads of a run: importing Locust takes longer than many a load.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from math import inf
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import harness
from harness.load.arrivals import arrivals
from harness.load.job import ENDED, Job, Trailer
from harness.load.log import read_log, read_trailer
from harness.load.rendering import stride
from harness.load.tokens import capacity
from harness.model.codec import to_json
from harness.model.errors import UnsavedError, UsageError
from harness.model.events import LoadRan
from harness.model.steps import Load

START = 30.0
"""Seconds beyond the load itself that the generator may take to start (its imports) and to end."""

STOP = 5.0
"""Seconds that a generator told to stop may take before it is killed."""

_GONE = 5.0
"""Seconds that the kernel may take to end a process that was killed; what outlives that is in its hands."""

_TAIL = 600
"""Characters of the generator's last words that a trouble shows."""


Progress = Callable[[float], None]


def _unheard(_: float) -> None:
    """Take note of nothing."""


class LoadGenerator:
    """The generator, started at the first load and kept for the next until :meth:`close`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(
        self,
        step: Load,
        *,
        case: str,
        salt: str,
        authority: str,
        directory: Path,
        timeout: float,
        progress: Progress = _unheard,
        secrets: tuple[str, ...] = (),
    ) -> LoadRan:
        """Put ``step`` on the service at ``authority`` (``host:port``) and return what was sent and answered.

        The log is ``load-<n>.jsonl`` in ``directory``. A request may take ``timeout`` seconds in all. ``progress`` is
        told the part that is done (0 to 1), a few times a second, the first time when the first request is due.
        Whatever ends this call early ends the generator. UsageError where Locust is not installed or the step asks for
        more events than its tokens can tell apart.
        """
        planned = _checked(step)
        log = _own_log(directory)
        job = Job(
            step=step,
            case=case,
            salt=salt,
            authority=authority,
            log=str(log.resolve()),
            timeout=timeout,
            secrets=secrets,
        )
        bound = START + step.warmup + step.seconds + timeout
        process = self._running()
        over = False
        try:
            trouble, over = _attended(process, job, bound, lambda done: progress(done / planned if planned else 1.0))
        finally:
            if not over:
                _stopped(process)
        return _ran(step, case, log, planned, trouble or ("" if over else _last_words(process, self._errors)))

    def close(self) -> None:
        """End the generator."""
        if self._process is not None:
            _stopped(self._process)
        self._errors.close()

    def _running(self) -> subprocess.Popen[bytes]:
        """Return the generator's process, started where none lives."""
        if (
            self._process is None
            or self._process.poll() is not None
            or self._process.stdin is None
            or self._process.stdin.closed
        ):
            self._errors.truncate(0)
            self._process = _started(self._errors)
        return self._process


def run_load(
    step: Load,
    *,
    case: str,
    salt: str,
    authority: str,
    directory: Path,
    timeout: float,
    progress: Progress = _unheard,
    secrets: tuple[str, ...] = (),
) -> LoadRan:
    """Run one load on a generator of its own; see :meth:`LoadGenerator.run`."""
    with LoadGenerator() as generator:
        return generator.run(
            step,
            case=case,
            salt=salt,
            authority=authority,
            directory=directory,
            timeout=timeout,
            progress=progress,
            secrets=secrets,
        )


def refuse_missing() -> None:
    """Raise UsageError where Locust, which makes every load, is not installed."""
    if find_spec("locust") is None:
        raise UsageError(
            "a load needs Locust, which is not installed: pip install 'reliability-harness[load]', or leave the load "
            "out by naming the other families with --family"
        )


def _checked(step: Load) -> int:
    """Return how many arrivals ``step`` plans; UsageError where it cannot be carried out."""
    refuse_missing()
    plan = arrivals(step)
    events = max((arrival.event for arrival in plan), default=0) + step.slow
    texts = min((step.tokens, *(part.tokens for part in step.parts)), key=lambda own: capacity(own) if own else inf)
    most = capacity(texts, stride(step))
    if texts and events > most:
        raise UsageError(
            f"a load of {events} events needs longer tokens than {min(texts, key=len)!r}: "
            f"strings of that length tell only {most} events apart"
        )
    return len(plan) + step.slow


def _own_log(directory: Path) -> Path:
    """Make the next log, empty: a load whose generator dies before it writes must not leave its name to another.

    UnsavedError where the directory takes no file any more.
    """
    for number in count(1):
        path = directory / f"load-{number}.jsonl"
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            continue
        except OSError as error:
            raise UnsavedError(f"{path} cannot be written: {error.strerror}; the run ends here") from error
        return path
    raise AssertionError("numbers do not end")


def _started(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the generator; ``-P`` and the path keep a directory named like one of our modules out of its way."""
    root = str(Path(harness.__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "harness.load.generator"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,  # an interrupt at the terminal reaches the harness, which ends the generator itself
    )


def _attended(
    process: subprocess.Popen[bytes], job: Job, bound: float, done: Callable[[float], None]
) -> tuple[str, bool]:
    """Hand over the job and follow it until it ends.

    Returns what went wrong (empty: nothing), and whether the generator lives on, ready for another job.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    deadline = time.monotonic() + bound
    try:
        if not _handed_over(process.stdin.fileno(), to_json(job).encode() + b"\n", deadline):
            return f"the generator did not take its job within {bound:g} s", False
    except BrokenPipeError:
        return "", False  # it died at once, and its last words say why
    waiting = b""
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0 and ready.select(left):
            data = os.read(process.stdout.fileno(), 65_536)
            if not data:
                return _ended(process, deadline), False
            *lines, waiting = (waiting + data).split(b"\n")
            if ENDED.encode() in lines:
                return "", True
            if lines:
                done(int(lines[-1]))
    return f"the generator did not end within {bound:g} s", False


def _handed_over(pipe: int, job: bytes, deadline: float) -> bool:
    """Write ``job`` as the generator takes it; return whether it took all of it in time."""
    os.set_blocking(pipe, False)
    left = memoryview(job)
    with selectors.DefaultSelector() as ready:
        ready.register(pipe, selectors.EVENT_WRITE)
        while left and (seconds := deadline - time.monotonic()) > 0 and ready.select(seconds):
            left = left[os.write(pipe, left) :]
    return not left


def _ended(process: subprocess.Popen[bytes], deadline: float) -> str:
    """Wait for a generator that closed its output."""
    try:
        process.wait(max(deadline - time.monotonic(), STOP))
    except subprocess.TimeoutExpired:
        return "the generator closed its output and did not end"
    return ""


def _stopped(process: subprocess.Popen[bytes]) -> None:
    """End the generator if it still runs: first with SIGTERM, so that it ends its log."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GONE)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):  # what a generator that died was not told any more is still in the buffer
                pipe.close()


def _last_words(process: subprocess.Popen[bytes], errors: IO[bytes]) -> str:
    """Return how a generator that failed ended; empty where it ended well."""
    if process.returncode == 0:
        return ""
    errors.seek(0)
    said = errors.read().decode("utf-8", "replace").strip()
    return f"the generator ended with exit status {process.returncode}: {said[-_TAIL:] or 'it said nothing'}"


def _ran(step: Load, case: str, log: Path, planned: int, trouble: str) -> LoadRan:
    """Return what the log shows; a log cut short is counted line by line."""
    trailer = read_trailer(log) or _counted(log, planned)
    return LoadRan(
        case=case,
        label=step.label,
        file=log.name,
        planned=planned,
        sent=trailer.sent,
        answered=trailer.answered,
        trouble=trouble or trailer.trouble,
    )


def _counted(log: Path, planned: int) -> Trailer:
    requests = read_log(log)
    return Trailer(
        planned=planned,
        sent=len(requests),
        answered=sum(1 for request in requests if request.status),
        trouble="the generator's log was cut short",
    )
