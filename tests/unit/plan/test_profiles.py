"""A profile carries out a part of a plan, drawn with the seed; what it leaves to another one is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness.config import load_configuration
from harness.model.cases import Case, Family, Omission, Plan
from harness.model.profiles import Profile, Share
from harness.plan.profiles import DEEP, DEFAULT, EVERYTHING, PROFILES, QUICK, within
from harness.scenario import load_scenarios
from harness.stage.planning import TITLES, vocabulary

ROOT = Path(__file__).parents[3]
FEW = Profile(name="few", families={Family.MALFORMED: 2}, entries={"MJ06": 1})
NAMED = Profile(name="named", entries={"MJ06": 1}, named_only=True)


def _case(entry: str, operation: str, variant: str, *, family: Family = Family.MALFORMED, scenario: str = "s") -> Case:
    return Case(
        id=f"{entry}/{operation}/{variant}",
        entry=entry,
        family=family,
        scenario=scenario,
        operation=operation,
        title="t",
        trouble="t",
        steps=(),
    )


REFERENCES = tuple(_case("reference", o, "1", family=Family.REFERENCE, scenario="reference") for o in ("order", "pay"))
MJ06 = tuple(_case("MJ06", operation, letter) for operation in ("order", "pay") for letter in "abcdef")
MS05 = tuple(_case("MS05", operation, letter) for operation in ("order", "pay") for letter in "abcdef")
T02 = (_case("T02", "order", "1", family=Family.TIMEOUT),)
NONE = Omission(entry="MS07", scenario="s", operation="pay", reason="MS07 needs a number")
PLAN = Plan(seed=7, cases=(*REFERENCES, *MJ06, *MS05, *T02), omissions=(NONE,))


def ids(plan: Plan) -> list[str]:
    """Return the ids of a plan's cases in order."""
    return [case.id for case in plan.cases]


def test_what_is_left_is_counted_by_operation_with_its_reason() -> None:
    """Each entry keeps as many as its bound says, in the order of the plan; the counts close."""
    kept = within(PLAN, Share(profile=FEW))
    assert ids(kept) == [
        "reference/order/1",
        "reference/pay/1",
        "MJ06/pay/a",
        "MS05/order/b",
        "MS05/pay/b",
        "T02/order/1",
    ]
    assert kept.omissions == (
        NONE,
        _left("MJ06", "order", 6, "'few' carries out 1 of 12 cases, drawn with the seed"),
        _left("MJ06", "pay", 5, "'few' carries out 1 of 12 cases, drawn with the seed"),
        _left("MS05", "order", 5, "'few' carries out 2 of 12 cases, drawn with the seed"),
        _left("MS05", "pay", 5, "'few' carries out 2 of 12 cases, drawn with the seed"),
    )
    assert len(kept.cases) + sum(omission.deferred for omission in kept.omissions) == len(PLAN.cases)


def _left(entry: str, operation: str, deferred: int, why: str) -> Omission:
    reason = f"left to another profile: {why}"
    return Omission(entry=entry, scenario="s", operation=operation, reason=reason, deferred=deferred)


def test_an_entry_that_a_profile_does_not_name_is_left_whole() -> None:
    """And an author's own entry is not: one case of it is in every profile."""
    kept = within(PLAN, Share(profile=NAMED, own=frozenset({"T02"})))
    assert ids(kept) == ["reference/order/1", "reference/pay/1", "MJ06/pay/a", "T02/order/1"]
    assert kept.omissions[3:] == (
        _left("MS05", "order", 6, "'named' does not hold this entry"),
        _left("MS05", "pay", 6, "'named' does not hold this entry"),
    )


def test_the_same_seed_draws_the_same_and_others_draw_others() -> None:
    """The operations come by turns, and every variant comes with some seed."""
    drawn = [tuple(ids(within(replace(PLAN, seed=seed), Share(profile=FEW)))) for seed in range(60)]
    assert drawn == [tuple(ids(within(replace(PLAN, seed=seed), Share(profile=FEW)))) for seed in range(60)]
    assert {name for names in drawn for name in names} == set(ids(PLAN))
    turns = {tuple(sorted(Counter(name.split("/")[1] for name in names[3:5]).items())) for names in drawn}
    assert turns == {(("order", 1), ("pay", 1))}


def test_what_surely_strikes_is_drawn_first() -> None:
    """A fault at a call that the operation may do without shows less, so it is never the only one."""
    maybe = [replace(case, only_if_called=True) for case in MJ06 if case.id != "MJ06/pay/e"]
    plan = replace(PLAN, cases=(*maybe, MJ06[-2]))
    drawn = {tuple(ids(within(replace(plan, seed=seed), Share(profile=NAMED)))) for seed in range(20)}
    assert drawn == {("MJ06/pay/e",)}


def test_a_draw_does_not_move_when_clean_runs_rule_out_what_was_not_drawn() -> None:
    """A case that was drawn stays drawn, and where it is ruled out the next one takes its place."""
    kept = within(PLAN, Share(profile=FEW))
    fewer = replace(PLAN, cases=tuple(case for case in PLAN.cases if case in kept.cases or case.id.endswith("/a")))
    assert ids(within(fewer, Share(profile=FEW))) == ids(kept)
    without = replace(PLAN, cases=tuple(case for case in PLAN.cases if case.id != "MJ06/pay/a"))
    assert len(within(without, Share(profile=FEW)).cases) == len(kept.cases)


@pytest.mark.parametrize("name", ["MS05", "s"])
def test_what_is_asked_for_by_name_is_carried_out_whole(name: str) -> None:
    """So the command that repeats a finding plans its case again, whatever the profile of the run was."""
    kept = within(PLAN, Share(profile=NAMED, whole=frozenset({name})))
    assert [case for case in kept.cases if case.entry == "MS05"] == list(MS05)
    assert [omission for omission in kept.omissions if omission.entry == "MS05"] == []


def test_everything_is_everything() -> None:
    """The deep profile leaves nothing out."""
    assert within(PLAN, EVERYTHING) == within(PLAN, Share(profile=DEEP)) == PLAN


def test_a_profile_names_entries_that_there_are_and_no_bound_is_nothing() -> None:
    """A misspelt entry would never be run; and quick has all five families."""
    known = {entry: family for family, named in TITLES.items() for entry in named()}
    for profile in PROFILES.values():
        assert set(profile.entries) - set(known) == set()
        assert min([*profile.entries.values(), *profile.families.values()], default=1) > 0
    assert {known[entry] for entry in QUICK.entries} == set(TITLES)


def test_what_the_profiles_name_stands_in_the_scenarios_that_they_run() -> None:
    """Of the sample app's scenarios quick and default hold the entries of the table, and deep has directories of its own."""
    known = vocabulary(load_configuration(ROOT / "harness.yaml"))
    names = {
        profile.name: {
            entry.id
            for scenario in load_scenarios(tuple(ROOT / place for place in profile.places), known=known)
            for entry in scenario.entries
        }
        for profile in PROFILES.values()
    }
    assert (set(QUICK.entries) | set(DEFAULT.entries)) - names["default"] == set()
    assert names["quick"] == names["default"] < names["deep"]
