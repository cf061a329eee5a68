"""Checks of what a message means: the same result, texts kept, corrections not held up, the log's lines its own."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.model.cases import Family
from harness.model.marks import FORGED
from harness.model.messages import Answer, Request
from harness.model.scope import Exchange, Reference, Scope
from harness.model.steps import Compared, Expectation, Expected, Phase, Settle
from harness.model.verdicts import Force, Severity
from tests.checks.scenes import (
    ACCEPTED,
    CONFIGURATION,
    KIND,
    REFERENCE,
    REFUSED,
    answer,
    at_the_ledger,
    call,
    effect,
    exchange,
    found,
    holds,
    judged,
    not_known,
    scope,
    symptoms,
)

FAMILY = Family.MALFORMED
SAME = Expectation(expected=Expected.ACCEPTED, compared=Compared.RESULT, rule="spelling means nothing")
TEXTS = Expectation(expected=Expected.EITHER, compared=Compared.TEXTS, rule="letter by letter")

EXAMPLE = {"guest": " Ada ", "note": "window", "seats": 2}
CLEAN_ANSWER = {"id": "r-1", "guest": "Ada", "note": "window", "seats": 2}


def _booking(**changed: object) -> Request:
    return Request(method="POST", target="/bookings", body=json.dumps({**EXAMPLE, **changed}).encode())


def _echoing(*exchanges: Exchange) -> Scope:
    """Return a scope of an operation whose clean answer gives two of its texts back."""
    operation = replace(CONFIGURATION.operations[0], json=EXAMPLE)
    configuration = replace(CONFIGURATION, operations=(operation,))
    reference = replace(REFERENCE, answer=CLEAN_ANSWER)
    return replace(scope(FAMILY, *exchanges), configuration=configuration, references={"book": reference})


def _sent(message: Request, told: Answer, label: str = "trouble", at: int = 0) -> Exchange:
    return exchange(label, at, told, expect=TEXTS, message=message)


def test_the_same_meaning_with_the_same_result_holds() -> None:
    """Another spelling is accepted with the answer and the effect of a clean run; a refusal is another check's."""
    spelt = exchange("trouble", 0, answer(201), expect=SAME)
    assert judged("same-result", at_the_ledger(scope(FAMILY, spelt), call(1, 2))) == holds("same-result", 1)
    refused = exchange("trouble", 0, answer(422), expect=SAME)
    assert judged("same-result", scope(FAMILY, refused)) == holds("same-result", 0)


def test_another_result_for_the_same_meaning_is_found() -> None:
    """Another answer is major, an effect too many or too few critical; the rule's force is kept."""
    other = exchange("trouble", 0, answer(201, {"id": "b-1", "seats": 3}), expect=SAME)
    (changed,) = judged("same-result", at_the_ledger(scope(FAMILY, other), call(1, 2))).findings
    assert changed == found(
        "same-result",
        symptom="different answer",
        severity=Severity.MAJOR,
        happened="'trouble' was answered otherwise than in a clean run: /seats is 3 instead of 2",
        expected="spelling means nothing",
        why="what comes of a request depends on its spelling or its past, which no caller can see",
        exchanges=(1,),
    )
    spelt = exchange("trouble", 0, answer(201), expect=replace(SAME, force=Force.SHOULD))
    assert symptoms(judged("same-result", scope(FAMILY, spelt))) == {
        "lost effect": ("critical should", f"application {KIND}", (1,))
    }
    twice = at_the_ledger(scope(FAMILY, spelt), call(1, 2), call(2, 3))
    assert symptoms(judged("same-result", twice)) == {"extra effect": ("critical should", f"application {KIND}", (1,))}


def test_without_a_reference_or_rest_the_same_result_is_not_known() -> None:
    """Nothing to compare with is unknown, and so is a count of effects while more may come."""
    spelt = exchange("trouble", 0, answer(201), expect=SAME)
    bare = replace(scope(FAMILY, spelt), references={"book": Reference(operation="book", runs=3, trouble="none")})
    assert judged("same-result", bare) == not_known("same-result", "there is no clean run to compare with")
    restless = replace(scope(FAMILY, spelt), unsettled="1 call at ledger")
    assert judged("same-result", restless) == not_known(
        "same-result", "effects may still come, the case did not come to rest: 1 call at ledger", opportunities=1
    )


def test_a_message_under_comparison_is_not_taken_for_the_valid_one_afterwards() -> None:
    """Its answer may rightly differ from a clean run's: unharmed-after looks at plain valid messages alone."""
    bad = exchange("bad", 0, answer(422), expect=REFUSED, event=2)
    word = exchange("word", 20, answer(201, {"id": "b-1", "seats": 9}), expect=TEXTS, phase=Phase.RECOVERY)
    assert judged("unharmed-after", scope(FAMILY, bad, word)) == holds("unharmed-after", 0)


