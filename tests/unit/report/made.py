"""Two runs by hand: one in which everything holds, and one with a finding of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.model.cases import Case, Family, Omission, Plan
from harness.model.events import LoadRan, LoadRequest, Resources
from harness.model.faults import Fault, Landed
from harness.model.judgements import Finding, Judgement
from harness.model.messages import HOST_PLACEHOLDER, Answer, Chunk, Ending, Request, Silence, Wire, placeholder
from harness.model.runs import Run, State
from harness.model.scenarios import Entry, Scenario
from harness.model.scope import DependencyCall, Exchange, Firing, Probe, Reference, Scope, SeenEffect, SeenFault
from harness.model.services import Call, Configuration, Dependency, EffectKind, Operation, Route, Server, Service
from harness.model.steps import Arm, Expectation, Expected, Load, Phase, Send, Settle, Threshold
from harness.model.verdicts import Blame, Severity, Verdict
from harness.report.document import build
from harness.report.format import Report
from harness.verdict import Group, RunVerdict

MS = 1_000_000
START = 5_000_000_000
EVENT = "3b2c1d0e-1111-5222-8333-444455556666"

CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.GUNICORN, app="sample_app:create_app()", deadline=2.0),
    dependencies=(
        Dependency(
            name="ledger",
            env="LEDGER_URL",
            calls=(Call(route=Route(method="POST", path="/entries"), effect=EffectKind.KEYED),),
        ),
    ),
    operations=(Operation(name="create_batch", route=Route(method="POST", path="/v1/batches")),),
    watch=(Route(method="GET", path="/healthz"),),
)
SCENARIOS = (
    Scenario(
        name="malformed",
        file="scenarios/malformed.yaml",
        family=Family.MALFORMED,
        entries=(
            Entry(id="MJ11", title="deep nesting", line=4),
            Entry(id="MW22", title="cut body", line=5),
            Entry(id="MH09", line=6),
        ),
    ),
    Scenario(
        name="duplicate", file="scenarios/duplicate.yaml", family=Family.DUPLICATE, entries=(Entry(id="D01", line=4),)
    ),
    Scenario(name="timeout", file="scenarios/timeout.yaml", family=Family.TIMEOUT, entries=(Entry(id="T02", line=4),)),
    Scenario(name="load", file="scenarios/load.yaml", family=Family.LOAD, entries=(Entry(id="L01", line=4),)),
)
RUN = Run(
    id="20250102-030405-7",
    state=State.COMPLETE,
    started="2025-01-02T03:04:05Z",
    finished="2025-01-02T03:05:05Z",
    took=60.25,
    seed=7,
    salt="salt",
    harness="0.1.0",
    python="3.11.9",
    target="gunicorn 27.0.1, 2 workers x 4 threads",
    configuration=CONFIGURATION,
    scenarios=SCENARIOS,
)
JSON = ("Content-Type", "application/json")
BODY = b'{"source":"crm","values":["alpha"]}'
CREATED = Answer(
    status=201,
    reason="Created",
    headers=(JSON, ("X-Request-Id", "req-0001-abcdef")),
    body=b'{"id":"b1","accepted":["alpha"],"rejected":[]}',
)
BROKEN = Answer(
    status=500, reason="Internal Server Error", headers=(("Content-Type", "text/html"),), body=b"<h1>oops</h1>"
)
REFERENCES = {
    "create_batch": Reference(
        operation="create_batch",
        runs=3,
        status=201,
        answer={"id": "b0", "accepted": ["alpha"], "rejected": []},
        noise={"/id": "identifier"},
        calls={"ledger POST /entries": 1},
        effects={"ledger POST /entries": 1},
        slowest=0.021,
    )
}


def request(event: int, body: bytes = BODY) -> Request:
    """Return the operation's request with an event's identity and a secret."""
    headers = (JSON, ("Idempotency-Key", placeholder(event)), ("Authorization", "Bearer abcdef012345"))
    return Request(method="POST", target="/v1/batches", headers=headers, body=body)


def exchange(number: int, label: str, at: float, took: float, planned: Send, answer: Answer | None) -> Exchange:
    """Return an exchange that began ``at`` milliseconds into its case and took ``took`` milliseconds."""
    message = planned.message
    data = (
        b"POST /v1/batches HTTP/1.1\r\nHost: 127.0.0.1:8001\r\nAuthorization: [redacted]\r\n\r\n" + message.body
        if isinstance(message, Request)
        else message.data
    )
    return Exchange(
        number=number,
        label=label,
        phase=planned.phase,
        operation="create_batch",
        event=planned.event,
        identity=EVENT if planned.event else "",
        group="",
        data=data,
        sent=START + round(at * MS),
        done=START + round((at + took) * MS),
        answer=answer,
        silence=None if answer else Silence.TIMEOUT,
        planned=planned,
    )


def case(
    entry: str, family: Family, scenario: str, title: str, trouble: str, *steps: Send | Arm | Settle | Load
) -> Case:
    """Return a case with steps."""
    return Case(
        id=f"{entry}/create_batch/1",
        entry=entry,
        family=family,
        scenario=scenario,
        operation="create_batch",
        title=title,
        trouble=trouble,
        steps=steps,
    )


NESTED = Send(
    label="trouble",
    phase=Phase.FAULT,
    operation="create_batch",
    message=request(1, b"[" * 5000),
    event=1,
    expect=Expectation(expected=Expected.REJECTED, field="values"),
)
CUT = Send(
    label="trouble",
    phase=Phase.FAULT,
    operation="create_batch",
    message=Wire(
        chunks=(
            Chunk(
                data=b"POST /v1/batches HTTP/1.1\r\nHost: "
                + HOST_PLACEHOLDER
                + b"\r\nContent-Length: 100\r\n\r\n"
                + BODY
            ),
        ),
        ending=Ending.HALF_CLOSE,
    ),
)
FIRST = Send(label="first", operation="create_batch", message=request(1), event=1)
SECOND = Send(label="second", operation="create_batch", message=request(1), event=1)
HANG = Fault(id="f1", dependency="ledger", kind="no-answer", call="POST /entries", times=1)
FAULTY = Send(label="fault-1", phase=Phase.FAULT, operation="create_batch", message=request(1), event=1)
STEADY = Load(
    label="load",
    operation="create_batch",
    message=request(1),
    rate=40,
    seconds=5,
    thresholds=(
        Threshold(text="p(95) < 250ms", measure="p", quantile=95, comparison="<", bound=0.25),
        Threshold(text="errors < 1%", measure="errors", comparison="<", bound=0.01),
    ),
)
CASES = (
    case("MJ11", Family.MALFORMED, "malformed", "nesting of 5,000", "deep-nesting", NESTED),
    case("MW22", Family.MALFORMED, "malformed", "a length of 100 over a complete body", "cut-body", CUT),
    case("D01", Family.DUPLICATE, "duplicate", "the same event again after completion", "duplicate", FIRST, SECOND),
    case("T02", Family.TIMEOUT, "timeout", "the ledger never answers", "no-answer", Arm(fault=HANG), FAULTY, Settle()),
    case("L01", Family.LOAD, "load", "steady load", "load", STEADY),
)
PLAN = Plan(
    seed=7,
    cases=CASES,
    omissions=(
        Omission(
            entry="MH09",
            scenario="malformed",
            operation="create_batch",
            reason="the OpenAPI document states no limit of the body (x-max-body-bytes)",
        ),
    ),
)


def requests(slow: bool) -> tuple[LoadRequest, ...]:
    """Return 200 requests at 40 per second, with a stall in the third second where ``slow``."""

    def took(index: int) -> float:
        wave = 12 + (index * 7919 % 13)
        return wave + (max(0, 900 - (index - 80) * 25) if slow and index >= 80 else 0)

    return tuple(
        LoadRequest(
            index=i,
            event=i + 1,
            identity=f"id-{i}",
            due=START + i * 25 * MS,
            sent=START + i * 25 * MS + MS // 5,
            done=START + i * 25 * MS + round(took(i) * MS),
            status=503 if slow and i % 50 == 49 else 201,
        )
        for i in range(200)
    )


def scope(case: Case, **seen: object) -> Scope:
    """Return a finished scope of ``case``."""
    return Scope(
        case=case,
        configuration=CONFIGURATION,
        contract=None,
        references=REFERENCES,
        started=True,
        finished=True,
        **seen,  # type: ignore[arg-type]
    )


def probes(slow: bool) -> tuple[Probe, ...]:
    """Return probes of /healthz every 50 ms, one of them unanswered where ``slow``."""
    return tuple(
        Probe(
            route="GET /healthz",
            status=0 if slow and n == 30 else 200,
            sent=START + n * 50 * MS,
            took=0.004 + 0.001 * (n % 5) + (0.8 if slow and 25 < n < 40 else 0),
        )
        for n in range(60)
    )


def call(number: int, at: float, took: float, status: int = 201, how: str = "answered") -> DependencyCall:
    """Return a call to the ledger."""
    return DependencyCall(
        number=number,
        dependency="ledger",
        call="POST /entries",
        method="POST",
        target="/entries",
        headers=(("Idempotency-Key", f"key-{number}"),),
        body=b"{}",
        received=START + round(at * MS),
        ended=START + round((at + took) * MS),
        status=status,
        how=how,
    )


def effect(number: int, at: float) -> SeenEffect:
    """Return a new effect at the ledger."""
    return SeenEffect(
        dependency="ledger",
        call="POST /entries",
        call_number=number,
        key=f"key-{number}",
        new=True,
        at=START + round(at * MS),
    )


def loaded(slow: bool) -> Scope:
    """Return the scope of the load case."""
    grown = 40 if slow else 1
    samples = (
        Resources(case=CASES[4].id, moment="before", rss=60 << 20, descriptors=21, threads=9, processes=3),
        Resources(
            case=CASES[4].id, moment="after", rss=(60 + grown) << 20, descriptors=21 + grown, threads=9, processes=3
        ),
    )
    ran = LoadRan(case=CASES[4].id, label="load", file="load-1.jsonl", planned=200, sent=200, answered=200)
    seen = {"load": ran, "requests": requests(slow), "resources": samples, "probes": probes(slow)}
    outage = SeenFault(fault=HANG, armed=START + 2000 * MS, cleared=START + 2500 * MS, firings=())
    sampled = (START - 1000 * MS, START + 6000 * MS)
    return scope(CASES[4], sampled=sampled, faults=(outage,) if slow else (), **seen)


def good_scopes() -> Mapping[str, Scope]:
    """Return what a correct service shows."""
    refused = Answer(status=400, reason="Bad Request", headers=(JSON,), body=b"{}")
    late = Answer(status=504, reason="Gateway Timeout", headers=(JSON,), body=b"{}")
    strike = Firing(call_number=3, landed=Landed.NONE, asked=0.0, got=1.5, at=START + 8 * MS)
    fault = SeenFault(fault=HANG, armed=START, cleared=START + 1600 * MS, firings=(strike,))
    return {
        CASES[0].id: scope(CASES[0], exchanges=(exchange(1, "trouble", 0, 4, NESTED, refused),)),
        CASES[1].id: scope(
            CASES[1],
            exchanges=(exchange(2, "trouble", 0, 3, CUT, refused),),
            control={"trouble": exchange(1, "trouble", 0, 1, CUT, CREATED)},
        ),
        CASES[2].id: scope(
            CASES[2],
            exchanges=(exchange(3, "first", 0, 14, FIRST, CREATED), exchange(4, "second", 20, 3, SECOND, CREATED)),
            calls=(call(1, 4, 5),),
            effects=(effect(1, 6),),
        ),
        CASES[3].id: scope(
            CASES[3],
            exchanges=(exchange(5, "fault-1", 1, 1502, FAULTY, late),),
            calls=(call(3, 6, 1490, 0, "held"),),
            faults=(fault,),
            probes=probes(slow=False),
        ),
        CASES[4].id: loaded(slow=False),
    }


def judged(name: str, number: int, *findings: Finding) -> Judgement:
    """Return a judgement of the ``number``-th case with one opportunity."""
    return Judgement(check=name, case=CASES[number].id, opportunities=1, findings=findings, required=True)


GOOD = (
    judged("no-server-error", 0),
    judged("rejected-means-no-effect", 1),
    judged("one-effect-per-event", 2),
    judged("failure-is-declared", 3),
    judged("load-thresholds", 4),
    Judgement(check="problem-json", case=CASES[0].id, opportunities=0),
)


def finding(check: str, number: int, symptom: str, severity: Severity, happened: str, *exchanges: int) -> Finding:
    """Return a finding in the ``number``-th case."""
    found = CASES[number]
    return Finding(
        check=check,
        case=found.id,
        entry=found.entry,
        operation=found.operation,
        trouble=found.trouble,
        symptom=symptom,
        severity=severity,
        happened=happened,
        expected="400 (RFC 9110, section 15.5.1): a client's fault is the client's to hear of",
        why="A client that sees a 5xx sends the same again; one bad message becomes a storm.",
        exchanges=exchanges,
        blame=Blame.CLIENT if number == 3 else Blame.APPLICATION,
        call="ledger POST /entries" if number == 3 else "",
    )


KEPT = "incidents/d01-create-batch-doubled-effect-0123ab.json"
"""The file of the first finding, below the run directory; the others have none."""

FOUND = (
    finding(
        "one-effect-per-event", 2, "doubled effect", Severity.CRITICAL, "One event, two effects: key-1, key-2.", 3, 4
    ),
    finding("no-server-error", 0, "500", Severity.MAJOR, "Answered 500 to 5,000 open brackets.", 1),
    finding(
        "answer-in-time", 3, "hang", Severity.MAJOR, "No answer within 2.25 s <script>alert(1)</script>\x1b[31m.", 5
    ),
    finding("rejected-means-no-effect", 1, "effect", Severity.MINOR, "Answered 201; token=hunter2 was logged.", 2),
)


LOGS = ('{"request_id": "req-0001-abcdef", "stage": "emit", "token": "hunter2"}', "unrelated")


def bad_scopes() -> Mapping[str, Scope]:
    """Return what a service with a defect in every family shows."""
    strike = Firing(call_number=3, landed=Landed.NONE, asked=0.0, got=2.25, at=START + 8 * MS)
    fault = SeenFault(fault=HANG, armed=START, cleared=START + 2300 * MS, firings=(strike,))
    return {
        CASES[0].id: scope(CASES[0], exchanges=(exchange(1, "trouble", 0, 4, NESTED, BROKEN),)),
        CASES[1].id: scope(
            CASES[1],
            exchanges=(exchange(2, "trouble", 0, 3, CUT, CREATED),),
            control={"trouble": exchange(1, "trouble", 0, 1, CUT, CREATED)},
        ),
        CASES[2].id: scope(
            CASES[2],
            exchanges=(exchange(3, "first", 0, 14, FIRST, CREATED), exchange(4, "second", 20, 13, SECOND, CREATED)),
            calls=(call(1, 4, 5), call(2, 24, 5)),
            effects=(effect(1, 6), effect(2, 26)),
            logs=LOGS,
        ),
        CASES[3].id: scope(
            CASES[3],
            exchanges=(exchange(5, "fault-1", 1, 2250, FAULTY, None),),
            calls=(call(3, 6, 2290, 0, "held"),),
            faults=(fault,),
            probes=probes(slow=True),
        ),
        CASES[4].id: loaded(slow=True),
    }


def good_report() -> Report:
    """Return the report of the run in which everything holds."""
    return build(RUN, PLAN, GOOD, good_scopes(), RunVerdict(verdict=Verdict.PASS))


def bad_report() -> Report:
    """Return the report of the run with findings."""
    judgements = (
        *GOOD[4:],
        judged("one-effect-per-event", 2, FOUND[0]),
        judged("no-server-error", 0, FOUND[1]),
        judged("answer-in-time", 3, FOUND[2]),
        judged("rejected-means-no-effect", 1, FOUND[3]),
        Judgement(
            check="load-thresholds",
            case=CASES[4].id,
            opportunities=2,
            unknown=("the generator was 310 ms late",),
            required=True,
        ),
    )
    groups = tuple(Group(fingerprint=f.fingerprint, finding=f, witnesses=(f.case,)) for f in FOUND)
    reasons = (
        "create_batch: doubled effect (duplicate; one-effect-per-event, critical) in D01/create_batch/1",
        "create_batch: 500 (deep-nesting; no-server-error, major) in MJ11/create_batch/1",
        "create_batch: hang (no-answer; answer-in-time, major) in T02/create_batch/1",
        "load-thresholds: the generator was 310 ms late in L01/create_batch/1",
    )
    verdict = RunVerdict(verdict=Verdict.FAIL, reasons=reasons, groups=groups)
    return build(RUN, PLAN, judgements, bad_scopes(), verdict, incidents={FOUND[0].fingerprint: KEPT})


def unknown_report() -> Report:
    """Return the report of a run that was interrupted after its first case."""
    seen = dict(list(good_scopes().items())[:1])
    run = replace(RUN, state=State.INTERRUPTED, trouble="SIGTERM")
    reason = "4 of 5 planned cases were not judged in MW22/create_batch/1 and 3 more"
    return build(run, PLAN, GOOD[:1], seen, RunVerdict(verdict=Verdict.UNKNOWN, reasons=(reason,)))
