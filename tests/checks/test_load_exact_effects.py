"""The check `exact-effects-under-load`: one effect for each accepted event, one answer for each event."""

from __future__ import annotations

from dataclasses import replace

from harness.checks.load_exact_effects import judge
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Scope
from harness.model.services import Configuration
from harness.model.verdicts import Severity
from tests.load.scopes import ENTRIES, MS, OPERATION, asked, call, effect, finding, load_scope

NAME = "exact-effects-under-load"
CLEAN = load_scope(asked(1), asked(2), asked(3))


def judged(opportunities: int, *findings: Finding, unknown: tuple[str, ...] = ()) -> Judgement:
    return Judgement(check=NAME, case="L/create/x", opportunities=opportunities, findings=findings, unknown=unknown)


def symptoms(scope: Scope) -> list[tuple[str, Severity]]:
    return [(found.symptom, found.severity) for found in judge(scope).findings]


def test_one_effect_for_each_event_holds() -> None:
    """Each event is an opportunity, and so is each accepted repeat; a known key is no second effect."""
    repeated = load_scope(asked(1), asked(2, event=1), asked(3))
    known = replace(repeated, effects=(*repeated.effects, effect(1, new=False)))
    assert (judge(CLEAN), judge(repeated), judge(known)) == (judged(3), judged(3), judged(3))


def test_no_request_and_no_declared_effect_are_no_opportunity() -> None:
    """There is nothing to count."""
    bare = Configuration(
        file="harness.yaml", service=CLEAN.configuration.service, operations=(replace(OPERATION, effect=None),)
    )
    assert (judge(load_scope()), judge(replace(CLEAN, configuration=bare))) == (judged(0), judged(0))


def test_a_doubled_effect_is_critical() -> None:
    """A duplicate under load that booked twice is found with its event, its requests and their answers."""
    scope = load_scope(asked(1), asked(2, event=1), asked(3))
    doubled = replace(scope, calls=(*scope.calls, call(9, 1)), effects=(*scope.effects, effect(9)))
    assert judge(doubled) == judged(
        3,
        finding(
            NAME,
            "doubled effect",
            Severity.CRITICAL,
            call=ENTRIES,
            happened=f"an event happened more than once at the dependency ({ENTRIES}): 1 of 2 events, first event 1: "
            "2 new effects after 2 requests (#1, #2), answered 201, 201",
            expected="one new effect for each event, however often and however fast it is sent",
            why="what was asked for once was done twice",
        ),
    )


def test_a_lost_effect_is_critical_unless_it_may_still_come() -> None:
    """An accepted event without its effect is lost; where the case did not come to rest nobody knows."""
    lost = replace(CLEAN, effects=CLEAN.effects[:2])
    open_still = replace(lost, unsettled="1 call open at ledger")
    assert (symptoms(lost), judge(open_still)) == (
        [("lost effect", Severity.CRITICAL)],
        judged(
            3,
            unknown=(
                ("the effects of 1 accepted events were not seen, but not all came to rest: 1 call open at ledger"),
            ),
        ),
    )


def test_an_event_that_was_not_accepted_may_have_happened_once() -> None:
    """A 503 or silence leaves it open whether it happened; a 4xx does not."""
    failed = load_scope(asked(1, status=503), asked(2, status=0, silence="timeout"))
    rejected = load_scope(asked(1), asked(2, status=422))
    assert (judge(failed), judge(replace(failed, effects=())), symptoms(rejected)) == (
        judged(2),
        judged(2),
        [("effect of a rejected request", Severity.CRITICAL)],
    )


def test_a_call_with_the_data_of_two_requests_is_critical() -> None:
    """What is blurred by a mixed call is not called lost as well."""
    mixed = replace(CLEAN, calls=(call(1, 1, 2), call(3, 3)), effects=(effect(1), effect(3)))
    assert symptoms(mixed) == [("mixed effect", Severity.CRITICAL)]


def test_a_call_is_traced_by_the_identity_in_its_key_too() -> None:
    """Where the body carries no word, a forwarded identity will do."""
    effects = tuple(replace(effect(n), key=asked(n).identity) for n in (1, 2, 2))
    assert symptoms(load_scope(asked(1), asked(2), calls=(), effects=effects)) == [
        ("doubled effect", Severity.CRITICAL)
    ]


def test_untraced_effects_are_judged_by_their_total_only() -> None:
    """Equal totals could hide one lost beside one doubled: unknown. Too many or too few are certain."""
    calls = tuple(call(number) for number in range(1, 5))
    scopes = [replace(CLEAN, calls=calls, effects=tuple(effect(n) for n in range(1, 1 + many))) for many in (2, 3, 4)]
    told = f"3 effects ({ENTRIES}) carry nothing of a request, so none can be held against its event"
    assert (symptoms(scopes[0]), judge(scopes[1]), symptoms(scopes[2])) == (
        [("lost effect", Severity.CRITICAL)],
        judged(3, unknown=(told,)),
        [("doubled effect", Severity.CRITICAL)],
    )


def test_one_untraced_effect_makes_a_missing_one_unknown() -> None:
    """It may be the one that is missed."""
    scope = replace(CLEAN, calls=(call(1, 1), call(2, 2), call(3)))
    assert judge(scope) == judged(
        3,
        unknown=(
            f"1 effects ({ENTRIES}) carry nothing of a request and belong to no event",
            (
                "the effects of 1 accepted events were not seen, but not all came to rest: "
                "they may be among those that belong to no event"
            ),
        ),
    )


def test_a_repeat_must_get_the_first_answer() -> None:
    """The first answer is the one that was done first; JSON is compared by value."""
    first = asked(1, body='{"accepted": ["ghjkh"], "id": "a"}', done=150 * MS)
    same = asked(2, event=1, body='{"id":"a","accepted":["ghjkh"]}')
    other = asked(3, event=1, body='{"id":"b","accepted":["ghjkh"]}')
    assert (judge(load_scope(first, same)), judge(load_scope(first, same, other))) == (
        judged(2),
        judged(
            3,
            finding(
                NAME,
                "different answer",
                Severity.MAJOR,
                happened="1 of 2 repeats were answered differently from the first; event 1: #1 got 201 "
                '{"accepted": ["ghjkh"], "id": "a"}, #3 got 201 {"id":"b","accepted":["ghjkh"]}',
                expected="the same event gets the same answer, however often it is sent",
                why="a caller that asks again believes that something else happened, or that it happened twice",
            ),
        ),
    )
