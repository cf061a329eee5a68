"""From events to scopes: what belongs to a case, and what an early end of the history leaves behind."""

from __future__ import annotations

from dataclasses import replace

from harness.clock import FakeClock
from harness.history.memory import MemoryRecorder
from harness.history.pairing import Setting, reruns, scopes
from harness.model.cases import Case, Family, Plan
from harness.model.events import (
    Answered,
    CallEnded,
    CallReceived,
    CaseFinished,
    CaseStarted,
    Effect,
    FaultArmed,
    FaultCleared,
    FaultFired,
    Happening,
    LogLine,
    ProcessSeen,
    Sent,
    Settled,
    Stalled,
    Unanswered,
)
from harness.model.faults import Fault, Landed
from harness.model.messages import Answer, Request, Silence
from harness.model.scope import LOG_LINES, DependencyCall, Exchange, Firing, Scope, SeenEffect, SeenFault, Stall
from harness.model.services import Configuration, Server, Service
from harness.model.steps import Phase, Send

CONFIGURATION = Configuration(file="harness.yaml", service=Service(server=Server.GUNICORN))
SEND = Send(label="one", operation="create", message=Request(method="POST", target="/"), event=1)
FAULT = Fault(id="f", dependency="ledger", kind="late")


def _case(name: str, *steps: Send) -> Case:
    return Case(
        id=name,
        entry="X",
        family=Family.TIMEOUT,
        scenario="s",
        operation="create",
        title="t",
        trouble="late",
        steps=steps,
    )


def _sent(case: str, number: int) -> Sent:
    return Sent(
        case=case, exchange=number, label="one", phase=Phase.BASELINE, operation="create", event=1, identity="k",
        data=b"POST", size=4,
    )  # fmt: skip


def _scopes(recorder: MemoryRecorder, *cases: Case) -> dict[str, Scope]:
    setting = Setting(configuration=CONFIGURATION)
    return scopes(recorder.events, Plan(seed=1, cases=cases), setting, lambda ran: ())


