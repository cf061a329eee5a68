"""A finding's case made smaller by carrying out smaller ones, within bounds, until nothing more can go.

A smaller case is taken only where it shows the same finding and nothing keeps it from being carried out whole. The
service stays up between them; what they leave behind in it could show a finding for a case that has none, so the
smallest is carried out on a fresh start, and there each thing that is left is taken away once more.
"""

from __future__ import annotations

import time
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from harness.history.pairing import Setting
from harness.incident.replaced import redaction_of
from harness.incident.taken import racing, tries_of
from harness.model.cases import Case
from harness.model.gates import Ratio
from harness.model.incidents import Incident, Shrunk
from harness.model.judgements import Finding
from harness.model.messages import Message
from harness.model.records import record
from harness.model.steps import Expected, Send
from harness.redaction.redact import redact_text
from harness.replay.bench import Tried, alone, doubts
from harness.replay.declared import Declared
from harness.replay.journal import Journal
from harness.replay.replaying import Came, impossible
from harness.report.pace import time_left
from harness.report.progress import Progress
from harness.shrink.registry import kinds
from harness.shrink.search import Spent, digest, one_less, shrink
from harness.shrink.sizes import size_of

TRIES = 5
"""How often a smaller case of a race is carried out at most before it counts as one that does not show it."""

SELDOM = 2
"""Tries of the whole case that showed nothing, from which on it counts as one that shows its finding now and then."""

OFTEN = 3
"""How many of these tries of a race have to show it: what shows it seldom takes many tries to be sure of."""


STEADY = 2
"""How often a smaller case of anything else has to show it in a row."""


SURE = 4
"""How often the smallest has to show it in a row, from a fresh start on: luck of one in two passes once in sixteen."""


@record
class Bounds:
    """What a search may take: seconds from its start, and runs of a case."""

    seconds: float
    runs: int


class End(StrEnum):
    """How a search ended."""

    MINIMAL = "nothing more can go"
    SECONDS = "its time was over"
    RUNS = "its runs were used up"
    INTERRUPTED = "it was interrupted"
    LOST = "smaller cases did not show the finding each time on a fresh start"


@record
class Made:
    """What became of an incident: the smaller one, how the search ended, and what the first run of its case came to.

    ``incident`` is the given one, as it was, where ``came`` is not :attr:`Came.FAILING`.
    """

    incident: Incident
    came: Came
    told: str
    end: End | None = None


class Trials(Protocol):
    """Where cases are carried out one by one: a bench, or what stands for one."""

    @property
    def setting(self) -> Setting:
        """What the service is."""
        ...

    def learn(self, case: Case) -> None:
        """Learn what a clean run of each operation of ``case`` does."""

    def tried(self, case: Case) -> Tried:
        """Carry out ``case`` with events that were never sent before."""
        ...

    def renew(self) -> None:
        """Let the next case find a service to which nothing was done yet."""


def shrink_incident(bench: Trials, incident: Incident, bounds: Bounds, journal: Journal, progress: Progress) -> Made:
    """Return what ``incident`` shrinks to on the service of ``bench``; TargetError where that cannot be started again.

    An interrupt ends the search in order: what it came to is returned.
    """
    reason = impossible(incident.case, bench.setting.configuration)
    if reason:
        return Made(incident=incident, came=Came.UNSHOWN, told=reason)
    return _Search(bench, incident, bounds, journal, progress).made()


