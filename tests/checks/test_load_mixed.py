"""The checks of mixed loads: reads are right, malformed requests rejected, the deadline kept, sizes in proportion."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from harness.checks.load_deadline import judge as in_time
from harness.checks.load_exact_effects import judge as exact
from harness.checks.load_malformed import judge as rejected
from harness.checks.load_no_errors import judge as no_errors
from harness.checks.load_reads import judge as reads
from harness.checks.load_reads_fast import judge as fast
from harness.checks.load_sizes import judge as in_proportion
from harness.load.job import NOTHING_TO_READ
from harness.model.events import LoadRequest
from harness.model.faults import Fault
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Request
from harness.model.scope import Scope, SeenFault, Stall
from harness.model.steps import Expected, Part
from harness.model.verdicts import Severity
from tests.load.scopes import MS, REFERENCE, asked, call, effect, finding, load_scope, reshaped, word

CALM = (Stall(at=9_000 * MS, worst=0.002, window=20.0),)
MESSAGE = Request(method="POST", target="/v1/batches")
CUT = Part(label="cut", share=0.2, operation="create", message=MESSAGE, expect=Expected.REJECTED)
READ = Part(label="read", share=0.2, operation="create", message=MESSAGE, reads=True)
SIZES = tuple(Part(label=f"size-{n}", share=0.1, operation="create", message=MESSAGE) for n in (1, 2, 4))


def judged(
    check: str, opportunities: int, *findings: Finding, unknown: tuple[str, ...] = (), disturbed: bool = False
) -> Judgement:
    return Judgement(
        check=check,
        case="L/create/x",
        opportunities=opportunities,
        findings=findings,
        unknown=unknown,
        disturbed=disturbed,
    )


def mixed(*requests: LoadRequest, **other: Any) -> Scope:
    return reshaped(load_scope(*requests, stalls=CALM, **other), parts=(CUT, READ, *SIZES))


def read_of(index: int, event: int, **other: Any) -> LoadRequest:
    return asked(index, event, **{"part": "read", "identity": "", "status": 200, **other})


def test_reads_that_show_what_was_answered_hold() -> None:
    """Each read of an accepted event is an opportunity; one that had nothing to read is none."""
    waiting = asked(3, part="read", event=0, status=0, silence=NOTHING_TO_READ)
    assert reads(mixed(asked(1), read_of(2, 1), waiting)) == judged("reads-right-under-load", 1)


def test_a_read_of_anothers_data_is_critical() -> None:
    """The words of event 2 stand in what event 1 is read as."""
    body = json.dumps({"accepted": [word(2)], "id": "id-2"})
    scope = mixed(asked(1), asked(2), read_of(3, 1, body=body))
    (found,) = reads(scope).findings
    assert (found.symptom, found.severity) == ("another request's data", Severity.CRITICAL)


def test_reads_that_find_nothing_or_something_else_are_found() -> None:
    """404 for what was accepted is critical; another field, and a 500, are major."""
    changed = json.dumps({"accepted": [word(1), ""], "id": "id-1"})
    scope = mixed(asked(1), read_of(2, 1, status=404), read_of(3, 1, body=changed), read_of(4, 1, status=500))
    assert [(f.symptom, f.severity) for f in reads(scope).findings] == [
        ("500", Severity.MAJOR),
        ("not stored", Severity.CRITICAL),
        ("stored otherwise", Severity.MAJOR),
    ]


def test_malformed_requests_are_rejected_and_no_errors() -> None:
    """A 400 for a cut body is right: it is no error of the load, and an opportunity of its own check."""
    scope = mixed(asked(1), asked(2, part="cut", status=400, body="{}"), effects=(effect(1),))
    assert (rejected(scope), no_errors(scope), exact(scope)) == (
        judged("malformed-rejected-under-load", 1),
        judged("no-errors-under-load", 1),
        judged("exact-effects-under-load", 2),
    )


def test_a_malformed_request_that_is_taken_is_found() -> None:
    """A 2xx is a finding, and so is its effect where it was answered 4xx."""
    scope = mixed(asked(1), asked(2, part="cut", status=201, body="taken"))
    expected = finding(
        "malformed-rejected-under-load",
        "malformed request accepted",
        Severity.MAJOR,
        happened="1 request (#2) of 1 malformed ones: malformed request accepted; the first got 201 taken",
        expected="a body that is cut is answered 4xx, beside others as alone (RFC 9110, 15.5)",
        why="a caller's mistake becomes stored data or a page at night, and only when it is busy",
    )
    harmful = mixed(asked(1), asked(2, part="cut", status=400, body="{}"))
    assert rejected(scope) == judged("malformed-rejected-under-load", 1, expected)
    assert [f.symptom for f in exact(harmful).findings] == ["effect of a rejected request"]


def test_the_deadline_counts_from_the_moment_of_sending() -> None:
    """5 s and a tenth; only where the plan asks for it, and only where the harness was sound."""
    late = asked(2, done=5_900 * MS)
    asking = ("deadline-kept-under-load",)
    found = in_time(reshaped(load_scope(asked(1), late, stalls=CALM), checks=asking))
    held = in_time(
        reshaped(load_scope(asked(1), late, stalls=(Stall(at=3_000 * MS, worst=2.0, window=9.0),)), checks=asking)
    )
    assert [f.happened for f in found.findings] == ["1 request (#2) of 2 came late, the worst #2 after 5.70 s with 201"]
    assert (held.findings, held.disturbed) == ((), True)
    assert in_time(load_scope(asked(1), late)) == judged("deadline-kept-under-load", 0)


def test_reads_wait_for_no_dependency_that_they_do_not_need() -> None:
    """Slow beside an outage is found; where the reads call the dependency themselves the check does not apply."""
    fault = Fault(id="outage", dependency="ledger", kind="no-answer")
    outage = SeenFault(fault=fault, armed=1_000 * MS, cleared=2_000 * MS, firings=())
    usual = replace(REFERENCE, calls={"ledger POST /entries": 1})
    calls = (replace(call(1, 1), received=150 * MS),)
    requests = (asked(1), read_of(2, 1), read_of(12, 1, done=2_400 * MS), read_of(13, 1))
    scope = mixed(*requests, faults=(outage,), references={"create": usual}, calls=calls)
    asking = replace(scope, calls=(*calls, replace(call(2, 1), received=250 * MS)))
    expected = finding(
        "reads-fast-under-load",
        "reads wait for a dependency that they do not need",
        Severity.MAJOR,
        happened="1 request (#12) of 2 reads beside no-answer at ledger took over 1.00 s, the worst #12 1.20 s",
        expected="a read that calls no dependency ends within 1 s or 10 times its usual",
        why="those who only want to see what they have wait for an outage that is none of theirs",
    )
    assert (fast(scope), fast(asking)) == (
        judged("reads-fast-under-load", 2, expected),
        judged("reads-fast-under-load", 0),
    )


def sized(index: int, part: str, seconds: float) -> LoadRequest:
    sent = index * 100 * MS
    return asked(index, part=part, sent=sent, done=sent + round(seconds * 1000) * MS)


def test_a_cost_in_proportion_holds() -> None:
    """Four times the size, four times the cost; and what costs little may grow as it likes."""
    asking = ("size-costs-in-proportion",)
    linear = mixed(sized(1, "", 0.01), sized(2, "size-1", 0.11), sized(3, "size-4", 0.41))
    small = mixed(sized(1, "", 0.01), sized(2, "size-1", 0.011), sized(3, "size-4", 0.2))
    held = judged("size-costs-in-proportion", 1)
    assert [in_proportion(reshaped(scope, checks=asking)) for scope in (linear, small)] == [held, held]


def test_a_cost_that_squares_is_found() -> None:
    """Four times the size, sixteen times the cost."""
    scope = mixed(sized(1, "", 0.01), sized(2, "size-1", 0.06), sized(3, "size-4", 0.81))
    assert in_proportion(reshaped(scope, checks=("size-costs-in-proportion",))) == judged(
        "size-costs-in-proportion",
        1,
        finding(
            "size-costs-in-proportion",
            "cost grows faster than size",
            Severity.MAJOR,
            happened="four times the payload costs 16 times as much: 0.050 s and 0.800 s above the small example "
            "(medians)",
            expected="the cost of a request grows at most in proportion to its size, up to the documented limit",
            why="a few large requests that the contract allows take all workers",
        ),
    )
