"""A finding as a story: what was sent, what each stage made of it, and the first thing that clean runs do not show."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.model.cases import Family
from harness.model.messages import Answer
from harness.model.scope import DependencyCall, Exchange, Scope
from harness.report.became import became
from harness.report.explained import explained
from harness.report.format import Chapter, Passage
from harness.report.page.story import story as on_page
from harness.report.screen import plain
from harness.report.story import clean_scope, story
from tests.unit.report.made import (
    BODY,
    CASES,
    CREATED,
    FIRST,
    SECOND,
    bad_report,
    bad_scopes,
    call,
    effect,
    exchange,
    scope,
)

ANSWERED = '{"id":"b1","accepted":["alpha"],"rejected":[]}'


def test_a_doubled_effect_is_told_stage_by_stage() -> None:
    """The second chapter shows where clean runs go another way: the second effect of one event."""
    assert bad_report().findings[0].story == (
        Chapter(
            exchange=3,
            label="first",
            passages=(
                Passage(kind="sent", text="POST /v1/batches, event 1", body=BODY.decode()),
                Passage(
                    kind="call", text="ledger POST /entries: 201 after 5 ms, a new effect under key key-1", body="{}"
                ),
                Passage(kind="stage", text="emit"),
                Passage(kind="answer", text="201 Created after 14 ms", body=ANSWERED),
            ),
        ),
        Chapter(
            exchange=4,
            label="second",
            passages=(
                Passage(kind="sent", text="POST /v1/batches, event 1, byte for byte what 'first' sent"),
                Passage(
                    kind="call",
                    text="ledger POST /entries: 201 after 5 ms, a new effect under key key-2",
                    body="{}",
                    clean="the 2nd effect of its kind for this event; clean runs have 1",
                    turning=True,
                ),
                Passage(kind="stage", text="emit"),
                Passage(kind="answer", text="201 Created after 13 ms", body=ANSWERED),
            ),
        ),
    )


def test_what_clean_runs_show_and_this_case_does_not_is_missing() -> None:
    """A fault that struck is told before the call that it struck; the effect that never came, before the answer."""
    (chapter,) = bad_report().findings[2].story
    assert chapter.passages[1:] == (
        Passage(kind="fault", text="no-answer struck the next call; it had no effect"),
        Passage(kind="call", text="ledger POST /entries: no whole answer", body="{}"),
        Passage(kind="missing", text="no effect of ledger POST /entries", clean="clean runs have 1", turning=True),
        Passage(kind="answer", text="no answer in time after 2,250 ms", clean="clean runs are answered 201"),
    )


def logged(exchange: Exchange, *told: dict[str, object]) -> tuple[str, ...]:
    """Return log lines of an exchange, a stage each."""
    request_id = exchange.answer.header("X-Request-Id") if exchange.answer else None
    return tuple(json.dumps({"request_id": request_id, **line}) for line in told)


def of_a_case(body: bytes, called: bytes, *told: dict[str, object], family: Family = Family.DUPLICATE) -> Scope:
    """Return the scope of a case with one exchange, one call and a log."""
    sent = exchange(3, "first", 0, 14, FIRST, replace(CREATED, body=body))
    sent = replace(sent, data=sent.data.replace(BODY, b'{"source":"crm","values":[" Alpha "]}'))
    calls = (replace(call(1, 4, 5), body=called),)
    case = replace(CASES[2], family=family)
    return scope(case, exchanges=(sent,), calls=calls, effects=(effect(1, 6),), logs=(*logged(sent, *told), "no JSON"))


VALIDATE, EMIT = {"stage": "validate", "took_ms": 0.25}, {"stage": "emit", "outcome": "accepted", "latency_ms": 12}


def test_values_are_followed_and_stages_are_held_against_clean_runs() -> None:
    """A value that takes another form is named in both, and a stage that ends otherwise than in clean runs is marked."""
    seen = of_a_case(b'{"accepted":["alpha"]}', b'{"value":"alpha"}', VALIDATE, {"stage": "emit", "outcome": "failed"})
    clean = of_a_case(b"{}", b"{}", VALIDATE, EMIT, family=Family.REFERENCE)
    (chapter,) = story(replace(seen, references={}), seen.exchanges, clean, ())
    assert chapter.passages[1:] == (
        Passage(
            kind="call",
            text="ledger POST /entries: 201 after 5 ms, a new effect under key key-1",
            body='{"value":"alpha"}',
            became=('/values/0 " Alpha " became /value "alpha"',),
        ),
        Passage(kind="stage", text="validate (0.25 ms)"),
        Passage(kind="stage", text="emit: failed", clean="clean runs: accepted", turning=True),
        Passage(
            kind="answer",
            text="201 Created after 14 ms",
            body='{"accepted":["alpha"]}',
            became=('/values/0 " Alpha " became /accepted/0 "alpha"',),
        ),
    )


def test_an_answer_that_says_something_else_is_the_turn() -> None:
    """Where all up to the answer is as in clean runs, its first other place is where the story leaves them."""
    seen = of_a_case(b'{"id":"b1","accepted":["omega"],"rejected":[]}', b"{}", EMIT)
    (chapter,) = story(seen, seen.exchanges, of_a_case(b"{}", b"{}", EMIT, family=Family.REFERENCE), ())
    assert [(p.kind, p.clean) for p in chapter.passages if p.turning] == [
        ("answer", 'beside clean runs /accepted/0 is "omega" instead of "alpha"')
    ]


def test_a_clean_run_is_one_of_the_same_operation() -> None:
    """Only a reference is clean, and only of its own operation."""
    clean = of_a_case(b"{}", b"{}", family=Family.REFERENCE)
    scopes = {**bad_scopes(), "reference/create_batch/1": clean}
    assert (clean_scope(scopes, "create_batch"), clean_scope(scopes, "other")) == (clean, None)


def test_a_load_has_no_story() -> None:
    """It has charts instead."""
    assert story(bad_scopes()[CASES[4].id], (), None, ()) == ()


def test_no_secret_and_no_control_character_is_in_a_story() -> None:
    """What the service said is redacted and visible, as everywhere."""
    sent = exchange(3, "first", 0, 14, SECOND, Answer(status=500, body=b"\x1b[2J password=hunter2hunter2"))
    asked = DependencyCall(
        number=1,
        dependency="ledger",
        call="",
        method="GET",
        target="/x?token=abcdefgh\x1b",
        headers=(),
        body=b"",
        received=sent.sent + 1,
        ended=sent.sent + 2,
        status=200,
        how="",
    )
    (chapter,) = story(scope(CASES[2], exchanges=(sent,), calls=(asked,)), (sent,), None, ())
    told = repr(chapter)
    assert ("hunter2" in told, "abcdefgh" in told, "\x1b" in told) == (False, False, False)


def test_what_became_of_a_value() -> None:
    """Trimmed, in other letters, as a text: told; unchanged, unlike or too short: not."""
    before = {"a": " One ", "b": 12, "c": "same", "d": "x"}
    after = {"p": ["one", "12"], "q": "same", "r": "X", "s": "two"}
    assert became(before, after) == ('/a " One " became /p/0 "one"',)
    assert became(
        {"n": ["AA", "BB", "CC", "DD", "EE", "FF", "GG", "HH"]}, ["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh"]
    )[6:] == ("and 2 more",)
    assert became("no document", None) == ()


def test_a_finding_is_explained_on_a_terminal() -> None:
    """What broke, stage by stage how, where it leaves the clean runs, where to look, how to have it again."""
    report = bad_report()
    lines = list(explained(report, report.findings[0], 100, plain))
    assert "\n".join(lines) == EXPLAINED
    narrow = [line for found in report.findings for line in explained(report, found, 60, plain)]
    assert max(len(line) for line in narrow if "harness run" not in line) <= 60


def test_what_was_raised_is_told_and_orders_no_ci() -> None:
    """The traceback stands before where to look, and no line of it is an order to whoever reads the log."""
    report = bad_report()
    raised = (
        "a line",
        "Traceback (most recent call last):",
        '  File "/srv/shop.py", line 3, in pay',
        "  ::error::boo",
        "E: x",
    )
    found = replace(report.findings[1], logs=raised)
    lines = list(explained(replace(report, findings=(found,)), found, 100, plain))
    at = lines.index("The service raised")
    assert lines[at + 1 : at + 6] == [
        "   Traceback (most recent call last):",
        '     File "/srv/shop.py", line 3, in pay',
        "     \\::error::boo",
        "   E: x",
        "Where to look",
    ]


EXPLAINED = """\
1. critical: doubled effect - create_batch, duplicate (D01)
   happened  One event, two effects: key-1, key-2.
   expected  400 (RFC 9110, section 15.5.1): a client's fault is the client's to hear of
   matters   A client that sees a 5xx sends the same again; one bad message becomes a storm.
   invariant one-effect-per-event (must): An event has its effect once, however often it is sent; an
             accepted one is not without it.
   standing  fails the gate

