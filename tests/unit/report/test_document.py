"""The report is built from the judged run alone, keeps its denominator, and loses nothing on disk."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from harness.checks.load_thresholds import judge
from harness.model.cases import SEEN, Family, Instance, Omission
from harness.model.codec import from_json, to_json
from harness.model.judgements import Finding
from harness.model.messages import Outcome
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Server, Service
from harness.model.steps import Load, Settle, Threshold
from harness.model.verdicts import Blame, Force, Severity, Verdict
from harness.report import format as records
from harness.report import format_loads as loads
from harness.report.contrast import differences
from harness.report.document import build
from harness.report.findings import repeat
from harness.report.format import Count, Difference, FieldLine, Moment, Reason, Report, ServerLine
from harness.report.format_loads import Flow, Latency, Point, ThresholdLine, Window
from harness.report.schema import schema
from harness.verdict import Group, RunVerdict
from tests.unit.report.made import (
    CASES,
    CREATED,
    FOUND,
    GOOD,
    MS,
    PLAN,
    RUN,
    SECOND,
    bad_report,
    bad_scopes,
    exchange,
    good_report,
    good_scopes,
    loaded,
    unknown_report,
)

DOCUMENT = Path(__file__).parents[3] / "docs" / "report-format.md"


def test_sentences() -> None:
    """The verdict comes with its reason and its denominator, in one sentence."""
    assert [report.sentence for report in (good_report(), bad_report(), unknown_report())] == [
        "all 5 planned cases ran; every required check had its chance, and no finding reaches the gate",
        (
            "3 defects fail the gate (1 critical, 2 major): the worst is create_batch: doubled effect (duplicate); "
            "all 5 planned cases ran"
        ),
        (
            "the run was interrupted: SIGTERM; not shown: 4 of 5 planned cases were not judged in MW22/create_batch/1 "
            "and 3 more; 1 of 5 planned cases ran"
        ),
    ]


def test_denominator() -> None:
    """Possible is what ran, what does not apply and what did not run, in the whole and in every family and entry."""
    for report in (good_report(), bad_report(), unknown_report()):
        covered = report.coverage
        counts = [covered.total, *(f.count for f in covered.families), *(e.count for e in covered.entries)]
        assert all(c.possible == c.run + c.deferred + c.not_applicable + c.not_run for c in counts)
        assert covered.total.possible == sum(e.count.possible for e in covered.entries)
    assert unknown_report().coverage.total == Count(possible=6, planned=5, run=1, not_applicable=1, not_run=4)


def test_what_a_profile_leaves_is_counted_and_neutral() -> None:
    """Every deferred case is in the denominator with its reason, and takes nothing from the verdict."""
    reason = "left to another profile: 'quick' carries out 1 of 4 cases, drawn with the seed"
    left = Omission(entry="MJ11", scenario="malformed", operation="create_batch", reason=reason, deferred=3)
    plan = replace(PLAN, omissions=(*PLAN.omissions, left))
    report = build(RUN, plan, GOOD, good_scopes(), RunVerdict(verdict=Verdict.PASS))
    assert report.coverage.total == Count(possible=9, planned=5, run=5, not_applicable=1, not_run=0, deferred=3)
    entry = next(entry for entry in report.coverage.entries if entry.entry == "MJ11")
    assert entry.count == Count(possible=4, planned=1, run=1, not_applicable=0, not_run=0, deferred=3)
    assert (entry.left_out, entry.verdict) == ((Reason(text=reason, count=3),), Verdict.PASS)
    assert report.verdict is Verdict.PASS


def test_what_was_left_out_says_why() -> None:
    """An entry that does not apply, and a case that never began, each carry the reason."""
    entries = {entry.entry: entry for entry in unknown_report().coverage.entries}
    assert entries["MH09"].left_out == (
        Reason(text="the OpenAPI document states no limit of the body (x-max-body-bytes)", count=1),
    )
    assert entries["MH09"].verdict is None
    assert entries["D01"].left_out == (Reason(text="never begun: the run ended before", count=1),)
    assert entries["D01"].verdict is Verdict.UNKNOWN
    assert entries["MJ11"].verdict is Verdict.PASS


def test_families() -> None:
    """Every family has its verdict; the worst of its entries."""
    assert {line.family: line.verdict for line in bad_report().coverage.families} == {
        Family.MALFORMED: Verdict.FAIL,
        Family.DUPLICATE: Verdict.FAIL,
        Family.TIMEOUT: Verdict.FAIL,
        Family.LOAD: Verdict.UNKNOWN,
    }


def test_a_finding_at_a_url() -> None:
    """What was found on a service that runs by itself is repeated there."""
    service = Service(server=Server.URL, url="http://127.0.0.1:8000")
    run = replace(RUN, configuration=replace(RUN.configuration, service=service))
    assert repeat("D01", run, None) == "harness run --url http://127.0.0.1:8000 --scenario D01 --seed 7"


@pytest.mark.parametrize(
    ("file", "option"),
    [
        ("scenarios/load.yaml", ""),
        ("scenarios/deep/deep-load.yaml", "--scenarios scenarios/deep/deep-load.yaml "),
        ("./scenarios/deep/deep-load.yaml", "--scenarios scenarios/deep/deep-load.yaml "),
        ("/elsewhere/of/mine/load.yaml", "--scenarios mine/load.yaml "),
        ("own.yaml", ""),
    ],
)
def test_a_finding_of_another_file(file: str, option: str) -> None:
    """A scenario that is not found by itself is named, as it lies beside the configuration, and no path above that."""
    run = replace(RUN, scenarios=(Scenario(name="load", file=file, family=Family.LOAD, entries=(Entry(id="L01"),)),))
    case = next(case for case in CASES if case.scenario == "load")
    assert repeat("L01", run, case) == f"harness run {option}--scenario L01 --seed 7"


def test_a_finding_that_no_scenario_says() -> None:
    """An incident is replayed again, and what became one is taken from its files again."""
    case = replace(CASES[0], entry=SEEN, scenario="seen-1")
    run = replace(RUN, scenarios=(), selected="a.log 'b c.har' --sql rows.sql")
    assert repeat(SEEN, run, case) == "harness incident new a.log 'b c.har' --sql rows.sql --seed 7"
    before = replace(case, instance=Instance(env={"MODE": "old"}, clock="2028-02-29T12:00:00Z"))
    assert repeat(SEEN, replace(run, selected="a.log"), before) == (
        "harness incident new a.log --env MODE=old --clock 2028-02-29T12:00:00Z --seed 7"
    )
    assert repeat("D01", replace(run, selected="x, seen-1"), case) == "harness replay incidents/seen-1.json --seed 7"


def test_a_finding() -> None:
    """A finding carries what, why, how to see it, how to repeat it, and where to look."""
    finding = bad_report().findings[0]
    assert (finding.severity, finding.force, finding.blame) == (Severity.CRITICAL, Force.MUST, Blame.APPLICATION)
    assert finding.repeat == "harness run --scenario D01 --seed 7"
    assert finding.setup[:2] == (
        "SUT=http://127.0.0.1:8000",
        "EVENT_1=$(python3 -c 'import uuid; print(uuid.uuid4())')",
    )
    command = (
        'curl -sS -i "$SUT/v1/batches" -H \'Content-Type: application/json\' -H "Idempotency-Key: $EVENT_1" '
        '-H \'Authorization: [redacted]\' --data-binary \'{"source":"crm","values":["alpha"]}\''
    )
    assert [exchange.by_hand for exchange in finding.exchanges] == [command, command]
    assert finding.logs == ('{"request_id": "req-0001-abcdef", "stage": "emit", "token": "[redacted]"}',)
    assert finding.look == (
        "the application's handler of POST /v1/batches",
        "history.jsonl in the run directory, case D01/create_batch/1, exchange 3, 4",
        "the service's log, lines with req-0001-abcdef",
    )


def test_sequence() -> None:
    """The smallest case is a sequence on one axis: the fault armed, struck and cleared among the messages."""
    finding = bad_report().findings[2]
    assert [(m.kind, m.lane, m.at_ms, m.until_ms, m.text, m.result, m.decisive) for m in finding.timeline] == [
        ("fault", "ledger", 0.0, 0.0, "no-answer armed", "", False),
        ("exchange", "client", 1.0, 2251.0, "POST /v1/batches (fault-1, event 1)", "no answer in time", True),
        ("call", "ledger", 6.0, 2296.0, "POST /entries", "no whole answer (held)", False),
        ("fault", "ledger", 8.0, 8.0, "no-answer struck", "no effect", False),
        ("fault", "ledger", 2300.0, 2300.0, "no-answer cleared", "", False),
    ]
    assert all(isinstance(moment, Moment) for moment in finding.timeline)


def test_where_to_look_names_the_call_that_was_struck() -> None:
    """A finding of the client to a dependency names that dependency and its call, told by the finding or by the fault."""
    finding = next(found for found in FOUND if found.blame is Blame.CLIENT)
    unnamed = dataclasses.replace(finding, call="")
    alone = dataclasses.replace(finding, call="ledger")
    assert {_first_place(found) for found in (finding, unnamed, alone)} == {
        "the application's client of ledger POST /entries: its timeout, its retries, how it reads the answer"
    }


def _first_place(finding: Finding) -> str:
    group = Group(fingerprint=finding.fingerprint, finding=finding, witnesses=(finding.case,))
    verdict = RunVerdict(verdict=Verdict.FAIL, groups=(group,))
    return build(RUN, PLAN, GOOD, bad_scopes(), verdict).findings[0].look[0]


def test_a_failing_dependency_by_hand() -> None:
    """Where a dependency failed in the case, the commands by hand say that it must fail then, too."""
    assert bad_report().findings[2].setup[-1] == "# meanwhile ledger must fail: no-answer on POST /entries"


def test_load_numbers() -> None:
    """Latency counts from the intended start, thresholds carry their number, failures are counted."""
    line = bad_report().loads[0]
    assert line.statuses == {"201": 196, "503": 4}
    assert line.lateness == Latency(count=200, p50_ms=0.2, p90_ms=0.2, p95_ms=0.2, p99_ms=0.2, max_ms=0.2)
    assert [(t.text, t.holds) for t in line.thresholds] == [("p(95) < 250ms", False), ("errors < 1%", False)]
    assert sum(point.count for point in line.series) == 200
    assert isinstance(line.series[0], Point)


def test_what_fails_is_no_throughput() -> None:
    """An answer of the 5xx class is no success: the page's rate is the one that the check holds the bound against."""
    whole = loaded(slow=False)
    every_other = tuple(dataclasses.replace(r, status=503) if r.index % 2 else r for r in whole.requests)
    rate = Threshold(text="rate > 30", measure="rate", comparison=">", bound=30.0)
    step = dataclasses.replace(next(s for s in whole.case.steps if isinstance(s, Load)), thresholds=(rate,))
    scope = dataclasses.replace(
        whole, case=dataclasses.replace(whole.case, steps=(Settle(), step, Settle())), requests=every_other
    )
    line = build(RUN, PLAN, GOOD, {scope.case.id: scope}, RunVerdict(verdict=Verdict.UNKNOWN)).loads[0]
    said = (*judge(scope).unknown, *(found.happened for found in judge(scope).findings))
    assert (line.throughput, line.thresholds[0].value, line.thresholds[0].holds) == (20.0, 20.0, False)
    assert [text for text in said if "20.0 answers/s" not in text] == []