def test_a_text_that_comes_back_as_sent_holds() -> None:
    """Each changed text that clean runs give back is a chance; space at its ends may go."""
    told = answer(201, {"id": "b-1", "guest": "漢字", "note": "window", "seats": 2})
    assert judged("texts-kept", _echoing(_sent(_booking(guest=" 漢字"), told))) == holds("texts-kept", 1)


def test_a_changed_text_is_found() -> None:
    """Another text than was sent is major; one that another message of the case holds is critical."""
    told = answer(201, {"id": "b-1", "guest": "cafÃ©", "note": "window", "seats": 2})
    (changed,) = judged("texts-kept", _echoing(_sent(_booking(guest="café"), told))).findings
    assert changed == found(
        "texts-kept",
        symptom="text changed",
        severity=Severity.MAJOR,
        happened='\'trouble\' was accepted, yet /guest of the answer is "caf\\u00c3\\u00a9" where "caf\\u00e9" was sent',
        expected="letter by letter",
        why="what was stored is not what was sent, and nobody was told",
        exchanges=(1,),
    )
    first = exchange("first", 0, answer(201, CLEAN_ANSWER), expect=ACCEPTED, message=_booking(), event=2)
    mixed = _echoing(first, _sent(_booking(guest="Bea"), answer(201, CLEAN_ANSWER), at=20))
    assert symptoms(judged("texts-kept", mixed)) == {"another message's text": ("critical must", "application", (21,))}


def test_where_a_text_cannot_be_found_again_nothing_is_judged() -> None:
    """An answer of another shape, a refusal, a text that stands twice in the example: no chance, no finding."""
    partly = answer(201, {"id": "b-1", "note": "window", "seats": 2, "refused": ["guest"]})
    assert judged("texts-kept", _echoing(_sent(_booking(guest="漢字"), partly))) == holds("texts-kept", 0)
    assert judged("texts-kept", _echoing(_sent(_booking(guest="漢字"), answer(422)))) == holds("texts-kept", 0)
    twice = _echoing(_sent(_booking(guest="漢字"), answer(201, CLEAN_ANSWER)))
    operation = replace(twice.configuration.operations[0], json={**EXAMPLE, "note": "Ada"})
    ambiguous = replace(twice, configuration=replace(twice.configuration, operations=(operation,)))
    assert judged("texts-kept", ambiguous) == holds("texts-kept", 0)
    bare = replace(twice, references={})
    assert judged("texts-kept", bare) == not_known("texts-kept", "there is no clean run to compare with")


def _corrected(status: int) -> Scope:
    """Return a refused message and the right one of the same event, answered with ``status``."""
    bad = exchange("bad", 0, answer(422), expect=REFUSED)
    right = exchange("right", 20, answer(status), phase=Phase.RECOVERY, expect=SAME)
    return scope(FAMILY, bad, right, steps=(Settle(),))


def test_a_correction_that_is_not_held_up_holds() -> None:
    """Accepted, or refused by the service's own rule: nothing is said to be in flight that is not."""
    assert judged("correction-not-in-flight", _corrected(201)) == holds("correction-not-in-flight", 1)
    assert judged("correction-not-in-flight", _corrected(422)) == holds("correction-not-in-flight", 1)


def test_a_correction_that_is_told_to_wait_is_found() -> None:
    """409 for an event of which nothing is in flight: a claim that nobody gave back."""
    (held,) = judged("correction-not-in-flight", _corrected(409)).findings
    assert held == found(
        "correction-not-in-flight",
        symptom="held up by a refused message",
        severity=Severity.MAJOR,
        happened="""'bad' was answered 422 {"title": "no", "status": 422}; """
        """then 'right' was answered 409 {"title": "no", "status": 409}""",
        expected="a message that was refused holds no claim: nothing of its event is in flight any more",
        why="a caller that mends its message at once is told to wait for a request that does not exist",
        exchanges=(1, 21),
    )


def test_a_fresh_event_is_no_correction() -> None:
    """Without an earlier answered message of the event there is nothing that could hold it up."""
    bad = exchange("bad", 0, answer(422), expect=REFUSED, event=2)
    right = exchange("right", 20, answer(409), phase=Phase.RECOVERY, expect=SAME)
    assert judged("correction-not-in-flight", scope(FAMILY, bad, right)) == holds("correction-not-in-flight", 0)


def _logged(*lines: str) -> Scope:
    forging = exchange("trouble", 0, answer(422), expect=REFUSED, data=f"x\r\n{FORGED}".encode())
    return replace(scope(FAMILY, forging), logs=lines)


