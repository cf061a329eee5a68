r"""``report.json``, format 1: the one source of every other report.

Each field is described in ``docs/report-format.md``; a test holds the two together. Times that end in
``_ms`` are milliseconds, counted from the start of the case (of the measured load, of the run) that they
belong to; other durations are seconds. Bytes are shown as text: UTF-8 where it is printable, ``\\xHH`` where not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from harness.model.cases import Family
from harness.model.gates import Notice, Ratio, Standing, Waiver
from harness.model.messages import Outcome
from harness.model.records import record
from harness.model.verdicts import Blame, Force, Severity, Verdict
from harness.report.format_loads import LoadLine, WatchLine

FORMAT: Literal[1] = 1
"""The format of ``report.json``."""


@record
class RunFacts:
    """The run that is reported: what ran, when, how long, and how to have it again.

    ``deadline`` is the service's promise in seconds.
    """

    id: str
    state: str
    started: str
    finished: str
    took: float
    seed: int
    harness: str
    python: str
    target: str
    selected: str
    trouble: str
    configuration: str
    deadline: float
    profile: str = ""


@record
class Count:
    """How many cases: ``possible = run + deferred + not_applicable + not_run``; ``planned`` are those in the plan.

    ``deferred`` counts those that the run's profile leaves to another one, and tries that were not needed any more;
    ``not_run`` planned cases that did not come to their end, and required ones that could not be planned.
    """

    possible: int
    planned: int
    run: int
    not_applicable: int
    not_run: int
    deferred: int = 0


@record
class Reason:
    """Why something was left out or not known, and how often."""

    text: str
    count: int


@record
class CaseLine:
    """One planned case. ``verdict`` None: nothing applied to it. ``not_run``: why it did not end; empty: it did.

    ``attempts`` counts how often it was carried out: more than once where the machine disturbed it; the last counts.
    ``unknown`` are the reasons of its checks for not knowing.
    """

    id: str
    title: str
    trouble: str
    verdict: Verdict | None
    took: float
    not_run: str = ""
    attempts: int = 1
    unknown: tuple[str, ...] = ()


@record
class EntryCoverage:
    """One entry of the catalogue (or of the author) in one scenario on one operation.

    ``verdict`` None: nothing of it applied. ``findings`` are the fingerprints of findings seen in its cases.
    """

    entry: str
    title: str
    family: Family
    scenario: str
    operation: str
    count: Count
    verdict: Verdict | None
    findings: tuple[str, ...] = ()
    left_out: tuple[Reason, ...] = ()
    cases: tuple[CaseLine, ...] = ()


@record
class FamilyCoverage:
    """A family's cases and what they came to."""

    family: Family
    count: Count
    verdict: Verdict | None


@record
class Coverage:
    """The denominator of the verdict: of the run, of each family, of each entry."""

    total: Count
    families: tuple[FamilyCoverage, ...]
    entries: tuple[EntryCoverage, ...]


@record
class Moment:
    """One row of a case's sequence.

    ``kind``: ``exchange`` goes from the client to the service, ``call`` from the service to ``lane``, ``effect`` is
    what the call changed there, ``fault`` is where it struck (``lane`` is the dependency). ``until_ms`` is when the
    answer was there (``at_ms`` for what has no length). ``text`` says what was sent, ``result`` what came of it.
    """

    kind: Literal["exchange", "call", "effect", "fault"]
    lane: str
    at_ms: float
    until_ms: float
    text: str
    result: str
    number: int = 0
    decisive: bool = False


@record
class Difference:
    """One thing that was compared with the clean runs of the operation: what they show, and what the case shows.

    ``what`` is the answer, a place in it (a JSON pointer), or the calls or effects at a dependency that one event
    costs. ``clean`` and ``here`` are empty where there is nothing.
    """

    what: str
    clean: str
    here: str
    same: bool


@record
class Passage:
    """One thing that happened of an exchange, in the order in which it did.

    ``kind`` is what: ``sent``, a ``call`` of the service with its effect, a ``fault`` that struck it, a ``stage`` that
    the service's own log tells of, the ``answer``, or what clean runs show and this one does not (``missing``).
    ``body`` is the beginning of what was sent, called with or answered, on one line. ``became`` are values of the
    request that stand here in another form. ``clean`` says what the clean runs show there, where that differs; empty:
    it does not, or nothing is known. ``turning`` marks the first passage of a story that differs.
    """

    kind: Literal["sent", "call", "fault", "stage", "answer", "missing"]
    text: str
    body: str = ""
    became: tuple[str, ...] = ()
    clean: str = ""
    turning: bool = False


@record
class Chapter:
    """The story of one decisive exchange, stage by stage."""

    exchange: int
    label: str
    passages: tuple[Passage, ...]


@record
class ShownExchange:
    """A decisive exchange with its bytes as text; ``request_size`` and ``answer_size`` are whole, in bytes.

    ``answer`` is empty where none came; ``silence`` says why. ``by_hand`` is a shell command that sends the same
    message; where there is none, ``no_command`` says why.
    """

    number: int
    label: str
    phase: str
    took_ms: float
    status: int
    request: str
    request_size: int
    answer: str
    answer_size: int
    silence: str
    by_hand: str
    no_command: str = ""