def _exchange(**changes: object) -> Exchange:
    plain = Exchange(
        number=1, label="one", phase=Phase.BASELINE, operation="create", event=1, identity="k", group="",
        data=b"POST", sent=10, done=10, planned=SEND,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_everything_between_start_and_end_belongs_to_the_case() -> None:
    """Exchanges, calls, effects, faults and deaths are paired; what else lies outside belongs to nobody."""
    recorder = MemoryRecorder(FakeClock())
    answer = Answer(status=201)
    observed: tuple[Happening, ...] = (
        Effect(dependency="ledger", call_id=6, call="POST /entries", key="k"),
        CaseStarted(case="a", instance=1),
        FaultArmed(fault=FAULT),
        _sent("a", 1),
        CallReceived(
            dependency="ledger",
            call_id=7,
            call="POST /entries",
            method="POST",
            target="/entries",
            headers=(),
            body=b"",
        ),
        Effect(dependency="ledger", call_id=7, call="POST /entries", key="k"),
        FaultFired(fault="f", dependency="ledger", fault_kind="late", call_id=7, landed=Landed.WHOLE, asked=1, got=2),
        CallEnded(dependency="ledger", call_id=7, status=201),
        Answered(case="a", exchange=1, answer=answer, sent_at=4, served_by=42),
        FaultCleared(fault="f", fired=1),
        ProcessSeen(what="worker-lost", instance=1),
        Settled(case="a", open="1 call(s) at ledger"),
        CaseFinished(case="a", trouble="told"),
        Effect(dependency="ledger", call_id=8, call="POST /entries", key="k"),
    )
    for at, what in enumerate(observed):
        recorder.record("x", what, at)
    case = _case("a", SEND)
    assert _scopes(recorder, case) == {
        "a": Scope(
            case=case,
            configuration=CONFIGURATION,
            contract=None,
            references={},
            exchanges=(_exchange(sent=4, done=8, answer=answer, served_by=42),),
            calls=(
                DependencyCall(
                    number=7,
                    dependency="ledger",
                    call="POST /entries",
                    method="POST",
                    target="/entries",
                    headers=(),
                    body=b"",
                    received=4,
                    ended=7,
                    status=201,
                    how="answered",
                ),
            ),
            effects=(SeenEffect(dependency="ledger", call="POST /entries", call_number=7, key="k", new=True, at=5),),
            faults=(
                SeenFault(
                    fault=FAULT,
                    armed=2,
                    cleared=9,
                    firings=(Firing(call_number=7, landed=Landed.WHOLE, asked=1, got=2, at=6),),
                ),
            ),
            lost_workers=1,
            started=True,
            finished=True,
            attempt=1,
            settles=1,
            timed=False,
            unsettled="1 call(s) at ledger",
            gave_up=11,
            trouble="told",
        )
    }


def test_a_death_that_no_case_saw_belongs_to_the_case_before_it() -> None:
    """Or to the first one: a service that dies while nobody asks it anything, and is replaced, has died all the same."""
    recorder = MemoryRecorder(FakeClock())
    observed: tuple[Happening, ...] = (
        ProcessSeen(what="died", instance=1),
        CaseStarted(case="a", instance=2),
        CaseFinished(case="a"),
        ProcessSeen(what="worker-lost", instance=2),
        ProcessSeen(what="died", instance=2),
        ProcessSeen(what="started", instance=3),
        CaseStarted(case="b", instance=3),
        CaseFinished(case="b"),
    )
    for at, what in enumerate(observed):
        recorder.record("x", what, at)
    seen = _scopes(recorder, _case("a"), _case("b"))
    assert {name: (scope.died, scope.lost_workers) for name, scope in seen.items()} == {"a": (2, 1), "b": (0, 0)}


def test_a_case_is_timed_where_the_control_outlived_it() -> None:
    """A control of timing that died leaves the later cases without one, and says nothing against the earlier."""
    recorder = MemoryRecorder(FakeClock())
    observed: tuple[Happening, ...] = (
        CaseStarted(case="a"),
        CaseFinished(case="a"),
        Stalled(worst=0.0, window=0.5),
        CaseStarted(case="b"),
        CaseFinished(case="b"),
    )
    for at, what in enumerate(observed):
        recorder.record("x", what, at)
    seen = _scopes(recorder, _case("a"), _case("b"))
    assert {name: scope.timed for name, scope in seen.items()} == {"a": True, "b": False}


def test_a_history_that_ends_early_says_so() -> None:
    """An exchange without an end is indeterminate and says why; its case is not finished; a case never begun is empty."""
    recorder = MemoryRecorder(FakeClock())
    recorder.record("x", CaseStarted(case="a"), 9)
    recorder.record("x", _sent("a", 1), 10)
    seen = _scopes(recorder, _case("a", SEND), _case("b"))
    assert seen["a"].exchanges == (_exchange(detail="the history ends before the exchange does"),)
    assert (seen["a"].started, seen["a"].finished) == (True, False)
    assert (seen["b"].started, seen["b"].exchanges) == (False, ())


def test_of_several_attempts_the_last_one_counts() -> None:
    """What a disturbed attempt saw stays in the history, and is not judged beside the next."""
    recorder = MemoryRecorder(FakeClock())
    for attempt in (1, 2):
        recorder.record("x", CaseStarted(case="a", attempt=attempt), 10 * attempt)
        recorder.record("x", _sent("a", attempt), 10 * attempt + 1)
        recorder.record("x", CaseFinished(case="a", trouble="" if attempt == 2 else "disturbed"), 10 * attempt + 2)
    scope = _scopes(recorder, _case("a", SEND))["a"]
    assert ([e.number for e in scope.exchanges], scope.attempt, scope.trouble) == ([2], 2, "")


def test_a_rerun_is_kept_apart_from_what_is_judged() -> None:
    """What was judged first stands whatever a rerun shows; one that was cut off shows nothing."""
    recorder = MemoryRecorder(FakeClock())
    for attempt, rerun in ((1, False), (2, True), (3, True)):
        recorder.record("x", CaseStarted(case="a", attempt=attempt, rerun=rerun), 10 * attempt)
        recorder.record("x", _sent("a", attempt), 10 * attempt + 1)
        if attempt < 3:
            recorder.record("x", CaseFinished(case="a"), 10 * attempt + 2)
    plan, setting = Plan(seed=1, cases=(_case("a", SEND),)), Setting(configuration=CONFIGURATION)
    first = scopes(recorder.events, plan, setting, lambda ran: ())
    again = reruns(recorder.events, plan, setting, lambda ran: (), first)
    assert ([e.number for e in first["a"].exchanges], first["a"].attempt, first["a"].finished) == ([1], 1, True)
    assert {case: [[e.number for e in s.exchanges] for s in found] for case, found in again.items()} == {"a": [[2]]}


def test_the_control_lane_is_kept_apart() -> None:
    """What the trivial application answered is found by label and is no exchange with the service."""
    recorder = MemoryRecorder(FakeClock())
    recorder.record("x", CaseStarted(case="a"), 9)
    recorder.record("x", replace(_sent("a", 1), lane="control"), 10)
    recorder.record("x", Unanswered(case="a", exchange=1, silence=Silence.CLOSED), 11)
    scope = _scopes(recorder, _case("a", SEND))["a"]
    assert scope.exchanges == ()
    assert scope.control == {"one": _exchange(done=11, silence=Silence.CLOSED)}


def test_a_reading_of_the_clock_control_counts_for_every_case_that_its_window_touches() -> None:
    """A window of half a second that ends after a case still tells of it; one that began later does not."""
    recorder = MemoryRecorder(FakeClock())
    second = 1_000_000_000
    recorder.record("x", CaseStarted(case="a"), second)
    recorder.record("x", CaseFinished(case="a"), 2 * second)
    recorder.record("stalls", Stalled(worst=0.3, window=0.5), round(2.2 * second))
    recorder.record("stalls", Stalled(worst=0.4, window=0.5), round(2.7 * second))
    scope = _scopes(recorder, _case("a"))["a"]
    assert scope.stalls == (Stall(at=round(2.2 * second), worst=0.3, window=0.5),)


def test_the_log_of_a_case_is_what_was_written_during_it() -> None:
    """Lines of its own time, the last ones of a flood; those of an attempt that was made again are left out."""
    recorder = MemoryRecorder(FakeClock())
    written: tuple[Happening, ...] = (
        LogLine(stream="stderr", text="before"),
        CaseStarted(case="a", instance=1),
        LogLine(stream="stderr", text="first attempt"),
        CaseFinished(case="a"),
        CaseStarted(case="a", instance=2, attempt=2),
        *(LogLine(stream="stderr", text=f"line {number}") for number in range(LOG_LINES + 3)),
        CaseFinished(case="a"),
        LogLine(stream="stderr", text="after"),
    )
    for what in written:
        recorder.record("stderr-1", what)
    found = _scopes(recorder, _case("a"))["a"].logs
    assert found == tuple(f"line {number}" for number in range(3, LOG_LINES + 3))