def test_load_over_time() -> None:
    """A load tells what was wrong when, what was asked and what came, every percentile it can tell, what it cost."""
    line = bad_report().loads[0]
    assert line.windows == (Window(text="ledger: no-answer", start=2.0, end=2.5),)
    assert line.flow[0] == Flow(at=0.0, offered=40.0, answered=40.0)
    assert line.flow[8] == Flow(at=2.0, offered=40.0, answered=0.0)
    slowest = sorted(round((r.done - r.due) / MS) for r in loaded(slow=True).requests)[-3:]
    assert [(q.percent, q.ms) for q in line.distribution[-3:]] == list(zip((99, 99.5, 100), slowest, strict=True))
    assert [(held.moment, held.at) for held in line.resources] == [("before", -1.0), ("after", 6.0)]


def test_faults_beside_watched_routes() -> None:
    """A watched route shows when a fault was on, from its first probe to its last."""
    assert bad_report().watched[0].windows == (Window(text="faults on", start=0.0, end=2.5),)
    assert good_report().watched[0].windows == (Window(text="faults on", start=0.0, end=1.6),)


def test_fields() -> None:
    """What came of a message that is wrong in a field is counted there, and whether a finding rests on it."""
    line = {"operation": "create_batch", "field": "values", "trouble": "deep-nesting", "accepted": 0}
    right, wrong = (
        FieldLine(**line, rejected=1, failed=0, indeterminate=0, wrong=0),  # type: ignore[arg-type]
        FieldLine(**line, rejected=0, failed=1, indeterminate=0, wrong=1),  # type: ignore[arg-type]
    )
    assert (good_report().fields, bad_report().fields) == ((right,), (wrong,))