'first' (exchange 3)
   sent     POST /v1/batches, event 1
              {"source":"crm","values":["alpha"]}
   called   ledger POST /entries: 201 after 5 ms, a new effect under key key-1
              {}
   logged   emit
   answered 201 Created after 14 ms
              {"id":"b1","accepted":["alpha"],"rejected":[]}

'second' (exchange 4)
   sent     POST /v1/batches, event 1, byte for byte what 'first' sent
   called   ledger POST /entries: 201 after 5 ms, a new effect under key key-2
              {}
            <- the first that differs: the 2nd effect of its kind for this event; clean runs have 1
   logged   emit
   answered 201 Created after 13 ms
              {"id":"b1","accepted":["alpha"],"rejected":[]}

It leaves the course of the clean runs at 'second': called ledger POST /entries: 201 after 5 ms, a
new effect under key key-2: the 2nd effect of its kind for this event; clean runs have 1.

Beside the clean runs
   - calls of ledger POST /entries for event 1: 2 instead of 1
   - effects of ledger POST /entries for event 1: 2 instead of 1

Where to look
   - the application's handler of POST /v1/batches
   - history.jsonl in the run directory, case D01/create_batch/1, exchange 3, 4
   - the service's log, lines with req-0001-abcdef
Again
   harness run --scenario D01 --seed 7
Kept in the run directory, for harness incident accept
   incidents/d01-create-batch-doubled-effect-0123ab.json"""


def test_the_page_tells_the_same_story() -> None:
    """The card has every passage, and the first that differs says so in words."""
    finding = bad_report().findings[0]
    told = on_page(finding)
    assert told
    assert told.text.count("<li") == 8
    assert told.text.count('class="turning"') == 1
    assert "≠ the first that differs: the 2nd effect of its kind for this event; clean runs have 1" in told.text
    assert on_page(replace(finding, story=())) is None