class _Search:
    """One search under way. Everything that it carries out is bounded, but for the first run and the last."""

    def __init__(self, bench: Trials, incident: Incident, bounds: Bounds, journal: Journal, progress: Progress) -> None:
        self._bench = bench
        self._incident = incident
        self._bounds = bounds
        self._journal = journal
        self._progress = progress
        self._original = replace(incident.case, checks=(incident.shows.check,))
        self._document = Declared(bench.setting.configuration, bench.setting.contracts)
        self._clean: dict[Message, bool] = {}
        self._excused: frozenset[str] = frozenset()
        self._raised: frozenset[tuple[str, str]] = frozenset()
        self._fragile = self._touched = False
        self._rare = incident.ratio is not None and incident.ratio.seen < incident.ratio.of
        self._trail = [self._original]
        self._end = End.MINIMAL
        self._began = time.monotonic()
        self._took = 0.0
        self._runs = 0

    def made(self) -> Made:
        """Show that the incident fails here, then search; return what came of it."""
        self._bench.learn(self._original)
        came, told = self._first()
        if came is not Came.FAILING:
            return Made(incident=self._incident, came=came, told=told)
        smaller = self._searched()
        if smaller is None:
            return Made(incident=self._incident, came=came, told=told, end=self._end)
        return Made(incident=smaller, came=came, told=smaller.shows.happened, end=self._end)

    def _first(self) -> tuple[Came, str]:
        """Carry out the original, as often as it asks for; tell what it came to here."""
        worst, told = Came.MENDED, f"{self._incident.shows.check} holds"
        for number in range(self._incident.tries):
            tried = self._carried_out(self._original)
            if found := tried.finding(self._incident.shows.fingerprint):
                self._excused, self._raised = doubts(tried), tried.raised(found)
                self._rare = self._rare or number >= SELDOM or not self._each_time()
                return Came.FAILING, found.happened
            others = tried.gating()
            if others:
                worst, told = Came.OTHERWISE, f"not what it was taken for, but {others[0].symptom} ({others[0].check})"
            elif worst is Came.MENDED and (reasons := tried.reasons()):
                worst, told = Came.UNSHOWN, reasons[0]
        return worst, told

    def _each_time(self) -> bool:
        """Tell whether the original shows its finding again, and once more; of a race nobody expects that.

        Where it does so only on fresh starts, what it leaves behind hides the finding: from now on nothing is carried
        out behind a case that showed something.
        """
        if racing(self._original) or self._again():
            return True
        self._fragile = self._touched = True
        self._fragile = self._again()
        return self._fragile

    def _again(self) -> bool:
        return all(self._finding(self._carried_out(self._original)) for _ in range(STEADY))

    def _searched(self) -> Incident | None:
        """Return the smaller incident; None where not even the original shows its finding on a fresh start."""
        careful = False
        while True:
            self._down(careful=careful)
            seen = self._confirmed(self._trail[-1])
            if seen is not None:
                another = None if self._end is not End.MINIMAL else self._one_less()
                if another is None:
                    return self._result(seen)
                self._trail.append(another)
                continue
            # What earlier cases left in the service showed it, or it shows now and then: back to what shows it alone.
            seen = self._back()
            if seen is None or careful:
                self._end = End.LOST if self._end is End.MINIMAL else self._end
                return self._result(seen) if seen else None
            careful = True

    def _back(self) -> tuple[Finding, Ratio] | None:
        """Go back, by halves, to a case on the way here that shows it on a fresh start; return what that shows."""
        seen = self._confirmed(self._trail[0])
        if seen is None:
            return None
        shows, hides = 0, len(self._trail) - 1
        while hides - shows > 1:
            middle = (shows + hides) // 2
            found = self._confirmed(self._trail[middle])
            shows, hides, seen = (middle, hides, found) if found else (shows, middle, seen)
        self._trail = self._trail[: shows + 1]
        for case in [case for case, shown in self._journal.search.items() if shown]:
            del self._journal.search[case]
        return seen

    def _down(self, *, careful: bool) -> None:
        """Search from the smallest so far on; ``careful``: each smaller one has to show it on a fresh start."""

        def shows(case: Case) -> bool:
            answer = self._shows(case) and (not careful or self._confirmed(case) is not None)
            self._journal.add("search", digest(case), shows=answer)
            if answer:
                self._trail.append(case)
            self._tell(smaller=answer)
            return answer

        found = shrink(self._original, kinds(), self._document, shows, self._journal.search, self._trail[-1])
        if found.case != self._trail[-1]:  # the last steps down were known from a journal
            self._trail.append(found.case)

    def _one_less(self) -> Case | None:
        """Take each thing away once more; return what still shows it, None: nothing, or it could not be tried."""
        for case in one_less(self._original, self._trail[-1], kinds(), self._document):
            shows = self._journal.last.get(digest(case))
            if shows is None:
                try:
                    shows = self._shows(case) and self._confirmed(case) is not None
                except Spent:
                    return None
                self._journal.add("last", digest(case), shows=shows)
                self._tell(smaller=False)
            if shows:
                return case
        return None

    def _shows(self, case: Case) -> bool:
        """Carry out a smaller case; tell whether it shows the finding. Spent where bounds end.

        A race shows it where several of its tries do, everything else where each of two in a row does.
        """
        if not self._right(case):
            return False
        if self._several(case):
            return self._often(case)
        if not self._once(case):
            return False
        return self._once(case) or (not self._fragile and self._apart(case))

    def _often(self, case: Case) -> bool:
        """Tell whether as many tries of a race show it as have to; end as soon as that is known."""
        missing = self._needed(case)
        for left in range(TRIES, 0, -1):
            missing -= self._once(case)
            if not 0 < missing < left:
                break
        return missing == 0

    def _needed(self, case: Case) -> int:
        """Return how many of :data:`TRIES` have to show it: what comes seldom from the first cannot come more often."""
        return 1 if self._rare or case == self._original else OFTEN

    def _apart(self, case: Case) -> bool:
        """Tell whether a case that did not show it behind itself does so on fresh starts; if so, all are kept apart."""
        self._fragile = self._touched = True
        self._fragile = self._once(case) and self._once(case)
        return self._fragile

    def _once(self, case: Case) -> bool:
        return self._finding(self._bounded(case)) is not None

    def _bounded(self, case: Case) -> Tried:
        """Carry out a case within the bounds; Spent where they end, or where somebody ends it."""
        self._spend()
        try:
            return self._carried_out(case)
        except KeyboardInterrupt:
            self._end = End.INTERRUPTED
            raise Spent from None

    def _spend(self) -> None:
        """Raise Spent where another run would go beyond the bounds."""
        if self._end is End.MINIMAL and self._runs >= self._bounds.runs:
            self._end = End.RUNS
        elif self._end is End.MINIMAL and self._left() < self._took:
            self._end = End.SECONDS
        if self._end is not End.MINIMAL:
            raise Spent

    def _confirmed(self, case: Case) -> tuple[Finding, Ratio] | None:
        """Carry out a case on a fresh start; return its finding and how often it was seen, None where it was not."""
        try:
            return self._fresh(case)
        except KeyboardInterrupt:  # it comes once: what the search came to is worth being looked at
            self._end = End.INTERRUPTED
            return self._fresh(case)

    def _fresh(self, case: Case) -> tuple[Finding, Ratio] | None:
        self._bench.renew()
        self._touched = False
        several = self._several(case)
        tries = TRIES if several else SURE
        seen = [found for number in range(tries) if (found := self._finding(self._anew(case, first=not number)))]
        shown = len(seen) >= (self._needed(case) if several else tries)
        return (seen[0], Ratio(seen=len(seen), of=tries)) if shown else None

    def _anew(self, case: Case, *, first: bool) -> Tried:
        """Carry out a case behind itself; one that leaves trouble on another fresh start, as a replay does."""
        if case.leaves_trouble and not first:
            self._bench.renew()
            self._touched = False
        return self._carried_out(case)

    def _several(self, case: Case) -> bool:
        """Tell whether one run of a case says little: of a race, or where the original did not show it each time."""
        return self._rare or racing(case)

    def _right(self, case: Case) -> bool:
        """Tell whether each smaller message that has to be valid is treated like a valid one when sent alone."""
        known = {send.label: send for send in self._original.sends()}
        return all(
            self._treated(send)
            for send in case.sends()
            if send.message != known[send.label].message and _taken_for_valid(send)
        )

    def _treated(self, send: Send) -> bool:
        if send.message not in self._clean:
            self._clean[send.message] = self._bounded(alone(self._original, send)).as_clean()
        return self._clean[send.message]

    def _carried_out(self, case: Case) -> Tried:
        began = time.monotonic()
        self._runs += 1
        if self._fragile and self._touched:
            self._bench.renew()
        tried = self._bench.tried(case)
        self._touched = bool(doubts(tried)) or any(judgement.findings for judgement in tried.judgements)
        self._took = time.monotonic() - began
        return tried

    def _finding(self, tried: Tried) -> Finding | None:
        """Return the finding where a case shows it and nothing is in doubt that was not with the original.

        Where the service raised something, it has to raise the same at the same place: another defect may look alike.
        """
        found = tried.finding(self._incident.shows.fingerprint) if doubts(tried) <= self._excused else None
        if found is None or not self._raised or self._raised & tried.raised(found):
            return found
        return None

    def _left(self) -> float:
        return self._bounds.seconds - (time.monotonic() - self._began)

    def _tell(self, *, smaller: bool) -> None:
        now, was = size_of(self._trail[-1]), size_of(self._original)
        told = f"{now.requests} of {was.requests} requests, {now.faults} of {was.faults} faults, {now.fields} fields"
        left = time_left(max(self._left(), 0.0))
        told = f"smaller: {told}; {self._runs} runs, {left}: {self._incident.name}"
        self._progress.shrinking(told, smaller=smaller)

    def _result(self, seen: tuple[Finding, Ratio]) -> Incident:
        found, ratio = seen
        known, case = self._incident.shrunk, self._trail[-1]
        several = ratio if self._several(case) else None
        secrets = self._bench.setting.configuration.secrets
        return replace(
            self._incident,
            shows=replace(self._incident.shows, happened=redact_text(found.happened, secrets)),
            ratio=several,
            tries=tries_of(several, racing=racing(case)),
            shrunk=Shrunk(
                before=known.before if known else size_of(self._incident.case),
                after=size_of(case),
                runs=self._runs + (known.runs if known else 0),
                minimal=self._end is End.MINIMAL,
            ),
            redaction=redaction_of(case, secrets),
            case=case,
        )


def _taken_for_valid(send: Send) -> bool:
    return send.expect is None or send.expect.expected is Expected.ACCEPTED