def test_beside_the_server() -> None:
    """What a trivial application on the same server made of the same message stands beside it."""
    line = {"entry": "MW22", "trouble": "cut-body", "control": Outcome.ACCEPTED, "count": 1}
    case = CASES[1].id
    assert good_report().servers == (ServerLine(**line, service=Outcome.REJECTED, case=case),)  # type: ignore[arg-type]
    assert bad_report().servers == (ServerLine(**line, service=Outcome.ACCEPTED, case=case),)  # type: ignore[arg-type]


def test_beside_the_clean_runs() -> None:
    """A doubled effect is answered as in a clean run, and its event cost two calls and had two effects."""
    call = "ledger POST /entries for event 1"
    assert bad_report().findings[0].differences == (
        Difference(what="answer to 'second'", clean="201 within 21 ms", here="201 Created after 13 ms", same=True),
        Difference(what=f"calls of {call}", clean="1", here="2", same=False),
        Difference(what=f"effects of {call}", clean="1", here="2", same=False),
    )
    assert bad_report().findings[1].differences[0] == Difference(
        what="answer to 'trouble'", clean="201 within 21 ms", here="500 Internal Server Error after 4 ms", same=False
    )


def test_places_of_an_answer_beside_the_clean_runs() -> None:
    """An answer of the same status is compared place by place; an identifier is another one each time."""
    said = replace(CREATED, body=b'{"id":"b7","accepted":["alpha",""],"rejected":null}')
    sent = exchange(4, "second", 20, 13, SECOND, said)
    seen = differences(replace(bad_scopes()[CASES[2].id], exchanges=(sent,)), (sent,), ())
    assert seen[1:3] == (
        Difference(what="/accepted/1", clean="", here='""', same=False),
        Difference(what="/rejected", clean="[]", here="null", same=False),
    )


