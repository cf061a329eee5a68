"""A whole run in milliseconds: the harness's own planning, execution, judging and reports on a service in this process.

Only the outermost seams are stood in for: the service is a function, its dependency books in memory, time moves when
somebody sleeps. Each part can be broken by itself, as it would break on a machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from harness.clock import FakeClock
from harness.doubles.asked import read_call
from harness.doubles.ledger import Ledger
from harness.execute import World
from harness.history import directory as files
from harness.history.seal import finish
from harness.history.writer import HistoryWriter
from harness.load.arrivals import arrivals
from harness.load.tokens import tokens
from harness.model.cases import Case, Family, Plan
from harness.model.events import (
    CallEnded,
    CallReceived,
    Effect,
    Event,
    FaultArmed,
    FaultCleared,
    FaultFired,
    Happening,
    LoadRan,
    LoadRequest,
    ProcessSeen,
    Stalled,
)
from harness.model.faults import Fault, Landed
from harness.model.gates import Gate
from harness.model.identities import identity, salted
from harness.model.judgements import Judgement
from harness.model.messages import Answer, Request, Silence, Wire
from harness.model.runs import Run, State
from harness.model.scenarios import Entry, Scenario
from harness.model.services import (
    AnswerScript,
    Call,
    Configuration,
    Dependency,
    EffectKind,
    EffectRef,
    Operation,
    Route,
    Selector,
    Server,
    Service,
)
from harness.model.steps import Load
from harness.plan.spared import Sought
from harness.report.format import Report
from harness.stage.performing import Stage, carry_out
from harness.stage.planning import Ground, make_plan
from harness.targets.client import Reply
from harness.targets.instance import Capability

MS = 1_000_000
ENTRIES = Route(method="POST", path="/entries")
KEY = Selector(place="header", name="Idempotency-Key")
LEDGER = Dependency(
    name="ledger",
    env="LEDGER_URL",
    calls=(Call(route=ENTRIES, effect=EffectKind.KEYED, key=(KEY,), answer=AnswerScript(status=201, json={})),),
)
BOOK = Operation(
    name="book",
    route=Route(method="POST", path="/bookings"),
    json={"guest": "miller", "seats": 2},
    event=(KEY,),
    effect=EffectRef(dependency="ledger", route=ENTRIES),
)
CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.WSGI, app="app:app", deadline=1.0, workers=1),
    dependencies=(LEDGER,),
    operations=(BOOK,),
)
SCENARIOS: Mapping[Family, tuple[str, ...]] = {Family.DUPLICATE: ("D01",)}
"""What a run of the bench has, unless it is told otherwise."""

Calls = Callable[[Request], int]
"""Sends a call to the ledger and returns the status of its answer, 0 where none came."""
App = Callable[[Request, Calls], Answer | Silence]
"""A service: what it makes of one request."""
Hears = Callable[[str, Happening], Happening | None]
"""What becomes of an event on its way into the history: itself, another, or nothing at all."""


class Honest:
    """A correct service: validates, remembers events, books once, says when the ledger failed."""

    def __init__(self) -> None:
        self._done: dict[str, tuple[bytes, Answer]] = {}

    def __call__(self, request: Request, calls: Calls) -> Answer | Silence:
        """Answer one request."""
        key = dict(request.headers).get("Idempotency-Key", "")
        try:
            value = json.loads(request.body)
        except ValueError:
            return answer(400)
        if not key or not isinstance(value, dict) or not isinstance(value.get("seats"), int):
            return answer(422)
        if key in self._done:
            body, given = self._done[key]
            return given if body == request.body else answer(422)
        headers = (("Idempotency-Key", key), ("Content-Type", "application/json"))
        status = calls(Request(method="POST", target="/entries", headers=headers, body=request.body))
        if status // 100 != 2:
            return answer(503)
        self._done[key] = request.body, answer(201, {"guest": value["guest"], "booking": key})
        return self._done[key][1]


def answer(status: int, value: object = None) -> Answer:
    """Return a JSON answer."""
    body = json.dumps({"status": status} if value is None else value).encode()
    return Answer(status=status, headers=(("Content-Type", "application/json"),), body=body)


class Books:
    """The double of the ledger without a socket; faults refuse with their status."""

    url = "http://127.0.0.1:1"

    def __init__(self, recorder: Ear, clock: FakeClock) -> None:
        self._ledger = Ledger(LEDGER, "salt", lambda: "2025-01-02T03:04:05Z")
        self._recorder, self._clock = recorder, clock
        self._armed: dict[str, tuple[Fault, int]] = {}
        self._ids = count(1)
        self.dead = False

    def call(self, request: Request) -> int:
        """Take a call and return the status of the answer; 0: nobody is there."""
        if self.dead:
            return 0
        asked = read_call(request.method, request.target, request.headers, request.body)
        matched, number = self._ledger.match(asked), next(self._ids)
        self._note(
            CallReceived(
                dependency="ledger",
                call_id=number,
                call=matched.name,
                method=request.method,
                target=request.target,
                headers=request.headers,
                body=request.body,
            )
        )
        status = self._struck(number) or self._landed(number, asked_of=request)
        self._note(CallEnded(dependency="ledger", call_id=number, status=status))
        return status

    def _struck(self, number: int) -> int:
        for name, (fault, struck) in self._armed.items():
            self._armed[name] = fault, struck + 1
            self._note(
                FaultFired(fault=name, dependency="ledger", fault_kind=fault.kind, call_id=number, landed=Landed.NONE)
            )
            return int(fault.settings.get("status", 503))
        return 0

    def _landed(self, number: int, asked_of: Request) -> int:
        asked = read_call(asked_of.method, asked_of.target, asked_of.headers, asked_of.body)
        matched = self._ledger.match(asked)
        landing = self._ledger.land(matched, asked, number, self._ledger.count(matched))
        if landing.effect is not None:
            key, new = landing.effect
            self._note(Effect(dependency="ledger", call_id=number, call=matched.name, key=key, new=new))
        return landing.response.status

    def _note(self, what: Happening) -> None:
        self._recorder.record("double:ledger", what)

    def arm(self, fault: Fault) -> None:
        """Arm a fault."""
        self._note(FaultArmed(fault=fault))
        self._armed[fault.id] = fault, 0

    def clear(self, fault_id: str) -> None:
        """Clear a fault."""
        _, struck = self._armed.pop(fault_id)
        self._note(FaultCleared(fault=fault_id, fired=struck))

    def clear_all(self) -> None:
        """Clear every fault."""
        for name in tuple(self._armed):
            self.clear(name)

    def observe(self) -> tuple[str, ...]:
        """Return nothing: every fault shows in a call."""
        return ()

    def struck(self, fault_id: str) -> int:
        """Return how often a fault struck."""
        return self._armed[fault_id][1] if fault_id in self._armed else 0

    def open_calls(self) -> int:
        """Return 0: a call is over when it returns."""
        return 0

    def last_activity(self) -> int:
        """Return long ago."""
        return 0


class Ear:
    """A recorder through which everything goes on its way into the history."""

    def __init__(self, writer: HistoryWriter, hears: Hears) -> None:
        self._writer, self._hears = writer, hears

    def record(self, source: str, what: Happening, at: int | None = None) -> Event:
        """Record what is left of ``what``."""
        heard = self._hears(source, what)
        if heard is None:
            return Event(source=source, count=0, at=0, what=what)
        return self._writer.record(source, heard, at)


class Line:
    """A connection to the service."""

    usable = True
    local_port = 1

    def __init__(self, app: App, calls: Calls, clock: FakeClock) -> None:
        self._app, self._calls, self._clock = app, calls, clock

    def exchange(self, message: Request | Wire, *, timeout: float, give_up_after: float | None = None) -> Reply:
        """Let the service answer; it takes a millisecond, or all the patience there is."""
        assert isinstance(message, Request)
        sent = self._clock.now()
        came = self._app(message, self._calls)
        self._clock.sleep(timeout if came is Silence.TIMEOUT else 0.001)
        if isinstance(came, Silence):
            return Reply(sent_at=sent, done_at=self._clock.now(), silence=came)
        return Reply(sent_at=sent, done_at=self._clock.now(), answers=(came,))

    def close(self) -> None:
        """Leave."""

    def reset(self) -> None:
        """Leave."""


class InProcess:
    """An instance of the service in this process."""

    number = 1
    authority = "localhost"
    description = "a function"

    def __init__(self, bench: Bench, calls: Calls, recorder: Ear, clock: FakeClock) -> None:
        self.capabilities = bench.capabilities
        self.environment: dict[str, str] = {}
        self._bench, self._calls, self._recorder, self._clock = bench, calls, recorder, clock

    def connect(self, timeout: float) -> Line:
        """Return a connection."""
        del timeout
        return Line(self._bench.app, self._calls, self._clock)

    def fetch(self, route: Route, timeout: float) -> Answer | None:
        """Return 200."""
        del route, timeout
        return answer(200)

    def still_open(self, local_ports: object) -> tuple[int, ...]:
        """Return what the bench says is still open."""
        del local_ports
        return self._bench.left_open

    def worker_of(self, local_port: int) -> int:
        """Return the process that serves."""
        del local_port
        return self._bench.served_by

    def pausing(self, pids: object) -> AbstractContextManager[None]:
        """Pause nothing."""
        del pids
        return nullcontext()

    def processes(self) -> tuple[int, ...]:
        """Return this process."""
        return (os.getpid(),)

    def look(self) -> None:
        """Record what the bench says that happened to the processes."""
        for what in self._bench.deaths:
            self._recorder.record("process-1", what)

    def read_log(self) -> None:
        """Read nothing."""

    def stop(self) -> None:
        """Stop nothing."""


def _everything(source: str, what: Happening) -> Happening:
    del source
    return what


Arriving = Callable[[list[LoadRequest], Load, Calls], LoadRan]
"""A load generator: what becomes of the requests that are planned."""


@dataclass
class Bench:
    """One run, with each part as it is to be.

    ``hears`` is the way of each event into the history, ``deaths`` are seen in every case, ``between`` happens after
    each. ``control`` plays the trivial application, ``arriving`` the load generator.
    """

    directory: Path
    app: App = field(default_factory=Honest)
    configuration: Configuration = CONFIGURATION
    scenarios: Mapping[Family, tuple[str, ...]] = field(default_factory=lambda: dict(SCENARIOS))
    entries: tuple[Scenario, ...] = ()
    capabilities: frozenset[Capability] = frozenset({Capability.RESOURCES})
    hears: Hears = _everything
    control: App | None = None
    served_by: int = 7
    left_open: tuple[int, ...] = ()
    deaths: tuple[ProcessSeen, ...] = ()
    between: Callable[[Case, Books, Ear], None] = lambda *_: None
    stalls: bool = True
    state: State = State.COMPLETE
    edited: Callable[[Plan], Plan] = lambda plan: plan
    arriving: Arriving | None = None
    gate: Gate = field(default_factory=Gate)
    reruns: int = 0
    sought: Mapping[str, Sought] = field(default_factory=dict)

    def run(self) -> None:
        """Plan and carry out; the directory is left as a run leaves it before it is judged."""
        clock = FakeClock(start=10**12)
        files.create(self.directory)
        run = self._run()
        with HistoryWriter(self.directory / files.HISTORY, clock=clock) as writer:
            ear = Ear(writer, self.hears)
            plan = self.edited(make_plan(self._ground()))
            files.save_run(self.directory, run)
            files.save_plan(self.directory, plan)
            house = _House(self, ear, clock, run.salt)
            stage = Stage(
                run=run,
                plan=plan,
                house=house,
                writer=writer,
                directory=self.directory,
                kept=lambda kept: kept,
                reruns=self.reruns,
                sought=self.sought,
            )
            carry_out(stage, Silent())
        if self.state is not State.RUNNING:
            finish(self.directory, replace(run, state=self.state))

    def _ground(self) -> Ground:
        return Ground(
            configuration=self.configuration,
            scenarios=self._scenarios(),
            contracts={},
            capabilities=self.capabilities,
            seed=7,
        )

    def _scenarios(self) -> tuple[Scenario, ...]:
        return self.entries or tuple(
            Scenario(
                name=family.value,
                file=f"scenarios/{family.value}.yaml",
                family=family,
                entries=tuple(Entry(id=name) for name in names),
            )
            for family, names in self.scenarios.items()
        )

    def _run(self) -> Run:
        return Run(
            id=self.directory.name,
            state=State.RUNNING,
            started="2025-01-02T03:04:05+00:00",
            seed=7,
            salt=f"salt of {self.directory.name}",
            harness="0",
            python="3",
            configuration=self.configuration,
            scenarios=self._scenarios(),
            gate=self.gate,
        )


class _House:
    """Where the cases of a bench are carried out."""

    def __init__(self, bench: Bench, recorder: Ear, clock: FakeClock, salt: str) -> None:
        self._bench, self._recorder, self._clock, self._salt = bench, recorder, clock, salt
        self._exchanges = count(1)
        self._books = Books(recorder, clock)

    def _instance(self, bench: Bench) -> InProcess:
        return InProcess(bench, self._books.call, self._recorder, self._clock)

    @contextmanager
    def world(self, case: Case, attempt: int) -> Iterator[World]:
        """Yield the world of one case."""
        begun = self._clock.now()
        bench, salt = self._bench, salted(self._salt, attempt)
        control = replace(bench, app=bench.control) if bench.control else None

        def load(step: Load, case: str, authority: str, progress: Callable[[float], None]) -> LoadRan:
            del authority
            progress(0.0)
            assert bench.arriving is not None
            return bench.arriving(list(requests(step, salt, case, self._clock.now())), step, self._books.call)

        yield World(
            instance=self._instance(bench),
            control=self._instance(control) if control and case.control else None,
            doubles={"ledger": self._books},
            recorder=self._recorder,
            clock=self._clock,
            salt=salt,
            configuration=bench.configuration,
            exchanges=self._exchanges,
            watcher=lambda _: nullcontext(),
            run_load=load,
        )
        if bench.stalls:
            window = (self._clock.now() - begun) / 1e9
            self._recorder.record("stalls", Stalled(worst=0.0, window=window))
        bench.between(case, self._books, self._recorder)


class Silent:
    """A progress that nobody listens to."""

    def started(self, run: Run, plan: Plan) -> None:
        """Say nothing."""

    def phase(self, text: str) -> None:
        """Say nothing."""

    def case(self, case: Case, done: int, total: int, judgements: tuple[Judgement, ...]) -> None:
        """Say nothing."""

    def shrinking(self, text: str, *, smaller: bool) -> None:
        """Say nothing."""

    def finished(self, report: Report, directory: Path) -> None:
        """Say nothing."""


def requests(step: Load, salt: str, case: str, start: int) -> Iterator[LoadRequest]:
    """Yield a request for each planned arrival of a load that begins at ``start``, each answered after a millisecond."""
    for arrival in arrivals(step):
        due, words = start + arrival.offset, tokens(step.tokens, salt, case, arrival.event)
        key = identity(salt, case, arrival.event)
        yield LoadRequest(
            index=arrival.index,
            event=arrival.event,
            identity=key,
            tokens=words,
            due=due,
            sent=due,
            done=due + MS,
            status=201,
            body=json.dumps({"guest": words[0], "booking": key}),
            measured=arrival.measured,
        )