@record
class Place:
    """A line (from 1) of a file of the project; ``file`` is its path from where the run was started.

    ``what`` stands there: the service's ``handler`` of an operation, the ``entry`` of a scenario, or the
    ``configuration``.
    """

    file: str
    line: int
    what: Literal["handler", "entry", "configuration"]


@record
class ReportedFinding:
    """A defect once, however often it was seen: the finding of its smallest witness. ``place`` is where to show it.

    ``repeat`` is the command that plans and runs it again, ``look`` tells where to look. ``setup`` are the shell
    lines that the commands by hand need first. ``left_out`` rows of the sequence are not shown. ``waiver`` is the one
    that waives it, ``known_since`` the day from which the baseline has it (empty: it does not). ``ratio`` None: its
    case was not carried out again. ``differences`` hold the last decisive exchange against the clean runs; none: its
    operation has no clean run. ``story`` tells the decisive exchanges stage by stage, beside the clean runs.
    ``incident`` is the file below the run directory that keeps it; empty: none does, or it came from a kept one.
    ``accept`` is the command that does, but for the file.
    """

    fingerprint: str
    check: str
    severity: Severity
    force: Force
    blame: Blame
    fails_gate: bool
    reaches_gate: bool
    standing: Standing
    waiver: Waiver | None
    known_since: str
    ratio: Ratio | None
    family: Family
    entry: str
    scenario: str
    case: str
    title: str
    operation: str
    trouble: str
    symptom: str
    call: str
    happened: str
    expected: str
    why: str
    witnesses: tuple[str, ...]
    timeline: tuple[Moment, ...]
    left_out: int
    exchanges: tuple[ShownExchange, ...]
    setup: tuple[str, ...]
    commands: tuple[str, ...]
    repeat: str
    logs: tuple[str, ...]
    look: tuple[str, ...]
    place: Place
    differences: tuple[Difference, ...] = ()
    story: tuple[Chapter, ...] = ()
    incident: str = ""
    accept: str = ""


@record
class CheckLine:
    """What one check said over the whole run. ``cases`` is how many it was asked about.

    ``title`` and ``promise`` say what it holds a service to; empty where no such check is known.
    """

    check: str
    cases: int
    opportunities: int
    passed: int
    failed: int
    unknown: int
    not_applicable: int
    title: str = ""
    promise: str = ""
    reasons: tuple[Reason, ...] = ()


@record
class ReferenceLine:
    """What an operation does when nothing disturbs it; ``noise`` is what differs from run to run, by JSON pointer."""

    operation: str
    runs: int
    status: int
    slowest_ms: float
    calls: Mapping[str, int]
    effects: Mapping[str, int]
    noise: Mapping[str, str]
    trouble: str


@record
class FieldLine:
    """What came of all messages in which one field of an operation's body had one kind of trouble.

    ``wrong`` counts those of them that a finding rests on, whatever came of them.
    """

    operation: str
    field: str
    trouble: str
    accepted: int
    rejected: int
    failed: int
    indeterminate: int
    wrong: int


@record
class ServerLine:
    """Messages that also went to a trivial application on the same server: what came of them at both, and how often.

    ``case`` is the first case that shows it.
    """

    entry: str
    trouble: str
    service: Outcome
    control: Outcome
    count: int
    case: str


@record
class GateLine:
    """What the run was held against, and how many findings that reach the gate were not counted.

    ``waivers`` and ``known`` are how many waivers and findings of the baseline there were, ``baseline`` is its file
    (empty: none).
    """

    fail_on: Severity
    waivers: int
    baseline: str
    known: int
    findings_waived: int
    findings_known: int


@record
class Report:
    """The whole report. ``sentence`` is the verdict with its reason, for people in a hurry; ``reasons`` are all.

    ``notices`` are what the gate has to say beside its verdict.
    """

    format: Literal[1] = FORMAT
    run: RunFacts
    verdict: Verdict
    sentence: str
    reasons: tuple[str, ...]
    gate: GateLine
    notices: tuple[Notice, ...]
    coverage: Coverage
    findings: tuple[ReportedFinding, ...]
    checks: tuple[CheckLine, ...]
    references: tuple[ReferenceLine, ...]
    watched: tuple[WatchLine, ...]
    loads: tuple[LoadLine, ...]
    fields: tuple[FieldLine, ...] = ()
    servers: tuple[ServerLine, ...] = ()

    @property
    def gating(self) -> tuple[ReportedFinding, ...]:
        """The findings that fail the gate."""
        return tuple(finding for finding in self.findings if finding.fails_gate)

    @property
    def doubts(self) -> tuple[str, ...]:
        """The reasons for not knowing: all but those of the findings that fail the gate, which come first."""
        return self.reasons[len(self.gating) :]

    @property
    def excused(self) -> tuple[ReportedFinding, ...]:
        """The findings that reach the gate and are not counted: waived, or known already."""
        return tuple(finding for finding in self.findings if finding.reaches_gate and not finding.fails_gate)

    @property
    def advice(self) -> tuple[ReportedFinding, ...]:
        """The findings that do not reach the gate."""
        return tuple(finding for finding in self.findings if not finding.reaches_gate)
