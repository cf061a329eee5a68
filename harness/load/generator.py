"""The load generator: a Locust user in a process of its own, ``python -m harness.load.generator``.

Each line of JSON on standard input is a job; one is carried out after the other. The end of the input means that the
harness is gone or done, and the generator goes too. A log is written request by request. Standard output tells the
number of requests done, and ``ended`` after each job. Every arrival is sent when it is due, whatever the answers do;
one greenlet a request serves to about 3,800/s.
"""

from __future__ import annotations

import locust  # first: it replaces sockets and threading for everything imported after it  # isort: skip
import gc
import resource
import signal
import sys
import time
from random import Random
from typing import IO

import gevent
from gevent.event import Event
from gevent.os import tp_read
from gevent.pool import Group
from gevent.queue import Queue
from locust.env import Environment

from harness.clock import SECOND
from harness.load.arrivals import Arrival, arrivals
from harness.load.connections import Pool, Received
from harness.load.job import ENDED, LEFT, NOTHING_TO_READ, SLOW, Job, Trailer
from harness.load.rendering import Filled, templates
from harness.load.stored import Stored
from harness.model.codec import from_json, to_json
from harness.model.events import LoadRequest
from harness.model.messages import Silence
from harness.redaction.redact import redact_text

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
        self._templates = templates(job.step, job.case, job.salt, job.authority)
        self._stored = Stored(Random(job.step.seed)) if any(part.reads for part in job.step.parts) else None
        self._sending = Group()
        self._dripping = Group()

    @property
    def planned(self) -> int:
        """How many requests there are to be: the arrivals, and those of the slow clients."""
        return len(self.plan) + self.job.step.slow

    def pace(self, environment: Environment) -> None:
        """Send every arrival when it is due, then wait for the answers."""
        start = time.monotonic_ns() + round(LEAD * SECOND)
        for number in range(self.job.step.slow):
            self._dripping.start(gevent.spawn(self._drip, number, environment))
        for arrival in self.plan:
            due = start + arrival.offset
            _sleep_until(due)
            if self.over.is_set():
                return
            self._sending.start(gevent.spawn(self._send, arrival, due, environment))
        self._sending.join(timeout=self.job.timeout + GRACE)
        self._dripping.kill()
        self.over.set()

    def stop(self, trouble: str) -> None:
        """End early: no further arrival is sent, and ``trouble`` says why."""
        self.trouble = self.trouble or trouble
        self.over.set()

    def abandon(self) -> None:
        """Give up what is still under way; each such request is logged as abandoned."""
        self._sending.kill()
        self._dripping.kill()
        self._pool.close()

    def finish(self, counted: int) -> None:
        """End the log; ``counted`` is how many requests Locust saw."""
        if not self.trouble and counted != self.sent:
            self.trouble = f"Locust counted {counted} requests and the log {self.sent}"
        self._write(
            to_json(Trailer(planned=self.planned, sent=self.sent, answered=self.answered, trouble=self.trouble))
        )

    def _send(self, arrival: Arrival, due: int, environment: Environment) -> None:
        """Send one request and write down what came of it; a request killed under way was abandoned."""
        request = self._filled(arrival) or self._awaited(arrival)
        sent = time.monotonic_ns()
        received = Received(silence=Silence.ABANDONED if request else NOTHING_TO_READ)
        try:
            if request is not None:
                received = self._pool.exchange(request.data, self.job.timeout)
        finally:
            seen = self._seen(arrival, request, received, due, sent)
            self._record(seen, len(received.body), environment)
        if self._stored is not None and not arrival.part and 200 <= received.status < 300:
            self._stored.note(arrival.event, received.body)

    def _filled(self, arrival: Arrival) -> Filled | None:
        """Return the request of an arrival; None where it is to read and nothing was accepted yet."""
        template = self._templates[arrival.part]
        if arrival.event:
            return template.fill(arrival.event)
        found = self._stored.one() if self._stored else None
        return template.read(*found) if found else None

    def _awaited(self, arrival: Arrival) -> Filled | None:
        """Return the request of a read that was due before anything was stored; None where nothing ever is."""
        bound = time.monotonic() + self.job.timeout
        while (request := self._filled(arrival)) is None and time.monotonic() < bound:
            gevent.sleep(0.01)
        return request

    def _seen(self, arrival: Arrival, request: Filled | None, received: Received, due: int, sent: int) -> LoadRequest:
        return LoadRequest(
            index=arrival.index,
            event=request.event if request else arrival.event,
            identity=request.identity if request else "",
            tokens=request.tokens if request else (),
            due=due,
            sent=sent,
            done=time.monotonic_ns(),
            status=received.status,
            silence=received.silence,
            body=self._shown(received.body),
            measured=arrival.measured,
            part=arrival.part,
        )

    def _drip(self, number: int, environment: Environment) -> None:
        """Be a slow client until killed: a request that begins and never ends."""
        events = max((arrival.event for arrival in self.plan), default=0)
        arrival = Arrival(index=len(self.plan) + number, event=events + 1 + number, offset=0, measured=False, part=SLOW)
        request = self._templates[""].fill(arrival.event)
        begun = time.monotonic_ns()
        received = Received(silence=LEFT)
        try:
            received = self._pool.drip(request.data, gevent.sleep)
        finally:
            seen = self._seen(arrival, request, received, begun, begun)
            self._record(seen, len(received.body), environment)

    def _record(self, seen: LoadRequest, length: int, environment: Environment) -> None:
        self.sent += 1
        self.answered += bool(seen.status)
        self._write(to_json(seen))
        _tell(environment, self.job.step.operation, seen, length)

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
    telling = gevent.spawn(_report, generation)
    runner.start(1, spawn_rate=1)
    if not generation.over.wait(timeout=_bound(generation)):
        generation.stop("the load did not end within its bound")
    generation.abandon()
    generation.finish(environment.stats.total.num_requests)
    gevent.kill(telling)
    runner.quit()


class Desk:
    """Where jobs come in; ``at_work`` is the load under way."""

    def __init__(self) -> None:
        self.at_work: Generation | None = None
        self.closed = False
        self._jobs: Queue[Job | None] = Queue()

    def listen(self) -> None:
        """Take jobs from standard input until it ends: the harness closed it or is gone."""
        waiting = b""
        while data := tp_read(0, 65_536):
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                self._jobs.put(from_json(Job, line))
        self.close("the harness went away")

    def close(self, trouble: str) -> None:
        """End the load under way, take no more; ``trouble`` says why."""
        self.closed = True
        if self.at_work is not None:
            self.at_work.stop(trouble)
        self._jobs.put(None)

    def serve(self) -> None:
        """Carry out the jobs, each with its log."""
        while not self.closed and (job := self._jobs.get()) is not None:
            with open(job.log, "w", encoding="utf-8", buffering=1) as log:
                self.at_work = Generation(job, log)
                _run(self.at_work)
                self.at_work = None
            if not self.closed:
                print(ENDED, flush=True)


def main() -> int:
    """Carry out the jobs and return the exit code (0: the logs tell the rest)."""
    _allow_many_connections()
    gc.freeze()  # what is imported stays: collections during a load have little to walk
    desk = Desk()
    gevent.signal_handler(signal.SIGTERM, desk.close, "stopped by a signal")
    gevent.spawn(desk.listen)
    desk.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
