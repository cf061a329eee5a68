"""Two builds side by side: only declared changes pass, and what could not be compared never does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from harness.model.comparisons import ChangedExchange, Comparison, DeclaredChange, SeenChange, Uncompared
from harness.model.exits import Exit
from harness.model.scope import Scope
from harness.model.steps import Load
from harness.replay.comparing import (
    NUMBERS,
    Builds,
    Cast,
    Seen,
    compared,
    confirmed,
    exit_of_comparison,
    in_doubt,
)
from harness.report.comparisons import as_lines, as_markdown
from tests.unit.history.stories import CASE, REQUEST, answered, clean, exchange, scope

BUILDS = Builds(old="v1.0, gunicorn", new="the build of today, gunicorn", seed=7)
CAST = (Cast(case=CASE, source="kept.json"),)
LABELLED = DeclaredChange(
    operation="book", change="field added", at="/labelled", since="2", reason="it counts labels", file="c.yaml", line=3
)


def comparison(
    new: Scope | None,
    *declared: DeclaredChange,
    old: Scope | None = None,
    again: Scope | None = None,
    left_out: Iterable[Uncompared] = (),
) -> Comparison:
    """Compare three runs of the case."""
    runs = (old or clean(1), again or clean(2), new)
    seen = Seen(
        **{name: ({CASE.id: run} if run else {}) for name, run in zip(("old", "again", "new"), runs, strict=True)}
    )
    return compared(BUILDS, CAST, seen, declared, left_out)


def test_the_same_build_passes() -> None:
    """Nothing differs beyond noise; two exchanges, a call and its route were compared."""
    same = comparison(clean(3))
    assert same == Comparison(old=BUILDS.old, new=BUILDS.new, seed=7, cases=1, compared=4)
    assert exit_of_comparison(same) == Exit.PASS


def test_a_declared_change_passes_and_another_one_does_not() -> None:
    """Each change is held against the declarations by itself, though they share an exchange."""
    new = clean(3, labelled=1, seats=3)
    both = comparison(new, LABELLED)
    assert [(e.name, [(c.change, c.at, c.declared) for c in e.changes]) for e in both.changed] == [
        (name, [("value changed", "/seats", None), ("field added", "/labelled", LABELLED)])
        for name in ("first", "again")
    ]
    assert (both.undeclared, exit_of_comparison(both)) == (2, Exit.FAIL)
    one = comparison(clean(3, labelled=1), LABELLED)
    assert (one.undeclared, one.unused, exit_of_comparison(one)) == (0, (), Exit.PASS)


@pytest.mark.parametrize(
    "strange",
    [
        replace(LABELLED, operation="cancel"),
        replace(LABELLED, change="field lost"),
        replace(LABELLED, at="/label"),
        replace(LABELLED, exchange="other/*"),
    ],
    ids=["operation", "kind", "place", "exchange"],
)
def test_a_declaration_is_of_one_operation_kind_place_and_exchange(strange: DeclaredChange) -> None:
    """One that does not fit lets nothing pass, and is told as not seen."""
    result = comparison(clean(3, labelled=1), strange)
    assert (result.undeclared, result.unused) == (2, (strange,))


def test_a_declaration_may_name_exchanges_by_a_pattern() -> None:
    """The first exchange alone is declared."""
    result = comparison(clean(3, labelled=1), replace(LABELLED, exchange="fir*"))
    assert [[change.declared is not None for change in e.changes] for e in result.changed] == [[True], [False]]


@pytest.mark.parametrize(
    ("new", "old", "again", "reason"),
    [
        (None, None, None, "the new build: the case was not carried out to its end"),
        (replace(clean(3), finished=False), None, None, "the new build: the case was not carried out to its end"),
        (clean(3), replace(clean(1), trouble="it broke off"), None, "the old build: it broke off"),
        (
            clean(3),
            None,
            replace(clean(2), unsettled="1 call(s) at ledger"),
            "the old build, once more: it did not come to rest: 1 call(s) at ledger",
        ),
    ],
)
def test_a_case_that_was_not_carried_out_is_unknown(
    new: Scope | None, old: Scope | None, again: Scope | None, reason: str
) -> None:
    """Whichever run it is: exit code 3 with why, and never a pass."""
    result = comparison(new, old=old, again=again)
    assert result.uncompared == (Uncompared(source="kept.json", case=CASE.id, name="", reason=reason),)
    assert (result.compared, exit_of_comparison(result)) == (0, Exit.UNKNOWN)


def test_what_the_old_build_answers_differently_each_time_is_unknown() -> None:
    """The rest of the case is compared all the same, and an undeclared change is worse than not knowing."""
    rare = replace(clean(2), exchanges=(clean(2).exchanges[0], exchange(2, "again", answered(409, {}), run=2)))
    result = comparison(clean(3), again=rare)
    doubt = Uncompared(source="kept.json", case=CASE.id, name="again", reason="status 201 and 409")
    assert (result.uncompared, result.compared, exit_of_comparison(result)) == ((doubt,), 3, Exit.UNKNOWN)
    assert exit_of_comparison(comparison(clean(3, seats=3), again=rare)) == Exit.FAIL


def test_a_machine_that_left_no_time_is_no_change_of_the_build() -> None:
    """503 from the new build while nothing watched the clock: unknown, and not a finding."""
    starved = replace(clean(3), exchanges=(clean(3).exchanges[0], exchange(2, "again", answered(503, {}), run=3)))
    result = comparison(starved)
    assert (result.changed, [one.reason for one in result.uncompared], exit_of_comparison(result)) == (
        (),
        ["it cannot be judged: no clock control ran at that moment"],
        Exit.UNKNOWN,
    )


def test_an_undeclared_change_has_to_be_seen_twice() -> None:
    """What both builds show when they are asked again stays; what was seen once is unknown, and no finding."""
    first = comparison(clean(3, labelled=1, seats=3), LABELLED)
    assert in_doubt(first) == {CASE.id}
    assert confirmed(first, comparison(clean(4, labelled=1, seats=3), LABELLED)) == first
    once = confirmed(first, comparison(clean(4, labelled=1), LABELLED))
    assert [[change.change for change in exchange.changes] for exchange in once.changed] == [["field added"]] * 2
    told = "'value changed at /seats' was seen once, and not again"
    assert [(one.name, one.reason) for one in once.uncompared] == [("first", told), ("again", told)]
    assert (exit_of_comparison(first), exit_of_comparison(once)) == (Exit.FAIL, Exit.UNKNOWN)


def test_what_the_old_build_did_the_third_time_says_why() -> None:
    """The old build itself shows the change: it is noise that two runs did not show."""
    first = comparison(clean(3, seats=3))
    varied = comparison(clean(4, seats=3), again=clean(2, seats=3))
    assert [one.reason for one in confirmed(first, varied).uncompared] == [
        "'value changed at /seats' was seen once, and not again"
    ] * 2
    rare = replace(clean(2), exchanges=(clean(2).exchanges[0], exchange(2, "again", answered(409, {}), run=2)))
    why = confirmed(first, comparison(clean(4), again=rare))
    assert why.uncompared[-1].reason == "status 201 and 409"


def test_what_is_declared_is_in_no_doubt() -> None:
    """Both builds need not be asked again."""
    assert in_doubt(comparison(clean(3, labelled=1), LABELLED)) == frozenset()


def test_what_is_refused_alike_shows_nothing() -> None:
    """Where the old build does not even accept the operation's own example, nothing is a pass."""
    runs = [scope([exchange(1, "first", answered(503, {}), run=run)]) for run in (1, 2, 3)]
    seen = Seen(**{name: {CASE.id: run} for name, run in zip(("old", "again", "new"), runs, strict=True)})
    result = compared(BUILDS, (replace(CAST[0], own=True),), seen, (), ())
    told = "the old build does not accept the operation's own example (answered 503): refused alike shows nothing"
    assert ([one.reason for one in result.uncompared], exit_of_comparison(result)) == ([told], Exit.UNKNOWN)
    assert exit_of_comparison(compared(BUILDS, CAST, seen, (), ())) == Exit.PASS


