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
from harness.model.records import record
from harness.model.verdicts import Blame, Force, Severity, Verdict

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

    ``deferred`` counts those that the run's profile leaves to another one, ``not_run`` planned cases that did not come
    to their end, and required ones that could not be planned.
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
    case was not carried out again.
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
class Point:
    """One bucket of a series: ``count`` requests or probes from ``at`` (seconds), of which ``errors`` failed.

    ``middle_ms`` and ``worst_ms`` are the median and the longest; 0 where none was answered.
    """

    at: float
    count: int
    errors: int
    middle_ms: float
    worst_ms: float


@record
class Latency:
    """Exact percentiles (nearest rank) in milliseconds, of ``count`` samples; all 0 where there are none."""

    count: int
    p50_ms: float
    p90_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


@record
class WatchLine:
    """A watched route over the run. ``failed`` probes were not answered with 2xx; ``latency`` is of those that were."""

    route: str
    probes: int
    failed: int
    latency: Latency
    series: tuple[Point, ...]


@record
class ThresholdLine:
    """A threshold and its number: seconds, a fraction, or answers per second.

    ``value`` None: no request to take it from, or requests without an answer, which waited for ever. ``holds`` None:
    nothing to hold it against. It says what the number is; whether it decides is the judgement of ``load-thresholds``.
    """

    text: str
    measure: str
    quantile: float
    bound: float
    value: float | None
    holds: bool | None


@record
class ResourceLine:
    """The service's process tree at one moment of a load: bytes of memory, descriptors, threads, processes."""

    moment: str
    rss: int
    descriptors: int
    threads: int
    processes: int


@record
class LoadLine:
    """One load. Latency counts from the intended start. ``warmup`` requests are in no other number.

    ``lateness`` is how late requests were sent: the generator's own saturation. ``statuses`` counts answers by status,
    ``silences`` requests without one by reason; ``errors`` is the fraction without an answer or with one of
    the 5xx class, ``throughput`` the rate of the others. ``latency`` is of the requests that were answered.
    """

    case: str
    label: str
    operation: str
    rate: float
    seconds: float
    planned: int
    sent: int
    answered: int
    warmup: int
    throughput: float
    errors: float
    statuses: Mapping[str, int]
    silences: Mapping[str, int]
    latency: Latency
    lateness: Latency
    thresholds: tuple[ThresholdLine, ...]
    series: tuple[Point, ...]
    resources: tuple[ResourceLine, ...]
    trouble: str


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
