"""The case of a finding that fails the gate is carried out again, and the directory alone tells how often it was seen."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from harness.cli.line import carried_out
from harness.history.directory import read_history
from harness.model.cases import Case
from harness.model.codec import from_json
from harness.model.events import CaseStarted, Sent
from harness.model.exits import Exit
from harness.model.gates import Gate, Ratio, Standing, Waiver
from harness.model.messages import Answer, Request, Silence
from harness.report.format import Report
from tests.falsegreen.bench import Bench, Books, Calls, Ear, Honest, answer


class Forgetful:
    """A service that remembers no event, or none of the first ``events``: a race that is lost now and then."""

    def __init__(self, events: int = 10**6) -> None:
        self._honest = Honest()
        self._forgotten = events
        self._seen: dict[str, int] = {}
        self._calls = count(1)

    def __call__(self, request: Request, calls: Calls) -> Answer | Silence:
        """Answer one request; what is forgotten is booked under a key of its own."""
        key = dict(request.headers)["Idempotency-Key"]
        if self._seen.setdefault(key, len(self._seen)) >= self._forgotten:
            return self._honest(request, calls)
        own = (("Idempotency-Key", f"{key}-{next(self._calls)}"),)
        calls(Request(method="POST", target="/entries", headers=own))
        return answer(201, {"guest": "miller", "booking": key})


REFERENCES = 3
"""Clean runs of the operation, each an event of its own, that come before the case."""
CASE = "D01/book/1"


def judged(bench: Bench, code: Exit) -> Report:
    """Carry out a bench, judge its directory, and return the report."""
    bench.run()
    assert carried_out(["check", str(bench.directory), "--quiet"]) == code
    return from_json(Report, (bench.directory / "report.json").read_bytes())


def test_what_always_shows_is_seen_each_time(tmp_path: Path) -> None:
    """Each rerun sends events that no attempt sent before."""
    bench = Bench(directory=tmp_path / "run", app=Forgetful(), reruns=2)
    assert {found.ratio for found in judged(bench, Exit.FAIL).gating} == {Ratio(seen=3, of=3)}
    events = [event.what for event in read_history(bench.directory)]
    attempts = [(e.case, e.attempt, e.rerun) for e in events if isinstance(e, CaseStarted)][REFERENCES:]
    assert attempts == [(CASE, 1, False), (CASE, 2, True), (CASE, 3, True)]
    assert len({e.identity for e in events if isinstance(e, Sent) and e.case == CASE}) == 3


def test_what_does_not_repeat_is_not_dropped(tmp_path: Path) -> None:
    """A race that is lost once in three times fails the gate, with its ratio."""
    bench = Bench(directory=tmp_path / "run", app=Forgetful(REFERENCES + 1), reruns=2)
    assert {found.ratio for found in judged(bench, Exit.FAIL).gating} == {Ratio(seen=1, of=3)}


def test_what_only_a_rerun_shows_is_said(tmp_path: Path) -> None:
    """The ledger is dead from the second time on: the effect is lost instead of doubled, and both are told."""

    def die(case: Case, books: Books, ear: Ear) -> None:
        books.dead = books.dead or case.id == CASE

    report = judged(Bench(directory=tmp_path / "run", app=Forgetful(), reruns=1, between=die), Exit.FAIL)
    assert [(f.symptom, f.ratio) for f in report.gating] == [("doubled effect", Ratio(seen=1, of=2))]
    ((kind, text),) = [(notice.kind, notice.text) for notice in report.notices]
    assert (kind, text.split(":")[0]) == (
        "again",
        f"carried out again, {CASE} showed lost effect as well (one-effect-per-event, critical)",
    )


def test_what_is_waived_is_not_carried_out_again(tmp_path: Path) -> None:
    """Nobody waits for a ratio of what is not counted."""
    first = judged(Bench(directory=tmp_path / "first", app=Forgetful()), Exit.FAIL)
    waivers = tuple(Waiver(fingerprint=f.fingerprint, reason="r", until="2999-12-31") for f in first.gating)
    bench = Bench(directory=tmp_path / "run", app=Forgetful(), reruns=2, gate=Gate(waivers=waivers))
    assert {(f.standing, f.ratio) for f in judged(bench, Exit.PASS).excused} == {(Standing.WAIVED, None)}
    events = (event.what for event in read_history(bench.directory))
    assert not any(e.rerun for e in events if isinstance(e, CaseStarted))
