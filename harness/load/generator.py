"""The load generator: a Locust user in a process of its own, ``python -m harness.load.generator``.

Its job is one line of JSON on standard input, which then stays open: the end of it means that the harness is gone, and
the generator goes too. Its log is written request by request. Standard output tells the number of requests done.
Request i is due at ``start + i / rate`` whatever the answers do; one greenlet a request serves to about 3,800/s.
"""

from __future__ import annotations

import locust  # first: it replaces sockets and threading for everything imported after it  # isort: skip
import gc
import resource
import signal
import sys
import time
from typing import IO

import gevent
from gevent.event import Event
from gevent.os import tp_read
from gevent.pool import Group
from locust.env import Environment

from harness.clock import SECOND
from harness.history.redact import redact_text
from harness.load.arrivals import Arrival, arrivals
from harness.load.connections import Pool, Received
from harness.load.job import Job, Trailer
from harness.load.rendering import Template
from harness.model.codec import from_json, to_json
from harness.model.events import LoadRequest
from harness.model.messages import Silence

LEAD = 0.1
"""Seconds between the start of the user and the first arrival."""

GRACE = 1.0
"""Seconds beyond the last possible answer after which whatever is still under way is given up."""

KEPT = 4096
"""Characters of an answer's body that the log keeps."""


class Generation:
    """One load under way: its timetable, its connections, its log."""

    def __init__(self, job: Job, log: IO[str]) -> None:
        self.job = job
        self.plan = arrivals(job.step)
        self.over = Event()
        self.trouble = ""
        self.sent = self.answered = 0
        self._log = log
        self._pool = Pool(job.authority)
        self._template = Template.of(job.step, job.case, job.salt, job.authority)
        self._sending = Group()

    def pace(self, environment: Environment) -> None:
        """Send every arrival when it is due, then wait for the answers."""
        start = time.monotonic_ns() + round(LEAD * SECOND)
        for arrival in self.plan:
            due = start + arrival.offset
            _sleep_until(due)
            if self.over.is_set():
                return
            self._sending.start(gevent.spawn(self._send, arrival, due, environment))
        self._sending.join(timeout=self.job.timeout + GRACE)
        self.over.set()

    def stop(self, trouble: str) -> None:
        """End early: no further arrival is sent, and ``trouble`` says why."""
        self.trouble = self.trouble or trouble
        self.over.set()

    def abandon(self) -> None:
        """Give up what is still under way; each such request is logged as abandoned."""
        self._sending.kill()
        self._pool.close()

    def finish(self, counted: int) -> None:
        """End the log; ``counted`` is how many requests Locust saw."""
        if not self.trouble and counted != self.sent:
            self.trouble = f"Locust counted {counted} requests and the log {self.sent}"
        self._write(
            to_json(Trailer(planned=len(self.plan), sent=self.sent, answered=self.answered, trouble=self.trouble))
        )

    def _send(self, arrival: Arrival, due: int, environment: Environment) -> None:
        """Send one request and write down what came of it; a request killed under way was abandoned."""
        request = self._template.fill(arrival.event)
        sent = time.monotonic_ns()
        received = Received(silence=Silence.ABANDONED)
        try:
            received = self._pool.exchange(request.data, self.job.timeout)
        finally:
            done = time.monotonic_ns()
            seen = LoadRequest(
                index=arrival.index,
                event=arrival.event,
                identity=request.identity,
                tokens=request.tokens,
                due=due,
                sent=sent,
                done=done,
                status=received.status,
                silence=received.silence,
                body=self._shown(received.body),
                measured=arrival.measured,
            )
            self._record(seen)
            _tell(environment, self.job.step.operation, seen, len(received.body))

    def _record(self, seen: LoadRequest) -> None:
        self.sent += 1
        self.answered += bool(seen.status)
        self._write(to_json(seen))

    def _shown(self, body: bytes) -> str:
        return redact_text(body.decode("utf-8", "replace"), self.job.secrets)[:KEPT]

    def _write(self, line: str) -> None:
        try:
            self._log.write(line + "\n")
        except OSError as error:
            self.stop(f"the log cannot be written: {error}")


def _tell(environment: Environment, name: str, seen: LoadRequest, length: int) -> None:
    """Fire Locust's own event for the request, so that its statistics and listeners see it."""
    failed = None if 200 <= seen.status < 400 else RuntimeError(seen.silence or f"status {seen.status}")
    environment.events.request.fire(  # type: ignore[no-untyped-call]
        request_type="load",
        name=name,
        response_time=(seen.done - seen.due) / 1e6,
        response_length=length,
        exception=failed,
        context={},
    )


def _sleep_until(due: int) -> None:
    while (left := due - time.monotonic_ns()) > 0:
        gevent.sleep(left / SECOND)


def _user(generation: Generation) -> type[locust.User]:
    """Return the Locust user class whose one task paces ``generation``."""

    class Arrivals(locust.User):
        """Sends on a timetable; never waits for an answer before the next request."""

        @locust.task
        def pace(self) -> None:
            """Pace the whole load, then stop for good."""
            generation.pace(self.environment)
            raise locust.exception.StopUser

    return Arrivals


def _watch_parent(generation: Generation) -> None:
    """Stop when standard input ends: the harness closed it or is gone."""
    while tp_read(0, 4096):
        pass
    generation.stop("the harness went away")


def _report(generation: Generation) -> None:
    """Tell the number of requests done, four times a second."""
    while True:
        try:
            print(generation.sent, flush=True)
        except BrokenPipeError:
            generation.stop("the harness went away")
            return
        gevent.sleep(0.25)


def _allow_many_connections() -> None:
    """Raise the limit of open files as far as it goes: every request may need a connection of its own."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _bound(generation: Generation) -> float:
    """Return the seconds within which the whole load is over."""
    last = generation.plan[-1].offset / SECOND if generation.plan else 0.0
    return LEAD + last + generation.job.timeout + 2 * GRACE


def _run(generation: Generation) -> None:
    """Carry the load out on a Locust runner."""
    environment = Environment(user_classes=[_user(generation)], catch_exceptions=False)
    environment.events.user_error.add_listener(  # type: ignore[no-untyped-call]
        lambda exception, **_: generation.stop(f"the generator broke: {type(exception).__name__}: {exception}")
    )
    runner = environment.create_local_runner()
    gevent.signal_handler(signal.SIGTERM, generation.stop, "stopped by a signal")
    background = [gevent.spawn(_watch_parent, generation), gevent.spawn(_report, generation)]
    gc.freeze()  # what is imported stays: collections during the load have little to walk
    runner.start(1, spawn_rate=1)
    if not generation.over.wait(timeout=_bound(generation)):
        generation.stop("the load did not end within its bound")
    generation.abandon()
    generation.finish(environment.stats.total.num_requests)
    gevent.killall(background, block=False)
    runner.quit()


def main() -> int:
    """Read the job, carry it out, and return the exit code (0: the log tells the rest)."""
    job = from_json(Job, sys.stdin.buffer.readline())
    _allow_many_connections()
    with open(job.log, "x", encoding="utf-8", buffering=1) as log:
        _run(Generation(job, log))
    return 0


if __name__ == "__main__":
    sys.exit(main())