def test_a_load_is_neutral_and_nothing_compared_shows_nothing() -> None:
    """Of a load there is nothing to hold against another; with nothing else the comparison is no pass."""
    load = Load(label="load", operation="book", message=REQUEST, rate=1.0, seconds=1.0)
    case = replace(CASE, id="load/1", steps=(load,))
    runs = {CASE.id: clean(3), "load/1": scope([])}
    cast = (Cast(case=case, source="load.json"),)
    alone = compared(BUILDS, cast, Seen(old=runs, again=runs, new=runs), (), ())
    left = Uncompared(source="load.json", case="load/1", name="", reason=NUMBERS, required=False)
    assert (alone.uncompared, exit_of_comparison(alone)) == ((left,), Exit.UNKNOWN)
    seen = Seen(old={**runs, CASE.id: clean(1)}, again={**runs, CASE.id: clean(2)}, new=runs)
    assert exit_of_comparison(compared(BUILDS, (*CAST, *cast), seen, (), ())) == Exit.PASS


def test_a_comparison_is_told_in_lines_and_as_a_page() -> None:
    """Old beside new, each change with its word, the reason of what is declared, and what was not seen."""
    other = replace(LABELLED, at="/gone", line=9)
    left_out = Uncompared(source="x.json", case="x", name="", reason="the configuration has no operation 'x'")
    result = comparison(clean(3, labelled=1, seats=3), LABELLED, other, left_out=[left_out])
    changes = [
        "undeclared: value changed at /seats of book: /seats is 3 instead of 2",
        "declared: field added at /labelled of book: 2: it counts labels",
    ]
    assert list(as_lines(result)) == [
        *(f"{change} [first and 1 more]" for change in changes),
        "could not be compared: x.json: the configuration has no operation 'x'",
        "not seen: c.yaml:9: book: field added at /gone: take it out of the file",
        "4 exchanges and calls of 1 cases compared; 2 undeclared changes; 2 declared; 1 could not be compared",
    ]
    page = as_markdown(result)
    assert [page.count(f"- {change}") for change in changes] == [2, 2]
    assert page.index('"seats": 2') < page.index('"seats": 3')


def test_a_page_keeps_what_was_answered_inside_its_fences() -> None:
    """An answer that holds a fence of its own ends none, and an order to a CI system is none."""
    change = SeenChange(change="other body", at="", told="::error::no")
    changed = ChangedExchange(
        source="s", case="c", operation="o", name="n", request="", old="````\n# x", new="::error::y", changes=(change,)
    )
    page = as_markdown(Comparison(old="a", new="b", seed=1, cases=1, compared=1, changed=(changed,)))
    assert "`````text\n````\n# x\n`````" in page
    assert "\n\\::error::y\n" in page


def test_the_page_tells_every_field_of_the_comparison() -> None:
    """None missing of what ``comparison.json`` holds."""
    page = (Path(__file__).parents[3] / "docs" / "versions-of-a-service.md").read_text(encoding="utf-8")
    table = page.split("`comparison.json` is for machines:")[1]
    shown = set(re.findall(r"`(\w+)`", table))
    records = (Comparison, ChangedExchange, SeenChange, Uncompared)
    assert {field.name for record in records for field in fields(record)} - shown == set()
