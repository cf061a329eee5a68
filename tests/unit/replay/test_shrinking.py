"""Around the search: what is shown here first, what ends it, what it goes on from, and what it never believes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.history.pairing import Setting
from harness.incident.taken import name_of
from harness.model.cases import Case
from harness.model.gates import Ratio
from harness.model.incidents import Incident, Origin, Shows, Size
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer
from harness.model.scope import Scope
from harness.model.services import Configuration, Dependency, Operation, Route, Server, Service
from harness.model.steps import Settle, Together
from harness.model.verdicts import Severity
from harness.replay.bench import Tried
from harness.replay.journal import Journal
from harness.replay.replaying import Came
from harness.replay.shrinking import Bounds, End, Made, shrink_incident
from harness.report.progress import Unheard
from harness.report.raised import HEADER
from tests.unit.report.made import exchange
from tests.unit.shrink.cases import case, fault, labels, send, under

FREE = Bounds(seconds=600.0, runs=10_000)
CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.WSGI),
    dependencies=(Dependency(name="ledger"),),
    operations=(Operation(name="pay", route=Route(method="POST", path="/payments")),),
)
WHOLE = case(
    [
        *(step for n in range(1, 5) for step in under(fault(f"fault-{n}"), send(f"send-{n}", n))),
        *(step for n in range(5, 13) for step in (send(f"send-{n}", n), Settle())),
    ]
)


def found(where: Case, symptom: str = "doubled effect") -> Finding:
    """Return a finding in a case."""
    return Finding(
        check="one-effect-per-event",
        case=where.id,
        entry=where.entry,
        operation=where.operation,
        trouble=where.trouble,
        symptom=symptom,
        severity=Severity.CRITICAL,
        happened="it took effect twice",
        expected="once",
        why="",
    )


def incident(of: Case = WHOLE, tries: int = 1) -> Incident:
    """Return the incident of that finding."""
    finding = found(of)
    return Incident(
        name=name_of(finding),
        title="",
        shows=Shows(
            fingerprint=finding.fingerprint,
            check=finding.check,
            severity=finding.severity,
            symptom=finding.symptom,
            happened="it took effect three times",
            expected="once",
        ),
        origin=Origin(run="r", seed=1, finished="", target="", harness=""),
        tries=tries,
        case=of,
    )


class Stand:
    """Stands for a bench: what a case shows is the word of ``shows``; it counts what is asked of it."""

    setting = Setting(configuration=CONFIGURATION)

    def __init__(self, shows: Callable[[Case], bool], symptom: str = "doubled effect", *, doubt: bool = False) -> None:
        self.shows = shows
        self.symptom = symptom
        self.doubt = doubt
        self.tried_cases: list[Case] = []
        self.starts = 1
        self.since = 0

    def learn(self, case: Case) -> None:
        """Learn nothing: nothing is compared here."""

    def renew(self) -> None:
        """Count a start."""
        self.starts += 1
        self.since = 0

    def tried(self, case: Case) -> Tried:
        """Say what ``case`` shows; its faults strike."""
        self.tried_cases.append(case)
        self.since += 1
        findings = (found(case, self.symptom),) if self.shows(case) else ()
        judged = Judgement(check="one-effect-per-event", case=case.id, opportunities=1, findings=findings)
        doubts = ("it never came to rest",) if self.doubt and len(self.tried_cases) > 1 else ()
        whole = Judgement(check="carried-out", case=case.id, opportunities=1, unknown=doubts)
        calm = replace(case, steps=tuple(step for step in case.steps if step.act not in ("arm", "clear")))
        scope = Scope(case=calm, configuration=CONFIGURATION, contract=None, references={})
        return Tried(scope=scope, judgements=(whole, judged))


class Raising(Stand):
    """A stand whose service fails: what it raises in a case is the word of ``raised``."""

    def __init__(self, shows: Callable[[Case], bool], raised: Callable[[Case], str]) -> None:
        super().__init__(shows, "500")
        self.raised = raised

    def tried(self, case: Case) -> Tried:
        """Say what ``case`` shows: one answer 500, with its traceback in the log."""
        tried = super().tried(case)
        log = (HEADER, '  File "/srv/shop/orders.py", line 7, in place', f"{self.raised(case)}: no", "")
        broken = exchange(1, "first", 0.0, 1.0, case.sends()[0], Answer(status=500))
        failed = (replace(found(case, self.symptom), exchanges=(1,)),) if self.shows(case) else ()
        judged = (tried.judgements[0], replace(tried.judgements[1], findings=failed))
        return Tried(scope=replace(tried.scope, exchanges=(broken,), logs=log), judgements=judged)


def test_another_error_that_looks_alike_is_not_taken_for_it() -> None:
    """Without one request the service fails as well, but raises something else: that request stays."""

    def raised(tried: Case) -> str:
        return "KeyError" if "send-9" in labels(tried) else "ValueError"

    failing = incident()
    failing = replace(failing, shows=replace(failing.shows, fingerprint=found(WHOLE, "500").fingerprint, symptom="500"))
    told = [
        labels(shrunk(Raising(needs("send-2"), how), failing).incident.case) for how in (raised, lambda _: "KeyError")
    ]
    assert told == [("send-2", "send-9"), ("send-2",)]


def needs(*sends: str, faults: tuple[str, ...] = ()) -> Callable[[Case], bool]:
    """Return what shows the finding where these are there."""
    return lambda tried: set(sends) <= set(labels(tried)) and set(faults) <= {each.id for each in tried.faults()}


def shrunk(stand: Stand, of: Incident | None = None, bounds: Bounds = FREE, journal: Journal | None = None) -> Made:
    """Return what becomes of the incident."""
    of = of or incident()
    return shrink_incident(stand, of, bounds, journal or Journal(of.shows.fingerprint, None), Unheard())


def test_the_smaller_incident_says_what_was_taken_away_and_shows_what_it_now_does() -> None:
    """Size before and after, the runs, that it is minimal, and the sentence of the smaller case."""
    stand = Stand(needs("send-2", "send-9", faults=("fault-2",)))
    made = shrunk(stand)
    small, was = made.incident, incident()
    assert small.shrunk is not None
    assert (labels(small.case), [f.id for f in small.case.faults()]) == (("send-2", "send-9"), ["fault-2"])
    assert small == replace(
        was,
        shows=replace(was.shows, happened="it took effect twice"),
        shrunk=replace(small.shrunk, before=Size(steps=32, requests=12, faults=4, fields=12, octets=0), minimal=True),
        case=replace(small.case, checks=("one-effect-per-event",)),
    )
    assert (small.shrunk.after, small.shrunk.runs) == (
        Size(steps=6, requests=2, faults=1, fields=2, octets=0),
        len(stand.tried_cases),
    )
    assert (made.came, made.end, made.told) == (Came.FAILING, End.MINIMAL, "it took effect twice")


def test_the_smallest_has_shown_it_on_a_fresh_start_and_nothing_less_of_it_does() -> None:
    """The last runs are those of the smallest, after a start, and of it without each thing that is left."""
    stand = Stand(needs("send-2", "send-9"))
    shrunk(stand)
    last = [labels(tried) for tried in stand.tried_cases[-stand.since :]]
    assert (stand.starts, last) == (2, [*[("send-2", "send-9")] * 4, ("send-9",), ("send-2",)])


@pytest.mark.parametrize(
    ("stand", "came", "told"),
    [
        (Stand(needs("nobody")), Came.MENDED, "one-effect-per-event holds"),
        (
            Stand(needs(), symptom="lost effect"),
            Came.OTHERWISE,
            "not what it was taken for, but lost effect (one-effect-per-event)",
        ),
    ],
    ids=["mended", "otherwise"],
)
def test_what_does_not_fail_here_is_not_made_smaller(stand: Stand, came: Came, told: str) -> None:
    """Nothing could be learned from a smaller case that does not fail either."""
    assert shrunk(stand) == Made(incident=incident(), came=came, told=told)
    assert len(stand.tried_cases) == 1


def test_what_the_service_at_hand_cannot_carry_out_is_said() -> None:
    """An operation that is gone keeps a case from being tried at all."""
    elsewhere = incident(replace(WHOLE, operation="refund"))
    stand = Stand(needs())
    assert (shrunk(stand, elsewhere).came, stand.tried_cases) == (Came.UNSHOWN, [])


def test_a_case_that_is_in_doubt_is_not_taken_for_a_smaller_one() -> None:
    """What did not come to rest, or whose fault idled, shows nothing: the case stays as it is."""
    made = shrunk(Stand(needs("send-2"), doubt=True))
    assert (made.end, made.incident) == (End.LOST, incident())


@pytest.mark.parametrize("runs", [1, 2, 5, 9, 14])
def test_a_search_that_its_bounds_ended_goes_on_from_its_journal(runs: int, tmp_path: Path) -> None:
    """The smallest so far is there each time, and the end is that of a search in one go."""
    shows = needs("send-2", "send-9", faults=("fault-2",))
    file = tmp_path / "x.shrinking.jsonl"
    sizes: list[int] = []
    while True:
        stand = Stand(shows)
        journal = Journal(incident().shows.fingerprint, file)
        made = shrunk(stand, bounds=Bounds(seconds=600.0, runs=runs + 8), journal=journal)
        shrinking = made.incident.shrunk
        assert shrinking is not None
        sizes.append(shrinking.after.steps)
        if shrinking.minimal:
            break
        assert made.end is End.RUNS
    assert made.incident.case == shrunk(Stand(shows)).incident.case
    assert sizes == sorted(sizes, reverse=True)
    journal.forget()
    assert not file.exists()


def test_an_interrupt_keeps_the_smallest_so_far() -> None:
    """Ctrl-C ends the search in order: what was found until then is carried out once more, and kept."""
    shows, asked = needs("send-2"), 0

    def interrupted(tried: Case) -> bool:
        nonlocal asked
        asked += 1
        if asked == 9:
            raise KeyboardInterrupt
        return shows(tried)

    made = shrunk(Stand(interrupted))
    assert (made.end, made.incident.shrunk is not None) == (End.INTERRUPTED, True)
    assert "send-2" in labels(made.incident.case)
    assert len(made.incident.case.steps) < len(WHOLE.steps)


def test_what_earlier_cases_left_behind_is_not_taken_for_a_finding_of_its_own() -> None:
    """A service that is broken for good by the first failing case shows it whatever is sent: each has to show it alone."""
    stand = Stand(needs("send-2", "send-9"))
    alone = stand.shows
    broken = [0]

    def shows(tried: Case) -> bool:
        if broken[0] != stand.starts and alone(tried):
            broken[0] = stand.starts
        return broken[0] == stand.starts

    stand.shows = shows
    made = shrunk(stand)
    assert (labels(made.incident.case), made.incident.shrunk is not None) == (("send-2", "send-9"), True)


def test_what_a_failing_case_leaves_behind_does_not_hide_the_next_one() -> None:
    """A service that shows its defect once in its life is started anew behind each case that showed it."""
    stand = Stand(needs("send-2", "send-9"))
    alone, used = stand.shows, [0]

    def shows(tried: Case) -> bool:
        fresh = used[0] != stand.starts
        used[0] = stand.starts if alone(tried) else used[0]
        return fresh and alone(tried)

    stand.shows = shows
    made = shrunk(stand)
    assert made.incident.shrunk is not None
    assert (labels(made.incident.case), made.incident.shrunk.minimal) == (("send-2", "send-9"), True)


def test_what_the_whole_case_mends_behind_itself_a_smaller_one_may_leave() -> None:
    """Where a smaller case hides itself, and the whole one does not, cases are kept apart from then on."""
    stand = Stand(needs("send-2", "send-9"))
    alone, broken = stand.shows, [0]

    def shows(tried: Case) -> bool:
        shown = broken[0] != stand.starts and alone(tried)
        broken[0] = stand.starts if alone(tried) and "send-12" not in labels(tried) else 0
        return shown

    stand.shows = shows
    made = shrunk(stand)
    assert made.incident.shrunk is not None
    assert (labels(made.incident.case), made.incident.shrunk.minimal) == (("send-2", "send-9"), True)


def test_what_shows_it_now_and_then_is_no_smaller_case_of_what_shows_it_each_time() -> None:
    """A smaller case that shows it by luck is given up again: what is kept shows it each time."""
    turn = 0

    def lucky(tried: Case) -> bool:
        nonlocal turn
        turn += 1
        sent = set(labels(tried))
        return {"send-2", "send-9"} <= sent or ("send-2" in sent and turn % 8 in (0, 1))

    made = shrunk(Stand(lucky))
    assert made.incident.shrunk is not None
    assert {"send-2", "send-9"} <= set(labels(made.incident.case))


def test_a_race_is_tried_several_times_and_says_how_often_it_was_seen() -> None:
    """Once seen is shown; the tries of the smaller incident follow from how often it was."""
    racing = case([Together(sends=tuple(send(f"send-{n}", 1) for n in (1, 2, 3))), Settle()])
    turn = 0

    def now_and_then(tried: Case) -> bool:
        nonlocal turn
        turn += 1
        return len(labels(tried)) >= 2 and any(step.act == "together" for step in tried.steps) and turn % 2 == 0

    small = shrunk(Stand(now_and_then), incident(racing, tries=5)).incident
    assert (len(labels(small.case)), small.case.steps[0].act) == (2, "together")
    assert small.ratio is not None
    assert (small.ratio.of, small.ratio.seen in (2, 3), small.tries > 5) == (5, True, True)


def test_a_race_that_seldom_shows_is_made_smaller_all_the_same() -> None:
    """What comes seldom from the whole case cannot come more often from a smaller one."""
    racing = case([Together(sends=tuple(send(f"send-{n}", 1) for n in (1, 2, 3))), Settle()])
    turn = 0

    def seldom(tried: Case) -> bool:
        nonlocal turn
        turn += 1
        return len(labels(tried)) >= 2 and any(step.act == "together" for step in tried.steps) and turn % 4 == 0

    small = shrunk(Stand(seldom), incident(racing, tries=5)).incident
    assert (len(labels(small.case)), small.tries > 5) == (2, True)


def test_a_race_is_not_made_so_small_that_it_seldom_shows() -> None:
    """Of three at once it shows each time, of two once in four: all three stay, and few tries make sure of it."""
    racing = case([Together(sends=tuple(send(f"send-{n}", 1) for n in (1, 2, 3))), Settle()])
    turn = 0

    def seldom(tried: Case) -> bool:
        nonlocal turn
        turn += 1
        at_once = max((len(step.sends) for step in tried.steps if isinstance(step, Together)), default=0)
        return at_once == 3 or (at_once == 2 and turn % 4 == 0)

    small = shrunk(Stand(seldom), incident(racing, tries=5)).incident
    assert (labels(small.case), small.ratio, small.tries) == (("send-1", "send-2", "send-3"), Ratio(seen=5, of=5), 3)


def test_a_journal_holds_what_is_said_of_its_finding_and_forgives_a_cut_line(tmp_path: Path) -> None:
    """A line of another finding, or one that was cut by a kill, is as if it were not there."""
    file = tmp_path / "x.shrinking.jsonl"
    one, other = Journal("aaaa", file), Journal("bbbb", file)
    one.add("search", "c1", shows=True)
    one.add("last", "c2", shows=False)
    other.add("search", "c3", shows=True)
    with file.open("a") as out:
        out.write('{"format":1,"fingerp')
    again = Journal("aaaa", file)
    assert (again.search, again.last) == ({"c1": True}, {"c2": False})
