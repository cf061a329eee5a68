"""The app alone, without the harness: 16 callers without a pause under each fault of each dependency.

Every caller finds a thread, whichever worker its connection falls to (two workers of sixteen threads), so that a queue
in front of the app is not taken for the app: each answer is judged from end to end against the declared 2 s plus 10 %,
and by the app's own clock (``latency_ms`` of the terminal line) against its own 1.8 s plus 10 %. That threads stay free
beside a ledger that hangs is a test of its own, on the four threads a worker of the documentation. What the machine
held up meanwhile is measured beside it (how late a sleep of 10 ms ends) and added to the bounds.
``SAMPLE_APP_FAULT_SECONDS`` says how long each fault lasts.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Literal

import pytest

from tests.sample_app.clients import Reply, at_once, get, post
from tests.sample_app.ledger import (
    CONFIRMED,
    END_OF_HEADERS,
    Behaviour,
    Ledger,
    answer,
    drips,
    hangs,
    resets,
    running_ledger,
    says,
)
from tests.sample_app.server import Server, running_server

pytestmark = [pytest.mark.server, pytest.mark.alone]

SECONDS = float(os.environ.get("SAMPLE_APP_FAULT_SECONDS", "1"))
CALLERS = 16
APP = "sample_app:create_app()"
OWN_DEADLINE = 1.8 * 1.1  # seconds, as the app measures itself
DECLARED = 2.0 * 1.1  # seconds, as callers see it
RECOVERY = 2.0  # seconds from the end of the fault to the first success
THREADS = 8  # of both workers together
FAST = 0.1  # seconds, for half of the looks; the others may come while threads wait for a place
KNOWN = answer("200 OK", b'{"name": "crm", "title": "Customer records"}')
DOCUMENT: dict[str, object] = {"source": "crm", "items": [{"id": "a", "value": " alpha "}]}


def late(raw: bytes) -> Behaviour:
    """Answer well, after 0.3 s."""

    def behave(connection: object, stop: threading.Event) -> None:
        stop.wait(0.3)
        says(raw)(connection, stop)  # type: ignore[arg-type]

    return behave


def at_first(trouble: Behaviour, then: Behaviour) -> Behaviour:
    """Make trouble in every other call, so that no caller meets it twice in a row."""
    turn = count()

    def behave(connection: object, stop: threading.Event) -> None:
        (then if next(turn) % 2 else trouble)(connection, stop)  # type: ignore[arg-type]

    return behave


@dataclass(frozen=True, slots=True)
class Fault:
    """What a dependency does (None: it does not listen), and the outcome that some caller must see, if any."""

    behave: Behaviour | None
    kind: Literal["late", "unavailable", "broken"] | None


def faults(well: bytes) -> dict[str, Fault]:
    """List the faults of a dependency that says ``well`` when it is."""
    head = well.index(END_OF_HEADERS) + len(END_OF_HEADERS)
    error = answer("500 Internal Server Error", b"{}")
    padded = answer("200 OK", b'{"fill": "%b"}' % (b" " * 200))
    return {
        "refuses": Fault(None, "unavailable"),
        "hangs": Fault(hangs, "late"),
        "closes": Fault(says(b""), "unavailable"),
        "resets": Fault(resets, "unavailable"),
        "drips the headers": Fault(drips(well), "late"),
        "drips the body": Fault(drips(padded, head), "late"),
        "is cut": Fault(says(well[:-4]), "broken"),
        "says HTML": Fault(says(answer("200 OK", b"<html>hello</html>", b"Content-Type: text/html")), "broken"),
        "says 503": Fault(says(answer("503 Service Unavailable", b"")), "unavailable"),
        "says 429": Fault(says(answer("429 Too Many Requests", b"", b"Retry-After: 30")), "unavailable"),
        "says 500 every other time": Fault(at_first(says(error), says(well)), None),
        "is slow": Fault(late(well), None),
    }


FAULTS = {("ledger", name): fault for name, fault in faults(CONFIRMED).items()}
FAULTS |= {("reference", name): fault for name, fault in faults(KNOWN).items()}

Outcome = tuple[int, str | None]
"""A status with the type of the problem, or with what a success says is missing."""

BUSY: set[Outcome] = {(503, "storage-unavailable"), (503, "ledger-unavailable")}  # many callers, one disk, few places
WHOLE_OR_NOT: set[Outcome] = {(201, None), (201, "late"), (201, "unavailable"), (201, "broken")}
DOCUMENTED: dict[str, set[Outcome]] = {
    "ledger": WHOLE_OR_NOT | BUSY | {(502, "ledger-broken"), (504, "ledger-late"), (504, "deadline-exceeded")},
    "reference": WHOLE_OR_NOT | BUSY,
}
TOLD: dict[str, dict[str, Outcome]] = {
    "ledger": {
        "late": (504, "ledger-late"),
        "unavailable": (503, "ledger-unavailable"),
        "broken": (502, "ledger-broken"),
    },
    "reference": {kind: (201, kind) for kind in ("late", "unavailable", "broken")},
}


@dataclass(frozen=True, slots=True)
class Ground:
    """A server with both of its dependencies."""

    server: Server
    dependencies: dict[str, Ledger]


@pytest.fixture(scope="module")
def roomy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Start gunicorn with as many threads in each worker as there are callers."""
    with running(tmp_path_factory.mktemp("roomy"), "--threads", str(CALLERS)) as ground:
        yield ground


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Start gunicorn as the documentation does, with four threads a worker."""
    with running(tmp_path_factory.mktemp("usual")) as ground:
        yield ground


@contextmanager
def running(home: Path, *more: str) -> Iterator[Ground]:
    """Start gunicorn with two workers, both dependencies, and the deadlines that the app has by default."""
    with ExitStack() as stack:
        ledger, reference = (stack.enter_context(running_ledger()) for _ in range(2))
        reference.behave = says(KNOWN)
        environ = {
            "DATABASE_URL": f"sqlite:///{home}/app.db",
            "LEDGER_URL": ledger.url,
            "REFERENCE_URL": reference.url,
        }
        server = running_server(environ, home, APP, *more)
        stack.callback(server.stop)
        at_once(8, lambda nth: post(server.port, DOCUMENT, f"warm-{nth}", path="/v2/batches"))
        yield Ground(server, {"ledger": ledger, "reference": reference})


@dataclass(slots=True)
class Seen:
    """What the callers saw: when each answer came (monotonic), how long it took, and the answer itself."""

    answers: list[tuple[float, float, Reply]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    late: float = 0.0  # seconds by which the machine itself was late, at worst
    over: threading.Event = field(default_factory=threading.Event)


def call_on(ground: Ground, seen: Seen, caller: str) -> None:
    """Post one batch after another, each under a key of its own."""
    for nth in count():
        if seen.over.is_set():
            return
        began = time.monotonic()
        try:
            reply = post(ground.server.port, DOCUMENT, f"{caller}-{nth}", path="/v2/batches")
        except OSError as broken:
            seen.broken.append(repr(broken))
        else:
            seen.answers.append((time.monotonic(), time.monotonic() - began, reply))


def pressed(ground: Ground, act: Callable[[Seen], None], name: str) -> Seen:
    """Let callers loose while ``act`` runs."""
    seen = Seen()
    threads = [threading.Thread(target=call_on, args=(ground, seen, f"{name}-{nth}")) for nth in range(CALLERS)]
    threads.append(threading.Thread(target=beat, args=(seen,)))
    for thread in threads:
        thread.start()
    try:
        act(seen)
    finally:
        seen.over.set()
        for thread in threads:
            thread.join()
    return seen


def beat(seen: Seen) -> None:
    """Measure how late the machine is: how much longer a sleep of 10 ms takes."""
    while not seen.over.is_set():
        began = time.monotonic()
        time.sleep(0.01)
        seen.late = max(seen.late, time.monotonic() - began - 0.01)


def until_whole(seen: Seen, since: float) -> float:
    """Wait for a success with nothing missing; return how long after ``since`` it came, in seconds."""
    while time.monotonic() < since + 3 * RECOVERY:
        good = [at for at, _took, reply in list(seen.answers) if at > since and outcome(reply) == (201, None)]
        if good:
            return min(good) - since
        time.sleep(0.02)
    return float("inf")


def outcome(reply: Reply) -> Outcome:
    """Name what a caller got."""
    return reply.problem_or_none or (reply.status, reply.json["source"].get("degraded"))


@contextmanager
def trouble(place: Ledger, fault: Fault) -> Iterator[None]:
    """Let a dependency misbehave until the block ends."""
    well = place.behave
    if fault.behave is None:
        place.shut()
    else:
        place.behave = fault.behave
    yield
    place.behave = well
    if fault.behave is None:
        place.reopen()


@pytest.mark.parametrize(("dependency", "name"), FAULTS, ids=lambda word: word.replace(" ", "-"))
def test_under_a_fault(dependency: str, name: str, roomy: Ground) -> None:
    """Only documented answers, none too late, and a whole success soon after the fault is over."""
    fault, place, before = FAULTS[dependency, name], roomy.dependencies[dependency], len(roomy.server.lines())
    recovered: list[float] = []

    def act(seen: Seen) -> None:
        with trouble(place, fault):
            time.sleep(SECONDS)
        recovered.append(until_whole(seen, time.monotonic()))

    seen = pressed(roomy, act, f"{dependency}-{name}".replace(" ", "-"))
    outcomes = Counter(outcome(reply) for _at, _took, reply in seen.answers)
    own = [float(str(line["latency_ms"])) / 1000 for line in roomy.server.lines()[before:]]
    assert (seen.broken, set(outcomes) - DOCUMENTED[dependency]) == ([], set())
    assert fault.kind is None or outcomes[TOLD[dependency][fault.kind]]
    assert max(own) <= OWN_DEADLINE + seen.late
    assert max(took for _at, took, _reply in seen.answers) <= DECLARED + seen.late
    assert recovered[0] <= RECOVERY


def test_other_routes_stay_fast(usual: Ground) -> None:
    """While the ledger hangs and as many callers as there are threads wait for it, /healthz has a thread at once."""
    seen, place = Seen(), usual.dependencies["ledger"]
    callers = [threading.Thread(target=call_on, args=(usual, seen, f"idle-{nth}")) for nth in range(THREADS)]
    pulse = threading.Thread(target=beat, args=(seen,))
    with trouble(place, Fault(hangs, None)):
        for thread in (*callers, pulse):
            thread.start()
        health = [timed(lambda: get(usual.server.port, "/healthz")) for _ in range(200)]
        seen.over.set()
        for thread in (*callers, pulse):
            thread.join()
    assert sorted(health)[len(health) // 2] <= FAST + seen.late


def timed(act: Callable[[], Reply]) -> float:
    """Return how long it took, in seconds."""
    began = time.monotonic()
    assert act().status == 200
    return time.monotonic() - began
