"""Parts of the harness that break, lose what they saw, or never began."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.cases import Case, Family
from harness.model.events import (
    Answered,
    CallEnded,
    CallReceived,
    CaseFinished,
    CaseStarted,
    Effect,
    FaultArmed,
    FaultFired,
    Happening,
    ProcessSeen,
    Sent,
    Settled,
)
from harness.model.exits import Exit
from harness.model.messages import Silence
from harness.model.runs import State
from tests.falsegreen.bench import Books, Ear, Hears
from tests.falsegreen.the_service import EXAMPLE, NOT_SHOWN, UNSEEN, Breaking, always
from tests.falsegreen.ways import Way, bench

HEADERS = {Family.MALFORMED: ("MH02",)}
FAULT = {Family.TIMEOUT: ("T23",)}
CUT_SHORT = "a run that was cut short does not pass, however much it had seen by then"
DIED = ProcessSeen(what="died", instance=1, pid=4)


def _lost(*kinds: type, later: int = 0, case: str = "") -> Hears:
    """Return a way into the history on which events of these kinds are lost: of calls after ``later``, of ``case``."""

    def hears(source: str, what: Happening) -> Happening | None:
        del source
        mine = getattr(what, "case", case).startswith(case) and getattr(what, "call_id", later + 1) > later
        return None if isinstance(what, kinds) and mine else what

    return hears


def _never_quiet(source: str, what: Happening) -> Happening:
    del source
    return Settled(case=what.case, open="1 call(s) at ledger") if isinstance(what, Settled) else what


def _after_the_clean_runs(act: Callable[[Books, Ear], None]) -> Callable[[Case, Books, Ear], None]:
    def between(case: Case, books: Books, ear: Ear) -> None:
        if case.id == "reference/book/3":
            act(books, ear)

    return between


def _dies(books: Books, _: Ear) -> None:
    books.dead = True


def _dies_unseen(_: Books, ear: Ear) -> None:
    ear.record("process-1", DIED)


def _idle(check: str, what: str, case: str = "D01/book/1") -> str:
    return f"{check}: had no chance to fail in {case}: nothing was seen of what it judges ({what})"


ANSWERED = "A duplicate is answered 2xx, or told to wait while another of its event is at work; never 5xx"
ONE = "An event has its effect once, however often it is sent; an accepted one is not without it"
SAME = "Every accepted repeat of an event, byte for byte the same, is answered like the first"
DECLARED = "While a dependency fails, answers are 2xx or one of the operation's declared failures; no bare 500, no 4xx"
STRIKE = "the fault '503' (status at ledger, POST /entries)"

WAYS = (
    Way(
        name="no request was sent",
        act=bench(hears=_lost(Sent, Answered, case="D01")),
        told=(
            *(
                f"carried-out: '{label}' was planned and never sent in D01/book/1"
                for label in ("first", "second", "third")
            ),
            _idle("duplicates-answered", ANSWERED),
            _idle("one-effect-per-event", ONE),
            _idle("same-answer-for-a-duplicate", SAME),
        ),
    ),
    Way(
        name="what came of the requests was not written down",
        act=bench(hears=_lost(Answered, case="D01")),
        told=(
            "baseline-holds: the baseline fails: 'first' has no recorded end in D01/book/1",
            *(f"carried-out: '{label}' has no recorded end in D01/book/1" for label in ("first", "second", "third")),
            _idle("duplicates-answered", ANSWERED),
            _idle("same-answer-for-a-duplicate", SAME),
        ),
    ),
    Way(
        name="a case that never began",
        act=bench(hears=_lost(CaseStarted, case="D01")),
        told=(
            "carried-out: the case never began in D01/book/1",
            _idle("duplicates-answered", ANSWERED),
            _idle("one-effect-per-event", ONE),
            _idle("same-answer-for-a-duplicate", SAME),
        ),
    ),
    Way(
        name="a case that never ended",
        act=bench(hears=_lost(CaseFinished, case="D01")),
        told=("carried-out: the case has no end: the history breaks off in D01/book/1",),
    ),
    Way(
        name="a fault that was never armed",
        act=bench(hears=_lost(FaultArmed), scenarios=FAULT),
        told=(
            f"carried-out: {STRIKE} was never armed in T23/book/503",
            _idle("failure-is-declared", DECLARED, "T23/book/503"),
        ),
    ),
    Way(
        name="a fault that was armed and never fired",
        act=bench(hears=_lost(FaultFired), scenarios=FAULT),
        told=(
            (
                f"carried-out: {STRIKE} never fired: it was to strike from call 1 on and 8 came while it was armed in "
                "T23/book/503"
            ),
            _idle("failure-is-declared", DECLARED, "T23/book/503"),
        ),
    ),
    Way(
        name="a ledger that lost its records from the beginning",
        act=bench(hears=_lost(Effect)),
        told=(EXAMPLE, f"{NOT_SHOWN}{UNSEEN}"),
    ),
    Way(
        name="a ledger that lost its records after the clean runs",
        act=bench(hears=_lost(Effect, later=3)),
        exit=Exit.FAIL,
        told=(
            "book: lost effect (duplicate after completion; one-effect-per-event, critical) in D01/book/1",
            (
                "baseline-holds: the baseline fails: 'first' caused these effects: none instead of 1 x ledger POST /entries "
                "in D01/book/1"
            ),
        ),
    ),
    Way(
        name="a double that no longer writes down who called",
        act=bench(hears=_lost(CallReceived, CallEnded, later=3)),
        told=(
            (
                "baseline-holds: the baseline fails: 'first' caused these calls: none instead of 1 x ledger POST /entries in "
                "D01/book/1"
            ),
            (
                "baseline-holds: the baseline fails: 'first' caused these effects: none instead of 1 x ledger POST /entries "
                "in D01/book/1"
            ),
        ),
    ),
    Way(
        name="a double that died after the clean runs",
        act=bench(between=_after_the_clean_runs(_dies)),
        exit=Exit.FAIL,
        told=(
            "book: 503 (duplicate after completion; duplicates-answered, major) in D01/book/1",
            "baseline-holds: the baseline fails: 'first' was answered 503 {\"status\": 503} in D01/book/1",
        ),
    ),
    Way(
        name="quiescence that is never reached in clean runs",
        act=bench(hears=_never_quiet),
        told=(
            EXAMPLE,
            f"{NOT_SHOWN}a clean run did not come to rest: 1 call(s) at ledger",
            "carried-out: the case did not come to rest: 1 call(s) at ledger in reference/book/1 and 2 more",
        ),
    ),
    Way(
        name="waits for quiescence that nobody wrote down",
        act=bench(hears=_lost(Settled, case="D01")),
        told=("carried-out: 3 of 3 waits for the service to come to rest have no recorded end in D01/book/1",),
    ),
    Way(
        name="a service that died between two cases and was started again unseen",
        act=bench(between=_after_the_clean_runs(_dies_unseen)),
        exit=Exit.FAIL,
        told=("book: process died (none; carried-out, major) in reference/book/3",),
    ),
    Way(
        name="a worker that was lost and replaced in the middle of a case",
        act=bench(deaths=(ProcessSeen(what="worker-lost", instance=1, pid=4),)),
        exit=Exit.FAIL,
        told=(
            "book: worker lost (duplicate after completion; carried-out, major) in D01/book/1",
            "book: worker lost (none; carried-out, major) in reference/book/1 and 2 more",
        ),
    ),
    Way(
        name="a control application that died, beside a service that breaks off where its server might",
        act=bench(app=Breaking(), control=always(Silence.REFUSED), scenarios=HEADERS),
        told=(
            (
                "carried-out: the control application did not answer a plain request, so nothing can be laid to the "
                "server: 'control-itself' got no answer (refused after 0.00 s) in MH02/book/none"
            ),
            (
                "no-server-error: had no chance to fail in MH02/book/none: nothing was seen of what it judges (No "
                "message, however malformed, is answered 5xx (501 and 505 aside); a 5xx of the bare server is told "
                "apart)"
            ),
        ),
    ),
    Way(
        name="a control application that hangs, beside a service that hangs where its server might",
        act=bench(app=Breaking(Silence.TIMEOUT), control=always(Silence.TIMEOUT), scenarios=HEADERS),
        told=(
            (
                "carried-out: the control application did not answer a plain request, so nothing can be laid to the "
                "server: 'control-itself' got no answer (timeout after 2.00 s) in MH02/book/none"
            ),
            (
                "no-server-error: had no chance to fail in MH02/book/none: nothing was seen of what it judges (No "
                "message, however malformed, is answered 5xx (501 and 505 aside); a 5xx of the bare server is told "
                "apart)"
            ),
        ),
    ),
    Way(
        name="a control of timing that died",
        act=bench(stalls=False),
        told=(
            (
                "carried-out: the control of timing ended before the case did: how long things really took was not watched "
                "in reference/book/1 and 3 more"
            ),
        ),
    ),
    Way(name="a run that a signal ended", act=bench(state=State.INTERRUPTED), exit=Exit.INTERRUPTED, told=(CUT_SHORT,)),
    Way(
        name="a run whose harness was killed half way",
        act=bench(state=State.RUNNING),
        exit=Exit.INTERRUPTED,
        told=(CUT_SHORT,),
    ),
    Way(
        name="a disk that was full in the middle of the run",
        act=bench(state=State.UNSAVED),
        told=(CUT_SHORT,),
    ),
    Way(name="a run that an error ended", act=bench(state=State.BROKEN), exit=Exit.TARGET, told=(CUT_SHORT,)),
    Way(
        name="a report of a run whose harness was killed half way",
        act=bench(state=State.RUNNING),
        exit=Exit.INTERRUPTED,
        command="report",
        told=(CUT_SHORT,),
    ),
)