def test_a_log_that_was_cut_is_unknown() -> None:
    """A service that never logs has nothing to forge; one that logged its clean runs and is silent now was not heard."""
    assert judged("log-lines-whole", _logged()) == holds("log-lines-whole", 0)
    reason = "the service wrote its log in clean runs and not a line of it in this case: the log was cut"
    assert judged("log-lines-whole", replace(_logged(), logged=True)) == not_known("log-lines-whole", reason)


def test_a_log_whose_lines_are_its_own_holds() -> None:
    """Escaped inside a line of the service's, or not written at all, the text does no harm."""
    assert judged("log-lines-whole", _logged('{"event": "request"}')) == holds("log-lines-whole", 1)
    assert judged("log-lines-whole", _logged(json.dumps({"source": f"x\r\n{FORGED}"}))) == holds("log-lines-whole", 1)
    assert judged("log-lines-whole", _logged(f"plain text, refused 'x\\n{FORGED}'")) == holds("log-lines-whole", 1)


def test_a_forged_line_is_found() -> None:
    """A line that begins with what a caller sent is major, whatever moves the cursor before it."""
    (forged,) = judged("log-lines-whole", _logged("audit x", f"{FORGED} sent 3")).findings
    assert forged == found(
        "log-lines-whole",
        symptom="forged line",
        severity=Severity.MAJOR,
        happened=f"'trouble' left this line in the log: '{FORGED} sent 3'",
        expected="what a caller sends stands inside a line of the service, escaped (CWE-117)",
        why="whoever can write lines into the log can hide what was done, and lay it to somebody else",
        exchanges=(1,),
    )
    hidden = judged("log-lines-whole", _logged(f"\x1b[2K\x1b[1A {FORGED}"))
    assert list(symptoms(hidden)) == ["forged line"]


def test_what_a_terminal_or_a_program_would_misread_is_advice() -> None:
    """Raw control characters, and a line that is no JSON among lines that are, do not fail the gate."""
    raw = judged("log-lines-whole", _logged(f"audit \x1b[2K{FORGED}"))
    assert symptoms(raw) == {"control characters": ("minor should", "application", (1,))}
    broken = judged("log-lines-whole", _logged('{"event": "request"}', f'{{"id": "x", "{FORGED}'))
    assert symptoms(broken) == {"line that is no JSON": ("minor should", "application", (1,))}


def test_a_service_without_a_log_shows_nothing() -> None:
    """No line, or no message that tries: no chance to fail."""
    assert judged("log-lines-whole", _logged()) == holds("log-lines-whole", 0)
    plain = exchange("trouble", 0, answer(422), expect=REFUSED)
    assert judged("log-lines-whole", replace(scope(FAMILY, plain), logs=(FORGED,))) == holds("log-lines-whole", 0)


def test_another_operation_between_bad_messages_is_held_against_its_own_clean_runs() -> None:
    """A valid message of a neighbour is judged by the neighbour's reference; without one it is let be."""
    other = replace(CONFIGURATION.operations[0], name="cancel")
    bad = exchange("bad", 0, answer(422), expect=REFUSED, event=2)
    told = answer(201, {"id": "c-1", "cancelled": True})
    valid = replace(exchange("valid", 20, told, expect=ACCEPTED, phase=Phase.RECOVERY), operation="cancel")
    where = replace(
        scope(FAMILY, bad, valid),
        configuration=replace(CONFIGURATION, operations=(*CONFIGURATION.operations, other)),
        calls=(call(1, 22),),
        effects=(effect(1),),
    )
    clean = replace(REFERENCE, operation="cancel", answer={"id": "r-2", "cancelled": True})
    known = replace(where, references={"book": REFERENCE, "cancel": clean})
    assert judged("unharmed-after", known) == holds("unharmed-after", 1)
    assert judged("unharmed-after", where) == holds("unharmed-after", 0)
    wrong = replace(clean, answer={"id": "r-2", "cancelled": False})
    harmed = replace(where, references={"book": REFERENCE, "cancel": wrong})
    assert list(symptoms(judged("unharmed-after", harmed))) == ["different answer"]


def test_a_refused_correction_is_shown_with_what_came_before_it() -> None:
    """Alone the message might be accepted: the finding needs both, the decisive one last."""
    (refused,) = judged("accepts-legal", _corrected(422)).findings
    assert (refused.symptom, refused.exchanges) == ("legal message rejected", (1, 21))


def test_an_answer_to_head_has_no_problem_to_read() -> None:
    """HEAD is answered without a body, also where the trivial application answers it 2xx."""
    head = exchange("trouble", 0, answer(405, b""), expect=REFUSED, data=b"HEAD /bookings HTTP/1.1\r\n\r\n")
    where = replace(scope(FAMILY, head), control={"trouble": exchange("trouble", 0, answer(200))})
    assert judged("problem-json", where) == holds("problem-json", 0)