def test_what_belongs_to_nobody_has_no_number() -> None:
    """A call that came before the exchange that could have caused it belongs to nobody for sure: no number is told."""
    sent = exchange(4, "second", 20, 13, SECOND, CREATED)
    seen = differences(replace(bad_scopes()[CASES[2].id], exchanges=(sent,)), (sent,), ())
    assert {(line.here, line.same) for line in seen[1:]} == {("cannot be told apart from other events", False)}


def test_load_without_requests() -> None:
    """A load that sent nothing has no number to hold a threshold against, and says so."""
    scopes = {CASES[4].id: dataclasses.replace(loaded(slow=False), requests=(), load=None)}
    line = build(RUN, PLAN, GOOD, scopes, RunVerdict(verdict=Verdict.UNKNOWN)).loads[0]
    assert line.trouble == "no request was sent"
    assert line.thresholds[0] == ThresholdLine(
        text="p(95) < 250ms", measure="p", quantile=95, bound=0.25, value=None, holds=None
    )


def test_unanswered_requests_wait_for_ever() -> None:
    """Requests without an answer count as infinitely late: a percentile that lands on one does not hold."""
    whole = loaded(slow=False)
    silent = tuple(dataclasses.replace(r, status=0) if r.index % 10 == 0 else r for r in whole.requests)
    scopes = {CASES[4].id: dataclasses.replace(whole, requests=silent)}
    first = build(RUN, PLAN, GOOD, scopes, RunVerdict(verdict=Verdict.UNKNOWN)).loads[0].thresholds[0]
    assert (first.value, first.holds) == (None, False)


def test_no_secret() -> None:
    """No secret of a message, a log line or a check's own words is in the report."""
    text = to_json(bad_report())
    assert "hunter2" not in text
    assert "abcdef012345" not in text


def test_pure() -> None:
    """The same run gives the same report, to the byte."""
    first, second = (build(RUN, PLAN, GOOD, good_scopes(), RunVerdict(verdict=Verdict.PASS)) for _ in range(2))
    assert to_json(first) == to_json(second)


def test_disk_and_schema() -> None:
    """report.json is read back without loss and fits its published schema."""
    validator = jsonschema.Draft202012Validator(schema())
    for report in (good_report(), bad_report(), unknown_report()):
        text = to_json(report)
        assert from_json(Report, text) == report
        validator.validate(json.loads(text))


def documented() -> dict[str, list[str]]:
    """Return the fields that the page documents, by record."""
    found: dict[str, list[str]] = {}
    for part in DOCUMENT.read_text(encoding="utf-8").split("\n## ")[1:]:
        found[part.split("\n", 1)[0].strip("`")] = re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)
    return found


def test_documentation() -> None:
    """docs/report-format.md lists every record and every field of it, in order, and nothing else."""
    declared = {
        name: [field.name for field in dataclasses.fields(kind)]
        for name, kind in (vars(loads) | vars(records)).items()
        if dataclasses.is_dataclass(kind) and isinstance(kind, type)
    }
    assert documented() == declared
